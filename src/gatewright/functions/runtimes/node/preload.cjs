'use strict';
/*
 * Loaded (--require) before AWS's runtime interface client, of which it replaces two modules: the native client of the
 * Runtime API, which would have to be compiled on the user's machine, and `http`, over which the client reports
 * errors of INIT and streams responses. The client itself stays as AWS published it.
 */
const Module = require('node:module');
const path = require('node:path');

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

/** Answer the client's `require` calls for the two modules; everybody else gets what Node.js has. */
function standIn(native, http) {
  const clients = new Set([
    path.join(__dirname, 'node_modules', 'aws-lambda-ric-3', 'dist', 'index.mjs'),
    path.join(__dirname, 'node_modules', 'aws-lambda-ric-4', 'index.mjs'),
  ]);
  const load = Module._load;
  function loadForClient(request, parent) {
    if (parent && clients.has(parent.filename)) {
      if (request === 'http' || request === 'node:http') return http;
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
    request: (options, callback) => new (postClass())(channel, options, callback),
  };
}

/** Made when first used: `node:stream` subclasses cost time that only failures and streaming handlers need to pay. */
function postClass() {
  const { Readable, Writable } = require('node:stream');
  const { TYPE } = require('./channel.cjs');
  const ERROR_TYPE = 'Lambda-Runtime-Function-Error-Type';
  const ERROR_BODY = 'Lambda-Runtime-Function-Error-Body';

  /**
   * A POST to /runtime/init/error, or the streaming POST to /runtime/invocation/ID/response. A streamed response is
   * collected and goes out as one result, as Lambda buffers it for callers that do not ask for a stream.
   */
  return class Post extends Writable {
    outputData = []; // of http.ClientRequest; the client logs their sizes
    outputSize = 0;
    #channel;
    #options;
    #callback;
    #headers;
    #trailers = {};
    #chunks = [];

    constructor(channel, options, callback) {
      super();
      this.#channel = channel;
      this.#options = options;
      this.#callback = callback;
      this.#headers = { ...options.headers };
    }

    setHeader(name, value) {
      this.#headers[name] = value;
    }

    addTrailers(trailers) {
      Object.assign(this.#trailers, trailers);
    }

    _write(chunk, _encoding, done) {
      this.#chunks.push(chunk);
      done();
    }

    _final(done) {
      const body = Buffer.concat(this.#chunks);
      if (this.#options.path.endsWith('/init/error')) {
        const type = String(this.#headers[ERROR_TYPE]);
        this.#channel.send(TYPE.INIT_ERROR, JSON.stringify({ type }), body);
      } else {
        const id = decodeURIComponent(this.#options.path.split('/').at(-2));
        const failure = this.#trailers[ERROR_BODY];
        if (failure === undefined) this.#channel.send(TYPE.RESULT, JSON.stringify({ id }), body);
        else this.#channel.send(TYPE.ERROR, JSON.stringify({ id }), Buffer.from(failure, 'base64'));
      }
      done();
      const response = Readable.from([]);
      response.statusCode = 202;
      response.headers = {};
      this.#callback(response);
    }
  };
}
