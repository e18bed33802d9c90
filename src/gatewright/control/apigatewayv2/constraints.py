"""Constraints that the model tells only by the names of its shapes, and the quotas of an HTTP API.

The model calls a shape `StringWithLengthBetween1And128` without stating the length as a constraint, so that nothing
but this table can hold it. Source of the quotas: "Quotas for configuring and running an HTTP API in API Gateway".
"""

from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigatewayv2.errors import bad_request

ROUTES_PER_API = 300
INTEGRATIONS_PER_API = 300
STAGES_PER_API = 10
TAGS_PER_RESOURCE = 50
VARIABLES_PER_STAGE = 100

_LENGTHS = MappingProxyType(
    {
        "Name": (1, 128),
        "Description": (0, 1024),
        "Version": (0, 64),
        "StageName": (1, 128),
        "OperationName": (0, 64),
        "IntegrationUri": (1, 2048),
        "IntegrationMethod": (1, 64),
    }
)


def check_lengths(request: Shape) -> None:
    """Raise BadRequestException when a member is shorter or longer than its shape allows."""
    for member, (shortest, longest) in _LENGTHS.items():
        value = request.get(member)
        if isinstance(value, str) and not shortest <= len(value) <= longest:
            raise bad_request(f"{member} must be between {shortest} and {longest} characters long")
