"""Method request: the parameters that must be there, and bodies that must fit their models.

Source: "Request validation for REST APIs in API Gateway"; messages and the order of names (headers, path, query string)
as recorded of AWS (localstack, test_apigateway_common.py::TestApiGatewayCommon::test_api_gateway_request_validator). No
body is `{}` there as everywhere.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache

import orjson

from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import RequestPhase, RestCall
from gatewright.gateway.rest_apis.errors import BAD_REQUEST_BODY, BAD_REQUEST_PARAMETERS, RestError
from gatewright.gateway.rest_apis.mapping_source import RequestSource
from gatewright.languages.json_schema import Validator, compile_schema
from gatewright.snapshot.types.rest_api import Pairs

_PREFIX = "method.request."
_DEFAULT_CONTENT_TYPE = "application/json"
_KEPT_MODELS = 256
# What is validated at once, in a millisecond or so.
_INLINE_BYTES = 64 * 1024
# A body of ten megabytes may have a million elements, with an `anyOf` each.
_COMBINATIONS_ASIDE = 5_000_000


def link(binding: RestBinding) -> RequestPhase | None:
    """Return the phase; None where nothing is validated. Raises `ValueError` for a model that cannot be used."""
    required = _required(binding.method.required_parameters)
    models = {
        content_type.lower(): _compile(_schema(binding, name), binding.deployment.source.models)
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


class _Model:
    """What holds bodies to a schema. All methods that have the model share it, in all stages."""

    def __init__(self, schema: str, models: Pairs) -> None:
        self._validator = compile_schema(schema, dict(models))
        # A validator serves one thread at a time.
        self._validator_aside = compile_schema(schema, dict(models), combinations=_COMBINATIONS_ASIDE)
        self._turn = asyncio.Lock()

    def errors(self, body: bytes) -> str | None:
        """Return what is wrong with a body that takes no time; None for nothing."""
        return _errors(self._validator, body)

    async def errors_aside(self, body: bytes) -> str | None:
        """Return the same from a thread, while other requests are served."""
        async with self._turn:
            return await asyncio.get_running_loop().run_in_executor(None, _errors, self._validator_aside, body)


@lru_cache(_KEPT_MODELS)
def _compile(schema: str, models: Pairs) -> _Model:
    return _Model(schema, models)


def _errors(validator: Validator, body: bytes) -> str | None:
    try:
        document = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        return "[Invalid JSON in request body]"
    return None if validator.is_valid(document) else f"[{', '.join(validator.errors(document))}]"


def _schema(binding: RestBinding, name: str) -> str:
    if name not in binding.deployment.models:
        raise ValueError(f"there is no model {name}")
    return binding.deployment.models[name]


def _validate(call: RestCall, models: Mapping[str, _Model]) -> Awaitable[None] | None:
    """Hold the body to the model of its content type; a type without a model is not looked at."""
    sent = call.header("content-type")
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


async def _validate_aside(call: RestCall, model: _Model) -> None:
    errors = await model.errors_aside(call.body)
    if errors is not None:
        raise _invalid(call, errors)


def _invalid(call: RestCall, errors: str) -> RestError:
    if call.log is not None:
        content_type = call.header("content-type") or _DEFAULT_CONTENT_TYPE
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
