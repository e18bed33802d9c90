"""REST APIs, as the "Amazon API Gateway REST API Reference" describes the RestApi resource.

Texts and members that the pages do not have are those of recorded answers of AWS.
"""

from typing import Any

import pytest

from tests.unit.control.apigateway.calls import Calls

COMPRESSION = "Invalid minimum compression size, must be between 0 and 10485760"


def test_create_rest_api_answers_with_the_defaults(calls: Calls) -> None:
    api = calls("CreateRestApi", name="pets")
    assert api == {
        "id": api["id"],
        "name": "pets",
        "createdDate": "2026-01-01T00:00:00Z",
        "apiKeySource": "HEADER",
        "endpointConfiguration": {"types": ["EDGE"], "ipAddressType": "ipv4"},
        "disableExecuteApiEndpoint": False,
        "rootResourceId": api["rootResourceId"],
        "securityPolicy": "TLS_1_0",
        "apiStatus": "AVAILABLE",
    }
    assert (len(api["id"]), len(api["rootResourceId"])) == (10, 10)
    # Only GetRestApi and UpdateRestApi show that there are no tags.
    assert calls("GetRestApi", restApiId=api["id"]) == {**api, "tags": {}}
    assert calls("GetRestApis") == {"items": [api]}


def test_create_rest_api_keeps_what_it_is_given(calls: Calls) -> None:
    given: dict[str, Any] = {
        "name": "pets",
        "description": "All about pets",
        "version": "v1",
        "binaryMediaTypes": ["image/png"],
        "minimumCompressionSize": 0,
        "apiKeySource": "AUTHORIZER",
        "endpointConfiguration": {"types": ["REGIONAL"], "ipAddressType": "dualstack"},
        "tags": {"team": "a"},
        "disableExecuteApiEndpoint": True,
    }
    api = calls("CreateRestApi", **given)
    assert {name: api[name] for name in given} == given
    assert calls("GetRestApi", restApiId=api["id"]) == api


def test_empty_members_are_left_out(calls: Calls) -> None:
    api = calls("CreateRestApi", name="pets", binaryMediaTypes=[], tags={}, version="")
    assert not {"binaryMediaTypes", "tags", "version"} & api.keys()


@pytest.mark.parametrize(
    ("request_members", "message"),
    [
        ({"description": ""}, "Description cannot be an empty string"),
        ({"minimumCompressionSize": -1}, COMPRESSION),
        ({"minimumCompressionSize": 10485761}, COMPRESSION),
        (
            {"endpointConfiguration": {"types": []}},
            "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.",
        ),
        ({"endpointConfiguration": {"types": []}, "description": ""}, "Description cannot be an empty string"),
        (
            {"endpointConfiguration": {"types": ["EDGE", "REGIONAL"]}},
            "Cannot create an api with multiple Endpoint Types.",
        ),
        (
            {"endpointConfiguration": {"types": ["PRIVATE"], "ipAddressType": "ipv4"}},
            "Only dualstack ipAddressType is supported for Private APIs.",
        ),
    ],
)
def test_create_rest_api_refuses(calls: Calls, request_members: dict[str, Any], message: str) -> None:
    assert calls.refusal("CreateRestApi", name="pets", **request_members) == ("BadRequestException", message)


@pytest.mark.parametrize(
    ("request_members", "option"),
    [
        ({"policy": "{}"}, "policy"),
        ({"endpointConfiguration": {"types": ["PRIVATE"]}}, "PRIVATE"),
        ({"endpointConfiguration": {"vpcEndpointIds": ["vpce-1"]}}, "vpcEndpointIds"),
    ],
)
def test_options_of_later_issues_are_named(calls: Calls, request_members: dict[str, Any], option: str) -> None:
    code, message = calls.refusal("CreateRestApi", name="pets", **request_members)
    assert code == "NotImplemented"
    assert option in message


def test_an_api_that_is_not_there(calls: Calls) -> None:
    calls.api()
    missing = ("NotFoundException", "Invalid API identifier specified 123456789012:api_id")
    for operation in ("GetRestApi", "DeleteRestApi"):
        assert calls.refusal(operation, restApiId="api_id") == missing
    change = ("replace", "/apiKeySource", "AUTHORIZER")
    assert calls.patch_refusal("UpdateRestApi", change, restApiId="api_id") == missing


def test_binary_media_types_are_patched_like_members(calls: Calls, api_id: str) -> None:
    """The path names the media type, its slash escaped; what replaces one comes last."""
    paths = [("add", "/binaryMediaTypes/image~1png"), ("add", "/binaryMediaTypes/image~1jpeg")]
    api = calls.patch("UpdateRestApi", *paths, restApiId=api_id)
    assert api["binaryMediaTypes"] == ["image/png", "image/jpeg"]
    api = calls.patch("UpdateRestApi", ("replace", "/binaryMediaTypes/image~1png", "image/gif"), restApiId=api_id)
    assert api["binaryMediaTypes"] == ["image/jpeg", "image/gif"]
    api = calls.patch("UpdateRestApi", ("remove", "/binaryMediaTypes/image~1gif"), restApiId=api_id)
    assert api["binaryMediaTypes"] == ["image/jpeg"]
    api = calls.patch("UpdateRestApi", ("remove", "/binaryMediaTypes/image~1jpeg"), restApiId=api_id)
    assert "binaryMediaTypes" not in api
    api = calls.patch("UpdateRestApi", ("add", "/binaryMediaTypes/-", "image/png"), restApiId=api_id)
    assert api["binaryMediaTypes"] == ["-"]


def test_compression_is_turned_off_by_an_empty_value(calls: Calls, api_id: str) -> None:
    path = "/minimumCompressionSize"
    assert calls.patch("UpdateRestApi", ("replace", path, "10"), restApiId=api_id)["minimumCompressionSize"] == 10
    for off in (("replace", path, ""), ("replace", path)):
        assert "minimumCompressionSize" not in calls.patch("UpdateRestApi", off, restApiId=api_id)
    assert calls.patch("UpdateRestApi", ("replace", path, "0"), restApiId=api_id)["minimumCompressionSize"] == 0


def test_properties_are_patched(calls: Calls, api_id: str) -> None:
    api = calls.patch(
        "UpdateRestApi",
        ("replace", "/name", "cats"),
        ("replace", "/description", "All about cats"),
        ("replace", "/apiKeySource", "AUTHORIZER"),
        ("replace", "/disableExecuteApiEndpoint", "true"),
        ("replace", "/endpointConfiguration/types/EDGE", "REGIONAL"),
        ("replace", "/endpointConfiguration/ipAddressType", "dualstack"),
        restApiId=api_id,
    )
    assert api["tags"] == {}
    assert (api["name"], api["description"], api["apiKeySource"]) == ("cats", "All about cats", "AUTHORIZER")
    assert api["disableExecuteApiEndpoint"] is True
    assert api["endpointConfiguration"] == {"types": ["REGIONAL"], "ipAddressType": "dualstack"}
    assert calls("GetRestApi", restApiId=api_id) == api
    assert "description" not in calls.patch("UpdateRestApi", ("remove", "/description"), restApiId=api_id)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("add", "/binaryMediaTypes", "image/gif"), "Invalid patch path /binaryMediaTypes"),
        (("remove", "/binaryMediaTypes"), "Invalid patch path /binaryMediaTypes"),
        (("replace", "/id", "x"), "Invalid patch path /id"),
        (("add", "/minimumCompressionSize", "10"), "Invalid patch operation specified. Must be one of: [replace]"),
        (
            ("move", "/binaryMediaTypes/image~1png", "x"),
            "Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
        ),
        (
            ("add", "/endpointConfiguration/types/EDGE", "REGIONAL"),
            "Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
        ),
        (("replace", "/minimumCompressionSize", "-1"), COMPRESSION),
        (("replace", "/minimumCompressionSize", "test"), COMPRESSION),
        (
            ("replace", "/endpointConfiguration/ipAddressType", "wrong"),
            "ipAddressType must be either ipv4 or dualstack.",
        ),
        (
            ("replace", "/endpointConfiguration/types/EDGE", "wrong"),
            "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE",
        ),
    ],
)
def test_patches_that_are_refused(calls: Calls, api_id: str, change: tuple[str, ...], message: str) -> None:
    assert calls.patch_refusal("UpdateRestApi", change, restApiId=api_id) == ("BadRequestException", message)


def test_a_patch_is_all_or_nothing(calls: Calls, api_id: str) -> None:
    """ "Patch operations": the operations of a request take effect together."""
    before = calls("GetRestApi", restApiId=api_id)
    calls.patch_refusal("UpdateRestApi", ("replace", "/name", "cats"), ("replace", "/x", "y"), restApiId=api_id)
    assert calls("GetRestApi", restApiId=api_id) == before


def test_an_empty_policy_is_no_policy(calls: Calls, api_id: str) -> None:
    """ "Patch operations", UpdateRestApi: `/policy`, which Terraform (rest_api_policy.go) empties to delete."""
    before = calls("GetRestApi", restApiId=api_id)
    assert calls.patch("UpdateRestApi", ("replace", "/policy", ""), restApiId=api_id) == before
    assert calls.patch("UpdateRestApi", ("replace", "/policy"), ("replace", "/name", "cats"), restApiId=api_id) == {
        **before,
        "name": "cats",
    }


def test_a_policy_is_of_a_later_issue(calls: Calls, api_id: str) -> None:
    code, message = calls.patch_refusal("UpdateRestApi", ("replace", "/policy", "{}"), restApiId=api_id)
    assert code == "NotImplemented"
    assert "policy" in message


def test_delete_rest_api_takes_everything_with_it(calls: Calls) -> None:
    api_id, other = calls.api(), calls.api()
    for each in (api_id, other):
        calls.mock(each)
        calls("CreateRequestValidator", restApiId=each, name="all")
        calls("PutGatewayResponse", restApiId=each, responseType="THROTTLED")
    assert calls("DeleteRestApi", restApiId=api_id) == {}
    with calls.contexts.store.read() as reader:
        kinds = ("restapi", "resource", "model", "requestvalidator", "gatewayresponse")
        left = [key.id for kind in kinds for key, _ in reader.scan("apigateway", kind)]
    assert left
    assert all(identifier.startswith(other) for identifier in left)


def test_clone_from_copies_all_but_what_is_deployed(calls: Calls) -> None:
    source = calls.api()
    where = calls.mock(source, "/pets/{id}")
    calls("CreateModel", restApiId=source, name="Pet", contentType="application/json", schema='{"type": "object"}')
    validator = calls("CreateRequestValidator", restApiId=source, name="all")
    calls("PutGatewayResponse", restApiId=source, responseType="THROTTLED", statusCode="499")

    clone = calls("CreateRestApi", name="cats", cloneFrom=source)

    resources = calls("GetResources", restApiId=clone["id"], embed=["methods"])["items"]
    assert sorted(resource["path"] for resource in resources) == ["/", "/pets", "/pets/{id}"]
    by_path = {resource["path"]: resource for resource in resources}
    assert by_path["/"]["id"] == clone["rootResourceId"]
    assert by_path["/pets"]["parentId"] == by_path["/"]["id"]
    assert by_path["/pets/{id}"]["id"] != where["resourceId"]
    integration = by_path["/pets/{id}"]["resourceMethods"]["GET"]["methodIntegration"]
    assert integration["cacheNamespace"] == by_path["/pets/{id}"]["id"]
    assert [model["name"] for model in calls("GetModels", restApiId=clone["id"])["items"]] == ["Empty", "Error", "Pet"]
    assert calls("GetRequestValidators", restApiId=clone["id"])["items"] == [validator]
    response = calls("GetGatewayResponse", restApiId=clone["id"], responseType="THROTTLED")
    assert response["statusCode"] == "499"
    assert calls.refusal("CreateRestApi", name="cats", cloneFrom="nowhere")[0] == "NotFoundException"


def test_apis_have_pages(calls: Calls) -> None:
    """GetRestApis: 25 items unless `limit` says otherwise."""
    ids = sorted(calls.api() for _ in range(27))
    first = calls("GetRestApis")
    assert [api["id"] for api in first["items"]] == ids[:25]
    rest = calls("GetRestApis", position=first["position"])
    assert [api["id"] for api in rest["items"]] == ids[25:]
    assert "position" not in rest
    assert len(calls("GetRestApis", limit=500)["items"]) == 27
    assert calls.refusal("GetRestApis", position="x")[0] == "BadRequestException"


def test_120_edge_optimized_apis_in_a_region(calls: Calls) -> None:
    """ "Quotas for configuring and running a REST API in API Gateway"."""
    for _ in range(120):
        calls.api()
    assert calls.refusal("CreateRestApi", name="pets")[0] == "LimitExceededException"
    calls.api(endpointConfiguration={"types": ["REGIONAL"]})
