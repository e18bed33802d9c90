"""`AWS::SecretsManager::Secret`. Ref is the ARN.

Source: AWS::SecretsManager::Secret and its GenerateSecretString (AWS CloudFormation Template Reference). A name that it
makes up is `{logical id}-{random}`: recorded in ARNs such as `…:secret:SecretA720EF05-lsVOy8Bc2Qcd-nIfZwS`. The secret
is generated anew when GenerateSecretString changes.
"""

import json
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.members import is_changed, picked
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present
from gatewright.stacks.resource_types.tags import as_list

_OF_PASSWORDS: Final = (
    "ExcludeCharacters",
    "ExcludeLowercase",
    "ExcludeNumbers",
    "ExcludePunctuation",
    "ExcludeUppercase",
    "IncludeSpace",
    "PasswordLength",
    "RequireEachIncludedType",
)
_VALUE: Final = ("SecretString", "GenerateSecretString")


def create(call: Call, properties: Properties) -> Resource:
    """Create the secret; a repeated CreateSecret with the same token answers with the same one."""
    name = properties.get("Name") or f"{call.logical_id}-{call.random_part}"
    parameters: dict[str, Any] = {
        "Name": name,
        "ClientRequestToken": call.token,
        **picked(properties, ("Description", "KmsKeyId", "Type")),
    }
    if "ReplicaRegions" in properties:
        parameters["AddReplicaRegions"] = properties["ReplicaRegions"]
    value = _value(call, properties)
    if value is not None:
        parameters["SecretString"] = value
    if tags := given_tags(call, properties.get("Tags")):
        parameters["Tags"] = as_list(tags)
    arn = call.services.call("secretsmanager", "CreateSecret", parameters)["ARN"]
    return Resource(arn, {"Id": arn})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the description, the key and the value."""
    arn = there.physical_id
    changes = {name: new.get(name, "") for name in ("Description", "KmsKeyId") if old.get(name) != new.get(name)}
    if is_changed(old, new, _VALUE) and (value := _value(call, new)) is not None:
        changes |= {"SecretString": value, "ClientRequestToken": call.token}
    if changes:
        call.services.call("secretsmanager", "UpdateSecret", {"SecretId": arn, **changes})
    if is_changed(old, new, ["ReplicaRegions"]):
        _replicate(call, arn, old.get("ReplicaRegions", []), new.get("ReplicaRegions", []))
    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        lambda tags: call.services.call("secretsmanager", "TagResource", {"SecretId": arn, "Tags": as_list(tags)}),
        lambda keys: call.services.call("secretsmanager", "UntagResource", {"SecretId": arn, "TagKeys": keys}),
    )
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the secret at once: its name is free for the next stack."""
    with absence_is_done():
        request = {"SecretId": there.physical_id, "ForceDeleteWithoutRecovery": True}
        call.services.call("secretsmanager", "DeleteSecret", request)


def read(call: Call, there: Resource) -> Properties | None:
    """Return what DescribeSecret tells of the properties."""
    found = if_present(call, "secretsmanager", "DescribeSecret", {"SecretId": there.physical_id})
    return None if found is None else picked(found, ("Name", "Description", "KmsKeyId", "Tags"))


def _value(call: Call, properties: Properties) -> str | None:
    if "GenerateSecretString" not in properties:
        value: str | None = properties.get("SecretString")
        return value
    if "SecretString" in properties:
        text = "You can't specify both a secret value and GenerateSecretString"
        raise AwsError("InvalidRequestException", text)
    given = properties["GenerateSecretString"]
    request = picked(given, _OF_PASSWORDS)
    password: str = call.services.call("secretsmanager", "GetRandomPassword", request)["RandomPassword"]
    if "GenerateStringKey" not in given:
        return password
    template = json.loads(given.get("SecretStringTemplate", "{}"))
    return json.dumps({**template, given["GenerateStringKey"]: password}, separators=(",", ":"))


def _replicate(call: Call, arn: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
    wanted = {one["Region"] for one in new}
    present = {one["Region"] for one in old}
    if gone := sorted(present - wanted):
        request = {"SecretId": arn, "RemoveReplicaRegions": gone}
        call.services.call("secretsmanager", "RemoveRegionsFromReplication", request)
    if added := [one for one in new if one["Region"] not in present]:
        request = {"SecretId": arn, "AddReplicaRegions": added}
        call.services.call("secretsmanager", "ReplicateSecretToRegions", request)


TYPE: Final = ResourceType("AWS::SecretsManager::Secret", create, update, delete, read)
