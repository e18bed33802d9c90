"""What policy documents name: resources and principals, and what IAM says of those that it refuses.

Resources with fewer than six parts are filled up with asterisks, and read as if they began with `arn` (recorded:
localstack, test_iam_policies.snapshot.json, invalid-16 to invalid-25 and invalid-35 to invalid-38).

Sources: "IAM JSON policy elements: Resource", "AWS JSON policy elements: Principal" (IAM User Guide).
"""

import re
from typing import Any, Final

from gatewright.control.iam.errors import malformed_policy

_PARTS: Final = 6
_PARTITION = re.compile(r"aws(-[a-z]+)*|\*")
_IAM_RESOURCES: Final = (
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
)
# Of S3 these have a region ("Actions, resources, and condition keys for Amazon S3", Service Authorization Reference).
_REGIONAL_IN_S3: Final = ("accesspoint", "job/", "storage-lens", "async-request/", "access-grants/")
_AWS_PRINCIPAL = re.compile(r"\*|\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:.+|A[A-Z]{3}[A-Z0-9]{12,}")
_SERVICE_PRINCIPAL = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_PRINCIPAL_TYPES: Final = ("AWS", "Service", "Federated", "CanonicalUser")


def has_no_form(resource: str) -> bool:
    """Tell whether a resource is one that only AWS's older parser refuses: an ARN that lacks parts in its middle."""
    parts = resource.split(":")
    if parts[0] != "arn" or len(parts) < 3 or not _PARTITION.fullmatch(parts[1]):
        return False
    return not parts[2] or 3 < len(parts) < _PARTS


def resource_problem(resource: str) -> str | None:
    """Return what is wrong with a resource, in IAM's words; None when it may be in a policy."""
    parts = resource.split(":")
    if resource == "*" or resource.startswith("${"):
        return None
    if len(parts) == 1:
        return f'Resource {resource} must be in ARN format or "*".'
    filled = ["arn", *parts[1:], *["*"] * (_PARTS - len(parts))]
    if not _PARTITION.fullmatch(parts[1]):
        return f'Partition "{parts[1]}" is not valid for resource "{":".join(filled)}".'
    if "*" in filled[2]:
        return "Resource vendor must be fully qualified and cannot contain regexes."
    return _problem_of_vendor(resource, filled[2], filled[3], ":".join(filled[5:]))


def check_principal(element: Any) -> None:
    """Check a Principal or NotPrincipal element of the right grammar. Raises MalformedPolicyDocument."""
    if element == "*":
        return
    for kind, names in element.items():
        if kind not in _PRINCIPAL_TYPES:
            raise malformed_policy(f"Unknown field {kind}")
        for name in names if isinstance(names, list) else [names]:
            pattern = {"AWS": _AWS_PRINCIPAL, "Service": _SERVICE_PRINCIPAL}.get(kind)
            if pattern is not None and not pattern.fullmatch(name):
                raise malformed_policy(f'Invalid principal in policy: "{kind.upper()}":"{name}"')


def _problem_of_vendor(resource: str, vendor: str, region: str, path: str) -> str | None:
    if vendor == "iam" and region:
        return f"IAM resource {resource} cannot contain region information."
    if vendor == "iam" and path not in ("*", "root") and not path.startswith(_IAM_RESOURCES):
        first = path.partition("/")[0]
        if "*" not in first and not first.startswith("${"):
            listed = ", ".join(_IAM_RESOURCES)
            return f'IAM resource path must either be "*", root, or start with {listed}.'
    if vendor == "s3" and region and not path.startswith((*_REGIONAL_IN_S3, "*")):
        return f"Resource {resource} can not contain region information."
    return None
