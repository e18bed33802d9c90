"""Resources as AWS was recorded to answer about them (test_apigateway_api.snapshot.json)."""

from types import MappingProxyType
from typing import Any

from tests.integration.rest_api_recordings.replay import By, Recordings, Step, bad_request, conflict, not_found, patch

NO_RESOURCE = not_found("Invalid Resource identifier specified")
_MADE = ("create_rest_api", {"name": "a"}, 201, {"id": "<api>", "rootResourceId": "<root>", ...: ...})


def resource(name: str, path: str, parent: str) -> dict[str, Any]:
    return {"id": f"<{name}>", "parentId": f"<{parent}>", "path": path, "pathPart": path.rpartition("/")[2]}


def create(name: str, path: str, parent: str = "root") -> Step:
    request = {"restApiId": "<api>", "parentId": f"<{parent}>", "pathPart": path.rpartition("/")[2]}
    return "create_resource", request, 201, resource(name, path, parent)


def _refused(parent: str, part: str, error: tuple[int, Any]) -> Step:
    return "create_resource", {"restApiId": "<api>", "parentId": parent, "pathPart": part}, *error


def _update(name: str, *change: str) -> tuple[str, dict[str, Any]]:
    return "update_resource", {"restApiId": "<api>", "resourceId": f"<{name}>", "patchOperations": patch(change)}


def _delete(name: str) -> Step:
    return "delete_resource", {"restApiId": "<api>", "resourceId": f"<{name}>"}, 202, {}


def _listed(*resources: dict[str, Any]) -> Step:
    root = {"id": "<root>", "path": "/"}
    return "get_resources", {"restApiId": "<api>"}, 200, {"items": By("path", [root, *resources])}


def _path(op: str, path: str, rest: str) -> tuple[int, Any]:
    return bad_request(f"Invalid patch path  '{path}' specified for op '{op}'. {rest}")


_TAKEN = conflict("Another resource with the same parent already has this name: pets")
_GREEDY = bad_request("Cannot create a child of a resource with a greedy path variable: {proxy+}")
_PROXIES = (
    create("proxy", "/{proxy+}"),
    create("parent", "/parent"),
    create("parent-proxy", "/parent/{proxy+}", "parent"),
    create("child", "/parent/child", "parent"),
    create("child-proxy", "/parent/child/{proxy+}", "child"),
)

RECORDINGS: Recordings = MappingProxyType(
    {
        "test_resource_lifecycle": (
            _MADE,
            _listed(),
            create("pets", "/pets"),
            _listed(resource("pets", "/pets", "root")),
            create("sub", "/pets/subpets", "pets"),
            _listed(resource("pets", "/pets", "root"), resource("sub", "/pets/subpets", "pets")),
            (*_update("pets", "replace", "/pathPart", "dogs"), 200, resource("pets", "/dogs", "root")),
            (
                "get_resource",
                {"restApiId": "<api>", "resourceId": "<pets>"},
                200,
                resource("pets", "/dogs", "root"),
            ),
            _delete("pets"),
            _listed(),
        ),
        "test_update_resource_behaviour": (
            _MADE,
            create("pets", "/pets"),
            (*_update("fake", "replace", "/pathPart", "dogs"), *NO_RESOURCE),
            (
                *_update("pets", "replace", "/invalid", "dogs"),
                *_path("replace", "/invalid", "Must be one of: [/parentId, /pathPart]"),
            ),
            (*_update("pets", "replace", "/parentId", "fake-parent-id"), *NO_RESOURCE),
            create("sub", "/pets/subpets", "pets"),
            create("leaf", "/pets/subpets/pets", "sub"),
            (*_update("leaf", "replace", "/parentId", "<root>"), *_TAKEN),
            _delete("leaf"),
            (*_update("pets", "replace", "/parentId", "<sub>"), *bad_request("Resources cannot be cyclical.")),
            (*_update("sub", "replace", "/parentId", "<root>"), 200, resource("sub", "/subpets", "root")),
            (*_update("sub", "replace", "/pathPart", "pets"), *_TAKEN),
            _delete("pets"),
            _listed(resource("sub", "/subpets", "root")),
            (
                *_update("sub", "remove", "/pathPart"),
                *_path("remove", "/pathPart", "Please choose supported operations"),
            ),
            (
                *_update("sub", "add", "/pathPart", "x"),
                *_path("add", "/pathPart", "Please choose supported operations"),
            ),
        ),
        "test_update_resource_on_root": (
            _MADE,
            (*_update("root", "replace", "/pathPart", "x"), *bad_request("Root resource cannot update its pathPart.")),
            create("pets", "/pets"),
            (
                *_update("root", "replace", "/parentId", "<pets>"),
                *bad_request("Root resource cannot update its parentId."),
            ),
        ),
        "test_delete_resource": (
            _MADE,
            create("pets", "/pets"),
            create("sub", "/pets/subpets", "pets"),
            _delete("pets"),
            _listed(),
            ("delete_resource", {"restApiId": "<api>", "resourceId": "<sub>"}, *NO_RESOURCE),
        ),
        "test_create_resource_parent_invalid": (_MADE, _refused("fake-resource-id", "subpets", NO_RESOURCE)),
        "test_create_proxy_resource": (
            _MADE,
            *_PROXIES,
            _listed(*(step[3] for step in (_PROXIES[1], _PROXIES[3], _PROXIES[4], _PROXIES[2], _PROXIES[0]))),
            _delete("parent-proxy"),
            create("dynamic", "/parent/{child}", "parent"),
            create("dynamic-proxy", "/parent/{child}/{proxy+}", "dynamic"),
            _listed(
                *(step[3] for step in (_PROXIES[1], _PROXIES[3], _PROXIES[4])),
                resource("dynamic", "/parent/{child}", "parent"),
                resource("dynamic-proxy", "/parent/{child}/{proxy+}", "dynamic"),
                resource("proxy", "/{proxy+}", "root"),
            ),
        ),
        "test_create_proxy_resource_validation": (
            _MADE,
            create("proxy", "/{proxy+}"),
            _refused(
                "<root>",
                "{dynamic}",
                bad_request(
                    "A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed"
                ),
            ),
            _refused("<proxy>", "child", _GREEDY),
            _refused("<proxy>", "{child}", _GREEDY),
            create("parent", "/parent"),
            create("greedy", "/parent/{child+}", "parent"),
        ),
    }
)
