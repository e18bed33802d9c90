'use strict';
/*
 * Stands in for the http.ClientRequest of a POST to the Runtime API, as much of it as AWS's runtime interface clients
 * use. Loaded when the first one is made: only failures of INIT and streaming handlers pay for it.
 */
const { Readable, Writable } = require('node:stream');
const { TYPE } = require('./channel.cjs');

const ERROR_TYPE = 'Lambda-Runtime-Function-Error-Type';
const ERROR_BODY = 'Lambda-Runtime-Function-Error-Body';
const DATA_BYTES = 1 << 16; // of one frame, so that the host need not hold more to read it

class Post extends Writable {
  outputData = []; // of http.ClientRequest; the client logs their sizes
  outputSize = 0;
  #callback;
  headers;
  trailers = {};

  constructor(options, callback, highWaterMark) {
    super({ highWaterMark });
    this.#callback = callback;
    this.headers = { ...options.headers };
  }

  setHeader(name, value) {
    this.headers[name] = value;
  }

  addTrailers(trailers) {
    Object.assign(this.trailers, trailers);
  }

  /** Call back as if the Runtime API had answered 202. */
  accepted() {
    const response = Readable.from([]);
    response.statusCode = 202;
    response.headers = {};
    this.#callback(response);
  }
}

/** A POST to /runtime/init/error. */
class InitErrorPost extends Post {
  #channel;
  #chunks = [];

  constructor(channel, options, callback) {
    super(options, callback);
    this.#channel = channel;
  }

  _write(chunk, _encoding, done) {
    this.#chunks.push(chunk);
    done();
  }

  _final(done) {
    const type = String(this.headers[ERROR_TYPE]);
    this.#channel.send(TYPE.INIT_ERROR, JSON.stringify({ type }), Buffer.concat(this.#chunks));
    done();
    this.accepted();
  }
}

/**
 * The streaming POST to /runtime/invocation/ID/response. Each write is on its way at once, and is done when the socket
 * has taken it; so a caller who does not read makes write() return false, as the connection to Lambda does.
 */
class ResponsePost extends Post {
  #channel;
  #id;
  #hasBegun = false;
  #hasEnded = false;

  constructor(channel, options, callback, highWaterMark) {
    super(options, callback, highWaterMark);
    this.#channel = channel;
    this.#id = decodeURIComponent(options.path.split('/').at(-2));
    channel.hold(); // an open request keeps the event loop going
  }

  _write(chunk, _encoding, done) {
    this.#begin();
    let start = 0;
    for (; start + DATA_BYTES < chunk.length; start += DATA_BYTES) {
      this.#channel.stream(TYPE.STREAM_DATA, '', chunk.subarray(start, start + DATA_BYTES));
    }
    this.#channel.stream(TYPE.STREAM_DATA, '', chunk.subarray(start), done);
  }

  _writev(chunks, done) {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'buffer', done);
  }

  _final(done) {
    this.#begin();
    this.#hasEnded = true;
    this.#channel.stream(TYPE.STREAM_END, '', this.#error(), (error) => {
      done(error);
      if (!error) this.accepted();
    });
  }

  _destroy(error, done) {
    this.#channel.release();
    const isCutOff = !this.#hasEnded && !error;
    done(isCutOff ? Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }) : error);
  }

  /** The content type can be set until the first write. */
  #begin() {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const header = { id: this.#id, content_type: String(this.headers['Content-Type']) };
    this.#channel.stream(TYPE.STREAM_HEAD, JSON.stringify(header), '');
  }

  #error() {
    const encoded = this.trailers[ERROR_BODY];
    return encoded === undefined ? '' : Buffer.from(encoded, 'base64');
  }
}

module.exports = { InitErrorPost, ResponsePost };
