"""`AWS::Cognito::UserPoolGroup`, `UserPoolResourceServer`, `UserPoolIdentityProvider`. Ref is the name in the pool.

Source: the pages of the types (AWS CloudFormation User Guide). All properties are parameters of the operations.
"""

from collections.abc import Callable
from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done


def _member(type_name: str, kind: str, identifier: str, *, fixed: tuple[str, ...] = ()) -> ResourceType:
    """Return the type of a member of a pool, made by `Create{kind}`; `fixed` is not given to `Update{kind}`."""

    def create(call: Call, properties: Properties) -> Resource:
        name = properties.get(identifier) or call.physical_name()
        call.services.call("cognito-idp", f"Create{kind}", {**properties, identifier: name})
        return Resource(name)

    def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
        parameters: dict[str, Any] = {key: value for key, value in new.items() if key not in fixed}
        call.services.call("cognito-idp", f"Update{kind}", {**parameters, identifier: there.physical_id})
        return there

    return ResourceType(type_name, create, update, _delete_by(f"Delete{kind}", identifier))


def _delete_by(operation: str, identifier: str) -> Callable[[Call, Resource, Properties], None]:
    def delete(call: Call, there: Resource, properties: Properties) -> None:
        with absence_is_done():
            request = {"UserPoolId": properties["UserPoolId"], identifier: there.physical_id}
            call.services.call("cognito-idp", operation, request)

    return delete


GROUP: Final = _member("AWS::Cognito::UserPoolGroup", "Group", "GroupName")
RESOURCE_SERVER: Final = _member("AWS::Cognito::UserPoolResourceServer", "ResourceServer", "Identifier")
IDENTITY_PROVIDER: Final = _member(
    "AWS::Cognito::UserPoolIdentityProvider", "IdentityProvider", "ProviderName", fixed=("ProviderType",)
)
