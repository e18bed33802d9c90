"""`AWS::Lambda::Permission`. Ref is the id of the statement; every change replaces it.

Source: AWS::Lambda::Permission (AWS CloudFormation User Guide). Ids of statements were seen with up to a hundred
characters.
"""

from typing import Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_LONGEST_ID: Final = 100
_PARAMETERS: Final = (
    "Action",
    "EventSourceToken",
    "FunctionName",
    "FunctionUrlAuthType",
    "InvokedViaFunctionUrl",
    "Principal",
    "PrincipalOrgID",
    "SourceAccount",
    "SourceArn",
)


def create(call: Call, properties: Properties) -> Resource:
    """Add a statement to the policy of a function, version or alias."""
    statement_id = call.physical_name(_LONGEST_ID)
    try:
        call.services.call("lambda", "AddPermission", {"StatementId": statement_id, **picked(properties, _PARAMETERS)})
    except AwsError as error:
        # The id has letters of this attempt's own: nobody else made it.
        if error.code != "ResourceConflictException" or not call.is_repeated:
            raise
    return Resource(statement_id, {"Id": statement_id})


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Remove the statement."""
    with absence_is_done():
        parameters = {"FunctionName": properties["FunctionName"], "StatementId": there.physical_id}
        call.services.call("lambda", "RemovePermission", parameters)


PERMISSION: Final = ResourceType("AWS::Lambda::Permission", create, None, delete)
