"""May API Gateway invoke a function for a route, or assume a role for it? Decided when the route is linked.

"API Gateway gets permission to invoke your function from the function's resource-based policy" (Lambda Developer Guide,
"Invoking a Lambda function using an Amazon API Gateway endpoint"); the source ARN is that of
"ARN format reference for API Gateway resources". A role is assumed by the service if its trust policy says so
("Credentials" of an integration, `credentials` in PutIntegration).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from gatewright.base.arn import parse_arn
from gatewright.base.policy import AccessRequest, Effect, PolicyError, Principal, PrincipalType, parse_policy
from gatewright.gateway.route_match import ANY, DEFAULT_ROUTE_KEY
from gatewright.snapshot.types import QualifiedFunction, Role


class RouteFacts(Protocol):
    """What a route of an HTTP API and a method of a REST API have in common."""

    @property
    def partition(self) -> str: ...

    @property
    def account_id(self) -> str: ...

    @property
    def region(self) -> str: ...

    @property
    def api_id(self) -> str: ...

    @property
    def stage_name(self) -> str: ...

    @property
    def route_key(self) -> str:
        """Return `GET /pets/{petId}`, `ANY /pets` or `$default`."""
        ...

    @property
    def resource_path(self) -> str: ...


_API_GATEWAY = Principal(PrincipalType.SERVICE, ("apigateway.amazonaws.com",))


def source_arn(facts: RouteFacts, method: str, region: str) -> str:
    """Return the ARN of a method of a route.

    "the Region identifier in the source ARN must match the Region of the function, not the Region of the API".
    """
    part = DEFAULT_ROUTE_KEY if facts.route_key == DEFAULT_ROUTE_KEY else f"{method}{facts.resource_path}"
    return f"arn:{facts.partition}:execute-api:{region}:{facts.account_id}:{facts.api_id}/{facts.stage_name}/{part}"


def refusal(function: QualifiedFunction, facts: RouteFacts, method: str) -> str | None:
    """Return why a function must not be invoked for a method of a route, None when it may.

    A route for `ANY` may be granted by a pattern with the request's own method or with the word ANY.
    """
    if function.policy is None:
        return f"function {function.arn} has no resource-based policy that lets API Gateway invoke it"
    is_any = facts.route_key.startswith(f"{ANY} ")
    effects = []
    for name in dict.fromkeys((method, ANY) if is_any else (method,)):
        arn = source_arn(facts, name, function.version.region)
        request = AccessRequest(
            principal=_API_GATEWAY,
            action="lambda:InvokeFunction",
            resource=function.resource_arn,
            context={"aws:SourceArn": arn, "aws:SourceAccount": facts.account_id},
        )
        effects.append(function.policy.evaluate(request).effect)
    if Effect.EXPLICIT_DENY not in effects and Effect.ALLOW in effects:
        return None
    arn = source_arn(facts, method, function.version.region)
    return f"the resource-based policy of function {function.arn} does not let {arn} invoke it"


def methods_apart(function: QualifiedFunction, facts: RouteFacts, methods: Iterable[str]) -> Iterator[str]:
    """Yield the methods of an ANY route whose permission is another than that of the route itself."""
    is_refused = refusal(function, facts, ANY) is not None
    for method in methods:
        if (refusal(function, facts, method) is not None) is not is_refused:
            yield method


def role_refusal(arn: str, roles: Mapping[str, Role], facts: RouteFacts, method: str) -> str | None:
    """Return why the role of an integration must not be assumed for a method of a route, None when it may.

    A role that IAM does not know is assumed, here as by AssumeRole and for functions. The reason begins with what the
    execution log of AWS says.
    """
    fault = f"API Gateway does not have permission to assume the provided role {arn}"
    role = roles.get(arn)
    if role is None:
        named = parse_arn(arn)
        is_role = named is not None and named.service == "iam" and named.resource.startswith("role/")
        return None if is_role else f"{fault}: it is no ARN of a role"
    request = AccessRequest(
        principal=_API_GATEWAY,
        action="sts:AssumeRole",
        resource=arn,
        context={"aws:SourceArn": source_arn(facts, method, facts.region), "aws:SourceAccount": facts.account_id},
    )
    try:
        is_trusted = parse_policy(json.loads(role.trust_policy)).evaluate(request).is_allowed
    except (PolicyError, json.JSONDecodeError) as error:
        return f"{fault}: its trust policy cannot be read: {error}"
    return None if is_trusted else f"{fault}: its trust policy does not let apigateway.amazonaws.com assume it"
