"""May API Gateway invoke a function: the patterns of the Lambda Developer Guide's page on API Gateway."""

import logging
from dataclasses import replace

import pytest

from gatewright.base.policy import parse_policy
from gatewright.gateway.call import RouteFacts
from gatewright.gateway.permission import refusal, source_arn
from gatewright.snapshot.types import Role
from tests.unit.gateway.fakes import (
    ACCOUNT,
    API_ID,
    FUNCTION_ARN,
    REGION,
    ROLE_ARN,
    Gateway,
    http_api,
    integration,
    policy_for,
    qualified_function,
    request,
    role,
    snapshot,
    stage,
    whole_function,
)


def facts(route_key: str, stage_name: str = "prod") -> RouteFacts:
    path = route_key.partition(" ")[2] or "$default"
    return RouteFacts("aws", ACCOUNT, REGION, API_ID, stage_name, route_key, path, {})


# (pattern of the policy, stage, route key, method of the request, allowed)
PATTERNS = [
    # "GET method on all resources in all stages."
    (f"{API_ID}/*/GET/*", "prod", "GET /user", "GET", True),
    (f"{API_ID}/*/GET/*", "$default", "GET /", "GET", True),
    (f"{API_ID}/*/GET/*", "prod", "POST /user", "POST", False),
    (f"{API_ID}/*/GET/*", "prod", "ANY /user", "GET", True),
    (f"{API_ID}/*/GET/*", "prod", "ANY /user", "POST", False),
    # "ANY method on the user resource in the prod stage."
    (f"{API_ID}/prod/ANY/user", "prod", "ANY /user", "GET", True),
    (f"{API_ID}/prod/ANY/user", "prod", "ANY /user", "POST", True),
    (f"{API_ID}/prod/ANY/user", "dev", "ANY /user", "GET", False),
    (f"{API_ID}/prod/ANY/user", "prod", "ANY /users", "GET", False),
    (f"{API_ID}/prod/ANY/user", "prod", "GET /user", "GET", False),
    # "Any method on all resources in all stages."
    (f"{API_ID}/*/*/*", "prod", "GET /a/{b}", "GET", True),
    (f"{API_ID}/*/*/*", "$default", "ANY /{proxy+}", "PUT", True),
    # The root resource.
    (f"{API_ID}/default/GET/", "default", "GET /", "GET", True),
    (f"{API_ID}/*/GET/", "prod", "GET /", "GET", True),
    (f"{API_ID}/*/GET/", "prod", "GET /user", "GET", False),
    # Variables stand in the ARN as they stand in the route.
    (f"{API_ID}/*/*/pets/{{petId}}", "prod", "GET /pets/{petId}", "GET", True),
    # The default route.
    (f"{API_ID}/*/$default", "$default", "$default", "POST", True),
    (f"{API_ID}/*", "$default", "$default", "POST", True),
    # Another API.
    ("other/*/*/*", "prod", "GET /user", "GET", False),
    ("*/*/*/*", "prod", "GET /user", "GET", True),
]


@pytest.mark.parametrize(("pattern", "stage_name", "route_key", "method", "is_allowed"), PATTERNS)
def test_patterns(pattern: str, stage_name: str, route_key: str, method: str, is_allowed: bool) -> None:
    function = qualified_function(policy_for(pattern))
    reason = refusal(function, facts(route_key, stage_name), method)
    assert (reason is None) is is_allowed


def test_no_policy() -> None:
    function = replace(qualified_function(), policy=None)
    assert refusal(function, facts("GET /user"), "GET") == (
        f"function {FUNCTION_ARN} has no resource-based policy that lets API Gateway invoke it"
    )


def test_the_region_is_the_functions() -> None:
    """ "the Region identifier in the source ARN must match the Region of the function, not the Region of the API" """
    assert source_arn(facts("GET /user"), "GET", "eu-west-1") == (
        f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:{API_ID}/prod/GET/user"
    )


@pytest.mark.parametrize(
    ("element", "is_allowed"),
    [
        ({"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}, True),
        ({"Condition": {"StringEquals": {"AWS:SourceAccount": "999999999999"}}}, False),
        ({"Principal": {"Service": "events.amazonaws.com"}}, False),
        ({"Principal": "*"}, True),
        ({"Action": "lambda:InvokeFunctionUrl"}, False),
        ({"Action": "lambda:*"}, True),
        ({"Resource": f"{FUNCTION_ARN}-2"}, False),
    ],
)
def test_the_other_elements(element: dict[str, object], is_allowed: bool) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": FUNCTION_ARN,
        **element,
    }
    policy = parse_policy({"Version": "2012-10-17", "Statement": [statement]})
    assert (refusal(qualified_function(policy), facts("GET /user"), "GET") is None) is is_allowed


def test_a_deny_wins() -> None:
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": FUNCTION_ARN,
    }
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API_ID}/prod/POST/*"
    deny = {**allow, "Effect": "Deny", "Condition": {"ArnLike": {"aws:SourceArn": arn}}}
    function = qualified_function(parse_policy({"Version": "2012-10-17", "Statement": [allow, deny]}))
    assert refusal(function, facts("ANY /user"), "GET") is None
    assert refusal(function, facts("ANY /user"), "POST") is not None


async def test_an_any_route_is_decided_for_each_method() -> None:
    gateway = Gateway({"statusCode": 200})
    gateway.serve(stage("ANY /user", name="prod"), functions=[qualified_function(policy_for(f"{API_ID}/prod/GET/*"))])
    assert (await gateway.get("/prod/user")).status == 200
    for method in ("POST", "PROPFIND"):
        assert (await gateway.send(request(method, "/prod/user"))).status == 500
    assert gateway.invoker.events[0]["routeKey"] == "ANY /user"


async def test_a_route_for_a_method_beats_an_any_route_that_may_be_called() -> None:
    gateway = Gateway({"statusCode": 200})
    gateway.serve(stage("GET /user", "ANY /user"), functions=[qualified_function(policy_for(f"{API_ID}/*/GET/*"))])
    await gateway.get("/user")
    assert gateway.invoker.events[0]["routeKey"] == "GET /user"


async def test_without_permission_the_client_learns_nothing(caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway({"statusCode": 200}).serve(stage("GET /user"), functions=[qualified_function(policy_for())])
    with caplog.at_level(logging.WARNING):
        response = await gateway.get("/user")
    assert (response.status, response.body) == (500, b'{"message":"Internal Server Error"}')
    assert f"the resource-based policy of function {FUNCTION_ARN} does not let" in caplog.text
    assert f"{API_ID}/$default/GET/user invoke it" in caplog.text
    assert gateway.invoker.events == []


async def test_a_role_stands_in_for_the_policy() -> None:
    gateway = Gateway({"statusCode": 200})
    target = integration(credentials_arn=ROLE_ARN)
    gateway.serve(stage("GET /user", target=target), functions=[qualified_function(policy_for())])
    assert (await gateway.get("/user")).status == 200


async def test_a_granted_permission_counts_from_the_next_link() -> None:
    gateway = Gateway({"statusCode": 200})
    api = http_api(stage("GET /user"))
    gateway.link(snapshot(api, functions=[qualified_function(policy_for())]))
    assert (await gateway.get("/user")).status == 500
    gateway.link(snapshot(api, functions=[qualified_function(policy_for(f"{API_ID}/*"))], revision=2))
    assert (await gateway.get("/user")).status == 200


CONDITION = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


@pytest.mark.parametrize(
    ("roles", "reason"),
    [
        ([], None),
        ([role(service="lambda.amazonaws.com")], "its trust policy does not let apigateway.amazonaws.com assume it"),
        ([role(Effect="Deny")], "its trust policy does not let apigateway.amazonaws.com assume it"),
        ([role(Condition={"StringEquals": {"aws:SourceAccount": "210987654321"}})], "its trust policy does not let"),
        ([Role(ROLE_ARN, "{")], "its trust policy cannot be read"),
        ([role(Condition=CONDITION)], None),
        ([role(Principal="*")], None),
    ],
)
async def test_a_role_that_may_not_be_assumed(
    roles: list[Role], reason: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """terraform-aws-modules/terraform-aws-apigateway-v2 issue 87: 500, and no more to the client."""
    gateway = Gateway({"statusCode": 200})
    api = http_api(stage("GET /user", target=integration(credentials_arn=ROLE_ARN)))
    gateway.link(snapshot(api, functions=[qualified_function()], roles=roles))
    with caplog.at_level(logging.WARNING):
        response = await gateway.get("/user")
    if reason is None:
        assert response.status == 200
        return
    assert (response.status, response.body) == (500, b'{"message":"Internal Server Error"}')
    assert f"API Gateway does not have permission to assume the provided role {ROLE_ARN}: {reason}" in caplog.text


@pytest.mark.parametrize(
    "arn", ["my-role", "arn:aws:iam::123456789012:user/me", "arn:aws:lambda:::role/x", "a:b:c:d:e:f"]
)
async def test_what_is_no_role_is_not_assumed(arn: str, caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway({"statusCode": 200})
    api = http_api(stage("GET /user", target=integration(credentials_arn=arn)))
    with caplog.at_level(logging.WARNING):
        gateway.link(snapshot(api, functions=[qualified_function()]))
        assert (await gateway.get("/user")).status == 500
    assert "it is no ARN of a role" in caplog.text


async def test_a_role_may_be_trusted_after_the_api_that_names_it() -> None:
    gateway = Gateway({"statusCode": 200})
    function, trusted = whole_function(qualified_function()), role()
    api = http_api(
        stage(
            "GET /user",
            target=integration(credentials_arn=ROLE_ARN.replace("gateway", "${stageVariables.role}")),
            variables={"role": "gateway"},
        )
    )
    gateway.link(snapshot(api, functions=[function], roles=[role(service="lambda.amazonaws.com")]))
    assert (await gateway.get("/user")).status == 500
    linked = gateway.link(snapshot(api, functions=[function], roles=[trusted], revision=2))
    assert (await gateway.get("/user")).status == 200
    again = gateway.link(snapshot(api, functions=[function], roles=[trusted, role("arn:other")], revision=3))
    assert again.apis[API_ID] is linked.apis[API_ID]
