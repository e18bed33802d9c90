'use strict';
/*
 * The runtime's end of the channel: length-prefixed frames on an inherited Unix socket.
 *
 *     u32 length of what follows | u8 type | u32 header length | header (JSON) | body          big endian
 *
 * Reading is asynchronous, so that the function's own timers and sockets live on while it waits, as on Lambda.
 * Writing is synchronous: what was sent is on its way even if the handler calls process.exit() next. Only streamed
 * responses are written asynchronously, since their caller may take them slowly and the function lives on meanwhile.
 */
const fs = require('node:fs');
const net = require('node:net');

const TYPE = Object.freeze({
  INVOKE: 1,
  NEXT: 16,
  RESULT: 17,
  ERROR: 18,
  INIT_ERROR: 19,
  STREAM_HEAD: 32,
  STREAM_DATA: 33,
  STREAM_END: 34,
});
const PREFIX_BYTES = 9;
const READ_BYTES = 1 << 16;

class Channel {
  #descriptor;
  #socket;
  #parts = []; // what has arrived of a frame that has not arrived whole
  #partsBytes = 0;
  #invocation = null; // arrived before anybody waited
  #waiting = null;
  #streaming = 0; // frames that `stream` was given and the socket has not taken yet

  constructor(descriptor) {
    this.#descriptor = descriptor;
    this.#socket = new net.Socket({
      fd: descriptor,
      readable: true,
      writable: true,
      onread: { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback: (length, buffer) => this.#received(buffer.subarray(0, length)) },
    });
    // Without its host an environment has nothing to do, and no handler of the function's may keep it.
    const end = () => process.kill(process.pid, 'SIGKILL');
    this.#socket.on('end', end).on('error', end).on('close', end);
    this.#socket.unref();
  }

  /** Ask for the next invocation; resolves with its header and its event (JSON text). */
  next() {
    this.send(TYPE.NEXT, '', '');
    return new Promise((resolve) => {
      if (this.#invocation !== null) {
        resolve(this.#invocation);
        this.#invocation = null;
        return;
      }
      // The event loop is empty, and `beforeExit` fires, when nothing but the handler's own work is left: so the
      // socket counts only while the runtime waits.
      this.#socket.ref();
      this.#waiting = resolve;
    });
  }

  /** Write one frame; `body` is a string or a Buffer. */
  send(type, header, body) {
    const headerBytes = Buffer.byteLength(header);
    const bodyBytes = Buffer.byteLength(body);
    const frame = Buffer.allocUnsafe(PREFIX_BYTES + headerBytes + bodyBytes);
    frame.writeUInt32BE(5 + headerBytes + bodyBytes, 0);
    frame[4] = type;
    frame.writeUInt32BE(headerBytes, 5);
    frame.write(header, PREFIX_BYTES);
    if (typeof body === 'string') frame.write(body, PREFIX_BYTES + headerBytes);
    else body.copy(frame, PREFIX_BYTES + headerBytes);
    // Nothing overtakes a streamed frame. If the process exits before that is written, its end says what happened.
    if (this.#streaming !== 0) this.#socket.write(frame);
    else this.#write(frame);
  }

  /** Write one frame without waiting; `done`, if given, is called when the socket has taken it or has failed. */
  stream(type, header, body, done) {
    const headerBytes = Buffer.byteLength(header);
    const bodyBytes = Buffer.byteLength(body);
    const head = Buffer.allocUnsafe(PREFIX_BYTES + headerBytes);
    head.writeUInt32BE(5 + headerBytes + bodyBytes, 0);
    head[4] = type;
    head.writeUInt32BE(headerBytes, 5);
    head.write(header, PREFIX_BYTES);
    const written = (error) => {
      this.#streaming -= 1;
      if (done !== undefined) done(error);
    };
    this.#streaming += 1;
    if (bodyBytes === 0) {
      this.#socket.write(head, written);
      return;
    }
    this.#socket.cork(); // head and body in one call
    this.#socket.write(head);
    this.#socket.write(body, written);
    this.#socket.uncork();
  }

  /** Keep the event loop going until `release`. */
  hold() {
    this.#socket.ref();
  }

  release() {
    if (this.#waiting === null) this.#socket.unref();
  }

  #write(frame) {
    let written = this.#tryWrite(frame);
    if (written === frame.length) return;
    // The socket's buffer is full. libuv reads with non-blocking calls, so the socket blocks for this write only.
    this.#socket._handle.setBlocking(true);
    try {
      while (written < frame.length) written += this.#tryWrite(frame.subarray(written));
    } finally {
      this.#socket._handle.setBlocking(false);
    }
  }

  #tryWrite(octets) {
    try {
      return fs.writeSync(this.#descriptor, octets);
    } catch (error) {
      if (error.code === 'EAGAIN') return 0;
      if (error.code === 'EPIPE' || error.code === 'ECONNRESET') process.kill(process.pid, 'SIGKILL');
      throw error;
    }
  }

  #received(octets) {
    let available = octets;
    if (this.#partsBytes !== 0) {
      this.#parts.push(Buffer.from(octets)); // the read buffer is used again
      this.#partsBytes += octets.length;
      if (this.#partsBytes < PREFIX_BYTES || this.#partsBytes < frameBytes(this.#parts)) return true;
      available = Buffer.concat(this.#parts);
      this.#parts = [];
      this.#partsBytes = 0;
    }
    while (available.length >= PREFIX_BYTES && available.length >= 4 + available.readUInt32BE(0)) {
      const end = 4 + available.readUInt32BE(0);
      const bodyStart = PREFIX_BYTES + available.readUInt32BE(5);
      const header = JSON.parse(available.toString('utf8', PREFIX_BYTES, bodyStart));
      this.#invoked({ header, event: available.toString('utf8', bodyStart, end) });
      available = available.subarray(end);
    }
    if (available.length !== 0) {
      this.#parts = [Buffer.from(available)];
      this.#partsBytes = available.length;
    }
    return true;
  }

  #invoked(invocation) {
    if (this.#waiting === null) {
      this.#invocation = invocation;
      return;
    }
    const resolve = this.#waiting;
    this.#waiting = null;
    this.#socket.unref();
    resolve(invocation);
  }
}

/** The length of the first frame, of which at least the prefix is in `parts`. */
function frameBytes(parts) {
  if (parts[0].length < PREFIX_BYTES) parts.splice(0, parts.length, Buffer.concat(parts));
  return 4 + parts[0].readUInt32BE(0);
}

module.exports = { Channel, TYPE };
