"""What the images of tokens say: references with their escapes, and texts in quotes."""

from typing import Protocol

from gatewright.languages.vtl import syntax
from gatewright.languages.vtl.errors import TemplateError
from gatewright.languages.vtl.tokens import Token


class NestedParser(Protocol):
    """Parses the text inside of double quotes."""

    def nested(self, text: str) -> syntax.Block: ...

    def error(self, message: str, token: Token | None = None) -> TemplateError: ...


def reference_of(tokens: list[Token], first: int, last: int, steps: tuple[syntax.Step, ...]) -> syntax.Reference:
    """Return the reference that tokens make, as ASTReference.getRoot of Velocity 1.7 does.

    The first token loses its backslashes and what stands before the last dollar: what is printed later for the
    reference does not have them either.
    """
    token = tokens[first]
    if "\\!" in token.image:
        text = _without_last_backslash(token.image)
        return syntax.Reference(text, steps, _literal(tokens, first, last), text, is_computable=False)
    image = token.image.lstrip("\\")
    backslashes = len(token.image) - len(image)
    dollar = max(image.rfind("$"), 0)
    more_prefix, image = image[:dollar], image[dollar:]
    token.image = image
    literal = _literal(tokens, first, last)
    is_escaped = backslashes % 2 == 1
    null_text = literal
    if image.startswith("$!"):
        null_text = literal if is_escaped else ""
        root = tokens[first + 1].image if image.startswith("$!{") else image[2:]
    elif image == "${":
        root = tokens[first + 1].image
    else:
        root = image[1:] if image.startswith("$") else image
    return syntax.Reference(
        root,
        steps,
        literal,
        null_text,
        is_escaped,
        "\\" * (backslashes // 2),
        more_prefix,
        is_runt=not image.startswith("$"),
    )


def _literal(tokens: list[Token], first: int, last: int) -> str:
    return str(syntax.Span(tokens, first, last))


def _without_last_backslash(image: str) -> str:
    """Return `$\\\\!foo` less one backslash before the exclamation mark."""
    dollar = image.find("$")
    start = image.find("\\", max(dollar, 0))
    end = start
    while end < len(image) and image[end] == "\\":
        end += 1
    # Velocity's count goes one character too far only where the backslashes end the image, which cannot be.
    count = end - start
    return image[:start] + image[start : start + count - 1] + image[start + count :]


def text_constant(parser: NestedParser, token: Token, span: syntax.Span) -> syntax.Constant | syntax.Interpolation:
    """Return the value of a text in quotes: in double quotes, references and directives in it are carried out."""
    image = token.image
    quote = image[0]
    text = image[1:-1]
    if quote == '"':
        text = _unescape(parser, token, text)
    text = text.replace(quote * 2, quote)
    if quote == "'" or not ("$" in image or "#" in image):
        return syntax.Constant(text, span, is_text=True)
    # A space is added, since a reference may not end a template, and dropped from what comes out.
    has_line_comment = "##" in text
    block = parser.nested(text if has_line_comment else text + " ")
    return syntax.Interpolation(block, not has_line_comment, span)


def _unescape(parser: NestedParser, token: Token, text: str) -> str:
    pieces = text.split("\\u")
    for number, piece in enumerate(pieces[1:], 1):
        digits = piece[:4]
        try:
            character = chr(int(digits, 16)) if len(digits) == 4 else ""
        except ValueError:
            character = ""
        if not character:
            raise parser.error("malformed \\u escape", token)
        pieces[number] = character + piece[4:]
    return "".join(pieces)
