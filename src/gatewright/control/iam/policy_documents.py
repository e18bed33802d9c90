"""Policy documents as IAM takes them: identity policies and trust policies, checked with IAM's messages.

The order of the checks is AWS's, as far as recordings tell (localstack, test_iam_policies.snapshot.json, 78 documents
that are refused and 51 that are taken): the grammar of the whole document, then its version, then what each statement
must have, what actions and resources look like, then what only AWS's older parser refuses.

Source: "Grammar of the IAM JSON policy language" (IAM User Guide).
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import quote

from gatewright.control.iam.errors import malformed_policy
from gatewright.control.iam.policy_names import check_principal, has_no_form, resource_problem

SYNTAX: Final = "Syntax errors in policy."
INVALID_JSON: Final = "This policy contains invalid Json"
_VERSION: Final = "Policy document must be version 2012-10-17 or greater."
_LEGACY: Final = "The policy failed legacy parsing"

_ELEMENTS: Final = frozenset({"Version", "Id", "Statement"})
_STATEMENT_ELEMENTS: Final = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_SID = re.compile(r"[a-zA-Z0-9]*")
_VENDOR = re.compile(r"[a-zA-Z0-9.*?-]+")
_OPERATOR = re.compile(
    r"(ForAllValues:|ForAnyValue:)?"
    r"(String(Not)?(Equals(IgnoreCase)?|Like)|Numeric(Not)?Equals|Numeric(LessThan|GreaterThan)(Equals)?"
    r"|Date(Not)?Equals|Date(LessThan|GreaterThan)(Equals)?|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))"
    r"(IfExists)?|Null"
)
_DATE = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d{2})(-(?P<day>\d{2})([Tt](?P<time>\d{1,2}(:\d{2}(:\d{2}(\.\d{1,9})?)?)?)?"
    r"([Zz]|[+-]\d{2}(:?\d{2})?)?)?)?)?"
)
_MOST_SECONDS: Final = 2**63
_TRUST_ACTIONS: Final = (
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:tagsession",
    "sts:setsourceidentity",
    "sts:setcontext",
)


def encoded(text: str) -> str:
    """Return a document as IAM's answers have it: "URL-encoded compliant with RFC 3986" (GetRole)."""
    return quote(text, safe="")


def size_of(text: str) -> int:
    """Return how much a document counts against quotas: "IAM does not count white space"."""
    return len(re.sub(r"\s", "", text))


def check_identity_policy(text: str, *, is_managed: bool = False) -> None:
    """Check a document of a managed, inline or session policy. Raises MalformedPolicyDocument.

    Managed ones must not be of the older version, which those are that name none ("IAM JSON policy elements: Version").
    None is named by the policy templates of AWS SAM, which are inline, nor by the session policies of AWS's examples
    ("Making requests using federated user temporary credentials", Amazon S3).
    """
    document = _parsed(text, SYNTAX)
    statements = _grammar(document)
    if is_managed and document.get("Version") != _VERSIONS[0]:
        raise malformed_policy(_VERSION)
    if any({"Principal", "NotPrincipal"} & statement.keys() for statement in statements):
        raise malformed_policy("Policy document should not specify a principal.")
    resources = [resource for each in statements for resource in _texts(each, "Resource", "NotResource")]
    if not all(map(_has_right_case, statements)) or not all(map(_has_dates, statements)):
        raise malformed_policy(_LEGACY)
    if any(map(has_no_form, resources)):
        raise malformed_policy(_LEGACY)
    for resource in resources:
        problem = resource_problem(resource)
        if problem is not None:
            raise malformed_policy(problem)
    _check_sids(statements)
    for statement in statements:
        _check_what_must_be(statement)
    for action in (action for each in statements for action in _texts(each, "Action", "NotAction")):
        _check_action(action)


def check_trust_policy(text: str) -> None:
    """Check a role's AssumeRolePolicyDocument. Raises MalformedPolicyDocument."""
    document = _parsed(text, INVALID_JSON)
    statements = _grammar(document)
    if not all(map(_has_right_case, statements)) or not all(map(_has_dates, statements)):
        raise malformed_policy(_LEGACY)
    for statement in statements:
        for name in ("Resource", "NotResource"):
            if name in statement:
                raise malformed_policy(f"Has prohibited field {name}")
        if not {"Principal", "NotPrincipal"} & statement.keys():
            raise malformed_policy("Missing required field Principal")
        if not {"Action", "NotAction"} & statement.keys():
            raise malformed_policy("Missing required field Action")
        for action in _texts(statement, "Action", "NotAction"):
            if not _is_trust_action(action):
                raise malformed_policy("AssumeRole policy may only specify STS AssumeRole actions.")
        for name in ("Principal", "NotPrincipal"):
            check_principal(statement.get(name, "*"))
    _check_sids(statements)


def _parsed(text: str, message: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise malformed_policy(message) from error
    if not isinstance(document, Mapping):
        raise malformed_policy(SYNTAX)
    return document


def _grammar(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the statements of a document whose elements are all of the right kind."""
    version, identifier = document.get("Version", _VERSIONS[1]), document.get("Id", "")
    listed: list[Any] = _listed(document.get("Statement"))
    is_right = (
        document.keys() <= _ELEMENTS
        and version in _VERSIONS
        and isinstance(identifier, str)
        and bool(listed)
        and all(isinstance(each, Mapping) and _is_statement(each) for each in listed)
    )
    if not is_right:
        raise malformed_policy(SYNTAX)
    return listed


def _is_statement(statement: Mapping[str, Any]) -> bool:
    effect, sid = statement.get("Effect"), statement.get("Sid", "")
    return (
        statement.keys() <= _STATEMENT_ELEMENTS
        and isinstance(effect, str)
        and effect.lower() in ("allow", "deny")
        and isinstance(sid, str)
        and all(not {name, f"Not{name}"} <= statement.keys() for name in ("Action", "Resource", "Principal"))
        and all(_is_text_or_list(statement[name]) for name in _of(statement, "Action", "Resource"))
        and all(_is_principal(statement[name]) for name in _of(statement, "Principal"))
        and _is_condition(statement.get("Condition", {}))
    )


def _of(statement: Mapping[str, Any], *names: str) -> list[str]:
    return [each for name in names for each in (name, f"Not{name}") if each in statement]


def _is_text_or_list(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(each, str) for each in value))


def _is_principal(value: object) -> bool:
    return value == "*" or (isinstance(value, Mapping) and all(_is_text_or_list(each) for each in value.values()))


def _is_condition(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    for operator, keys in value.items():
        if not isinstance(keys, Mapping) or (keys and not _OPERATOR.fullmatch(operator)):
            return False
        if not all(isinstance(each, str | bool | int | float) for values in keys.values() for each in _listed(values)):
            return False
    return True


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _texts(statement: Mapping[str, Any], *names: str) -> Iterator[str]:
    for name in names:
        if name in statement:
            yield from _listed(statement[name])


def _has_right_case(statement: Mapping[str, Any]) -> bool:
    return statement["Effect"] in ("Allow", "Deny")


def _has_dates(statement: Mapping[str, Any]) -> bool:
    """Tell whether what is compared with dates is one."""
    for operator, keys in statement.get("Condition", {}).items():
        if operator.rpartition(":")[2].startswith("Date"):
            values = (each for values in keys.values() for each in _listed(values))
            if not all(_is_date(str(value)) for value in values):
                return False
    return True


def _is_trust_action(action: str) -> bool:
    """Tell whether an action, perhaps with wildcards, is one that a trust policy may name."""
    return action == "*" or any(fnmatchcase(name, action.lower()) for name in _TRUST_ACTIONS)


def _is_date(text: str) -> bool:
    """Tell whether AWS takes a text for a time: seconds since the epoch, or a date with as much as is known."""
    if re.fullmatch(r"-?\d+", text):
        return -_MOST_SECONDS <= int(text) < _MOST_SECONDS
    if re.fullmatch(r"\d{2}[Tt]", text):
        return True
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    try:
        datetime(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))  # noqa: DTZ001 — only a date
    except ValueError:
        return False
    return True


def _check_what_must_be(statement: Mapping[str, Any]) -> None:
    if not list(_texts(statement, "Action", "NotAction")):
        raise malformed_policy("Policy statement must contain actions.")
    if not list(_texts(statement, "Resource", "NotResource")):
        raise malformed_policy("Policy statement must contain resources.")


def _check_action(action: str) -> None:
    if action == "*":
        return
    vendor, *rest = action.split(":")
    if not rest:
        raise malformed_policy("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
    if len(rest) > 1:
        raise malformed_policy("Actions/Condition can contain only one colon.")
    if not _VENDOR.fullmatch(vendor):
        raise malformed_policy(f"Vendor {vendor} is not valid")


def _check_sids(statements: list[Mapping[str, Any]]) -> None:
    sids = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(sids) != len(set(sids)):
        raise malformed_policy("Statement IDs (SID) in a single policy must be unique.")
