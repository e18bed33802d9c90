"""The resource types by name: `TYPES["AWS::SQS::Queue"]`. The first who asks for a type of a family imports the family.

A name that is not here is no type that stacks can make: `Template format error: Unrecognized resource types: [...]`.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.late import late_imports
from gatewright.stacks.resource_types.contract import Family, ResourceType


def _apigateway() -> Family:
    from gatewright.stacks.resource_types.apigateway import TYPES

    return TYPES


def _apigatewayv2() -> Family:
    from gatewright.stacks.resource_types.apigatewayv2 import TYPES

    return TYPES


def _iam() -> Family:
    from gatewright.stacks.resource_types.iam import TYPES

    return TYPES


def _lambda() -> Family:
    from gatewright.stacks.resource_types.lambda_ import TYPES

    return TYPES


FAMILIES: Final[Mapping[str, Callable[[], Family]]] = MappingProxyType(
    {
        "AWS::ApiGateway": _apigateway,
        "AWS::ApiGatewayV2": _apigatewayv2,
        "AWS::IAM": _iam,
        "AWS::Lambda": _lambda,
    }
)
"""By the service of their names, what imports the types of a family."""


class _Types(Mapping[str, ResourceType]):
    """The types of all families; going through all of them imports all."""

    def __getitem__(self, name: str) -> ResourceType:
        service, _, _ = name.rpartition("::")
        if service not in FAMILIES:
            raise KeyError(name)
        with late_imports():
            family = FAMILIES[service]()
        return family[name]

    def __iter__(self) -> Iterator[str]:
        for load in FAMILIES.values():
            with late_imports():
                family = load()
            yield from family

    def __len__(self) -> int:
        return sum(1 for _ in self)


TYPES: Final[Mapping[str, ResourceType]] = _Types()
"""The resource types that stacks can make."""
