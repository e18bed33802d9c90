"""HTTP APIs: which route of which stage serves a request, and when a change is served.

AWS documentation: "Create routes for HTTP APIs in API Gateway", "Stages for HTTP APIs in API Gateway", "Use stage
variables for HTTP APIs in API Gateway", "Disable the default endpoint for HTTP APIs in API Gateway".
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError

from tests.integration.deployed import ACCOUNT, Api, Function, api, fails, function, package
from tests.integration.nodes import Answer, Node
from tests.integration.origin import Origin

NOT_FOUND = (404, {"message": "Not Found"})


def shown(answer: Answer) -> tuple[int, Any]:
    return answer.status, answer.json()


def served(answer: Answer) -> tuple[str, Mapping[str, str]]:
    """Return the route key and the path parameters that a function saw."""
    assert answer.status == 200, answer.body
    event = answer.json()
    return event["routeKey"], event.get("pathParameters", {})


@pytest.fixture(scope="module")
def pets(node: Node, echo: Function) -> Api:
    """The routes of the page's example, and more."""
    keys = (
        "GET /pets/dog/1",
        "GET /pets/dog/{id}",
        "GET /pets/{proxy+}",
        "ANY /{proxy+}",
        "$default",
        "GET /orders/{order}",
        "ANY /orders/{order}",
        "POST /orders/{order}/items/{item}",
        "ANY /orders/new",
        "GET /files/{name+}",
        "PUT /dots/a.b-c_d~e",
    )
    return api(node, dict.fromkeys(keys, echo.arn))


# The first four are the page's own ("Routing API requests").
ROUTED: tuple[tuple[str, str, str, Mapping[str, str]], ...] = (
    ("GET", "/pets/dog/1", "GET /pets/dog/1", {}),
    ("GET", "/pets/dog/2", "GET /pets/dog/{id}", {"id": "2"}),
    ("GET", "/pets/cat/1", "GET /pets/{proxy+}", {"proxy": "cat/1"}),
    ("POST", "/test/5", "ANY /{proxy+}", {"proxy": "test/5"}),
    ("POST", "/pets/dog/1", "ANY /{proxy+}", {"proxy": "pets/dog/1"}),
    ("GET", "/pets", "ANY /{proxy+}", {"proxy": "pets"}),
    ("GET", "/orders/7", "GET /orders/{order}", {"order": "7"}),
    ("PATCH", "/orders/7", "ANY /orders/{order}", {"order": "7"}),
    ("HEAD", "/orders/7", "ANY /orders/{order}", {"order": "7"}),
    ("POST", "/orders/7/items/8", "POST /orders/{order}/items/{item}", {"order": "7", "item": "8"}),
    ("GET", "/orders/7/items/8", "ANY /{proxy+}", {"proxy": "orders/7/items/8"}),
    ("PURGE", "/orders/new", "ANY /orders/new", {}),
    ("GET", "/Pets/dog/1", "ANY /{proxy+}", {"proxy": "Pets/dog/1"}),
    ("GET", "/pets/dog/1?pets=cat", "GET /pets/dog/1", {}),
    ("GET", "/pets/dog/%31", "GET /pets/dog/1", {}),
    ("GET", "/pets/dog/a%20b%C3%A4%2B+", "GET /pets/dog/{id}", {"id": "a bä++"}),
    ("GET", "/files/a/b%2Fc", "GET /files/{name+}", {"name": "a/b/c"}),
    ("PUT", "/dots/a.b-c_d~e", "PUT /dots/a.b-c_d~e", {}),
    ("PUT", "/dots/aXb-c_d~e", "ANY /{proxy+}", {"proxy": "dots/aXb-c_d~e"}),
)


@pytest.mark.parametrize(("method", "target", "route_key", "parameters"), ROUTED)
def test_the_route_of_a_request(
    pets: Api, method: str, target: str, route_key: str, parameters: Mapping[str, str]
) -> None:
    answer = pets.call(method, target)
    if method == "HEAD":
        assert (answer.status, answer.body) == (200, b"")
    else:
        assert served(answer) == (route_key, parameters)


def test_no_route(node: Node, echo: Function) -> None:
    made = api(node, {"GET /only": echo.arn})
    assert served(made.get("/only"))[0] == "GET /only"
    for method, target in (("POST", "/only"), ("HEAD", "/only"), ("GET", "/"), ("GET", "/only/"), ("OPTIONS", "/only")):
        answer = made.call(method, target)
        assert answer.status == 404, (method, target)
        if method != "HEAD":
            assert answer.body == b'{"message":"Not Found"}'
            assert answer.get_all("Content-Type") == ["application/json"]
            assert len(answer.get_all("Apigw-Requestid")) == 1


def test_the_default_route(node: Node, echo: Function) -> None:
    made = api(node, {"GET /pets/{pet+}": echo.arn, "$default": echo.arn})
    for method, target in (("GET", "/"), ("POST", "/pets/1"), ("PATCH", "/a/b"), ("OPTIONS", "/pets/1")):
        assert served(made.call(method, target)) == ("$default", {})


@pytest.mark.parametrize("host", ["nosuchapi1.execute-api.localhost", "nosuchapi1.execute-api.us-east-1.amazonaws.com"])
def test_no_api(node: Node, host: str) -> None:
    assert shown(node.request("GET", "/", [("Host", host)])) == NOT_FOUND


def test_any_host_of_the_form_is_the_api(pets: Api) -> None:
    for host in (
        f"{pets.api_id}.execute-api.us-east-1.amazonaws.com",
        f"{pets.api_id}.execute-api.localhost",
        f"{pets.api_id.upper()}.Execute-API.example.com:1234",
    ):
        assert served(pets.node.request("GET", "/pets/dog/1", [("Host", host)]))[0] == "GET /pets/dog/1"


def test_stages(node: Node, echo: Function) -> None:
    """ "If the request explicitly matches a stage", it goes there, "else to the $default stage"."""
    made = api(node, {"GET /pets": echo.arn, "GET /prod": echo.arn, "GET /": echo.arn}, stage=None)
    made.stage("prod", StageVariables={"where": "prod"})
    assert shown(made.get("/pets")) == NOT_FOUND
    event = made.get("/prod/pets?a=1").json()
    assert event["rawPath"] == event["requestContext"]["http"]["path"] == "/prod/pets"
    assert (event["requestContext"]["stage"], event["stageVariables"]) == ("prod", {"where": "prod"})
    assert made.get("/prod/").json()["rawPath"] == "/prod/"
    assert made.get("/prod").json()["routeKey"] == "GET /"
    made.stage("$default")
    event = made.get("/pets").json()
    assert (event["rawPath"], event["requestContext"]["stage"]) == ("/pets", "$default")
    assert "stageVariables" not in event
    assert made.get("/prod").json()["requestContext"]["stage"] == "prod"
    assert shown(made.get("/prod/none")) == NOT_FOUND
    assert shown(made.get("/prods")) == NOT_FOUND
    made.client.delete_stage(ApiId=made.api_id, StageName="prod")
    assert made.get("/prod").json()["routeKey"] == "GET /prod"


@pytest.mark.parametrize(
    "form", ["/_aws/execute-api/{api}/{stage}{path}", "/restapis/{api}/{stage}/_user_request_{path}"]
)
def test_the_path_forms(node: Node, echo: Function, form: str) -> None:
    made = api(node, {"GET /a/{b}": echo.arn, "GET /": echo.arn})
    made.stage("dev")

    def get(stage: str, path: str) -> Answer:
        return node.request("GET", form.format(api=made.api_id, stage=stage, path=path))

    for stage in ("$default", "%24default"):
        event = get(stage, "/a/x%20y?q=1").json()
        assert (event["rawPath"], event["rawQueryString"], event["pathParameters"]) == ("/a/x y", "q=1", {"b": "x y"})
        assert event["requestContext"]["stage"] == "$default"
        assert event["requestContext"]["domainPrefix"] == made.api_id
    event = get("dev", "/a/b").json()
    assert (event["rawPath"], event["requestContext"]["stage"]) == ("/dev/a/b", "dev")
    assert get("dev", "/").json()["rawPath"] == "/dev/"
    assert get("dev", "").json()["routeKey"] == "GET /"
    assert shown(get("none", "/a/b")) == NOT_FOUND
    assert shown(node.request("GET", form.format(api="nosuchapi1", stage="dev", path="/"))) == NOT_FOUND


def test_without_automatic_deployment_the_deployed_routes_are_served(node: Node, echo: Function) -> None:
    made = api(node, {"GET /one": echo.arn}, stage=None)
    made.stage("$default", AutoDeploy=False)
    assert shown(made.get("/one")) == NOT_FOUND
    first = made.client.create_deployment(ApiId=made.api_id, StageName="$default")
    assert first["DeploymentStatus"] == "DEPLOYED"
    assert served(made.get("/one"))[0] == "GET /one"

    route_id = made.route("GET /two", echo.arn)
    other = function(node, "return 'changed'")
    other.permit()
    made.client.update_integration(
        ApiId=made.api_id,
        IntegrationId=made.targets[echo.arn, "2.0"].removeprefix("integrations/"),
        IntegrationUri=other.arn,
    )
    assert shown(made.get("/two")) == NOT_FOUND
    assert served(made.get("/one"))[0] == "GET /one"

    second = made.client.create_deployment(ApiId=made.api_id)
    assert shown(made.get("/two")) == NOT_FOUND
    made.client.update_stage(ApiId=made.api_id, StageName="$default", DeploymentId=second["DeploymentId"])
    assert made.get("/two").body == made.get("/one").body == b"changed"
    made.client.delete_route(ApiId=made.api_id, RouteId=route_id)
    assert made.get("/two").body == b"changed"
    # Back to what the first deployment froze.
    made.client.update_stage(ApiId=made.api_id, StageName="$default", DeploymentId=first["DeploymentId"])
    assert served(made.get("/one"))[0] == "GET /one"
    assert shown(made.get("/two")) == NOT_FOUND


def test_with_automatic_deployment_each_change_is_served_at_the_next_request(node: Node, echo: Function) -> None:
    made = api(node, {"GET /one": echo.arn})
    assert shown(made.get("/two")) == NOT_FOUND
    route_id = made.route("GET /two", echo.arn)
    assert served(made.get("/two"))[0] == "GET /two"
    made.client.update_route(ApiId=made.api_id, RouteId=route_id, RouteKey="GET /three")
    assert shown(made.get("/two")) == NOT_FOUND
    assert served(made.get("/three"))[0] == "GET /three"
    other = function(node, "return 'other'")
    other.permit()
    made.client.update_route(ApiId=made.api_id, RouteId=route_id, Target=made.integrate(other.arn))
    assert made.get("/three").body == b"other"
    made.client.delete_route(ApiId=made.api_id, RouteId=route_id)
    assert shown(made.get("/three")) == NOT_FOUND
    stage = made.client.get_stage(ApiId=made.api_id, StageName="$default")
    assert stage["LastDeploymentStatusMessage"].startswith("Successfully deployed stage with deployment ID '")


def test_new_code_is_served_at_the_next_request(node: Node) -> None:
    changing = function(node, "return '0'")
    changing.permit()
    made = api(node, {"GET /": changing.arn})
    for version in range(1, 6):
        changing.client.update_function_code(FunctionName=changing.name, ZipFile=package(f"return '{version}'"))
        assert made.get("/").body == b"%d" % version
    changing.client.delete_function(FunctionName=changing.name)
    assert shown(made.get("/")) == (500, {"message": "Internal Server Error"})
    again = function(node, "return 'again'", name=changing.name)
    assert made.get("/").status == 500  # the new function has no policy
    again.permit()
    assert made.get("/").body == b"again"


def test_a_deleted_api_is_gone_at_the_next_request(node: Node, echo: Function) -> None:
    made = api(node, {"GET /": echo.arn})
    assert made.get("/").status == 200
    made.client.delete_api(ApiId=made.api_id)
    assert shown(made.get("/")) == NOT_FOUND
    status, code, message = fails(made.client.get_api, ApiId=made.api_id)
    assert (status, code) == (404, "NotFoundException")
    assert message == f"Invalid API identifier specified {ACCOUNT}:{made.api_id}"


def test_a_disabled_endpoint(node: Node, echo: Function) -> None:
    made = api(node, {"GET /": echo.arn}, DisableExecuteApiEndpoint=True)
    assert shown(made.get("/")) == NOT_FOUND
    made.client.update_api(ApiId=made.api_id, DisableExecuteApiEndpoint=False)
    assert made.get("/").status == 200
    made.client.update_api(ApiId=made.api_id, DisableExecuteApiEndpoint=True)
    assert shown(made.get("/")) == NOT_FOUND
    assert shown(node.request("GET", f"/_aws/execute-api/{made.api_id}/$default/")) == NOT_FOUND


@pytest.mark.parametrize(
    "form",
    [
        "arn:aws:lambda:us-east-1:123456789012:function:${stageVariables.function}",
        (
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
            "arn:aws:lambda:us-east-1:123456789012:function:${stageVariables.function}/invocations"
        ),
    ],
)
def test_stage_variables_in_the_uri_of_a_function(node: Node, form: str) -> None:
    functions = [function(node, f"return '{word}'") for word in ("blue", "green")]
    for one in functions:
        one.permit()
    made = api(node, {"GET /": form}, stage=None)
    made.stage("blue", StageVariables={"function": functions[0].name})
    made.stage("green", StageVariables={"function": functions[1].name})
    made.stage("red", StageVariables={"function": "absent"})
    made.stage("none")
    assert [made.get(f"/{stage}/").body for stage in ("blue", "green")] == [b"blue", b"green"]
    assert [shown(made.get(f"/{stage}/")) for stage in ("red", "none")] == [
        (500, {"message": "Internal Server Error"})
    ] * 2
    made.client.update_stage(ApiId=made.api_id, StageName="blue", StageVariables={"function": functions[1].name})
    assert made.get("/blue/").body == b"green"


def test_stage_variables_in_a_url(node: Node, upstream: Origin) -> None:
    made = api(node, {"GET /": "http://${stageVariables.host}/v/${stageVariables.version}"}, stage=None)
    made.stage("$default", StageVariables={"host": f"127.0.0.1:{upstream.port}", "version": "7"})
    assert made.get("/").body == b"ok"
    assert upstream.requests[0].target == "/v/7"


def test_quick_create(node: Node, echo: Function) -> None:
    client = node.client("apigatewayv2")
    created = client.create_api(Name="quick", ProtocolType="HTTP", Target=echo.arn)
    made = Api(node, client, created["ApiId"])
    assert served(made.get("/any/path"))[0] == "$default"
    (route,) = client.get_routes(ApiId=made.api_id)["Items"]
    (integration,) = client.get_integrations(ApiId=made.api_id)["Items"]
    (stage,) = client.get_stages(ApiId=made.api_id)["Items"]
    assert (route["RouteKey"], route["ApiGatewayManaged"]) == ("$default", True)
    assert (integration["PayloadFormatVersion"], integration["ApiGatewayManaged"]) == ("2.0", True)
    assert (stage["StageName"], stage["AutoDeploy"], stage["ApiGatewayManaged"]) == ("$default", True, True)


def test_what_create_api_answers(node: Node) -> None:
    client = node.client("apigatewayv2")
    created = client.create_api(Name="one", ProtocolType="HTTP", Tags={"a": "b"})
    assert created.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    api_id = created["ApiId"]
    assert api_id.isalnum()
    assert len(api_id) == 10
    created.pop("CreatedDate")
    assert created == {
        "ApiEndpoint": f"http://{api_id}.execute-api.localhost:{node.port}",
        "ApiId": api_id,
        "ApiKeySelectionExpression": "$request.header.x-api-key",
        "DisableExecuteApiEndpoint": False,
        "IpAddressType": "ipv4",
        "Name": "one",
        "ProtocolType": "HTTP",
        "RouteSelectionExpression": "$request.method $request.path",
        "Tags": {"a": "b"},
    }
    shown_again = client.get_api(ApiId=api_id)
    assert {name: shown_again[name] for name in created} == created


def test_refusals(node: Node, echo: Function) -> None:
    made = api(node, {"GET /pets": echo.arn})
    client, api_id = made.client, made.api_id
    conflict = fails(client.create_route, ApiId=api_id, RouteKey="GET /pets")
    assert conflict == (409, "ConflictException", "Route with key GET /pets already exists for this API")
    assert fails(client.create_stage, ApiId=api_id, StageName="$default")[:2] == (409, "ConflictException")
    assert fails(client.get_route, ApiId=api_id, RouteId="nope")[:2] == (404, "NotFoundException")
    assert fails(client.get_routes, ApiId="nope")[:2] == (404, "NotFoundException")
    for key in ("pets", "GET pets", "GET /{a}/{a}", "GET /{a+}/b", "BREW /pots", "GET /a b"):
        assert fails(client.create_route, ApiId=api_id, RouteKey=key)[:2] == (400, "BadRequestException"), key
    websocket = fails(
        client.create_api, Name="w", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )
    assert websocket[:2] == (501, "NotImplemented")
    authorizer = fails(
        client.create_authorizer, ApiId=api_id, Name="a", AuthorizerType="JWT", IdentitySource=["$request.header.a"]
    )
    assert authorizer[:2] == (501, "NotImplemented")
    assert "CreateAuthorizer" in authorizer[2]


def test_pages_of_apis(node: Node) -> None:
    client = node.client("apigatewayv2", "eu-north-1")
    made = {client.create_api(Name=f"n{number}", ProtocolType="HTTP")["ApiId"] for number in range(5)}
    for size in ("1", "2", "5", "100"):
        found: list[str] = []
        token: Mapping[str, str] = {}
        while True:
            page = client.get_apis(MaxResults=size, **token)
            found += [item["ApiId"] for item in page["Items"]]
            if "NextToken" not in page:
                break
            token = {"NextToken": page["NextToken"]}
        assert len(found) == 5
        assert set(found) == made


def test_routes_that_are_made_at_once(node: Node, echo: Function) -> None:
    made = api(node)
    target = made.integrate(echo.arn)
    keys = [f"GET /{number}" for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda key: made.client.create_route(ApiId=made.api_id, RouteKey=key, Target=target), keys))
    assert [served(made.get(key.removeprefix("GET ")))[0] for key in keys] == keys


@pytest.mark.slow
def test_many_clients_call_while_others_deploy(node: Node) -> None:
    """No request is lost or answered by a half-deployed API."""
    one = function(node, "return event['queryStringParameters']['id']")
    one.permit()
    made = api(node, {"GET /": one.arn})

    def get(number: int) -> bool:
        answer = made.get(f"/?id={number}")
        return (answer.status, answer.body) == (200, b"%d" % number)

    with ThreadPoolExecutor(20) as threads:
        answers = [threads.submit(get, number) for number in range(400)]
        for number in range(20):
            made.route(f"GET /other/{quote(str(number))}", one.arn)
            with pytest.raises(ClientError):
                made.client.create_route(ApiId=made.api_id, RouteKey="GET /")
        assert all(answer.result(60) for answer in answers)
