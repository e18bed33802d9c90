"""AWS's tutorials for REST APIs, done on a started node: what their pages print is what comes out.

Each test names its page of the API Gateway Developer Guide. The PetStore website is an origin of the test's, Kinesis
and S3 are a moto server's.
"""

import http.client
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.companion import Companion, companion
from tests.integration.deployed import Function, function
from tests.integration.nodes import ROLE, Answer, Node, running, zip_of
from tests.integration.origin import Origin, origin
from tests.integration.roles import make_role
from tests.integration.tutorials import calculator, operations, pet_store, services, streaming

pytestmark = pytest.mark.slow

JSON = {"Content-Type": "application/json"}
STAGE = "test"


@pytest.fixture(scope="module")
def moto() -> Iterator[Companion]:
    with companion() as started:
        yield started


@pytest.fixture(scope="module")
def node(moto: Companion) -> Iterator[Node]:
    with running("--ephemeral", environment={"GATEWRIGHT_COMPANION": moto.url}) as started:
        make_role(started, operations.ROLE)
        yield started


@pytest.fixture(scope="module")
def website() -> Iterator[Origin]:
    """The PetStore website."""
    with origin() as listening:
        listening.respond = pet_store.respond(listening)
        yield listening


@dataclass
class Imported:
    """An API that was imported and deployed."""

    node: Node
    client: Any
    api_id: str

    @classmethod
    def of(cls, node: Node, document: Mapping[str, Any]) -> "Imported":
        client = node.client("apigateway")
        made = client.import_rest_api(body=json.dumps(document).encode(), failOnWarnings=True)
        imported = cls(node, client, made["id"])
        imported.deploy()
        return imported

    def deploy(self) -> None:
        self.client.create_deployment(restApiId=self.api_id, stageName=STAGE)

    def method(self, path: str, http_method: str) -> dict[str, str]:
        """Return the members that name a method."""
        resources = {each["path"]: each["id"] for each in self.client.get_resources(restApiId=self.api_id)["items"]}
        return {"restApiId": self.api_id, "resourceId": resources[path], "httpMethod": http_method}

    def try_out(self, path: str, http_method: str, **members: Any) -> Any:
        """Test a method as the console's Test does."""
        return self.client.test_invoke_method(**self.method(path, http_method), **members)

    def call(self, line: str, headers: Mapping[str, str] = {}, body: bytes | None = None) -> Answer:
        """Send a request: `GET /pets`."""
        method, _, target = line.partition(" ")
        return self.node.call(self.api_id, method, f"/{STAGE}{target}", headers, body)


def last_line(tested: Any) -> str:
    """Return what the last line of an execution log says, without its time."""
    return str(tested["log"].strip().splitlines()[-1].partition(" : ")[2])


def test_import_an_example(node: Node, website: Origin) -> None:
    """ "Tutorial: Create a REST API by importing an example"."""
    api = Imported.of(node, pet_store.pet_store(website.url))
    resources = api.client.get_resources(restApiId=api.api_id)["items"]
    assert {each["path"]: sorted(each.get("resourceMethods", {})) for each in resources} == {
        "/": ["GET"],
        "/pets": ["GET", "OPTIONS", "POST"],
        "/pets/{petId}": ["GET", "OPTIONS"],
    }
    dog = {"type": "dog", "price": 249.99}
    tested = api.try_out("/pets", "POST", body=json.dumps(dog))
    assert (tested["status"], json.loads(tested["body"])) == (200, {"pet": dog, "message": "success"})
    page = api.call("GET /")
    assert page.get_all("Content-Type") == ["text/html"]
    assert b'<a href="/test/pets">' in page.body
    assert api.call("GET /pets/1").json() == {"id": 1, "type": "dog", "price": 249.99}
    assert api.call("GET /pets?type=dog&page=1").json() == pet_store.PETS
    assert website.requests[-1].target in ("/petstore/pets?type=dog&page=1", "/petstore/pets?page=1&type=dog")
    preflight = api.call("OPTIONS /pets/1", {"Origin": "https://example.com"})
    assert (preflight.status, preflight.body) == (200, b"")
    values = ("*", "GET,OPTIONS", pet_store.HEADERS)
    assert [preflight.get_all(name) for name in pet_store.CORS] == [[value] for value in values]


def test_override_the_status(node: Node, website: Origin) -> None:
    """ "Override your API's request and response parameters and status codes", the status by the body."""
    api = Imported.of(node, pet_store.pet_store(website.url))
    asked = {"path": "/pets/{petId}", "http_method": "GET", "pathWithQueryString": "/pets/-1"}
    before = api.try_out(**asked)
    assert (json.loads(before["body"]), last_line(before)) == (
        pet_store.OUT_OF_RANGE,
        "Method completed with status: 200",
    )
    template = (
        "#set($inputRoot = $input.path('$'))\n$input.json(\"$\")\n"
        '#if($inputRoot.toString().contains("error"))\n#set($context.responseOverride.status = 400)\n#end'
    )
    api.client.put_integration_response(
        **api.method("/pets/{petId}", "GET"), statusCode="200", responseTemplates={"application/json": template}
    )
    after = api.try_out(**asked)
    assert (json.loads(after["body"]), last_line(after)) == (
        pet_store.OUT_OF_RANGE,
        "Method completed with status: 400",
    )


def test_override_the_request_headers(node: Node, website: Origin) -> None:
    """ "Override your API's request and response parameters and status codes", a header made of two."""
    api = Imported.of(node, pet_store.pet_store(website.url))
    named = api.method("/pets", "GET")
    template = (
        '#set($header1Override = "foo")\n'
        "#set($header3Value = \"$input.params('header1')$input.params('header2')\")\n$input.json(\"$\")\n"
        "#set($context.requestOverride.header.header3 = $header3Value)\n"
        "#set($context.requestOverride.header.header1 = $header1Override)"
    )
    method, integration = [], [{"op": "add", "path": "/requestTemplates/application~1json", "value": template}]
    for name in ("header1", "header2"):
        method.append({"op": "add", "path": f"/requestParameters/method.request.header.{name}", "value": "false"})
        target = f"/requestParameters/integration.request.header.{name}"
        integration.append({"op": "add", "path": target, "value": f"method.request.header.{name}"})
    api.client.update_method(**named, patchOperations=method)
    api.client.update_integration(**named, patchOperations=integration)
    tested = api.try_out("/pets", "GET", headers={"header1": "header1Val", "header2": "header2Val"})
    sent = next(line for line in tested["log"].splitlines() if "Endpoint request headers: {" in line)
    for shown in ("header3=header1Valheader2Val", "header2=header2Val", "header1=foo", "Accept=application/json"):
        assert shown in sent
    assert f"x-amzn-apigateway-api-id={api.api_id}" in sent


def test_a_calculator(node: Node) -> None:
    """ "Tutorial: Create a calculator REST API with two AWS service integrations and one Lambda non-proxy …"."""
    api = Imported.of(node, calculator.calculator(function(node, *calculator.FUNCTION).arn))
    queried = api.call("GET /calc?operand1=2&operand2=3&operator=%2B")
    assert queried.body == (
        b'{\n    "result": "2, 3, + => 5",\n  "a" : "2",\n  "b" : "3",\n  "op" : "+",\n  "c" : "5"\n}'
    )
    assert [queried.get_all(name) for name in calculator.SHOWN] == [["2"], ["3"], ["+"]]
    missing = api.call("GET /calc?operand1=2")
    assert (missing.status, missing.json()) == (
        400,
        {"message": "Missing required request parameters: [operand2, operator]"},
    )
    posted = api.call("POST /calc", JSON, b'{"a": 1, "b": 2, "op": "+"}')
    assert posted.json() == {"a": 1, "b": 2, "op": "+", "c": 3}
    refused = api.call("POST /calc", JSON, b'{"a": "x", "b": 2, "op": "+"}')
    assert (refused.status, refused.json()) == (400, {"message": "Invalid request body"})
    assert api.call("GET /calc/1/2/+").json() == {"input": {"a": 1, "b": 2, "op": "+"}, "output": {"c": 3}}
    assert api.call("GET /calc/6/3/%2F").json() == {"input": {"a": 6, "b": 3, "op": "/"}, "output": {"c": 2}}


def test_a_kinesis_proxy(node: Node) -> None:
    """ "Tutorial: Create a REST API as an Amazon Kinesis proxy"."""
    api = Imported.of(node, services.kinesis_proxy())
    assert api.call("POST /streams/myStream", JSON, b"{}").status == 200
    assert api.call("GET /streams").json()["StreamNames"] == ["myStream"]
    shards = api.call("GET /streams/myStream").json()["StreamDescription"]["Shards"]
    one = b'{"Data": "some data", "PartitionKey": "some key"}'
    assert api.call("PUT /streams/myStream/record", JSON, one).json()["ShardId"] == shards[0]["ShardId"]
    several = [{"data": "some data", "partition-key": "some key"}, {"data": "other data", "partition-key": "some key"}]
    put = api.call("PUT /streams/myStream/records", JSON, json.dumps({"records": several}).encode())
    assert put.json()["FailedRecordCount"] == 0
    iterator = api.call(f"GET /streams/myStream/sharditerator?shard-id={shards[0]['ShardId']}").json()["ShardIterator"]
    read = api.call("GET /streams/myStream/records", {"Shard-Iterator": iterator.strip()}).json()["Records"]
    assert [each["Data"] for each in read] == ["InNvbWUgZGF0YSI=", "c29tZSBkYXRh", "b3RoZXIgZGF0YQ=="]
    assert api.call("DELETE /streams/myStream").status == 200


def test_an_s3_proxy(node: Node) -> None:
    """ "Tutorial: Create a REST API as an Amazon S3 proxy"."""
    api = Imported.of(node, services.s3_proxy())
    xml = {"Content-Type": "application/xml"}
    place = b"<CreateBucketConfiguration><LocationConstraint>us-west-2</LocationConstraint></CreateBucketConfiguration>"
    for line, body in (("PUT /apig-demo-5", place), ("PUT /apig-demo-5/Readme.txt", b"Hello, World!")):
        made = api.call(line, xml, body)
        assert (made.status, made.body) == (200, b"")
    found = api.call("GET /apig-demo-5/Readme.txt", xml)
    assert (found.status, found.body) == (200, b"Hello, World!")
    assert found.get_all("Timestamp")
    assert b"<Key>Readme.txt</Key>" in api.call("GET /apig-demo-5").body
    assert b"<Name>apig-demo-5</Name>" in api.call("GET /").body
    gone = api.call("GET /apig-demo-5/none")
    assert (gone.status, b"NoSuchKey" in gone.body) == (400, True)
    assert api.call("HEAD /apig-demo-5/Readme.txt").get_all("x-amzn-Remapped-Content-Length") == ["13"]
    assert [api.call(f"DELETE /apig-demo-5{rest}").status for rest in ("/Readme.txt", "")] == [200, 200]


def test_a_canary(node: Node) -> None:
    """ "Create a canary release deployment", "Promote a canary release", "Disable a canary release"."""
    mock = {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": "$stageVariables"}}},
    }
    shown = {"get": {"responses": {"200": {"description": "ok"}}, "x-amazon-apigateway-integration": mock}}
    document = {"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {"/": shown}}
    api = Imported.of(node, document)
    variables = {"sv0": "val0", "sv1": "val1"}
    prod = {"restApiId": api.api_id, "stageName": "prod"}
    base = api.client.create_deployment(**prod, variables=variables)["id"]
    overrides = {"sv1": "val2", "sv2": "val3"}
    settings = {"percentTraffic": 10.5, "useStageCache": False, "stageVariableOverrides": overrides}
    canary = api.client.create_deployment(**prod, canarySettings=settings)["id"]
    stage = api.client.get_stage(**prod)
    assert (stage["deploymentId"], stage["variables"]) == (base, variables)
    assert stage["canarySettings"] == {**settings, "deploymentId": canary}
    bodies = Counter(node.call(api.api_id, "GET", "/prod/").body for _ in range(200))
    assert set(bodies) == {b"{sv0=val0, sv1=val1}", b"{sv0=val0, sv1=val2, sv2=val3}"}
    assert 1 < bodies[b"{sv0=val0, sv1=val2, sv2=val3}"] < 60
    promoted = api.client.update_stage(
        **prod,
        patchOperations=[
            {"op": "copy", "path": "/deploymentId", "from": "/canarySettings/deploymentId"},
            {"op": "replace", "path": "/canarySettings/percentTraffic", "value": "0.0"},
            {"op": "copy", "path": "/variables", "from": "/canarySettings/stageVariableOverrides"},
        ],
    )
    assert promoted["deploymentId"] == canary
    assert promoted["canarySettings"] == {**settings, "deploymentId": canary, "percentTraffic": 0}
    assert promoted["variables"].items() >= overrides.items()
    disabled = api.client.update_stage(**prod, patchOperations=[{"op": "remove", "path": "/canarySettings"}])
    assert "canarySettings" not in disabled


SCOPED = """{
  #if( $input.params('scope') == "internal" )
    "statusCode": 200
  #else
    "statusCode": 500
  #end
}"""
GO_AHEAD = {"statusCode": 200, "message": "Go ahead without me"}
NOT_SUPPORTED = {"statusCode": 500, "message": "The invoked method is not supported on the API resource."}


def test_a_mock(node: Node) -> None:
    """ "Mock integrations for REST APIs in API Gateway"."""
    answers = {
        pattern: {"statusCode": status, "responseTemplates": {"application/json": json.dumps(body)}}
        for pattern, status, body in (("default", "200", GO_AHEAD), (r"5\d{2}", "500", NOT_SUPPORTED))
    }
    mock = {"type": "mock", "requestTemplates": {"application/json": SCOPED}, "responses": answers}
    described = {status: {"description": "response"} for status in ("200", "500")}
    root = {"get": {"responses": described, "x-amazon-apigateway-integration": mock}}
    api = Imported.of(node, {"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {"/": root}})
    for target, status, body in (("/?scope=internal", 200, GO_AHEAD), ("/?scope=public", 500, NOT_SUPPORTED)):
        got = api.call(f"GET {target}")
        assert (got.status, got.json()) == (status, body)


def test_stream_the_response(node: Node) -> None:
    """ "Configure a Lambda proxy integration with payload response streaming in API Gateway"."""
    name = "streams"
    created = node.client("lambda").create_function(
        FunctionName=name,
        Role=ROLE,
        Runtime="nodejs22.x",
        Handler="index.handler",
        Code={"ZipFile": zip_of({"index.mjs": streaming.FUNCTION})},
        Timeout=60,
    )
    Function(node, name, created["FunctionArn"]).permit()
    api = Imported.of(node, streaming.streaming(created["FunctionArn"]))
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=60)
    try:
        host = {"Host": f"{api.api_id}.execute-api.localhost:{node.port}"}
        connection.request("GET", f"/{STAGE}/lambda", headers=host)
        response = connection.getresponse()
        headers = response.getheaders()
        first, rest = response.read1(), response.read()
    finally:
        connection.close()
    assert response.status == 200
    assert {("x-foo", "bar"), ("x-mv1", "hello"), ("x-mv1", "world")} <= set(headers)
    assert [value for key, value in headers if key == "Set-Cookie"] == ["c1=blue", "c2=red"]
    assert (first, rest) == (b"First payload ", b"Final payload")
