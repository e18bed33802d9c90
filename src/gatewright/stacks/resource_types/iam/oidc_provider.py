"""`AWS::IAM::OIDCProvider`. Ref is its ARN.

Source: AWS::IAM::OIDCProvider (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import is_changed, picked, renamed
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import as_list, tag_change, tags_of

NAME: Final = "AWS::IAM::OIDCProvider"


def create(call: Call, properties: Properties) -> Resource:
    """Create the provider."""
    request = {**picked(properties, ("ThumbprintList", "Url")), **renamed(properties, {"ClientIdList": "ClientIDList"})}
    if tags := tags_of(call, NAME, properties):
        request["Tags"] = as_list(tags)
    arn = call.services.call("iam", "CreateOpenIDConnectProvider", request)["OpenIDConnectProviderArn"]
    return Resource(arn, {"Arn": arn})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change its clients, thumbprints and tags."""
    before, after = old.get("ClientIdList", []), new.get("ClientIdList", [])
    for client in after:
        if client not in before:
            _call(call, "AddClientIDToOpenIDConnectProvider", there, ClientID=client)
    for client in before:
        if client not in after:
            _call(call, "RemoveClientIDFromOpenIDConnectProvider", there, ClientID=client)
    if is_changed(old, new, ["ThumbprintList"]):
        thumbprints = new.get("ThumbprintList", [])
        _call(call, "UpdateOpenIDConnectProviderThumbprint", there, ThumbprintList=thumbprints)
    present = _call(call, "ListOpenIDConnectProviderTags", there).get("Tags", ())
    change = tag_change({tag["Key"]: tag["Value"] for tag in present}, tags_of(call, NAME, new))
    if change.put:
        _call(call, "TagOpenIDConnectProvider", there, Tags=as_list(change.put))
    if change.remove:
        _call(call, "UntagOpenIDConnectProvider", there, TagKeys=change.remove)
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the provider."""
    with absence_is_done():
        _call(call, "DeleteOpenIDConnectProvider", there)


def _call(call: Call, operation: str, there: Resource, **parameters: Any) -> dict[str, Any]:
    return call.services.call("iam", operation, {"OpenIDConnectProviderArn": there.physical_id, **parameters})


OIDC_PROVIDER: Final = ResourceType(NAME, create, update, delete)
