"""REST APIs as AWS was recorded to answer about them (test_apigateway_api.snapshot.json).

The steps of these recordings that make a private API are left out: private endpoints are not built.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.integration.rest_api_recordings.replay import By, Recordings, bad_request, invalid, not_found, patch


def api(number: int = 1, **members: Any) -> dict[str, Any]:
    """Return a RestApi as it was recorded, with what else a scenario gives it."""
    return {
        "apiKeySource": "HEADER",
        "createdDate": "datetime",
        "disableExecuteApiEndpoint": False,
        "endpointConfiguration": {"ipAddressType": "ipv4", "types": ["EDGE"]},
        "id": f"<api-{number}>",
        "name": f"<name-{number}>",
        "rootResourceId": f"<root-{number}>",
        **members,
    }


_COMPRESSION = bad_request("Invalid minimum compression size, must be between 0 and 10485760")
_MINE: Mapping[str, Any] = MappingProxyType({"description": "this is my api"})
_MADE = ("create_rest_api", {"name": "a", **_MINE}, 201, api(**_MINE))
_TYPES = (
    "Value '[wrong]' at 'createRestApiInput.endpointConfiguration.types' failed to satisfy constraint: "
    "Member must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]"
)
_IP_TYPE = (
    "Value 'wrong' at 'createRestApiInput.endpointConfiguration.ipAddressType' failed to satisfy constraint: "
    "Member must satisfy enum value set: [ipv4, dualstack]"
)
_DUALSTACK_ONLY = bad_request("Only dualstack ipAddressType is supported for Private APIs.")


def _op(number: int) -> str:
    return (
        f"Value 'wrong' at 'updateRestApiInput.patchOperations.{number}.member.op' failed to satisfy constraint: "
        "Member must satisfy enum value set: [add, remove, move, test, replace, copy]"
    )


def _update(*changes: tuple[Any, ...]) -> tuple[str, dict[str, Any]]:
    return "update_rest_api", {"restApiId": "<api-1>", "patchOperations": patch(*changes)}


def _with(**configuration: Any) -> tuple[str, dict[str, Any]]:
    return "create_rest_api", {"name": "a", "endpointConfiguration": configuration}


def _at(kind: str, ip_type: str) -> dict[str, Any]:
    return {"endpointConfiguration": {"ipAddressType": ip_type, "types": [kind]}}


RECORDINGS: Recordings = MappingProxyType(
    {
        "test_list_and_delete_apis": (
            _MADE,
            (
                "create_rest_api",
                {"name": "b", "description": "this is my api2"},
                201,
                api(2, description="this is my api2"),
            ),
            (
                "get_rest_apis",
                {},
                200,
                {"items": By("name", [api(**_MINE), api(2, description="this is my api2")])},
            ),
            ("delete_rest_api", {"restApiId": "<api-1>"}, 202, {}),
            ("get_rest_apis", {}, 200, {"items": [api(2, description="this is my api2")]}),
        ),
        "test_create_rest_api_with_optional_params": (
            ("create_rest_api", {"name": "a"}, 201, api()),
            (
                "create_rest_api",
                {"name": "a", "description": ""},
                *bad_request("Description cannot be an empty string"),
            ),
            ("create_rest_api", {"name": "a", "version": "v1"}, 201, api(2, version="v1")),
            ("create_rest_api", {"name": "a", "binaryMediaTypes": []}, 201, api(3)),
            ("create_rest_api", {"name": "a", "minimumCompressionSize": -1}, *_COMPRESSION),
        ),
        "test_create_rest_api_with_binary_media_types": (
            (
                "create_rest_api",
                {"name": "a", "binaryMediaTypes": ["image/png"]},
                201,
                api(binaryMediaTypes=["image/png"]),
            ),
        ),
        "test_create_rest_api_with_tags": (
            (
                "create_rest_api",
                {"name": "a", **_MINE, "tags": {"MY_TAG1": "V"}},
                201,
                api(**_MINE, tags={"MY_TAG1": "V"}),
            ),
            ("get_rest_api", {"restApiId": "<api-1>"}, 200, api(**_MINE, tags={"MY_TAG1": "V"})),
            ("get_rest_apis", {}, 200, {"items": [api(**_MINE, tags={"MY_TAG1": "V"})]}),
        ),
        "test_update_rest_api_operation_add_remove": (
            _MADE,
            (
                *_update(("add", "/binaryMediaTypes/image~1png"), ("add", "/binaryMediaTypes/image~1jpeg")),
                200,
                api(**_MINE, tags={}, binaryMediaTypes=["image/png", "image/jpeg"]),
            ),
            (
                *_update(("replace", "/binaryMediaTypes/image~1png", "image/gif")),
                200,
                api(**_MINE, tags={}, binaryMediaTypes=["image/jpeg", "image/gif"]),
            ),
            (
                *_update(("remove", "/binaryMediaTypes/image~1gif"), ("remove", "/description")),
                200,
                api(tags={}, binaryMediaTypes=["image/jpeg"]),
            ),
        ),
        "test_update_rest_api_compression": (
            _MADE,
            (
                *_update(("replace", "/minimumCompressionSize", "10")),
                200,
                api(**_MINE, tags={}, minimumCompressionSize=10),
            ),
            (*_update(("replace", "/minimumCompressionSize", "")), 200, api(**_MINE, tags={})),
            (
                *_update(("replace", "/minimumCompressionSize", "0")),
                200,
                api(**_MINE, tags={}, minimumCompressionSize=0),
            ),
            (*_update(("replace", "/minimumCompressionSize", "-1")), *_COMPRESSION),
            (*_update(("replace", "/minimumCompressionSize", "test")), *_COMPRESSION),
            (
                *_update(("add", "/minimumCompressionSize", "10")),
                *bad_request("Invalid patch operation specified. Must be one of: [replace]"),
            ),
        ),
        "test_update_rest_api_behaviour": (
            _MADE,
            (
                *_update(("add", "/binaryMediaTypes/-", "image/png")),
                200,
                api(**_MINE, tags={}, binaryMediaTypes=["-"]),
            ),
            *(
                (*_update((op, "/binaryMediaTypes", "image/gif")), *bad_request("Invalid patch path /binaryMediaTypes"))
                for op in ("add", "replace", "remove")
            ),
        ),
        "test_update_rest_api_invalid_api_id": (
            (
                "update_rest_api",
                {"restApiId": "api_id", "patchOperations": patch(("replace", "/apiKeySource", "AUTHORIZER"))},
                *not_found("Invalid API identifier specified <account>:api_id"),
            ),
        ),
        "test_create_rest_api_with_endpoint_configuration": (
            (
                *_with(types=[]),
                *bad_request("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED."),
            ),
            (*_with(ipAddressType="wrong"), *invalid(f"1 validation error detected: {_IP_TYPE}")),
            (*_with(types=["wrong"]), *invalid(f"1 validation error detected: {_TYPES}")),
            (
                *_with(ipAddressType="wrong", types=["wrong"]),
                *invalid(f"2 validation errors detected: {_TYPES}; {_IP_TYPE}"),
            ),
            (
                *_with(types=["wrong"], ipAddressType="wrong"),
                *invalid(f"2 validation errors detected: {_TYPES}; {_IP_TYPE}"),
            ),
            (
                *_with(types=["EDGE", "REGIONAL"]),
                *bad_request("Cannot create an api with multiple Endpoint Types."),
            ),
            (*_with(types=["EDGE"], ipAddressType="dualstack"), 201, api(**_at("EDGE", "dualstack"))),
            (*_with(types=["REGIONAL"], ipAddressType="ipv4"), 201, api(2, **_at("REGIONAL", "ipv4"))),
        ),
        "test_create_rest_api_private_type": (
            (*_with(types=["PRIVATE"], ipAddressType="ipv4"), *_DUALSTACK_ONLY),
            (*_with(types=["PRIVATE"], ipAddressType="wrong"), *invalid(f"1 validation error detected: {_IP_TYPE}")),
        ),
        "test_create_rest_api_verify_defaults": (
            (*_with(types=["EDGE"]), 201, api()),
            (*_with(types=["REGIONAL"]), 201, api(2, **_at("REGIONAL", "ipv4"))),
            (*_with(), 201, api(3)),
        ),
        "test_update_rest_api_ip_address_type": (
            ("create_rest_api", {"name": "a", **_at("REGIONAL", "ipv4")}, 201, api(**_at("REGIONAL", "ipv4"))),
            (
                *_update(("replace", "/endpointConfiguration/ipAddressType", "wrong")),
                *bad_request("ipAddressType must be either ipv4 or dualstack."),
            ),
            (
                *_update(("replace", "/endpointConfiguration/types/REGIONAL", "wrong")),
                *bad_request("Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE"),
            ),
            (
                *_update(("remove", "/endpointConfiguration/ipAddressType", "dualstack")),
                *bad_request("Invalid patch operation specified. Must be one of: [replace]"),
            ),
            (
                *_update(("test", "/endpointConfiguration/types/REGIONAL", "EDGE")),
                *bad_request("Invalid patch operation specified. Must be 'add'|'remove'|'replace'"),
            ),
            (
                *_update(("replace", "/endpointConfiguration/ipAddressType", "dualstack")),
                200,
                api(**_at("REGIONAL", "dualstack"), tags={}),
            ),
        ),
        "test_update_rest_api_concatenation_of_errors": (
            _MADE,
            (
                *_update(
                    ("wrong", "/endpointConfiguration/types/EDGE", "PRIVATE"),
                    ("wrong", "/endpointConfiguration/ipAddressType", "dualstack"),
                ),
                *invalid(f"2 validation errors detected: {_op(1)}; {_op(2)}"),
            ),
            (
                *_update(*3 * [("wrong", "/endpointConfiguration/types/EDGE", "PRIVATE")]),
                *invalid(f"3 validation errors detected: {_op(1)}; {_op(2)}; {_op(3)}"),
            ),
        ),
    }
)
