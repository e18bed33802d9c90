"""The order in which resources are made, where the template leaves more open than AWS's pace does.

A deployment of an API has to depend on its methods, or it fails ("AWS::ApiGateway::Deployment", AWS CloudFormation
Template Reference). Templates name one method of many, and that is enough on AWS: all of them are begun at once, and
the deployment after one that is complete. Here a method takes a millisecond, and its siblings may come later. So a
deployment that waits for one method or route of its API waits for the others, too.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gatewright.stacks.template import ResourceDeclaration

_Needs = Mapping[str, frozenset[str]]

_DEPLOYMENTS: Final = MappingProxyType(
    {
        "AWS::ApiGateway::Deployment": ("RestApiId", "AWS::ApiGateway::Method", "AWS::ApiGateway::GatewayResponse"),
        "AWS::ApiGatewayV2::Deployment": ("ApiId", "AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::RouteResponse"),
    }
)
"""The property that names the API, what a deployment has to wait for one of, and what else it freezes."""


def with_siblings(resources: Mapping[str, ResourceDeclaration], needs: _Needs) -> _Needs:
    """Return what resources need, with what deployments need by their nature."""
    all_needs = dict(needs)
    for logical_id, resource in resources.items():
        if resource.type in _DEPLOYMENTS:
            # With what was added before: a method that needs another deployment waits for that one's siblings by now.
            siblings = _siblings(logical_id, resources, all_needs)
            if siblings:
                all_needs[logical_id] = all_needs.get(logical_id, frozenset()) | siblings
    return all_needs


def _siblings(logical_id: str, resources: Mapping[str, ResourceDeclaration], needs: _Needs) -> frozenset[str]:
    api_property, required, other = _DEPLOYMENTS[resources[logical_id].type]
    api = _property(resources[logical_id], api_property)
    before = _reached(logical_id, needs)
    if not any(
        name in before and resource.type == required and _property(resource, api_property) == api
        for name, resource in resources.items()
    ):
        return frozenset()
    return frozenset(
        name
        for name, resource in resources.items()
        if resource.type in (required, other)
        and _property(resource, api_property) == api
        and logical_id not in _reached(name, needs)
    )


def _property(resource: ResourceDeclaration, name: str) -> object:
    properties = resource.raw.get("Properties")
    return properties.get(name) if isinstance(properties, dict) else None


def _reached(logical_id: str, needs: _Needs) -> set[str]:
    """Return all that a resource needs, and what those need."""
    found: set[str] = set()
    left = [logical_id]
    while left:
        for name in needs.get(left.pop(), ()):
            if name not in found:
                found.add(name)
                left.append(name)
    return found
