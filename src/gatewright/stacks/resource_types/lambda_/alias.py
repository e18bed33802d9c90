"""`AWS::Lambda::Alias`. Ref is the ARN of the alias.

Source: AWS::Lambda::Alias (AWS CloudFormation User Guide). AWS gives an alias another version after it has what it
needs; an update policy of CodeDeploy is the executor's to judge.
"""

from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.lambda_.provisioned import set_provisioned_concurrency
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present


def create(call: Call, properties: Properties) -> Resource:
    """Create the alias."""
    function, name = properties["FunctionName"], properties["Name"]
    try:
        alias = call.services.call("lambda", "CreateAlias", _parameters(properties))
    except AwsError as error:
        if error.code != "ResourceConflictException" or not call.is_repeated:
            raise
        alias = call.services.call("lambda", "UpdateAlias", _whole(properties))
    call.keep_id(alias["AliasArn"])
    set_provisioned_concurrency(call, function, name, {}, properties)
    return _resource(alias)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Point the alias elsewhere, and change its provisioned concurrency."""
    alias = call.services.call("lambda", "UpdateAlias", _whole(new))
    set_provisioned_concurrency(call, new["FunctionName"], new["Name"], old, new)
    return _resource(alias)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the alias."""
    with absence_is_done():
        call.services.call("lambda", "DeleteAlias", picked(properties, ("FunctionName", "Name")))


def read(call: Call, there: Resource) -> Properties | None:
    """Return what GetAlias tells."""
    function, _, name = there.physical_id.rpartition(":")
    alias = if_present(call, "lambda", "GetAlias", {"FunctionName": function, "Name": name})
    return None if alias is None else picked(alias, ("Name", "FunctionVersion", "Description"))


def _parameters(properties: Properties) -> dict[str, Any]:
    parameters = picked(properties, ("FunctionName", "Name", "FunctionVersion", "Description"))
    if "RoutingConfig" in properties:
        parameters["RoutingConfig"] = _routing(properties)
    return parameters


def _whole(properties: Properties) -> dict[str, Any]:
    """Return the parameters of an update, with what the properties leave out taken away."""
    return {"Description": "", "RoutingConfig": _routing(properties), **_parameters(properties)}


def _routing(properties: Properties) -> dict[str, Any]:
    weights = properties.get("RoutingConfig", {}).get("AdditionalVersionWeights", ())
    return {"AdditionalVersionWeights": {one["FunctionVersion"]: float(one["FunctionWeight"]) for one in weights}}


def _resource(alias: dict[str, Any]) -> Resource:
    return Resource(alias["AliasArn"], {"AliasArn": alias["AliasArn"]})


ALIAS: Final = ResourceType("AWS::Lambda::Alias", create, update, delete, read)
