'use strict';
/*
 * Loaded (--require) before AWS's runtime interface client, of which it replaces two modules: the native client of the
 * Runtime API, which would have to be compiled on the user's machine, and `http`, over which the client reports
 * errors of INIT and streams responses (`post.cjs`). The client itself stays as AWS published it.
 */
const Module = require('node:module');
const path = require('node:path');

const DESCRIBE = Symbol('describe');
// How the events of custom resources begin: looking further would take time of every event.
const CUSTOM_RESOURCE = '{"RequestType":';

// Only in the process that the host started: worker threads and forks of the function load this file again.
if (process.env._GATEWRIGHT_CHANNEL_FD !== undefined) {
  const { Channel } = require('./channel.cjs');
  const channel = new Channel(Number(process.env._GATEWRIGHT_CHANNEL_FD));
  delete process.env._GATEWRIGHT_CHANNEL_FD;
  forgetPreload();
  standIn(runtimeClient(channel), runtimeHttp(channel));
}

/** Take this file out of the arguments that worker threads and forks inherit. */
function forgetPreload() {
  const position = process.execArgv.indexOf(__filename);
  if (position > 0) process.execArgv.splice(position - 1, 2);
}

/** Answer the client's `require` calls for these modules; everybody else gets what Node.js has. */
function standIn(native, http) {
  const clients = new Set([
    path.join(__dirname, 'node_modules', 'aws-lambda-ric-3', 'dist', 'index.mjs'),
    path.join(__dirname, 'node_modules', 'aws-lambda-ric-4', 'index.mjs'),
  ]);
  const load = Module._load;
  function loadForClient(request, parent) {
    if (parent && clients.has(parent.filename)) {
      if (request === 'http' || request === 'node:http') return http;
      if (request === 'net' || request === 'node:net') return describingNet(load.apply(this, arguments));
      if (request === './rapid-client.node') {
        // The last of the two that a client asks for: from here on the function finds the loader as Node.js made it.
        if (Module._load === loadForClient) Module._load = load;
        return native;
      }
    }
    return load.apply(this, arguments);
  }
  Module._load = loadForClient;
}

/** What rapid-client.node exports. */
function runtimeClient(channel) {
  const { TYPE } = require('./channel.cjs');
  return {
    initializeClient() {},
    async next() {
      const { header, event } = await channel.next();
      if (event.startsWith(CUSTOM_RESOURCE)) answerHere(event);
      return { bodyJson: event, headers: runtimeApiHeaders(header) };
    },
    done(id, body) {
      channel.send(TYPE.RESULT, `{"id":"${decodeURIComponent(id)}"}`, body);
    },
    error(id, body, xray) {
      channel.send(TYPE.ERROR, JSON.stringify({ id: decodeURIComponent(id), xray }), body);
    },
  };
}

/** Have the function reach the node where it answers a custom resource. */
function answerHere(event) {
  const { redirectTo } = require('./responses.cjs');
  redirectTo(JSON.parse(event).ResponseURL);
}

/** The response headers of GET /runtime/invocation/next ("Using the Lambda runtime API", Lambda Developer Guide). */
function runtimeApiHeaders(header) {
  const headers = {
    'lambda-runtime-aws-request-id': header.id,
    'lambda-runtime-deadline-ms': String(header.deadline),
    'lambda-runtime-invoked-function-arn': header.arn,
  };
  if (header.trace) headers['lambda-runtime-trace-id'] = header.trace;
  if (header.client_context) headers['lambda-runtime-client-context'] = header.client_context;
  if (header.cognito_identity) headers['lambda-runtime-cognito-identity'] = header.cognito_identity;
  if (header.tenant_id) headers['lambda-runtime-aws-tenant-id'] = header.tenant_id;
  return headers;
}

/** As much of the module `http` as the clients use. */
function runtimeHttp(channel) {
  return {
    Agent: class Agent {},
    request(options, callback) {
      const { InitErrorPost, ResponsePost } = require('./post.cjs');
      if (options.path.endsWith('/init/error')) return new InitErrorPost(channel, options, callback);
      // The client says only how it would connect, how much may be written before write() returns false.
      const { highWaterMark } = options.agent.createConnection({ [DESCRIBE]: true });
      return new ResponsePost(channel, options, callback, highWaterMark);
    },
  };
}

/** The module `net`, with a createConnection that only tells its options when it is asked to. */
function describingNet(net) {
  const createConnection = (options, ...more) => (options?.[DESCRIBE] ? options : net.createConnection(options, ...more));
  return { ...net, createConnection };
}
