"""Amazon Resource Names, and the three ways in which Lambda's operations name a function.

Sources: "Amazon Resource Names (ARNs)" (IAM User Guide); the FunctionName parameter in the Lambda API reference.
"""

import re
from dataclasses import dataclass

_FUNCTION_NAME = re.compile(
    r"(?:arn:(?P<partition>aws[a-zA-Z-]*):lambda:)?"
    r"(?:(?P<region>[a-z]{2,}(?:-[a-z0-9]+)*-\d):)?"
    r"(?:(?P<account>\d{12}):)?"
    r"(?:function:)?"
    r"(?P<name>[a-zA-Z0-9-_]+)"
    r"(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?"
)


@dataclass(frozen=True, slots=True)
class Arn:
    """`arn:partition:service:region:account:resource`; `resource` may hold further colons."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


def parse_arn(text: str) -> Arn | None:
    """Return the parts of an ARN, or None when `text` is none."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[1] or not parts[2] or not parts[5]:
        return None
    return Arn(*parts[1:])


@dataclass(frozen=True, slots=True)
class FunctionReference:
    """A function as a caller names it; what the name leaves out is None."""

    region: str | None
    account: str | None
    name: str
    qualifier: str | None


def parse_function_name(text: str) -> FunctionReference | None:
    """Parse `name`, `name:qualifier`, `account:function:name` and the full ARN; None for anything else."""
    match = _FUNCTION_NAME.fullmatch(text)
    if match is None:
        return None
    return FunctionReference(match["region"], match["account"], match["name"], match["qualifier"])


def function_arn(partition: str, region: str, account: str, name: str) -> str:
    """Return the unqualified ARN of a function."""
    return f"arn:{partition}:lambda:{region}:{account}:function:{name}"
