"""Import of an export gives the same API: "Export a REST API from API Gateway" (API Gateway Developer Guide).

OpenAPI 2 has one list of media types for the models and the templates of a method: there, all are JSON.
"""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewright.languages.openapi.document import Version, parse
from gatewright.languages.openapi.read_rest_api import read_rest_api
from gatewright.languages.openapi.text import json_text, yaml_text
from gatewright.languages.openapi.types import JsonObject, RestApiDefinition
from gatewright.languages.openapi.write_rest_api import Deployed, write_rest_api
from tests.unit.languages.openapi.reading import API_ID, read_case

DEPLOYED = Deployed(f"{API_ID}.execute-api.us-east-1.amazonaws.com", "prod", "2026-01-01T00:00:00Z")
MEMBERS = ("rest_api", "resources", "request_validators", "gateway_responses", "documentation_parts")

_WORD = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,7}", fullmatch=True)
_LINE = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)
_MODELS = ("Cat", "Dog", "Bird")
_JSON = ("application/json",)
_MEDIA = (*_JSON, "text/xml")
_MAPPINGS = st.dictionaries(st.from_regex(r"integration\.request\.header\.[a-z]{1,5}", fullmatch=True), _LINE)
_STATUS = st.sampled_from(("200", "201", "404", "500"))


def _some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[JsonObject]:
    return st.fixed_dictionaries({}, optional=members)


def _with_status(member: st.SearchStrategy[JsonObject]) -> st.SearchStrategy[dict[str, JsonObject]]:
    found = st.dictionaries(_STATUS, member, min_size=1, max_size=3)
    return found.map(lambda items: {status: {"statusCode": status, **item} for status, item in items.items()})


@st.composite
def _integrations(draw: st.DrawFn, media_types: tuple[str, ...]) -> JsonObject:
    templates = st.dictionaries(st.sampled_from(media_types), _LINE, min_size=1)
    kind = draw(st.sampled_from(("MOCK", "HTTP", "HTTP_PROXY", "AWS", "AWS_PROXY")))
    integration: JsonObject = {
        "type": kind,
        "passthroughBehavior": draw(st.sampled_from(("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"))),
        "timeoutInMillis": draw(st.sampled_from((29000, 50, 12345))),
        "cacheKeyParameters": draw(st.lists(_LINE, max_size=2)),
        **draw(
            _some(
                requestParameters=_MAPPINGS.filter(bool),
                requestTemplates=templates,
                cacheNamespace=_WORD,
                credentials=_WORD,
                contentHandling=st.sampled_from(("CONVERT_TO_TEXT", "CONVERT_TO_BINARY")),
                tlsConfig=st.just({"insecureSkipVerification": True}),
            )
        ),
    }
    if kind != "MOCK":
        integration |= {"httpMethod": draw(st.sampled_from(("GET", "POST", "ANY"))), "uri": draw(_LINE)}
    if kind.startswith("HTTP"):
        integration["connectionType"] = "INTERNET"
    responses = draw(_with_status(_some(responseTemplates=templates, contentHandling=st.just("CONVERT_TO_TEXT"))))
    for position, response in enumerate(responses.values()):
        # Patterns are keys of the extension: two of the same would be one.
        if position:
            response["selectionPattern"] = f"{position}.*"
    return {**integration, "integrationResponses": responses}


@st.composite
def _methods(draw: st.DrawFn, path: str, http_method: str, media_types: tuple[str, ...]) -> JsonObject:
    model = st.sampled_from(_MODELS)
    parameters = st.dictionaries(
        st.from_regex(r"method\.request\.(path|querystring|header)\.[A-Za-z-]{1,6}", fullmatch=True), st.booleans()
    )
    headers = st.dictionaries(
        st.from_regex(r"method\.response\.header\.[A-Za-z-]{1,6}", fullmatch=True), st.just(False)
    )
    responses = _some(
        responseModels=model.map(lambda name: {"application/json": name}), responseParameters=headers.filter(bool)
    )
    # An import makes every variable of the path a parameter.
    variables = {f"method.request.path.{name}": True for name in re.findall(r"\{(\w+)", path)}
    if variables:
        parameters = parameters.map(lambda drawn: {**drawn, **variables})
    described = draw(
        _some(
            operationName=_WORD,
            requestValidator=st.sampled_from(("body", "all")),
            requestParameters=parameters.filter(bool),
            requestModels=model.map(lambda name: {"application/json": name}),
            methodResponses=_with_status(responses),
            methodIntegration=_integrations(media_types),
        )
    )
    return {
        **({"requestParameters": variables} if variables else {}),
        **described,
        "httpMethod": http_method,
        "authorizationType": "NONE",
        "apiKeyRequired": draw(st.booleans()),
    }


@st.composite
def _definitions(draw: st.DrawFn, media_types: tuple[str, ...]) -> RestApiDefinition:
    paths = sorted({"/", *draw(st.lists(st.sampled_from(("/a", "/b-c", "/{id}")), max_size=2))})
    paths += [f"{path}/{{rest+}}" for path in paths[1:] if draw(st.booleans())]
    names = st.sampled_from(("GET", "POST", "HEAD", "ANY"))
    resources = {}
    for path in paths:
        chosen = draw(st.sets(names, min_size=0 if path == "/" else 1, max_size=2))
        resources[path] = {name: draw(_methods(path, name, media_types)) for name in sorted(chosen)}
    return RestApiDefinition(
        rest_api={
            "name": draw(_LINE),
            "version": draw(_LINE),
            **draw(_some(minimumCompressionSize=st.integers(0, 10485760), binaryMediaTypes=st.just(["image/*"]))),
            **draw(_some(disableExecuteApiEndpoint=st.just(True), apiKeySource=st.just("AUTHORIZER"))),
        },
        resources=resources,
        models=[
            {"name": name, "contentType": "application/json", "schema": json_text({"title": name, "type": "object"})}
            for name in _MODELS
        ],
        request_validators=tuple(
            {"name": name, "validateRequestBody": True, "validateRequestParameters": name == "all"}
            for name in ("body", "all")
        ),
    )


def again(definition: RestApiDefinition, version: Version, *, is_yaml: bool) -> RestApiDefinition:
    document = write_rest_api(definition, version, {"apigateway"}, DEPLOYED)
    return read_rest_api(parse(yaml_text(document) if is_yaml else json_text(document)), None, API_ID)


def assert_survives(definition: RestApiDefinition, version: Version, *, is_yaml: bool) -> None:
    read = again(definition, version, is_yaml=is_yaml)
    assert read.resources == definition.resources
    assert read.rest_api == definition.rest_api
    assert read.request_validators == definition.request_validators
    assert list(read.models) == list(definition.models)
    assert read.warnings == ()


@settings(max_examples=40, deadline=None)
@given(_definitions(_MEDIA), st.booleans())
def test_any_api_survives_openapi_3(definition: RestApiDefinition, is_yaml: bool) -> None:
    assert_survives(definition, Version.OAS30, is_yaml=is_yaml)


@settings(max_examples=40, deadline=None)
@given(_definitions(_JSON), st.booleans())
def test_any_api_survives_openapi_2(definition: RestApiDefinition, is_yaml: bool) -> None:
    assert_survives(definition, Version.SWAGGER, is_yaml=is_yaml)


@pytest.mark.parametrize("is_yaml", [False, True])
@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("name", ["library.swagger.json", "library.oas30.yaml"])
def test_cases_survive_both_versions(name: str, version: Version, is_yaml: bool) -> None:
    definition = read_case(name)
    read = again(definition, version, is_yaml=is_yaml)

    for member in MEMBERS:
        assert getattr(read, member) == getattr(definition, member), member
    assert [json.loads(model["schema"]) for model in read.models] == [
        json.loads(model["schema"]) for model in definition.models
    ]
