"""The `aws-chunked` bodies of S3: chunks with signatures of their own, and trailers.

    10000;chunk-signature=ad80c730…␍␊ 65536 octets ␍␊ … 0;chunk-signature=b6c6ea8a…␍␊ ␍␊

A protocol without I/O: feed it what arrives, it returns what is content and verified. Source: "Transferring Payload in
Multiple Chunks (Chunked Upload)" and its page with trailers, Amazon S3 API Reference.
"""

import hashlib
import hmac
from enum import Enum

from gatewright.aws.scope import CredentialScope
from gatewright.aws.sigv4.canonical import EMPTY_SHA256, signature
from gatewright.aws.sigv4.errors import Dialect, Refusal, SignatureError
from gatewright.aws.sigv4.verify import STREAMING_SIGNED, VerifiedHead

MAXIMUM_CHUNK_BYTES = 64 * 1024 * 1024
_MAXIMUM_LINE_BYTES = 8192
_MAXIMUM_TRAILERS = 64
_EXTENSION = b"chunk-signature="
_TRAILER_SIGNATURE = "x-amz-trailer-signature"


class _State(Enum):
    SIZE = "the line with the size of a chunk"
    CONTENT = "the content of a chunk and its line end"
    TRAILERS = "trailers, after the last chunk"
    DONE = "the end"


class ChunkSignatures:
    """Checks the chain of signatures that starts at the signature of the head."""

    def __init__(self, head: VerifiedHead) -> None:
        self._key = head.key
        self._timestamp = head.timestamp
        self._scope: CredentialScope = head.scope
        self._previous = head.signature

    def check_chunk(self, content: bytes, given: str) -> None:
        """Check the signature of a chunk. Raises `SignatureError`."""
        self._check("AWS4-HMAC-SHA256-PAYLOAD", [EMPTY_SHA256, hashlib.sha256(content).hexdigest()], given)

    def check_trailers(self, trailers: list[tuple[str, str]], given: str) -> None:
        """Check the signature of the trailers. Raises `SignatureError`."""
        text = "".join(f"{name}:{value}\n" for name, value in trailers)
        self._check("AWS4-HMAC-SHA256-TRAILER", [hashlib.sha256(text.encode("latin-1")).hexdigest()], given)

    def _check(self, algorithm: str, hashes: list[str], given: str) -> None:
        text = "\n".join([algorithm, self._timestamp, str(self._scope), self._previous, *hashes])
        wanted = signature(self._key, text)
        if not hmac.compare_digest(wanted.encode(), given.encode()):
            raise SignatureError(
                Refusal.MISMATCH,
                Dialect.S3,
                "The request signature we calculated does not match the signature you provided. "
                "Check your key and signing method.",
            )
        self._previous = wanted


class ChunkDecoder:
    """Decodes one body. Without `signatures` the framing is read and signatures are ignored (open mode)."""

    def __init__(self, payload_hash: str, signatures: ChunkSignatures | None) -> None:
        self._is_signed = payload_hash in STREAMING_SIGNED
        self._has_trailers = payload_hash.endswith("-TRAILER")
        self._signatures = signatures if self._is_signed else None
        self._state = _State.SIZE
        self._buffer = bytearray()
        self._size = 0
        self._signature = ""
        self.trailers: list[tuple[str, str]] = []

    @property
    def is_done(self) -> bool:
        """Say whether the body is complete."""
        return self._state is _State.DONE

    def feed(self, octets: bytes) -> bytes:
        """Return the content that is complete and verified by now. Raises `SignatureError`."""
        self._buffer += octets
        content = bytearray()
        while self._step(content):
            pass
        return bytes(content)

    def finish(self) -> None:
        """Check that nothing is missing. Raises `SignatureError`."""
        if not self.is_done or self._buffer:
            raise _incomplete("The request body terminated unexpectedly")

    def _step(self, content: bytearray) -> bool:
        """Take one element off the buffer; False when it is not all there."""
        if self._state is _State.CONTENT:
            return self._take_content(content)
        if self._state is _State.DONE:
            return False
        line = self._take_line()
        if line is None:
            return False
        if self._state is _State.SIZE:
            self._start_chunk(line)
        else:
            self._take_trailer(line)
        return True

    def _take_line(self) -> bytes | None:
        end = self._buffer.find(b"\n")
        if end < 0 or end > _MAXIMUM_LINE_BYTES:
            if len(self._buffer) > _MAXIMUM_LINE_BYTES:
                raise _incomplete("A line of the chunked body is too long")
            return None
        line = bytes(self._buffer[:end]).removesuffix(b"\r")
        del self._buffer[: end + 1]
        return line

    def _start_chunk(self, line: bytes) -> None:
        size, _, extension = line.partition(b";")
        if not 0 < len(size) <= 16 or size.strip(b"0123456789abcdefABCDEF"):
            raise _incomplete("The size of a chunk is not a number")
        self._size = int(size, 16)
        if self._size > MAXIMUM_CHUNK_BYTES:
            raise _incomplete("A chunk is too large")
        if self._is_signed and not extension.startswith(_EXTENSION):
            raise _incomplete("A chunk has no signature")
        self._signature = extension.removeprefix(_EXTENSION).decode("latin-1")
        if self._size == 0:
            self._check_chunk(b"")
            self._state = _State.TRAILERS
        else:
            self._state = _State.CONTENT

    def _take_content(self, content: bytearray) -> bool:
        if len(self._buffer) < self._size + 2:
            return False
        chunk = bytes(self._buffer[: self._size])
        if self._buffer[self._size : self._size + 2] != b"\r\n":
            raise _incomplete("A chunk does not end where its size says")
        self._check_chunk(chunk)
        del self._buffer[: self._size + 2]
        content += chunk
        self._state = _State.SIZE
        return True

    def _check_chunk(self, chunk: bytes) -> None:
        if self._signatures is not None:
            self._signatures.check_chunk(chunk, self._signature)

    def _take_trailer(self, line: bytes) -> None:
        if not line:
            self._end()
            return
        name, separator, value = line.decode("latin-1").partition(":")
        if not separator or not self._has_trailers or len(self.trailers) >= _MAXIMUM_TRAILERS:
            raise _incomplete("The trailer of the chunked body is malformed")
        self.trailers.append((name.strip().lower(), value.strip()))

    def _end(self) -> None:
        signed = [trailer for trailer in self.trailers if trailer[0] != _TRAILER_SIGNATURE]
        given = dict(self.trailers).get(_TRAILER_SIGNATURE, "")
        if self._signatures is not None and self._has_trailers:
            self._signatures.check_trailers(signed, given)
        self.trailers = signed
        self._state = _State.DONE


def decode_body(payload_hash: str, body: bytes, head: VerifiedHead | None = None) -> bytes:
    """Return the content of a whole `aws-chunked` body. Raises `SignatureError`."""
    decoder = ChunkDecoder(payload_hash, None if head is None else ChunkSignatures(head))
    content = decoder.feed(body)
    decoder.finish()
    return content


def _incomplete(text: str) -> SignatureError:
    return SignatureError(Refusal.INCOMPLETE_BODY, Dialect.S3, text)
