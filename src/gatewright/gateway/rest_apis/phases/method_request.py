"""Method request: the parameters that must be there, and bodies that must fit their models.

Source: "Request validation for REST APIs in API Gateway"; messages and the order of names (headers, path, query string)
as recorded of AWS (localstack, test_apigateway_common.py::TestApiGatewayCommon::test_api_gateway_request_validator). No
body is `{}` there as everywhere.
"""

from collections.abc import Awaitable, Callable, Mapping

from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.body_models import BodyModel
from gatewright.gateway.rest_apis.call import RequestPhase, RestCall
from gatewright.gateway.rest_apis.errors import BAD_REQUEST_BODY, BAD_REQUEST_PARAMETERS, RestError
from gatewright.gateway.rest_apis.mapping_source import RequestSource

_PREFIX = "method.request."
_DEFAULT_CONTENT_TYPE = "application/json"
# What is validated at once, in a millisecond or so.
_INLINE_BYTES = 64 * 1024


def link(binding: RestBinding) -> RequestPhase | None:
    """Return the phase; None where nothing is validated. Raises `ValueError` for a model that cannot be used."""
    required = _required(binding.method.required_parameters)
    models = {
        content_type.lower(): binding.compiled.model(_schema(binding, name), binding.deployment.source.models)
        for content_type, name in binding.method.request_models
    }
    if not required and not models:
        return None

    def method_request(call: RestCall) -> Awaitable[None] | None:
        if required:
            missing = [name for has, name in required if not has(call, name)]
            if missing:
                message = f"Missing required request parameters: [{', '.join(missing)}]"
                raise RestError(BAD_REQUEST_PARAMETERS, message=message)
        return _validate(call, models) if models else None

    return method_request


def _schema(binding: RestBinding, name: str) -> str:
    if name not in binding.deployment.models:
        raise ValueError(f"there is no model {name}")
    return binding.deployment.models[name]


def _validate(call: RestCall, models: Mapping[str, BodyModel]) -> Awaitable[None] | None:
    """Hold the body to the model of its content type; a type without a model is not looked at."""
    sent = call.request.headers.get("content-type")
    content_type = _DEFAULT_CONTENT_TYPE if sent is None else sent.partition(";")[0].strip().lower()
    model = models.get(content_type) or models.get("$default")
    if model is None:
        return None
    if len(call.body) > _INLINE_BYTES:
        return _validate_aside(call, model)
    errors = model.errors(call.body)
    if errors is not None:
        raise _invalid(call, errors)
    return None


async def _validate_aside(call: RestCall, model: BodyModel) -> None:
    errors = await model.errors_aside(call.body)
    if errors is not None:
        raise _invalid(call, errors)


def _invalid(call: RestCall, errors: str) -> RestError:
    if call.log is not None:
        content_type = call.request.headers.get("content-type") or _DEFAULT_CONTENT_TYPE
        call.log.write(f"Request body does not match model schema for content type {content_type}: {errors}")
    return RestError(BAD_REQUEST_BODY, validation_errors=errors)


def _has_header(call: RestCall, name: str) -> bool:
    return bool(RequestSource(call).header(name))


def _has_path(call: RestCall, name: str) -> bool:
    return bool(call.path_parameters.get(name))


def _has_query(call: RestCall, name: str) -> bool:
    # "The required request parameters ... are included and not blank".
    return any(call.query.get(name, ()))


_PLACES = (("header", _has_header), ("path", _has_path), ("querystring", _has_query))


def _required(parameters: tuple[str, ...]) -> list[tuple[Callable[[RestCall, str], bool], str]]:
    found: list[tuple[Callable[[RestCall, str], bool], str]] = []
    for place, has in _PLACES:
        prefix = f"{_PREFIX}{place}."
        # A method has parameters of several values under their own kinds.
        names = [each.replace(f"{_PREFIX}multivalue{place}.", prefix, 1) for each in parameters]
        found += [(has, name.removeprefix(prefix)) for name in names if name.startswith(prefix)]
    return found
