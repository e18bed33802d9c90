'use strict';
/*
 * Custom resources of CloudFormation answer at a URL. On AWS it is one of S3, so that the usual code takes nothing of it
 * but the host and the path, and sends by https to port 443 (the CDK's and the Serverless Framework's handlers do). Here
 * the URL is the node's own, by http and on another port: `redirectTo` has requests of `https` for it go there. Nothing
 * else is changed, and it is only called when an event has such a URL.
 */
const http = require('node:http');
const https = require('node:https');
const { syncBuiltinESMExports } = require('node:module');

const PATH = '/_gatewright/cloudformation/responses/';
const ports = new Map();

/** Have requests for the host of a response URL go to its port. */
exports.redirectTo = (responseUrl) => {
  const url = URL.canParse(responseUrl) ? new URL(responseUrl) : undefined;
  if (url?.protocol !== 'http:' || !url.pathname.startsWith(PATH)) return;
  if (ports.size === 0) {
    https.request = redirecting(https.request);
    https.get = (...args) => https.request(...args).end();
    syncBuiltinESMExports();
  }
  ports.set(url.hostname, url.port || '80');
};

function redirecting(request) {
  return function redirectingRequest(...args) {
    const { options, callback } = parse(args);
    const port = ports.get(options.hostname ?? options.host);
    if (port === undefined || !String(options.path).startsWith(PATH)) return request.apply(this, args);
    // With an agent of its own the connection ends with the answer. The Serverless Framework's handler doesn't read
    // the answer, and as long as the connection waits for the next request the invocation would not end.
    return http.request({ ...options, protocol: 'http:', port, agent: false, defaultPort: undefined }, callback);
  };
}

/** Return the options and the callback of `request(options, callback)` and `request(url, options, callback)`. */
function parse([first, ...rest]) {
  const callback = rest.find((each) => typeof each === 'function');
  if (typeof first !== 'string' && !(first instanceof URL)) return { options: first ?? {}, callback };
  if (!URL.canParse(first)) return { options: {}, callback };
  const url = new URL(first);
  const given = typeof rest[0] === 'object' ? rest[0] : {};
  return { options: { hostname: url.hostname, path: url.pathname + url.search, ...given }, callback };
}
