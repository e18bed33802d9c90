"""What mapping templates see: `$input`, `$util`, `$context`, `$stageVariables`.

Source: "Variables for data transformations for API Gateway". The functions of `$util` are those of the Java libraries
that the page's examples show the work of: commons-lang's `escapeJavaScript`, `URLEncoder`, Base64.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote_plus, unquote_plus

import orjson

from gatewright.gateway.rest_apis.call import MethodFacts, RestCall
from gatewright.gateway.rest_apis.context_variables import ContextReads, build_context, context_reads
from gatewright.gateway.rest_apis.received_headers import ADDED_FIELDS, method_request_fields
from gatewright.languages.jayway import MISSING as NO_VALUE
from gatewright.languages.jayway import PathError, PathLimitError, PayloadError, compile_path, parse_payload, write_json
from gatewright.languages.vtl import MISSING, TemplateFault
from gatewright.languages.vtl.texts import Printer, scalar_text


class PayloadFault(TemplateFault):
    """A template reads a payload as JSON that begins like JSON and is none."""


@dataclass(frozen=True, slots=True)
class Reads:
    """What a template can ask for, by its text: the rest need not be made."""

    stage_variables: bool
    whole_context: bool
    """Whether it may change `$context`, or ask for names that its text does not have."""
    context: ContextReads | None


def reads_of(text: str, facts: MethodFacts) -> Reads:
    """Return what a template of a method can ask for."""
    names = tuple(dict.fromkeys(_CONTEXT_NAME.findall(text)))
    is_plain = len(_CONTEXT_NAME.findall(text)) == text.count("context") and not _CHANGED.intersection(names)
    return Reads("stageVariables" in text, not is_plain, context_reads(names, facts) if is_plain and names else None)


_CONTEXT_NAME = re.compile(r"\$!?\{?context\.([A-Za-z]\w*)(?!\w*\s*\()")
_CHANGED = frozenset({"requestOverride", "responseOverride"})


def template_variables(call: RestCall, body: bytes, reads: Reads) -> dict[str, object]:
    """Return the variables of one rendering. What a template sets of `$context` stays with the call."""
    variables: dict[str, object] = {"input": InputVariable(call, body), "util": UTIL}
    if reads.stage_variables:
        variables["stageVariables"] = dict(call.facts.stage_variables)
    if reads.whole_context:
        if call.context is None:
            call.context = build_context(call)
        variables["context"] = call.context
    elif reads.context is not None:
        variables["context"] = reads.context.read(call) if call.context is None else call.context
    return variables


class InputVariable:
    """`$input`: the payload of the message that is mapped, and the parameters of the request."""

    __slots__ = ("_body", "_call", "_document", "_is_read")

    def __init__(self, call: RestCall, body: bytes) -> None:
        self._call = call
        self._body = body
        self._document: object = None
        self._is_read = False

    def __str__(self) -> str:
        return ""

    def vtl_property(self, name: str) -> object:
        """Return `$input.body`: `{}` for none (observed of AWS by localstack, pull request 12413)."""
        return (self._body.decode("utf-8", "replace") or "{}") if name == "body" else MISSING

    def vtl_put(self, name: str, value: object) -> None:
        """Change nothing: the payload is not the template's."""

    def vtl_call(self, name: str, arguments: tuple[object, ...]) -> object:
        """Return what `path`, `json` or `params` returns."""
        function = _INPUT_FUNCTIONS.get((name, len(arguments)))
        return MISSING if function is None else function(self, *arguments)

    def select(self, expression: object) -> object:
        """Return what a JSONPath selects, `MISSING` for nothing."""
        if not self._is_read:
            try:
                self._document = parse_payload(self._body)
            except PayloadError as error:
                raise PayloadFault(str(error)) from error
            self._is_read = True
        try:
            return compile_path(str(expression)).read(self._document)
        except (PathError, PathLimitError) as error:
            raise TemplateFault(f"{expression}: {error}") from error

    def parameters(self) -> dict[str, dict[str, str]]:
        """Return the parameters by their kinds."""
        call = self._call
        return {
            "path": dict(call.path_parameters),
            "querystring": {name: values[-1] for name, values in call.query.items()},
            "header": dict(method_request_fields(call)),
        }

    def parameter(self, name: object) -> str:
        """Return a parameter "from the path, query string, or header value (searched in that order)"."""
        call, wanted = self._call, str(name)
        if wanted in call.path_parameters:
            return call.path_parameters[wanted]
        if call.has_query(wanted):
            return call.query[wanted][-1]
        lowered = wanted.lower()
        if call.request.headers.get(lowered) is None and lowered not in ADDED_FIELDS:
            return ""
        values = [value for key, value in method_request_fields(call) if key == wanted]
        return values[-1] if values else ""


def _path(variable: InputVariable, expression: object) -> object:
    value = variable.select(expression)
    return None if value is NO_VALUE else value


def _json(variable: InputVariable, expression: object) -> str:
    value = variable.select(expression)
    return '""' if value is NO_VALUE else write_json(value)


_INPUT_FUNCTIONS: Mapping[tuple[str, int], Callable[..., object]] = MappingProxyType(
    {
        ("path", 1): _path,
        ("json", 1): _json,
        ("params", 0): InputVariable.parameters,
        ("params", 1): InputVariable.parameter,
    }
)

_ESCAPED = re.compile(r"""[\x00-\x1f"'\\/\x7f-\U0010ffff]""")
_SHORT = MappingProxyType(
    {"\b": "\\b", "\n": "\\n", "\t": "\\t", "\f": "\\f", "\r": "\\r", "'": "\\'", '"': '\\"', "\\": "\\\\", "/": "\\/"}
)


_LONGEST_TEXT = 10 * 1024 * 1024


def _text(value: object) -> str:
    return value if isinstance(value, str) else Printer(_LONGEST_TEXT, scalar_text, made=()).text(value)


def _escape_java_script(value: object) -> str:
    text = value if value.__class__ is str else _text(value)
    return text if text.isalnum() and text.isascii() else _ESCAPED.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in _SHORT:
        return _SHORT[character]
    if character == "\x7f":
        return character
    return "".join([f"\\u{unit:04X}" for unit in _utf16(character)])


def _utf16(character: str) -> tuple[int, ...]:
    octets = character.encode("utf-16-be", "surrogatepass")
    return tuple(int.from_bytes(octets[index : index + 2], "big") for index in range(0, len(octets), 2))


def _parse_json(value: object) -> object:
    # What is no text, or no JSON, has no value: observed on AWS, dherault/serverless-offline issue 136.
    if not isinstance(value, str):
        return None
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return None


def _url_encode(value: object) -> str:
    # java.net.URLEncoder keeps "." "-" "*" "_" and nothing else beside letters and digits.
    return quote_plus(_text(value), safe="*", errors="replace").replace("~", "%7E")


def _url_decode(value: object) -> str:
    return unquote_plus(_text(value), errors="replace")


def _base64_encode(value: object) -> str:
    return base64.b64encode(_text(value).encode("utf-8", "replace")).decode()


def _base64_decode(value: object) -> str:
    text = "".join(_text(value).split())
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError) as error:
        raise TemplateFault(f"$util.base64Decode: {error}") from error


_UTIL_FUNCTIONS: Mapping[str, Callable[[object], object]] = MappingProxyType(
    {
        "escapeJavaScript": _escape_java_script,
        "parseJson": _parse_json,
        "urlEncode": _url_encode,
        "urlDecode": _url_decode,
        "base64Encode": _base64_encode,
        "base64Decode": _base64_decode,
    }
)


class UtilVariable:
    """`$util`: functions on texts."""

    __slots__ = ()

    def __str__(self) -> str:
        return ""

    def vtl_property(self, name: str) -> object:
        """Return MISSING: there are functions only."""
        return MISSING

    def vtl_put(self, name: str, value: object) -> None:
        """Change nothing."""

    def vtl_call(self, name: str, arguments: tuple[object, ...]) -> object:
        """Return what a function makes of its argument."""
        if name in _UTIL_FUNCTIONS and len(arguments) == 1:
            return _UTIL_FUNCTIONS[name](arguments[0])
        return MISSING


UTIL = UtilVariable()
