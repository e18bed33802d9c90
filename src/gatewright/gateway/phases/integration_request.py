"""Integration request: the parameter mapping of the integration, applied to the request."""

from dataclasses import replace
from urllib.parse import quote, unquote_plus

from gatewright.base.errors import BodyError
from gatewright.base.messages import BytesBody, Headers, Request
from gatewright.gateway.binding import Binding
from gatewright.gateway.call import Call, RequestPhase
from gatewright.gateway.fields import field_value
from gatewright.gateway.gateway_response import body_fault
from gatewright.gateway.phases.mapping_source import RequestSource
from gatewright.languages.parameter_mapping import Action, Location, Mapping, compile_request_mappings


def link(binding: Binding) -> RequestPhase | None:
    """Return the phase; None where nothing is mapped. Raises `MappingError`.

    The parameters of an operation of an AWS service are its integration's to map.
    """
    if binding.integration.integration_subtype:
        return None
    mappings = compile_request_mappings(binding.integration.request_parameters)
    if not mappings:
        return None
    reads_body = any(mapping.value.reads_body for mapping in mappings)

    async def integration_request(call: Call) -> Call:
        body = b""
        request = call.request
        if reads_body:
            try:
                body = await request.body.read()
            except BodyError as error:
                raise body_fault(error) from error
            request = replace(request, body=BytesBody(body))
        return _apply(mappings, replace(call, request=request), body)

    return integration_request


def _apply(mappings: tuple[Mapping, ...], call: Call, body: bytes) -> Call:
    # Every value reads the request as it came, whatever other lines of the mapping do.
    source = RequestSource(call, body)
    values = [mapping.value.read(source) for mapping in mappings]
    headers, query, path = Headers(call.request.headers), call.request.query, call.target_path
    for mapping, value in zip(mappings, values, strict=True):
        if value is None:
            continue
        match mapping.location:
            case Location.HEADER:
                apply_to_headers(headers, mapping, value)
            case Location.QUERYSTRING:
                query = _apply_to_query(query, mapping, value)
            case _:
                path = value
    request: Request = replace(call.request, headers=headers, query=query)
    return replace(call, request=request, target_path=path)


def apply_to_headers(headers: Headers, mapping: Mapping, value: str) -> None:
    """Change one header; a value that no field can have (control characters) changes nothing."""
    if mapping.action is Action.REMOVE:
        headers.discard(mapping.name)
        return
    text = field_value(value)
    if text is None:
        return
    if mapping.action is Action.APPEND:
        headers.add(mapping.name, text)
    else:
        headers.replace(mapping.name, text)


def _apply_to_query(query: str, mapping: Mapping, value: str) -> str:
    parameters = [parameter for parameter in query.split("&") if parameter]
    if mapping.action is not Action.APPEND:
        parameters = [each for each in parameters if unquote_plus(each.partition("=")[0]) != mapping.name]
    if mapping.action is not Action.REMOVE:
        parameters.append(f"{quote(mapping.name, safe='')}={quote(value, safe='')}")
    return "&".join(parameters)
