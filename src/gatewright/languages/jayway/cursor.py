"""A place in the text of a path."""

from gatewright.languages.jayway.errors import PathError

# Longer names, deeper brackets: no path that somebody means.
NESTING_LIMIT = 50


class Cursor:
    """A text and how far it has been read."""

    __slots__ = ("nesting", "position", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.nesting = 0

    def peek(self) -> str:
        """Return the next character, an empty text at the end."""
        return self.text[self.position : self.position + 1]

    def at(self, token: str) -> bool:
        """Tell whether a token comes next."""
        return self.text.startswith(token, self.position)

    def take(self, token: str) -> bool:
        """Skip a token if it comes next."""
        if not self.at(token):
            return False
        self.position += len(token)
        return True

    def expect(self, token: str) -> None:
        """Skip a token that must come next. Raises `PathError`."""
        if not self.take(token):
            raise self.error(f"expected {token!r}")

    def skip_blanks(self) -> None:
        """Skip white space."""
        while self.peek().isspace():
            self.position += 1

    def take_until(self, ends: str) -> str:
        """Return the text up to the first of some characters or to the end."""
        start = self.position
        while self.position < len(self.text) and self.text[self.position] not in ends:
            self.position += 1
        return self.text[start : self.position]

    def take_quoted(self) -> str:
        """Return the text of a string whose quote, single or double, comes next. Raises `PathError`."""
        quote = self.peek()
        self.position += 1
        parts: list[str] = []
        while self.position < len(self.text):
            character = self.text[self.position]
            self.position += 1
            if character == quote:
                return "".join(parts)
            if character == "\\" and self.position < len(self.text):
                parts.append(self._take_escape())
            else:
                parts.append(character)
        raise self.error("a string does not end")

    def _take_escape(self) -> str:
        escape = self.text[self.position]
        self.position += 1
        digits = self.text[self.position : self.position + 4]
        if escape == "u" and len(digits) == 4 and all(digit in "0123456789abcdefABCDEF" for digit in digits):
            self.position += 4
            return chr(int(digits, 16))
        return {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}.get(escape, escape)

    def nest(self) -> None:
        """Go one bracket deeper. Raises `PathError`."""
        self.nesting += 1
        if self.nesting > NESTING_LIMIT:
            raise self.error("brackets nest too deep")

    def error(self, reason: str) -> PathError:
        """Return what is wrong at this place."""
        return PathError(f"{self.text[:200]!r}: {reason} at {self.position}")
