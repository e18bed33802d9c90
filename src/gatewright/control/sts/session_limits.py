"""What limits a session: session policies, session tags, the source identity.

Source: AssumeRole ("API Reference", STS), "Pass session tags in AWS STS", "Session policies" (IAM User Guide); messages
as recorded (localstack, test_sts.snapshot.json).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from gatewright.base.operations import Shape
from gatewright.control.iam.policy_documents import check_identity_policy
from gatewright.control.sts.errors import invalid_parameter, policy_too_large
from gatewright.store.types import Document

_LARGEST: Final = 2048
"""Characters of session policies; AWS packs them before it compares."""


def session_limits(request: Shape, calling: Mapping[str, object] | None) -> Document:
    """Return the members of a session's document that limit it. Raises MalformedPolicyDocument, InvalidParameterValue.

    `calling` is the document of the session that asks, whose transitive tags and source identity go on.
    """
    limits: Document = {}
    if request.get("Policy"):
        check_identity_policy(request["Policy"])
        limits["Policy"] = request["Policy"]
    if request.get("PolicyArns"):
        limits["PolicyArns"] = [each["arn"] for each in request["PolicyArns"]]
    return {**limits, **_tags(request, calling or {}), **_source_identity(request, calling or {})}


def packed_size(limits: Mapping[str, object]) -> int:
    """Return PackedPolicySize: how many percent of what is possible a session's policies and tags take.

    AWS does not say how it packs; here their characters are counted. Raises PackedPolicyTooLarge.
    """
    texts = [str(limits.get("Policy", "")), *map(str, _listed(limits.get("PolicyArns")))]
    texts += [f"{tag['Key']}{tag['Value']}" for tag in _listed(limits.get("Tags"))]
    percent = math.ceil(100 * sum(map(len, texts)) / _LARGEST)
    if percent > 100:
        raise policy_too_large(f"Packed policy consumes {percent}% of allotted space, please use smaller policy.")
    return percent


def has_policies(request: Shape) -> bool:
    """Tell whether a request limits its session, so that the answer says how much."""
    return bool(request.get("Policy") or request.get("PolicyArns") or request.get("Tags"))


def _listed(value: object) -> list[Mapping[str, str]]:
    return value if isinstance(value, list) else []


def _tags(request: Shape, calling: Mapping[str, object]) -> Document:
    tags: Sequence[Mapping[str, str]] = request.get("Tags") or ()
    keys = [tag["Key"].lower() for tag in tags]
    if len(keys) != len(set(keys)):
        raise invalid_parameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    transitive = list(request.get("TransitiveTagKeys") or ())
    if not {key.lower() for key in transitive} <= set(keys):
        raise invalid_parameter("The specified transitive tag key must be included in the requested tags.")
    inherited_keys = [str(key) for key in _listed(calling.get("TransitiveTagKeys"))]
    lower = {key.lower() for key in inherited_keys}
    if lower & set(keys):
        raise invalid_parameter(
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from "
            "the calling session."
        )
    inherited = [tag for tag in _listed(calling.get("Tags")) if tag["Key"].lower() in lower]
    whole = [*inherited, *({"Key": tag["Key"], "Value": tag["Value"]} for tag in tags)]
    return {"Tags": whole, "TransitiveTagKeys": [*inherited_keys, *transitive]} if whole else {}


def _source_identity(request: Shape, calling: Mapping[str, object]) -> Document:
    given, kept = request.get("SourceIdentity"), calling.get("SourceIdentity")
    if given and kept and given != kept:
        raise invalid_parameter("The source identity of a session cannot be changed by the sessions that it assumes.")
    return {"SourceIdentity": given or kept} if given or kept else {}
