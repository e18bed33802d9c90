"""Dynamic references: `{{resolve:service:key}}` in what properties evaluate to.

The value that comes in place of a reference is not read again: it may be anybody's text.

Sources: AWS CloudFormation User Guide, "Get values stored in other services using dynamic references", with its pages
on `ssm`, `ssm-secure` and `secretsmanager`.
"""

import json
import re
from dataclasses import dataclass, field

from gatewright.stacks.template.errors import TemplateError
from gatewright.stacks.template.json_text import write_json
from gatewright.stacks.template.scalars import split_version, text_of
from gatewright.stacks.template.types import Json, Seams

_REFERENCE = re.compile(r"\{\{resolve:([a-z-]+):([^{}]*)\}\}")
_SSM_NAME = re.compile(r"[a-zA-Z0-9_.\-/:]+")
_SECURE_PROPERTIES = frozenset(
    {
        "AWS::DirectoryService::MicrosoftAD/Properties/Password",
        "AWS::DirectoryService::SimpleAD/Properties/Password",
        "AWS::ElastiCache::ReplicationGroup/Properties/AuthToken",
        "AWS::IAM::User/Properties/LoginProfile/Password",
        "AWS::KinesisFirehose::DeliveryStream/Properties/RedshiftDestinationConfiguration/Password",
        "AWS::OpsWorks::App/Properties/AppSource/Password",
        "AWS::OpsWorks::Stack/Properties/CustomCookbooksSource/Password",
        "AWS::OpsWorks::Stack/Properties/RdsDbInstances/DbPassword",
        "AWS::RDS::DBCluster/Properties/MasterUserPassword",
        "AWS::RDS::DBInstance/Properties/MasterUserPassword",
        "AWS::Redshift::Cluster/Properties/MasterUserPassword",
    }
)
"""Where `ssm-secure` may stand: "Get a secure string value from Systems Manager Parameter Store"."""

_NO_SECRETS = ("AWS::CloudFormation::CustomResource/", "Custom::", "Outputs/")
"""Where references to secrets stay as they are written: who reads an output need not be one who may read secrets."""


@dataclass(frozen=True, slots=True)
class DynamicReferences:
    """Resolves the dynamic references of one evaluation; each is asked for once."""

    seams: Seams
    _known: dict[str, str] = field(default_factory=dict)

    def resolve(self, value: Json, path: str) -> Json:
        """Return a value with its references resolved; `path` is that of the property. Raises TemplateError."""
        if isinstance(value, str):
            return self._text(value, path) if "{{resolve:" in value else value
        if isinstance(value, list):
            return [self.resolve(item, path) for item in value]
        if isinstance(value, dict):
            return {name: self.resolve(item, f"{path}/{name}") for name, item in value.items()}
        return value

    def _text(self, text: str, path: str) -> str:
        return _REFERENCE.sub(lambda match: self._one(match[0], match[1], match[2], path), text)

    def _one(self, reference: str, service: str, key: str, path: str) -> str:
        if service == "ssm-secure" and path not in _SECURE_PROPERTIES:
            raise TemplateError(f"SSM Secure reference is not supported in: [{path}]")
        if service == "secretsmanager" and path.startswith(_NO_SECRETS):
            return reference
        if reference not in self._known:
            match service:
                case "ssm" | "ssm-secure":
                    self._known[reference] = self._ssm(reference, service, key)
                case "secretsmanager":
                    self._known[reference] = self._secret(reference, key)
                case _:
                    raise TemplateError(f"Template error: {reference} is no dynamic reference: no service {service}")
        return self._known[reference]

    def _ssm(self, reference: str, service: str, key: str) -> str:
        name, version = split_version(key)
        if not _SSM_NAME.fullmatch(name) or (":" in name and not name.startswith("arn:")):
            raise TemplateError(f"Incorrect format is used in the following SSM reference: [{reference}]")
        found = self.seams.ssm_parameter(name, version, with_decryption=service == "ssm-secure")
        if found is None:
            raise TemplateError(f"Parameters: [{service}:{key}] cannot be found.")
        return found[0]

    def _secret(self, reference: str, key: str) -> str:
        parts = key.split(":")
        id_parts = 7 if key.startswith("arn:") else 1
        secret_id = ":".join(parts[:id_parts])
        kind, json_key, stage, version_id = (*parts[id_parts:], "", "", "", "")[:4]
        if not secret_id or len(parts) > id_parts + 4 or kind not in {"", "SecretString"}:
            raise TemplateError(f"Incorrect format is used in the following Secrets Manager reference: [{reference}]")
        if stage and version_id:
            raise TemplateError(
                f"Template error: {reference} may have a version-stage or a version-id, but not both of them."
            )
        secret = self.seams.secret(secret_id, stage or None, version_id or None)
        if secret is None:
            raise TemplateError("Secrets Manager can't find the specified secret.")
        return _member(secret, json_key) if json_key else secret


def _member(secret: str, key: str) -> str:
    try:
        members = json.loads(secret)
    except (ValueError, RecursionError):
        raise TemplateError("Could not parse SecretString JSON") from None
    if not isinstance(members, dict) or key not in members:
        raise TemplateError("Could not find a value associated with JSONKey in SecretString")
    text = text_of(members[key])
    return write_json(members[key]) if text is None else text
