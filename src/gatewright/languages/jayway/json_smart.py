"""JSON as json-smart reads it in its permissive mode, which is what Jayway JsonPath reads with.

API Gateway's own errors named that parser (`net.minidev.json.parser.ParseException`, recorded by the project
api-gateway-mapping-template, `test/_.md`), and mock integrations take the `{ statusCode: 200 }` that the AWS CDK
writes. So texts need no quotes or single ones, commas may be too many, and what follows a value is not looked at.
"""

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from gatewright.languages.jayway.errors import PayloadError

# JSON itself is read at C's speed; what is read here, piece by piece, has to be short.
_LONGEST: Final = 1 << 16
_DEPTH: Final = 200

_SPACES: Final = re.compile(r"[ \t\r\n]*")
_SEPARATORS: Final = re.compile(r"[ \t\r\n,]*")
_INTEGER: Final = re.compile(r"-?[0-9]*")
_FLOAT: Final = re.compile(r"-?[0-9]*(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]")
_SHORT: Final = MappingProxyType(
    {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b", "\\": "\\", "/": "/", "'": "'", '"': '"'}
)
_CLOSED: Final = MappingProxyType(
    {quote: re.compile(rf"{quote}((?:[^{quote}\\]++|\\.)*+){quote}", re.DOTALL) for quote in "'\""}
)
_WORD: Final = MappingProxyType(
    {
        "": re.compile(r".*", re.DOTALL),
        ":": re.compile(r"[^:]*"),
        ",}": re.compile(r"[^,}]*"),
        ",]": re.compile(r"[^,\]]*"),
    }
)
_WORDS: Final = MappingProxyType({"null": None, "true": True, "false": False, "NaN": float("nan")})


def read_json(text: str) -> object:
    """Return the value that a text begins with. Raises `PayloadError`."""
    if len(text) > _LONGEST and text.lstrip()[:1] in ("{", "["):
        raise PayloadError("what is no JSON is too long to be read as such")
    return _Reader(text).value("")


class _Reader:
    """Where reading stands in one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def value(self, stop: str) -> object:
        """Read a value; one without quotes ends before a character of `stop`."""
        self._skip(_SPACES)
        first = self._peek()
        if first == "{":
            return self._nested(self._object)
        if first == "[":
            return self._nested(self._array)
        if first in ("'", '"'):
            return self._quoted()
        if first in (":", "}", "]") or (not first and stop):
            raise self._error()
        if first == "-" or "0" <= first <= "9":
            return self._number(stop)
        word = self._word(stop)
        return _WORDS.get(word, word)

    def _nested(self, read: Callable[[], object]) -> object:
        self._depth += 1
        if self._depth > _DEPTH:
            raise PayloadError("the payload nests too deep")
        self._at += 1
        found = read()
        self._depth -= 1
        return found

    def _object(self) -> dict[str, object]:
        found: dict[str, object] = {}
        while True:
            self._skip(_SEPARATORS)
            first = self._peek()
            if first == "}":
                self._at += 1
                return found
            if first in ("", ":", "]", "[", "{"):
                raise self._error()
            key = self._quoted() if first in ("'", '"') else self._word(":")
            self._skip(_SPACES)
            self._take(":")
            found[key] = self.value(",}")
            self._skip(_SPACES)
            if self._peek() != "}":
                self._take(",")

    def _array(self) -> list[object]:
        found: list[object] = []
        while True:
            self._skip(_SEPARATORS)
            first = self._peek()
            if first == "]":
                self._at += 1
                return found
            if first in ("", ":", "}"):
                raise self._error()
            found.append(self.value(",]"))

    def _quoted(self) -> str:
        match = _CLOSED[self._peek()].match(self._text, self._at)
        if match is None:
            raise self._error()
        self._at = match.end()
        content = match[1]
        # Control characters go unless there is nothing else to look for.
        return _ESCAPE.sub(_unescaped, _CONTROLS.sub("", content)) if "\\" in content else content

    def _word(self, stop: str) -> str:
        match = _WORD[stop].match(self._text, self._at)
        assert match is not None
        self._at = match.end()
        return match[0].strip()

    def _number(self, stop: str) -> object:
        begin = self._at
        for pattern, convert in ((_INTEGER, _to_int), (_FLOAT, float)):
            match = pattern.match(self._text, begin)
            assert match is not None
            self._at = match.end()
            self._skip(_SPACES)
            if self._peek() == "" or self._peek() in stop:
                try:
                    return convert(match[0])
                except ValueError:
                    break
        self._at = begin
        return self._word(stop)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        assert match is not None
        self._at = match.end()

    def _take(self, character: str) -> None:
        if self._peek() != character:
            raise self._error()
        self._at += 1

    def _error(self) -> PayloadError:
        return PayloadError(f"unexpected {self._peek()!r} at {self._at}" if self._peek() else "unexpected end")


def _to_int(text: str) -> int:
    # Python converts no more digits than these.
    if len(text) > 4000:
        raise ValueError("too many digits")
    return 0 if text == "-" else int(text)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _SHORT.get(match[3], "")
