"""May a request use a function URL? Decided when the URL is linked, unless the policy asks something of the request.

Source: "Control access to Lambda function URLs". Auth type NONE: the function's policy must allow everybody both
`lambda:InvokeFunctionUrl` and `lambda:InvokeFunction` ("Starting in October 2025, new function URLs will require both
lambda:InvokeFunctionUrl and lambda:InvokeFunction permissions"). AWS_IAM: within an account, what the caller's own
policies allow is enough, and a Deny in the function's policy still counts.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from gatewright.base.messages import Request
from gatewright.base.policy import AccessRequest, Effect, Policy, Principal, PrincipalType
from gatewright.gateway.function_urls.callers import UrlCaller
from gatewright.snapshot.types import FunctionUrl, QualifiedFunction

NONE = "NONE"

_ANYBODY = Principal(PrincipalType.ANONYMOUS)
# "AWS global condition context keys" that only a request answers; `lambda:` keys are known before there is one.
_OF_A_REQUEST = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:referer",
        "aws:securetransport",
        "aws:sourceip",
        "aws:useragent",
    }
)
_NOTHING: Mapping[str, str] = MappingProxyType({})


class UrlAccess:
    """The permissions of one function URL."""

    __slots__ = ("_decision", "_function", "_is_public", "_policy")

    def __init__(self, function: QualifiedFunction, url: FunctionUrl) -> None:
        self._function = function
        self._policy = function.policy
        self._is_public = url.auth_type == NONE
        self._decision: bool | None = None
        if self._is_public and not _asks_of_the_request(self._policy):
            self._decision = self._allows(_ANYBODY, _NOTHING)

    @property
    def needs_caller(self) -> bool:
        """Return whether requests must be signed."""
        return not self._is_public

    def admits(self, request: Request, caller: UrlCaller | None) -> bool:
        """Tell whether a request may invoke the function."""
        if self._decision is not None:
            return self._decision
        if self._is_public:
            return self._allows(_ANYBODY, _keys_of(request))
        if caller is None:
            return False
        if self._policy is None:
            return True
        return self._allows(Principal(PrincipalType.AWS, (caller.user_arn,), caller.account_id), _keys_of(request))

    def _allows(self, principal: Principal, keys: Mapping[str, str]) -> bool:
        auth_type = NONE if self._is_public else "AWS_IAM"
        url = self._effect("lambda:InvokeFunctionUrl", principal, {**keys, "lambda:FunctionUrlAuthType": auth_type})
        function = self._effect("lambda:InvokeFunction", principal, {**keys, "lambda:InvokedViaFunctionUrl": "true"})
        if self._is_public:
            return url is Effect.ALLOW and function is Effect.ALLOW
        return Effect.EXPLICIT_DENY not in (url, function)

    def _effect(self, action: str, principal: Principal, keys: Mapping[str, str]) -> Effect:
        if self._policy is None:
            return Effect.IMPLICIT_DENY
        return self._policy.evaluate(AccessRequest(principal, action, self._function.resource_arn, keys)).effect


def _asks_of_the_request(policy: Policy | None) -> bool:
    return policy is not None and any(
        condition.key in _OF_A_REQUEST for statement in policy.statements for condition in statement.conditions
    )


def _keys_of(request: Request) -> dict[str, str]:
    """Return what a request says to a policy's conditions."""
    keys = {
        "aws:SourceIp": request.peer_address,
        "aws:SecureTransport": "true" if request.scheme == "https" else "false",
        "aws:CurrentTime": datetime.fromtimestamp(request.received_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(int(request.received_at)),
    }
    for key, name in (("aws:UserAgent", "user-agent"), ("aws:Referer", "referer")):
        value = request.headers.get(name)
        if value is not None:
            keys[key] = value
    return keys
