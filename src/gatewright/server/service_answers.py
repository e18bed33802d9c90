"""Answers of AWS services as API Gateway gets them where it asks for JSON, from services that answer in XML.

API Gateway sends `Accept: application/json`, and AWS's Query services answer it in JSON: `{"PublishResponse":
{"PublishResult": {…}, "ResponseMetadata": {"RequestId": …}}}`, every member of a result there, null without a value
(recorded of AWS: localstack, test_apigateway_sqs.py, test_apigateway_ssm.py). Other endpoints answer in XML all the
same.
"""

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import Element, ParseError, fromstring

from gatewright.base.messages import Headers

if TYPE_CHECKING:
    from botocore.model import ServiceModel

Shape = Any
"""A shape of botocore's, of whichever class its type has."""

# Seen of AWS: `{"ReceiveMessageResponse": {"ReceiveMessageResult": {"messages": null}, …}}`.
_OTHER_NAMES: Final = MappingProxyType({("sqs", "Messages"): "messages"})


def wants_json(headers: tuple[tuple[str, str], ...]) -> bool:
    """Tell whether a request asks for JSON."""
    return any(name.lower() == "accept" and "json" in value.lower() for name, value in headers)


def is_xml(headers: Headers) -> bool:
    """Tell whether a response is in XML."""
    return "xml" in (headers.get("content-type") or "")


def json_of_xml(body: bytes, model: "ServiceModel") -> bytes | None:
    """Return a Query service's answer in JSON; None for what is no such answer."""
    try:
        root = fromstring(body)  # noqa: S314 — expat bounds the expansion of entities (since 2.4.1)
    except ParseError:
        return None
    name = _local(root)
    if name.endswith("Response") and name != "ErrorResponse":
        return json.dumps({name: _response(root, name.removesuffix("Response"), model)}).encode()
    if name == "ErrorResponse":
        parts = {_local(child): _plain(child) for child in root}
        return json.dumps({"Error": parts.get("Error"), "RequestId": parts.get("RequestId")}).encode()
    return None


def wrapped_answer(body: bytes, action: str, model: "ServiceModel", request_id: str) -> bytes:
    """Return the answer of a JSON service as the Query protocol would have had it."""
    try:
        result = json.loads(body)
    except ValueError:
        return body
    shape = model.operation_model(action).output_shape if action in model.operation_names else None
    wrapped = {f"{action}Result": _filled(result, shape), "ResponseMetadata": {"RequestId": request_id}}
    return json.dumps({f"{action}Response": wrapped}).encode()


def _response(root: Element, action: str, model: "ServiceModel") -> dict[str, Any]:
    shape = model.operation_model(action).output_shape if action in model.operation_names else None
    answer: dict[str, Any] = {}
    for child in root:
        name = _local(child)
        is_result = name == f"{action}Result"
        answer[name] = _value(child, shape, model.service_name) if is_result and shape is not None else _plain(child)
    return answer


def _value(element: Element, shape: Shape, service: str) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return {
            _OTHER_NAMES.get((service, name), name): _member(element, name, member, service)
            for name, member in shape.members.items()
        }
    if kind == "list":
        return [_value(child, shape.member, service) for child in element]
    if kind in {"map", "blob"}:
        return _plain(element)
    text = element.text or ""
    if kind == "boolean":
        return text == "true"
    if kind in {"integer", "long"} and text.lstrip("-").isdigit():
        return int(text)
    return text


def _member(element: Element, name: str, shape: Shape, service: str) -> Any:
    wanted = {name, shape.serialization.get("name", name)}
    is_flattened = bool(shape.serialization.get("flattened"))
    if is_flattened:
        # Models that were the Query protocol's once have lost the names of single elements.
        wanted |= {name.removesuffix("s"), _element_name(shape, name)}
    found = [child for child in element if _local(child) in wanted]
    if not found:
        return None
    if is_flattened and shape.type_name == "list":
        return [_value(child, shape.member, service) for child in found]
    if is_flattened and shape.type_name == "map":
        return [_plain(child) for child in found]
    return _value(found[0], shape, service)


def _element_name(shape: Shape, name: str) -> str:
    member = shape.member if shape.type_name == "list" else shape
    return str(member.serialization.get("name", member.name if shape.type_name == "list" else name))


def _plain(element: Element) -> Any:
    """Return an element of unknown shape: text, a list of members, or an object."""
    children = list(element)
    if not children:
        return element.text
    names = [_local(child) for child in children]
    if set(names) <= {"member", "entry"}:
        return [_plain(child) for child in children]
    found: dict[str, Any] = {}
    for name, child in zip(names, children, strict=True):
        found[name] = _plain(child)
    return found


def _filled(value: Any, shape: Shape | None) -> Any:
    """Return a value with null for what its shape has and it has not."""
    if shape is None or shape.type_name != "structure" or not isinstance(value, dict):
        return value
    return {name: _filled(value.get(name), member) for name, member in shape.members.items()}


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
