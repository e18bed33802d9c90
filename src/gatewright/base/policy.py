"""IAM policy documents and their evaluation: `parse_policy(document).evaluate(request)`.

Sources: "IAM JSON policy elements reference", "AWS JSON policy elements: Principal" and "Policy evaluation logic"
(IAM User Guide). The same evaluation serves a function's resource-based policy and, later, identity policies: a
statement without Principal or Resource does not look at them.

    PolicyError    a malformed policy document (drawn in `policy_patterns`)
"""

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gatewright.base.policy_conditions import Condition, parse_conditions
from gatewright.base.policy_patterns import ContextKeys, Pattern, PolicyError, compile_pattern

__all__ = [
    "AccessRequest",
    "Decision",
    "Effect",
    "Policy",
    "PolicyError",
    "Principal",
    "PrincipalType",
    "Statement",
    "parse_policy",
]

_VERSIONS = frozenset({"2008-10-17", "2012-10-17"})
_POLICY_ELEMENTS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_ELEMENTS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_ACCOUNT_ROOT = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):root")


class PrincipalType(enum.Enum):
    """The keys of a Principal element, and who signed nothing."""

    AWS = "AWS"
    SERVICE = "Service"
    FEDERATED = "Federated"
    CANONICAL_USER = "CanonicalUser"
    ANONYMOUS = "Anonymous"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a request.

    `names` are all the names it goes by: a service principal; the ARN of a user; the ARNs of an assumed role's
    session and of the role. An account id (`AWS` only) adds the account itself.
    """

    type: PrincipalType
    names: tuple[str, ...] = ()
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """A request to be judged. Names in `context` are condition keys in any case, values one string or several."""

    principal: Principal | None
    action: str
    resource: str
    context: Mapping[str, str | Iterable[str]] = field(default_factory=dict)


class Effect(enum.Enum):
    """What a policy says to a request."""

    ALLOW = "Allow"
    EXPLICIT_DENY = "Deny"
    IMPLICIT_DENY = "ImplicitDeny"


@dataclass(frozen=True, slots=True)
class PrincipalElement:
    """A Principal or NotPrincipal element: names by type; account root ARNs are kept as account ids."""

    is_everyone: bool
    names: tuple[tuple[PrincipalType, frozenset[str]], ...]

    def covers(self, principal: Principal) -> bool:
        """Tell whether any of a principal's names is listed."""
        if self.is_everyone:
            return True
        names = self._names(principal.type)
        if "*" in names:
            return True
        return principal.account_id in names or any(name in names for name in principal.names)

    def exempts(self, principal: Principal) -> bool:
        """Tell whether a NotPrincipal element spares a principal: all of its names and its account are listed.

        "AWS JSON policy elements: NotPrincipal" asks for the account and, for a session, the role as well.
        """
        if self.is_everyone:
            return True
        names = self._names(principal.type)
        if principal.account_id is not None and principal.account_id not in names:
            return False
        return bool(principal.names or principal.account_id) and all(name in names for name in principal.names)

    def _names(self, principal_type: PrincipalType) -> frozenset[str]:
        for listed_type, names in self.names:
            if listed_type is principal_type:
                return names
        return frozenset()


@dataclass(frozen=True, slots=True)
class Patterns:
    """An Action, NotAction, Resource or NotResource element."""

    patterns: tuple[Pattern, ...]
    is_negated: bool

    def cover(self, value: str, context: ContextKeys) -> bool:
        """Tell whether the element speaks of `value`."""
        for pattern in self.patterns:
            if pattern.matches(value, context):
                return not self.is_negated
        return self.is_negated


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; an element that it lacks is None and not looked at."""

    sid: str | None
    effect: Effect
    principal: PrincipalElement | None
    not_principal: PrincipalElement | None
    action: Patterns
    resource: Patterns | None
    conditions: tuple[Condition, ...]

    def applies_to(self, request: AccessRequest, context: ContextKeys) -> bool:
        """Tell whether every element of the statement matches a request."""
        return (
            self._covers_principal(request.principal)
            and self.action.cover(request.action, context)
            and (self.resource is None or self.resource.cover(request.resource, context))
            and all(condition.holds(context) for condition in self.conditions)
        )

    def _covers_principal(self, principal: Principal | None) -> bool:
        if self.principal is not None:
            return principal is not None and self.principal.covers(principal)
        if self.not_principal is not None:
            return principal is None or not self.not_principal.exempts(principal)
        return True


@dataclass(frozen=True, slots=True)
class Decision:
    """What a policy says to a request, and the statement that decided (None for an implicit deny)."""

    effect: Effect
    statement: Statement | None = None

    @property
    def is_allowed(self) -> bool:
        """Tell whether the policy allows the request."""
        return self.effect is Effect.ALLOW


@dataclass(frozen=True, slots=True)
class Policy:
    """A parsed policy document."""

    version: str
    id: str | None
    statements: tuple[Statement, ...]

    def evaluate(self, request: AccessRequest) -> Decision:
        """Judge a request: a Deny that applies wins, then an Allow that applies, else it is denied implicitly."""
        context = {
            key.lower(): (values,) if isinstance(values, str) else tuple(values)
            for key, values in request.context.items()
        }
        allowed_by = None
        for statement in self.statements:
            if statement.effect is Effect.ALLOW and allowed_by is not None:
                continue
            if not statement.applies_to(request, context):
                continue
            if statement.effect is Effect.EXPLICIT_DENY:
                return Decision(Effect.EXPLICIT_DENY, statement)
            allowed_by = statement
        return Decision(Effect.IMPLICIT_DENY) if allowed_by is None else Decision(Effect.ALLOW, allowed_by)


def parse_policy(document: Mapping[str, object]) -> Policy:
    """Parse and compile a policy document. Raises `PolicyError`."""
    if not isinstance(document, Mapping):
        raise PolicyError("A policy must be a JSON object")
    _refuse_unknown(document, _POLICY_ELEMENTS, "policy")
    version = document.get("Version", "2008-10-17")
    if not isinstance(version, str) or version not in _VERSIONS:
        raise PolicyError(f"Invalid policy version: {version}")
    identifier = document.get("Id")
    if identifier is not None and not isinstance(identifier, str):
        raise PolicyError("Id must be a string")
    if "Statement" not in document:
        raise PolicyError("A policy must have a Statement")
    element = document["Statement"]
    statements = element if isinstance(element, list) else [element]
    # Variables came with version 2012-10-17; before, `${aws:username}` is plain text.
    has_variables = version == "2012-10-17"
    return Policy(version, identifier, tuple(_parse_statement(statement, has_variables) for statement in statements))


def _parse_statement(element: object, has_variables: bool) -> Statement:
    if not isinstance(element, Mapping):
        raise PolicyError("A statement must be a JSON object")
    _refuse_unknown(element, _STATEMENT_ELEMENTS, "statement")
    sid = element.get("Sid")
    if sid is not None and not isinstance(sid, str):
        raise PolicyError("Sid must be a string")
    if element.get("Effect") not in ("Allow", "Deny"):
        raise PolicyError(f"Effect must be Allow or Deny, not {element.get('Effect')}")
    for name in ("Principal", "Action", "Resource"):
        if name in element and f"Not{name}" in element:
            raise PolicyError(f"A statement cannot have both {name} and Not{name}")
    action = _parse_patterns(element, "Action", has_variables=False, ignore_case=True)
    if action is None:
        raise PolicyError("A statement must have Action or NotAction")
    return Statement(
        sid=sid,
        effect=Effect(element["Effect"]),
        principal=_parse_principal(element, "Principal"),
        not_principal=_parse_principal(element, "NotPrincipal"),
        action=action,
        resource=_parse_patterns(element, "Resource", has_variables=has_variables, ignore_case=False),
        conditions=parse_conditions(element.get("Condition", {}), has_variables=has_variables),
    )


def _refuse_unknown(element: Mapping[str, object], known: frozenset[str], what: str) -> None:
    for name in element:
        if name not in known:
            raise PolicyError(f"Unknown element of a {what}: {name}")


def _parse_patterns(
    statement: Mapping[str, object], name: str, *, has_variables: bool, ignore_case: bool
) -> Patterns | None:
    present = next((key for key in (name, f"Not{name}") if key in statement), None)
    if present is None:
        return None
    texts = _texts(statement[present], present)
    patterns = tuple(compile_pattern(text, has_variables=has_variables, ignore_case=ignore_case) for text in texts)
    return Patterns(patterns, is_negated=present != name)


def _texts(element: object, name: str) -> list[str]:
    texts = []
    for text in element if isinstance(element, list) else [element]:
        if not isinstance(text, str) or not text:
            raise PolicyError(f"{name} must be a string or a list of strings")
        texts.append(text)
    if not texts:
        raise PolicyError(f"{name} must not be empty")
    return texts


def _parse_principal(statement: Mapping[str, object], name: str) -> PrincipalElement | None:
    if name not in statement:
        return None
    element = statement[name]
    if element == "*":
        return PrincipalElement(is_everyone=True, names=())
    if not isinstance(element, Mapping) or not element:
        raise PolicyError(f'{name} must be "*" or a JSON object')
    listed = []
    for key, names in element.items():
        if key not in {"AWS", "Service", "Federated", "CanonicalUser"}:
            raise PolicyError(f"Unknown type of principal: {key}")
        listed.append((PrincipalType(key), frozenset(_normalize(text) for text in _texts(names, f"{name}.{key}"))))
    # "*" and {"AWS": "*"} are equivalent ("AWS JSON policy elements: Principal", "All principals").
    is_everyone = any(listed_type is PrincipalType.AWS and "*" in names for listed_type, names in listed)
    return PrincipalElement(is_everyone, tuple(listed))


def _normalize(name: str) -> str:
    """Return an account's root ARN as its id: both mean the account."""
    match = _ACCOUNT_ROOT.fullmatch(name)
    return match[1] if match else name
