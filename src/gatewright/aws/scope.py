"""The credential scope of a signed request: which service and region the caller means.

Sources: "Elements of an AWS API request signature" and "Create a signed AWS API request" (IAM User Guide).
"""

import re
from dataclasses import dataclass

_REGION = re.compile(r"[a-z0-9-]{1,64}")
_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("us-iso-", "aws-iso"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
)
_CREDENTIAL = re.compile(r"Credential=([^\s,]+)")


@dataclass(frozen=True, slots=True)
class CredentialScope:
    """The Credential element of a signature."""

    access_key_id: str
    date: str
    region: str
    """Empty for SigV4A, which signs for a set of regions."""
    service: str

    def __str__(self) -> str:
        return "/".join(part for part in (self.date, self.region, self.service, "aws4_request") if part)


def is_region(text: str) -> bool:
    """Say whether a text can be the name of a region; it becomes part of ARNs and keys."""
    return _REGION.fullmatch(text) is not None


def partition_of(region: str) -> str:
    """Return the partition of a region ("Amazon Resource Names", IAM User Guide)."""
    return next((partition for prefix, partition in _PARTITIONS if region.startswith(prefix)), "aws")


def parse_credential(credential: str) -> CredentialScope | None:
    """Parse `AKIDEXAMPLE/20150830/us-east-1/service/aws4_request`; None for anything else."""
    # From the right: an access key id may hold slashes, the rest may not.
    parts = credential.rsplit("/", 4)
    if parts[-1] != "aws4_request":
        return None
    if len(parts) == 5 and all(parts):
        return CredentialScope(parts[0], parts[1], parts[2], parts[3])
    if len(parts) == 4 and all(parts):
        return CredentialScope(parts[0], parts[1], "", parts[2])
    return None


def scope_of_authorization(authorization: str) -> CredentialScope | None:
    """Return the scope in an Authorization header field, or None when it is not AWS's."""
    if not authorization.startswith("AWS4-"):
        return None
    match = _CREDENTIAL.search(authorization)
    if match is None:
        return None
    scope = parse_credential(match[1])
    if scope is not None and not scope.region and authorization.startswith("AWS4-HMAC-SHA256"):
        return None
    return scope
