"""Policies of buckets with conditions, which moto takes for statements without.

A call here counts as one by TLS, `aws:SecureTransport`: policies that refuse all else are on the buckets of most tools,
and what comes over a loopback interface is what their clients do by TLS on AWS. A statement with conditions of other
keys applies to nobody, as nobody tells moto their values.

Sources: "AWS JSON policy elements: Condition" and "AWS global condition context keys" (IAM User Guide); "Permissions
for log delivery" (Amazon S3 User Guide).
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.policy import AccessRequest, PolicyError, Principal, PrincipalType, parse_policy
from gatewright.base.policy_conditions import parse_conditions

_SECURE_TRANSPORT: Final = "aws:securetransport"
_LOGGING: Final = Principal(PrincipalType.SERVICE, ("logging.s3.amazonaws.com",))
_CONTEXT: Final = MappingProxyType({_SECURE_TRANSPORT: ("true",)})


def applicable(policy: str) -> str:
    """Return a policy (JSON) without the statements whose conditions do not hold."""
    document = json.loads(policy)
    statements = document.get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    return json.dumps({**document, "Statement": [statement for statement in listed if _applies(statement)]})


def takes_logs(policy: str, source_arn: str, account_id: str, object_arn: str) -> bool:
    """Tell whether a policy (JSON) lets S3 write an object with the access logs of a bucket."""
    context = {"aws:SourceArn": source_arn, "aws:SourceAccount": account_id, _SECURE_TRANSPORT: "true"}
    request = AccessRequest(_LOGGING, "s3:PutObject", object_arn, context)
    try:
        return parse_policy(json.loads(policy)).evaluate(request).is_allowed
    except (PolicyError, ValueError):  # of one that is no JSON: moto takes any text
        return False


def _applies(statement: Mapping[str, Any]) -> bool:
    try:
        conditions = parse_conditions(statement.get("Condition", {}), has_variables=True)
    except PolicyError:
        return False
    return all(condition.key == _SECURE_TRANSPORT and condition.holds(_CONTEXT) for condition in conditions)
