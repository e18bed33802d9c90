"""Managed policies: customers' own, in the store, and AWS's, in a file beside this module.

`aws_managed_policies.jsonl` has one policy in each line, by name: those that applications of Lambda and API Gateway
attach (SAM's names for policies, CDK's and the console's defaults). Documents, versions, paths and dates are AWS's, as
moto collects them (`moto.iam.aws_managed_policies`; a test compares); ids are AWS's where they are published
(wallix/awless, `aws policies`), the others are made from the name. Only the default version of each is there.

Source: "AWS managed policies" (AWS Managed Policy Reference Guide).
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from gatewright.base.arn import parse_arn
from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.control.context import Context
from gatewright.control.iam.documents import ATTACHMENT, BOUNDARY, POLICY, find, list_all
from gatewright.control.iam.errors import no_such_entity, validation_error
from gatewright.store.types import Document, Reader

AWS: Final = "aws"
"""What AWS's own policies have for an account."""
_POLICY_ARN = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}|aws):policy/([!-~]+/)?[\w+=,.@-]+", re.ASCII)
_SERVICE_PATH: Final = "/aws-service-role/"


def check_policy_arn(arn: str) -> None:
    """Refuse what is no ARN of a policy. Raises ValidationError."""
    if not _POLICY_ARN.fullmatch(arn):
        raise validation_error(f"ARN {arn} is not valid.")


def is_aws_managed(arn: str) -> bool:
    """Tell whether a policy is AWS's own."""
    return arn.split(":")[4:5] == [AWS]


def find_policy(context: Context, reader: Reader, arn: str) -> Document | None:
    """Return a managed policy by its ARN. Raises ValidationError for what is no ARN, NotImplemented.

    A policy of AWS's that the file lacks is NotImplemented: there may be one, but nobody here knows what it says.
    """
    check_policy_arn(arn)
    parsed = parse_arn(arn)
    path, _, name = (parsed.resource if parsed else "").removeprefix("policy").rpartition("/")
    if is_aws_managed(arn):
        policy = aws_managed_policies().get(name)
        if policy is None or policy["Path"] != f"{path}/":
            raise OperationNotImplemented(f"The AWS managed policy {arn} is not known to gatewright.")
        return {**policy, "Arn": arn}
    policy = find(context, reader, POLICY, name)
    return policy if policy is not None and policy["Arn"] == arn else None


def require_policy(context: Context, reader: Reader, arn: str, message: str = "Policy {} was not found.") -> Document:
    """Return a managed policy. Raises NoSuchEntity with `message` of its ARN."""
    policy = find_policy(context, reader, arn)
    if policy is None:
        raise no_such_entity(message.format(arn))
    return policy


def check_attachable(context: Context, reader: Reader, arn: str) -> str:
    """Return the name of a policy that may be attached. Raises NoSuchEntity, ValidationError.

    Policies of AWS's that the file lacks may be, by their names: there are some 1,500, and new ones every week.
    """
    check_policy_arn(arn)
    if is_aws_managed(arn):
        policy = aws_managed_policies().get(arn.rpartition("/")[2])
        if policy is not None and policy["Path"] != _path_in(arn):
            raise not_attachable(arn)
        return arn.rpartition("/")[2]
    policy = require_policy(context, reader, arn, "Policy {} does not exist or is not attachable.")
    return str(policy["PolicyName"])


def not_attachable(arn: str) -> AwsError:
    """Build the NoSuchEntity of a policy that nothing can be done with."""
    return no_such_entity(f"Policy {arn} does not exist or is not attachable.")


def usage_counts(context: Context, reader: Reader, arn: str) -> Document:
    """Return how many principals a policy is attached to, and is the boundary of."""
    return {
        "AttachmentCount": len(list_all(context, reader, ATTACHMENT, f"{arn}|")),
        "PermissionsBoundaryUsageCount": len(list_all(context, reader, BOUNDARY, f"{arn}|")),
    }


def is_for_services(policy: Mapping[str, object]) -> bool:
    """Tell whether a policy of AWS's is for service-linked roles only."""
    return policy["Path"] == _SERVICE_PATH


@lru_cache(maxsize=1)
def aws_managed_policies() -> Mapping[str, Document]:
    """Return AWS's policies by name; `Document` is text. Read once, when first asked for."""
    file = resources.files("gatewright.control.iam") / "aws_managed_policies.jsonl"
    policies = {}
    for line in file.read_text().splitlines():
        policy = json.loads(line)
        policy["Document"] = json.dumps(policy["Document"], separators=(",", ":"))
        policy.setdefault("PolicyId", _made_id(policy["PolicyName"]))
        policies[policy["PolicyName"]] = {**policy, "IsAttachable": True}
    return MappingProxyType(policies)


def _made_id(name: str) -> str:
    digest = hashlib.sha256(name.encode()).digest()
    return "ANPA" + base64.b32encode(digest).decode()[:17]


def _path_in(arn: str) -> str:
    return arn.partition(":policy")[2].rpartition("/")[0] + "/"
