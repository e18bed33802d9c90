"""`AWS::StepFunctions::StateMachine`. Ref is the ARN.

Source: AWS::StepFunctions::StateMachine (AWS CloudFormation User Guide); CreateStateMachine (AWS Step Functions API
Reference), which answers the same to a repeated call with the same parameters.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.members import is_changed, renamed
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present

_LONGEST_NAME: Final = 80
_DEFINED_BY: Final = ("Definition", "DefinitionString", "DefinitionS3Location", "DefinitionSubstitutions")
_SUBSTITUTED: Final = re.compile(r"\$\{([a-zA-Z0-9_]+)\}")
_POLL_SECONDS: Final = 0.05
_OFF: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "loggingConfiguration": {"level": "OFF", "includeExecutionData": False, "destinations": []},
        "tracingConfiguration": {"enabled": False},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }
)


def create(call: Call, properties: Properties) -> Resource:
    """Create the state machine."""
    name = properties.get("StateMachineName") or call.physical_name(_LONGEST_NAME)
    parameters = {
        "name": name,
        "definition": _definition(call, properties),
        "roleArn": properties["RoleArn"],
        **renamed(properties, {"StateMachineType": "type"}),
        **_configurations(properties),
    }
    if tags := given_tags(call, properties.get("Tags")):
        parameters["tags"] = _as_list(tags)
    arn = call.services.call("stepfunctions", "CreateStateMachine", parameters)["stateMachineArn"]
    return _resource(call, arn)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the definition, the role and the configurations."""
    arn = there.physical_id
    changes: dict[str, Any] = {}
    # What lies in S3 may be another under the same key; its location says nothing.
    if is_changed(old, new, _DEFINED_BY):
        changes["definition"] = _definition(call, new)
    if is_changed(old, new, ["RoleArn"]):
        changes["roleArn"] = new["RoleArn"]
    before, after = _configurations(old), _configurations(new)
    changes |= {
        name: after.get(name, _OFF[name]) for name in {**before, **after} if before.get(name) != after.get(name)
    }
    if changes:
        call.services.call("stepfunctions", "UpdateStateMachine", {"stateMachineArn": arn, **changes})
    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        lambda tags: call.services.call("stepfunctions", "TagResource", {"resourceArn": arn, "tags": _as_list(tags)}),
        lambda keys: call.services.call("stepfunctions", "UntagResource", {"resourceArn": arn, "tagKeys": keys}),
    )
    return _resource(call, arn)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the state machine and wait until it is gone."""
    request = {"stateMachineArn": there.physical_id}
    with absence_is_done():
        call.services.call("stepfunctions", "DeleteStateMachine", request)
    while if_present(call, "stepfunctions", "DescribeStateMachine", request) is not None:
        call.wait(_POLL_SECONDS)


def read(call: Call, there: Resource) -> Properties | None:
    """Return what DescribeStateMachine tells of the properties."""
    found = if_present(call, "stepfunctions", "DescribeStateMachine", {"stateMachineArn": there.physical_id})
    if found is None:
        return None
    names = {
        "name": "StateMachineName",
        "roleArn": "RoleArn",
        "type": "StateMachineType",
        "definition": "DefinitionString",
    }
    return renamed(found, names)


def _definition(call: Call, properties: Properties) -> str:
    """Return the definition, `${NAME}` replaced. Raises AwsError for a property of which there is not exactly one."""
    given = [name for name in _DEFINED_BY[:3] if name in properties]
    if len(given) != 1:
        text = f"Exactly one of {', '.join(_DEFINED_BY[:3])} must be given, not {len(given)}"
        raise AwsError("ValidationException", text)
    if given[0] == "DefinitionS3Location":
        text = _object(call, properties[given[0]])
    else:
        text = json_text(properties[given[0]])
    values: Mapping[str, Any] = properties.get("DefinitionSubstitutions", {})

    def value(match: re.Match[str]) -> str:
        return json_text(values[match[1]]) if match[1] in values else match[0]

    return _SUBSTITUTED.sub(value, text) if values else text


def _object(call: Call, location: Mapping[str, str]) -> str:
    request = renamed(location, {"Bucket": "Bucket", "Key": "Key", "Version": "VersionId"})
    content: bytes = call.services.call("s3", "GetObject", request)["Body"]
    return _as_json(content.decode())


def _as_json(text: str) -> str:
    """Return a definition as JSON: in S3 it may be YAML ("DefinitionS3Location")."""
    import yaml

    return text if text.lstrip().startswith("{") else json_text(yaml.safe_load(text))


def _configurations(properties: Properties) -> dict[str, Any]:
    """Return the configurations as operations take them, which call everything in camel case."""
    names = ("LoggingConfiguration", "TracingConfiguration", "EncryptionConfiguration")
    return {_camel(name): _in_camel_case(properties[name]) for name in names if name in properties}


def _in_camel_case(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_camel(name): _in_camel_case(one) for name, one in value.items()}
    return [_in_camel_case(one) for one in value] if isinstance(value, list) else value


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]


def _as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def _resource(call: Call, arn: str) -> Resource:
    found = call.services.call("stepfunctions", "DescribeStateMachine", {"stateMachineArn": arn})
    attributes = {"Arn": arn, "Name": found["name"]}
    if "revisionId" in found:
        attributes["StateMachineRevisionId"] = found["revisionId"]
    return Resource(arn, attributes)


TYPE: Final = ResourceType("AWS::StepFunctions::StateMachine", create, update, delete, read)
