"""Parameters of methods, and mappings between the parameters of methods and integrations.

    methods                method.request.{querystring|path|header}.NAME: required?
    method responses       method.response.header.NAME: required?
    integrations           integration.request.{querystring|path|header}.NAME: where the value comes from
    integration responses  method.response.header.NAME: where the value comes from
    gateway responses      gatewayresponse.header.NAME: where the value comes from

Sources: "Parameter mapping source examples for REST APIs in API Gateway" and "Parameter mapping for REST APIs in API
Gateway" (API Gateway Developer Guide); the texts as AWS answers them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from gatewright.control.apigateway.errors import bad_request, invalid_mappings
from gatewright.languages.rest_mapping import (
    MappingError,
    compile_gateway_response_mappings,
    compile_request_mappings,
    compile_response_mappings,
)
from gatewright.store.types import Document

_NAME = r"[a-zA-Z0-9._$\-\[\]!#%&'*+^`|~:]+"
_METHOD_REQUEST = re.compile(rf"method\.request\.(?:querystring|path|header)\.({_NAME})")
_METHOD_RESPONSE = re.compile(rf"method\.response\.header\.({_NAME})")
_INTEGRATION_REQUEST = re.compile(rf"integration\.request\.(?:querystring|path|header)\.({_NAME})")
_GATEWAY_RESPONSE = re.compile(rf"gatewayresponse\.header\.{_NAME}")
_DECLARED = re.compile(r"method\.request\.(querystring|path|header|multivaluequerystring|multivalueheader)\.(.+)")
_SINGLE = MappingProxyType({"multivaluequerystring": "querystring", "multivalueheader": "header"})


def check_method_parameters(parameters: Iterable[str]) -> None:
    """Check the requestParameters of a method. Raises BadRequestException."""
    names = list(parameters)
    matches = [_METHOD_REQUEST.fullmatch(name) for name in names]
    wrong = [name for name, match in zip(names, matches, strict=True) if match is None]
    if wrong:
        raise invalid_mappings([_invalid_expression(name) for name in wrong])
    last_parts = [match[1] for match in matches if match]
    if len(set(last_parts)) < len(last_parts):
        raise bad_request("Parameter names must be unique across querystring, header and path")


def check_method_response_parameters(parameters: Iterable[str]) -> None:
    """Check the responseParameters of a method response. Raises BadRequestException."""
    errors = [_invalid_expression(name) for name in parameters if not _METHOD_RESPONSE.fullmatch(name)]
    if errors:
        raise invalid_mappings(errors)


def check_request_mappings(mappings: Mapping[str, str], method: Document) -> None:
    """Check the requestParameters of an integration of a method. Raises BadRequestException."""
    declared = method.get("requestParameters", {})
    errors = []
    for target, source in mappings.items():
        if not _INTEGRATION_REQUEST.fullmatch(target):
            errors.append(_invalid_expression(target))
        elif not _compiles(compile_request_mappings, target, source):
            errors.append(_invalid_expression(source))
        elif (single := _method_parameter(source)) and single not in declared:
            errors.append(_invalid_parameter(source))
    if errors:
        raise invalid_mappings(errors)


def check_response_mappings(mappings: Mapping[str, str], status_code: str, method: Document) -> None:
    """Check the responseParameters of an integration response of a method. Raises BadRequestException."""
    if not mappings:
        return
    responses = method.get("methodResponses") or {}
    if not responses:
        raise invalid_mappings(["No method response exists for method."])
    # AWS exports a definition whose only method response is 200 and whose integration response 400 sets a header
    # of it: "Set up basic request validation in API Gateway", the sample "ReqValidators Sample".
    asked = [responses[status_code]] if status_code in responses else list(responses.values())
    declared = {name for response in asked for name in response.get("responseParameters") or {}}
    errors = []
    for target, source in mappings.items():
        if not _METHOD_RESPONSE.fullmatch(target):
            errors.append(_invalid_expression(target))
        elif target not in declared:
            errors.append(_invalid_parameter(target))
        elif not _compiles(compile_response_mappings, target, source):
            errors.append(_invalid_expression(source))
    if errors:
        raise invalid_mappings(errors)


def check_gateway_response_mappings(mappings: Mapping[str, str]) -> None:
    """Check the responseParameters of a gateway response. Raises BadRequestException."""
    errors = []
    for target, source in mappings.items():
        if not _GATEWAY_RESPONSE.fullmatch(target):
            errors.append(_invalid_expression(target))
        elif not _compiles(compile_gateway_response_mappings, target, source):
            errors.append(_invalid_expression(source))
    if errors:
        raise invalid_mappings(errors)


def check_cache_keys(cache_keys: Iterable[str], method: Document, mappings: Mapping[str, str]) -> None:
    """Check the cacheKeyParameters of an integration. Raises BadRequestException."""
    known = known_cache_keys(method, mappings)
    if not all(known(cache_key) for cache_key in cache_keys):
        raise bad_request("Invalid cache key parameter specified")


def known_cache_keys(method: Document, mappings: Mapping[str, str]) -> Callable[[str], bool]:
    """Return what tells whether a cache key names a parameter that a method declares or its integration maps."""
    names = {*method.get("requestParameters", {}), *mappings}
    return lambda cache_key: cache_key in names or _method_parameter(cache_key) in names


def _compiles(build: Callable[[list[tuple[str, str]]], object], target: str, source: str | None) -> bool:
    try:
        build([(target, source or "")])
    except MappingError:
        return False
    return True


def _method_parameter(source: str) -> str | None:
    match = _DECLARED.fullmatch(source)
    return f"method.request.{_SINGLE.get(match[1], match[1])}.{match[2]}" if match else None


def _invalid_expression(expression: str | None) -> str:
    return f"Invalid mapping expression specified: {expression}"


def _invalid_parameter(parameter: str) -> str:
    return f"Invalid mapping expression parameter specified: {parameter}"
