"""The order of resources: "AWS::ApiGateway::Deployment", AWS CloudFormation Template Reference."""

from graphlib import TopologicalSorter
from typing import Any

import pytest

from gatewright.stacks.execution.order import with_siblings
from gatewright.stacks.template import ResourceDeclaration

REST, HTTP = "AWS::ApiGateway", "AWS::ApiGatewayV2"


def declarations(**resources: tuple[str, Any]) -> dict[str, ResourceDeclaration]:
    return {
        name: ResourceDeclaration(name, kind, {"Type": kind, "Properties": {"RestApiId": api, "ApiId": api}})
        for name, (kind, api) in resources.items()
    }


API, OTHER = {"Ref": "Api"}, {"Ref": "Other"}


def test_a_deployment_that_waits_for_a_method_waits_for_all_of_its_api() -> None:
    resources = declarations(
        Deployment=(f"{REST}::Deployment", API),
        Get=(f"{REST}::Method", API),
        Post=(f"{REST}::Method", API),
        Response=(f"{REST}::GatewayResponse", API),
        Elsewhere=(f"{REST}::Method", OTHER),
        Key=(f"{REST}::ApiKey", API),
    )
    needs = {"Deployment": frozenset({"Get"}), "Get": frozenset({"Api"})}
    assert with_siblings(resources, needs)["Deployment"] == {"Get", "Post", "Response"}


def test_methods_that_are_needed_by_way_of_others_count() -> None:
    resources = declarations(
        Deployment=(f"{REST}::Deployment", API), Get=(f"{REST}::Method", API), Post=(f"{REST}::Method", API)
    )
    needs = {"Deployment": frozenset({"Wait"}), "Wait": frozenset({"Get"})}
    assert with_siblings(resources, needs)["Deployment"] == {"Wait", "Get", "Post"}


def test_a_deployment_that_waits_for_no_method_fails_as_on_aws() -> None:
    resources = declarations(
        Deployment=(f"{REST}::Deployment", API), Get=(f"{REST}::Method", API), Elsewhere=(f"{REST}::Method", OTHER)
    )
    needs = {"Deployment": frozenset({"Api", "Elsewhere"})}
    assert with_siblings(resources, needs) == needs


def test_what_needs_the_deployment_comes_after_it() -> None:
    resources = declarations(
        Deployment=(f"{REST}::Deployment", API),
        Get=(f"{REST}::Method", API),
        Late=(f"{REST}::Method", API),
        Later=(f"{REST}::Method", API),
    )
    needs = {
        "Deployment": frozenset({"Get"}),
        "Late": frozenset({"Deployment"}),
        "Later": frozenset({"Late"}),
    }
    assert with_siblings(resources, needs)["Deployment"] == {"Get"}


@pytest.mark.parametrize("kind", ["Route", "RouteResponse"])
def test_deployments_of_http_apis(kind: str) -> None:
    resources = declarations(
        Deployment=(f"{HTTP}::Deployment", API), First=(f"{HTTP}::Route", API), Second=(f"{HTTP}::{kind}", API)
    )
    assert with_siblings(resources, {"Deployment": frozenset({"First"})})["Deployment"] == {"First", "Second"}


def test_two_deployments_do_not_wait_for_each_other_by_way_of_their_methods() -> None:
    """Each deployment has a method after it: only one of the two can wait for the other's."""
    resources = declarations(
        D1=(f"{REST}::Deployment", API),
        D2=(f"{REST}::Deployment", API),
        M0=(f"{REST}::Method", API),
        M1=(f"{REST}::Method", API),
        M2=(f"{REST}::Method", API),
    )
    needs = {
        "D1": frozenset({"M0"}),
        "D2": frozenset({"M0"}),
        "M1": frozenset({"D1"}),
        "M2": frozenset({"D2"}),
    }
    found = with_siblings(resources, needs)
    assert (found["D1"], found["D2"]) == ({"M0", "M2"}, {"M0"})
    assert list(TopologicalSorter(found).static_order()) == ["M0", "D2", "M2", "D1", "M1"]
