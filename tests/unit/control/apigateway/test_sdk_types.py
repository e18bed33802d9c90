"""GetSdkTypes: the types and parameters that GetSdk in the "Amazon API Gateway REST API Reference" names."""

from tests.unit.control.apigateway.calls import Calls


def required(sdk_type: dict[str, object]) -> set[str]:
    properties = sdk_type.get("configurationProperties", [])
    assert isinstance(properties, list)
    return {each["name"] for each in properties if each["required"]}


def test_the_types_and_what_they_need(calls: Calls) -> None:
    items = calls("GetSdkTypes")["items"]
    assert {each["id"]: required(each) for each in items} == {
        "android": {"groupId", "artifactId", "artifactVersion", "invokerPackage"},
        "java": {"serviceName", "javaPackageName"},
        "javascript": set(),
        "objectivec": {"classPrefix"},
        "ruby": set(),
        "swift": {"classPrefix"},
    }
    for each in items:
        assert calls("GetSdkType", id=each["id"]) == each


def test_pages_of_types(calls: Calls) -> None:
    first = calls("GetSdkTypes", limit=4)
    rest = calls("GetSdkTypes", limit=4, position=first["position"])
    assert (len(first["items"]), len(rest["items"]), "position" in rest) == (4, 2, False)


def test_a_type_that_is_not_there(calls: Calls) -> None:
    assert calls.refusal("GetSdkType", id="cobol")[0] == "NotFoundException"
