"""Methods and their responses, as the "Amazon API Gateway REST API Reference" describes Method and MethodResponse.

Texts and members that the pages do not have are those of recorded answers of AWS.
"""

from typing import Any

import pytest

from tests.unit.control.apigateway.calls import Calls

RESOURCE = ("NotFoundException", "Invalid Resource identifier specified")
METHOD = ("NotFoundException", "Invalid Method identifier specified")
RESPONSE = ("NotFoundException", "Invalid Response status code specified")
PARAMETER = ("NotFoundException", "Invalid parameter name specified")
CONTENT_TYPE = ("NotFoundException", "Content-Type specified was not found")
VALIDATOR = "Invalid Request Validator identifier specified"
AUTHORIZER = (
    "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid "
    "authorizer."
)
REPLACE_ONLY = "Invalid patch operation specified. Must be one of: [replace]"


@pytest.fixture
def where(calls: Calls, api_id: str) -> dict[str, str]:
    return calls.method(api_id)


def test_put_method_answers_with_the_defaults(calls: Calls, api_id: str, root_id: str) -> None:
    where = {"restApiId": api_id, "resourceId": root_id, "httpMethod": "ANY"}
    method = calls("PutMethod", **where, authorizationType="NONE")
    assert method == {"apiKeyRequired": False, "authorizationType": "NONE", "httpMethod": "ANY"}
    assert calls("GetMethod", **where) == method
    assert calls("DeleteMethod", **where) == {}
    assert calls.refusal("GetMethod", **where) == METHOD
    assert calls.refusal("DeleteMethod", **where) == METHOD
    assert calls("GetResource", restApiId=api_id, resourceId=root_id) == {"id": root_id, "path": "/"}


def test_put_method_keeps_what_it_is_given(calls: Calls, api_id: str) -> None:
    validator = calls("CreateRequestValidator", restApiId=api_id, name="all")["id"]
    given: dict[str, Any] = {
        "apiKeyRequired": True,
        "operationName": "ListPets",
        "requestParameters": {
            "method.request.querystring.q_optional": False,
            "method.request.header.h-required": True,
            "method.request.path.id": True,
        },
        "requestModels": {"application/json": "Empty"},
        "requestValidatorId": validator,
    }
    where = calls.method(api_id, "/pets/{id}", **given)
    method = calls("GetMethod", **where)
    assert method == {**given, "authorizationType": "NONE", "httpMethod": "GET"}


def test_the_authorization_type_is_taken_in_any_case(calls: Calls, api_id: str, root_id: str) -> None:
    # Zappa called PutMethod with `none` (its issue 314), and so did Serverless 0.x (lib/templates/s-function.json).
    where = {"restApiId": api_id, "resourceId": root_id, "httpMethod": "GET"}
    assert calls("PutMethod", **where, authorizationType="none")["authorizationType"] == "NONE"
    assert calls("GetMethod", **where)["authorizationType"] == "NONE"
    change = [{"op": "replace", "path": "/authorizationType", "value": "None"}]
    assert calls("UpdateMethod", **where, patchOperations=change)["authorizationType"] == "NONE"
    wrong = [{"op": "replace", "path": "/authorizationType", "value": "nobody"}]
    refused = ("BadRequestException", "Invalid authorization type specified")
    assert calls.refusal("UpdateMethod", **where, patchOperations=wrong) == refused


def test_a_method_is_made_once(calls: Calls, where: dict[str, str]) -> None:
    assert calls.refusal("PutMethod", **where, authorizationType="NONE") == (
        "ConflictException",
        "Method already exists for this resource",
    )


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"httpMethod": "WRONG"},
            "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY",
        ),
        ({"authorizationType": "CUSTOM"}, AUTHORIZER),
        ({"authorizationType": "COGNITO_USER_POOLS"}, AUTHORIZER),
        ({"requestValidatorId": "fake-validator"}, VALIDATOR),
        ({"requestModels": {"application/json": "petModel"}}, "Invalid model identifier specified: petModel"),
        (
            {"requestParameters": {"method.request.querystring.x": False, "method.request.header.x": False}},
            "Parameter names must be unique across querystring, header and path",
        ),
        (
            {"requestParameters": {"method.request.path.x": True, "true": True}},
            (
                "Invalid mapping expression specified: Validation Result: warnings : [], "
                "errors : [Invalid mapping expression specified: true]"
            ),
        ),
    ],
)
def test_put_method_refuses(calls: Calls, api_id: str, root_id: str, members: dict[str, Any], message: str) -> None:
    request = {"restApiId": api_id, "resourceId": root_id, "httpMethod": "GET", "authorizationType": "NONE", **members}
    assert calls.refusal("PutMethod", **request) == ("BadRequestException", message)


def test_the_resource_is_looked_for_first(calls: Calls, api_id: str, root_id: str) -> None:
    wrong = {"httpMethod": "WRONG", "authorizationType": "NONE"}
    assert calls.refusal("PutMethod", restApiId="fake", resourceId=root_id, **wrong) == RESOURCE
    assert calls.refusal("PutMethod", restApiId=api_id, resourceId="fake", **wrong) == RESOURCE


@pytest.mark.parametrize(
    ("members", "option"),
    [
        ({"authorizationType": "AWS_IAM"}, "AWS_IAM"),
        ({"authorizationScopes": ["a"]}, "authorizationScopes"),
    ],
)
def test_authorization_is_of_a_later_issue(
    calls: Calls, api_id: str, root_id: str, members: dict[str, Any], option: str
) -> None:
    request = {"restApiId": api_id, "resourceId": root_id, "httpMethod": "GET", "authorizationType": "NONE", **members}
    code, message = calls.refusal("PutMethod", **request)
    assert code == "NotImplemented"
    assert option in message


def test_an_authorizer_that_is_not_there(calls: Calls, where: dict[str, str]) -> None:
    """Recorded of AWS (localstack, test_update_method_validation); no authorizer can be made yet."""
    changes = (("replace", "/authorizationType", "CUSTOM"), ("replace", "/authorizerId", "abc123"))
    code, message = calls.patch_refusal("UpdateMethod", *changes, **where)
    assert code == "BadRequestException"
    assert message.startswith("Invalid authorizer ID specified. ")


def test_maps_are_patched_entry_by_entry(calls: Calls, where: dict[str, str]) -> None:
    method = calls.patch(
        "UpdateMethod",
        ("add", "/requestParameters/method.request.querystring.optional", "true"),
        ("add", "/requestModels/application~1json", "Empty"),
        ("replace", "/operationName", "ListPets"),
        ("replace", "/apiKeyRequired", "true"),
        **where,
    )
    assert method == {
        "apiKeyRequired": True,
        "authorizationType": "NONE",
        "httpMethod": "GET",
        "operationName": "ListPets",
        "requestModels": {"application/json": "Empty"},
        "requestParameters": {"method.request.querystring.optional": True},
    }
    method = calls.patch(
        "UpdateMethod", ("replace", "/requestParameters/method.request.querystring.optional", "false"), **where
    )
    assert method["requestParameters"] == {"method.request.querystring.optional": False}
    method = calls.patch(
        "UpdateMethod",
        ("remove", "/requestParameters/method.request.querystring.optional", "true"),
        ("remove", "/requestModels/application~1json", "Empty"),
        **where,
    )
    assert not {"requestModels", "requestParameters"} & method.keys()
    assert calls("GetMethod", **where) == method


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("add", "/operationName", "x"), REPLACE_ONLY),
        (("add", "/requestValidatorId", "x"), REPLACE_ONLY),
        (("add", "/httpMethod", "PUT"), "Invalid patch path /httpMethod"),
        (("replace", "/requestParameters", "x=false"), "Invalid patch path /requestParameters"),
        (("add", "/requestModels/application/json", "Empty"), "Invalid patch path /requestModels/application/json"),
        (("replace", "/authorizationType", "CUSTOM"), AUTHORIZER),
        (("replace", "/requestValidatorId", "fake-id"), VALIDATOR),
        (("add", "/requestModels/application~1json", "Fake"), "Invalid model identifier specified: Fake"),
    ],
)
def test_patches_that_are_refused(calls: Calls, where: dict[str, str], change: tuple[str, ...], message: str) -> None:
    assert calls.patch_refusal("UpdateMethod", change, **where) == ("BadRequestException", message)


def test_what_a_patch_passes_over(calls: Calls, where: dict[str, str]) -> None:
    """Recorded of AWS: any text but `true` is false; an authorizer of a method that asks for none is left out."""
    calls.patch("UpdateMethod", ("replace", "/apiKeyRequired", "TRUE"), **where)
    assert calls.patch("UpdateMethod", ("replace", "/apiKeyRequired", "whatever"), **where)["apiKeyRequired"] is False
    assert "authorizerId" not in calls.patch("UpdateMethod", ("replace", "/authorizerId", "abc123"), **where)


def test_a_validator_is_taken_away_by_an_empty_value(calls: Calls, api_id: str, where: dict[str, str]) -> None:
    validator = calls("CreateRequestValidator", restApiId=api_id, name="all")["id"]
    method = calls.patch("UpdateMethod", ("replace", "/requestValidatorId", validator), **where)
    assert method["requestValidatorId"] == validator
    assert "requestValidatorId" not in calls.patch("UpdateMethod", ("replace", "/requestValidatorId", ""), **where)


def test_update_names_what_is_not_there(calls: Calls, where: dict[str, str]) -> None:
    change = ("replace", "/operationName", "x")
    assert calls.patch_refusal("UpdateMethod", change, **{**where, "restApiId": "fake"}) == RESOURCE
    assert calls.patch_refusal("UpdateMethod", change, **{**where, "resourceId": "fake"}) == RESOURCE
    assert calls.patch_refusal("UpdateMethod", change, **{**where, "httpMethod": "PUT"}) == METHOD


def test_method_responses_live_in_their_method(calls: Calls, where: dict[str, str]) -> None:
    assert calls("PutMethodResponse", **where, statusCode="200") == {"statusCode": "200"}
    given = {
        "statusCode": "404",
        "responseParameters": {"method.response.header.my-header": False},
        "responseModels": {"application/json": "Error"},
    }
    assert calls("PutMethodResponse", **where, **given) == given
    assert calls("GetMethodResponse", **where, statusCode="404") == given
    assert calls("GetMethod", **where)["methodResponses"] == {"200": {"statusCode": "200"}, "404": given}
    assert calls.refusal("PutMethodResponse", **where, statusCode="200") == (
        "ConflictException",
        "Response already exists for this resource",
    )
    for status in ("200", "404"):
        assert calls("DeleteMethodResponse", **where, statusCode=status) == {}
    assert "methodResponses" not in calls("GetMethod", **where)
    assert calls.refusal("DeleteMethodResponse", **where, statusCode="200") == RESPONSE
    assert calls.refusal("GetMethodResponse", **where, statusCode="200") == RESPONSE


def test_empty_maps_are_kept_until_a_patch_empties_them(calls: Calls, where: dict[str, str]) -> None:
    response = calls("PutMethodResponse", **where, statusCode="200", responseParameters={}, responseModels={})
    assert response == {"statusCode": "200", "responseParameters": {}, "responseModels": {}}
    header, model = "/responseParameters/method.response.header.my-header", "/responseModels/application~1json"
    response = calls.patch(
        "UpdateMethodResponse", ("add", header, "true"), ("add", model, "Empty"), **where, statusCode="200"
    )
    assert response["responseParameters"] == {"method.response.header.my-header": True}
    assert response["responseModels"] == {"application/json": "Empty"}
    removed = calls.patch("UpdateMethodResponse", ("remove", header), ("remove", model), **where, statusCode="200")
    assert removed == {"statusCode": "200"}


@pytest.mark.parametrize("op", ["replace", "remove"])
@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("/responseParameters/method.response.header.my-header", PARAMETER),
        ("/responseParameters/wrong", PARAMETER),
        ("/responseModels/wrong", CONTENT_TYPE),
        ("/wrong/x", ("BadRequestException", "Invalid patch path /wrong/x")),
    ],
)
def test_entries_that_are_not_there(
    calls: Calls, where: dict[str, str], op: str, path: str, refusal: tuple[str, str]
) -> None:
    named = {**where, "statusCode": "200"}
    calls("PutMethodResponse", **named, responseParameters={}, responseModels={})
    assert calls.patch_refusal("UpdateMethodResponse", (op, path, "true"), **named) == refusal


def test_method_responses_that_are_refused(calls: Calls, where: dict[str, str]) -> None:
    code, message = calls.refusal(
        "PutMethodResponse", **where, statusCode="200", responseParameters={"method.response.body": True}
    )
    assert code == "BadRequestException"
    assert message.endswith("errors : [Invalid mapping expression specified: method.response.body]")
    models = {"application/json": "petModel"}
    assert calls.refusal("PutMethodResponse", **where, statusCode="200", responseModels=models) == (
        "BadRequestException",
        "Invalid model identifier specified: petModel",
    )
    other = {**where, "httpMethod": "POST", "statusCode": "200"}
    assert calls.refusal("PutMethodResponse", **other) == METHOD
    assert calls.patch_refusal("UpdateMethodResponse", ("replace", "/x", "y"), **other) == METHOD
