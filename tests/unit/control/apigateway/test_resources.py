"""Resources, as the "Amazon API Gateway REST API Reference" describes the Resource resource.

Sources of the rules of paths: "Set up a proxy integration with a proxy resource" (API Gateway Developer Guide), and
recorded answers of AWS.
"""

from typing import Any

import pytest

from tests.unit.control.apigateway.calls import Calls

MISSING = ("NotFoundException", "Invalid Resource identifier specified")
PATH_PART = (
    "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning "
    "and the end."
)


def paths(calls: Calls, api_id: str) -> list[str]:
    return sorted(resource["path"] for resource in calls("GetResources", restApiId=api_id)["items"])


def test_resources_are_a_tree(calls: Calls, api_id: str, root_id: str) -> None:
    assert calls("GetResources", restApiId=api_id) == {"items": [{"id": root_id, "path": "/"}]}
    pets = calls("CreateResource", restApiId=api_id, parentId=root_id, pathPart="pets")
    assert pets == {"id": pets["id"], "parentId": root_id, "path": "/pets", "pathPart": "pets"}
    assert len(pets["id"]) == 6
    pet = calls("CreateResource", restApiId=api_id, parentId=pets["id"], pathPart="{id}")
    assert pet == {"id": pet["id"], "parentId": pets["id"], "path": "/pets/{id}", "pathPart": "{id}"}
    assert calls("GetResource", restApiId=api_id, resourceId=pet["id"]) == pet
    items = calls("GetResources", restApiId=api_id)["items"]
    assert [item["id"] for item in items] == sorted((root_id, pets["id"], pet["id"]))


@pytest.mark.parametrize("path_part", ["", "a b", "a/b", "{a", "a}", "{}", "{+}", "{a+}b", "{a}{b}", "pets+", "é"])
def test_path_parts_that_are_none(calls: Calls, api_id: str, root_id: str, path_part: str) -> None:
    refusal = calls.refusal("CreateResource", restApiId=api_id, parentId=root_id, pathPart=path_part)
    assert refusal == ("BadRequestException", PATH_PART)


@pytest.mark.parametrize("path_part", ["a", "A-9._:", "{a}", "{a_b+}", "{a.b}", ".well-known"])
def test_path_parts(calls: Calls, api_id: str, root_id: str, path_part: str) -> None:
    resource = calls("CreateResource", restApiId=api_id, parentId=root_id, pathPart=path_part)
    assert resource["path"] == f"/{path_part}"


def test_siblings_have_different_names(calls: Calls, api_id: str, root_id: str) -> None:
    calls.resource(api_id, "/pets")
    assert calls.refusal("CreateResource", restApiId=api_id, parentId=root_id, pathPart="pets") == (
        "ConflictException",
        "Another resource with the same parent already has this name: pets",
    )


def test_one_variable_among_siblings(calls: Calls, api_id: str, root_id: str) -> None:
    calls.resource(api_id, "/{proxy+}")
    assert calls.refusal("CreateResource", restApiId=api_id, parentId=root_id, pathPart="{dynamic}") == (
        "BadRequestException",
        "A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed",
    )
    calls.resource(api_id, "/parent/{child+}")


@pytest.mark.parametrize("path_part", ["child", "{child}"])
def test_nothing_below_a_greedy_variable(calls: Calls, api_id: str, path_part: str) -> None:
    proxy = calls.resource(api_id, "/{proxy+}")
    assert calls.refusal("CreateResource", restApiId=api_id, parentId=proxy, pathPart=path_part) == (
        "BadRequestException",
        "Cannot create a child of a resource with a greedy path variable: {proxy+}",
    )
    pets = calls.resource(api_id, "/pets")
    calls.resource(api_id, "/pets/{id}")
    refusal = calls.patch_refusal(
        "UpdateResource", ("replace", "/pathPart", "{all+}"), restApiId=api_id, resourceId=pets
    )
    assert refusal[0] == "BadRequestException"


def test_a_resource_that_is_not_there(calls: Calls, api_id: str) -> None:
    assert calls.refusal("CreateResource", restApiId=api_id, parentId="fake", pathPart="pets") == MISSING
    assert calls.refusal("GetResource", restApiId=api_id, resourceId="fake") == MISSING
    assert calls.refusal("DeleteResource", restApiId=api_id, resourceId="fake") == MISSING
    change = ("replace", "/pathPart", "dogs")
    assert calls.patch_refusal("UpdateResource", change, restApiId=api_id, resourceId="fake") == MISSING
    assert calls.refusal("GetResources", restApiId="fake") == (
        "NotFoundException",
        "Invalid API identifier specified 123456789012:fake",
    )


def test_a_new_name_changes_all_paths_below(calls: Calls, api_id: str) -> None:
    pets = calls.resource(api_id, "/pets")
    calls.resource(api_id, "/pets/{id}/toys")
    dogs = calls.patch("UpdateResource", ("replace", "/pathPart", "dogs"), restApiId=api_id, resourceId=pets)
    assert (dogs["path"], dogs["pathPart"]) == ("/dogs", "dogs")
    assert paths(calls, api_id) == ["/", "/dogs", "/dogs/{id}", "/dogs/{id}/toys"]


def test_a_resource_is_moved(calls: Calls, api_id: str, root_id: str) -> None:
    toys = calls.resource(api_id, "/pets/{id}/toys")
    calls.resource(api_id, "/pets/{id}/toys/{toy}")
    moved = calls.patch("UpdateResource", ("replace", "/parentId", root_id), restApiId=api_id, resourceId=toys)
    assert moved["path"] == "/toys"
    assert paths(calls, api_id) == ["/", "/pets", "/pets/{id}", "/toys", "/toys/{toy}"]


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            ("replace", "/invalid", "dogs"),
            "BadRequestException",
            "Invalid patch path  '/invalid' specified for op 'replace'. Must be one of: [/parentId, /pathPart]",
        ),
        (
            ("remove", "/pathPart"),
            "BadRequestException",
            "Invalid patch path  '/pathPart' specified for op 'remove'. Please choose supported operations",
        ),
        (
            ("add", "/pathPart", "x"),
            "BadRequestException",
            "Invalid patch path  '/pathPart' specified for op 'add'. Please choose supported operations",
        ),
        (("replace", "/parentId", "fake"), *MISSING),
        (
            ("replace", "/pathPart", "cats"),
            "ConflictException",
            "Another resource with the same parent already has this name: cats",
        ),
        (("replace", "/pathPart", "a b"), "BadRequestException", PATH_PART),
    ],
)
def test_patches_that_are_refused(calls: Calls, api_id: str, change: tuple[str, ...], code: str, message: str) -> None:
    calls.resource(api_id, "/cats")
    pets = calls.resource(api_id, "/pets")
    refusal = calls.patch_refusal("UpdateResource", change, restApiId=api_id, resourceId=pets)
    assert refusal == (code, message)


def test_resources_are_not_cyclical(calls: Calls, api_id: str) -> None:
    pets, toys = calls.resource(api_id, "/pets"), calls.resource(api_id, "/pets/toys")
    for parent in (toys, pets):
        change = ("replace", "/parentId", parent)
        assert calls.patch_refusal("UpdateResource", change, restApiId=api_id, resourceId=pets) == (
            "BadRequestException",
            "Resources cannot be cyclical.",
        )


@pytest.mark.parametrize("member", ["pathPart", "parentId"])
def test_the_root_stays_where_it_is(calls: Calls, api_id: str, root_id: str, member: str) -> None:
    change = ("replace", f"/{member}", calls.resource(api_id, "/pets"))
    assert calls.patch_refusal("UpdateResource", change, restApiId=api_id, resourceId=root_id) == (
        "BadRequestException",
        f"Root resource cannot update its {member}.",
    )
    assert calls.refusal("DeleteResource", restApiId=api_id, resourceId=root_id)[0] == "BadRequestException"


def test_delete_takes_what_is_below(calls: Calls, api_id: str) -> None:
    pets, toys = calls.resource(api_id, "/pets"), calls.resource(api_id, "/pets/toys")
    calls.resource(api_id, "/petshop")
    assert calls("DeleteResource", restApiId=api_id, resourceId=pets) == {}
    assert paths(calls, api_id) == ["/", "/petshop"]
    assert calls.refusal("DeleteResource", restApiId=api_id, resourceId=toys) == MISSING


def test_methods_are_shown_when_they_are_embedded(calls: Calls, api_id: str) -> None:
    """GetResource: `embed=methods` includes the methods of the resource."""
    where = calls.mock(api_id)
    named = {"restApiId": api_id, "resourceId": where["resourceId"]}
    assert calls("GetResource", **named)["resourceMethods"] == {"GET": {}}
    method = calls("GetMethod", **where)
    assert calls("GetResource", **named, embed=["methods"])["resourceMethods"] == {"GET": method}
    listed: list[dict[str, Any]] = calls("GetResources", restApiId=api_id, embed=["methods"])["items"]
    assert {"GET": method} in [item.get("resourceMethods") for item in listed]


def test_300_resources_in_an_api(calls: Calls, api_id: str, root_id: str) -> None:
    """ "Quotas for configuring and running a REST API in API Gateway"."""
    for number in range(299):
        calls("CreateResource", restApiId=api_id, parentId=root_id, pathPart=str(number))
    code, message = calls.refusal("CreateResource", restApiId=api_id, parentId=root_id, pathPart="x")
    assert code == "LimitExceededException"
    assert message.startswith("Maximum number of Resources for this API has been reached.  Please contact AWS")
