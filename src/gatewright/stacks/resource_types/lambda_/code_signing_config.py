"""`AWS::Lambda::CodeSigningConfig`. Ref is its ARN.

Source: AWS::Lambda::CodeSigningConfig (AWS CloudFormation User Guide).
"""

from collections.abc import Mapping
from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.lambda_.function import set_tags
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present
from gatewright.stacks.resource_types.tags import is_own, tags_of

NAME: Final = "AWS::Lambda::CodeSigningConfig"
_SETTINGS: Final = ("AllowedPublishers", "CodeSigningPolicies", "Description")


def create(call: Call, properties: Properties) -> Resource:
    """Create the configuration."""
    config = _earlier(call) if call.is_repeated else None
    if config is None:
        parameters = picked(properties, _SETTINGS)
        if tags := tags_of(call, NAME, properties):
            parameters["Tags"] = tags
        config = call.services.call("lambda", "CreateCodeSigningConfig", parameters)["CodeSigningConfig"]
    return _resource(config)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the configuration."""
    defaults = {"Description": "", "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Warn"}}
    parameters = {**defaults, **picked(new, _SETTINGS), "CodeSigningConfigArn": there.physical_id}
    config = call.services.call("lambda", "UpdateCodeSigningConfig", parameters)["CodeSigningConfig"]
    set_tags(call, there.physical_id, tags_of(call, NAME, new))
    return _resource(config)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the configuration."""
    with absence_is_done():
        call.services.call("lambda", "DeleteCodeSigningConfig", {"CodeSigningConfigArn": there.physical_id})


def read(call: Call, there: Resource) -> Properties | None:
    """Return what GetCodeSigningConfig tells."""
    output = if_present(call, "lambda", "GetCodeSigningConfig", {"CodeSigningConfigArn": there.physical_id})
    return None if output is None else picked(output["CodeSigningConfig"], _SETTINGS)


def _earlier(call: Call) -> Mapping[str, Any] | None:
    """Return the configuration that an attempt before this one made."""
    for config in call.services.call("lambda", "ListCodeSigningConfigs").get("CodeSigningConfigs", ()):
        tags = call.services.call("lambda", "ListTags", {"Resource": config["CodeSigningConfigArn"]}).get("Tags", {})
        if is_own(call, tags):
            found: Mapping[str, Any] = config
            return found
    return None


def _resource(config: Mapping[str, Any]) -> Resource:
    return Resource(config["CodeSigningConfigArn"], picked(config, ("CodeSigningConfigArn", "CodeSigningConfigId")))


CODE_SIGNING_CONFIG: Final = ResourceType(NAME, create, update, delete, read)
