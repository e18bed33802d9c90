"""`AWS` integrations of REST APIs with services that a moto server serves as the companion, and `HTTP` ones.

Sources: "Basic tasks of an API integration request", "Tutorial: Create a REST API as an Amazon S3 proxy", "Tutorial:
Create a REST API with an AWS integration" and localstack's recordings of AWS (tests/aws/services/apigateway).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.companion import Companion, companion
from tests.integration.nodes import Answer, Node, running
from tests.integration.origin import Origin, answer, origin
from tests.integration.roles import make_role

pytestmark = pytest.mark.slow

ROLE = "arn:aws:iam::123456789012:role/apigateway"
FORM = "'application/x-www-form-urlencoded'"


@pytest.fixture(scope="module")
def moto() -> Iterator[Companion]:
    with companion() as started:
        yield started


@pytest.fixture(scope="module")
def node(moto: Companion) -> Iterator[Node]:
    with running("--ephemeral", environment={"GATEWRIGHT_COMPANION": moto.url}) as started:
        make_role(started, ROLE)
        yield started


@dataclass
class Api:
    """A REST API with methods that a test adds."""

    node: Node
    api_id: str
    root_id: str

    @classmethod
    def create(cls, node: Node, **members: Any) -> "Api":
        made = node.client("apigateway").create_rest_api(name="services", **members)
        return cls(node, made["id"], made["rootResourceId"])

    def add(self, path_part: str, uri: str, *, kind: str = "AWS", method: str = "POST", **members: Any) -> "Api":
        """Add a resource with an ANY method that is integrated with a URI."""
        client = self.node.client("apigateway")
        made = client.create_resource(restApiId=self.api_id, parentId=self.root_id, pathPart=path_part)
        names = {"restApiId": self.api_id, "resourceId": made["id"], "httpMethod": "ANY"}
        read = [value for value in members.get("requestParameters", {}).values() if value.startswith("method.")]
        declared = {name: ".path." in name for name in read}
        client.put_method(**names, authorizationType="NONE", requestParameters=declared)
        client.put_method_response(**names, statusCode="200")
        credentials = {"credentials": ROLE} if kind == "AWS" else {}
        client.put_integration(**names, type=kind, integrationHttpMethod=method, uri=uri, **credentials, **members)
        client.put_integration_response(**names, statusCode="200")
        return self

    def deploy(self) -> "Api":
        self.node.client("apigateway").create_deployment(restApiId=self.api_id, stageName="test")
        return self

    def send(self, method: str, target: str, body: bytes | None = None, **headers: str) -> Answer:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.node.call(self.api_id, method, f"/test{target}", fields, body)


def service(name: str, rest: str) -> str:
    return f"arn:aws:apigateway:us-east-1:{name}:{rest}"


def test_sqs(node: Node, moto: Companion) -> None:
    """localstack, test_apigateway_sqs.py, recorded of AWS: a path, and a template that makes a form."""
    queue = moto.queue("by-path")
    api = Api.create(node).add(
        "send",
        service("sqs", "path/123456789012/by-path"),
        requestParameters={"integration.request.header.Content-Type": FORM},
        requestTemplates={"application/json": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"},
    )
    sent = api.deploy().send("POST", "/send", b'{"a": "b&c"}', Content_Type="application/json")
    assert sent.status == 200, sent.body
    assert list(sent.json()["SendMessageResponse"]) == ["SendMessageResult", "ResponseMetadata"]
    assert queue.receive_json() == {"a": "b&c"}


def test_sns(node: Node, moto: Companion) -> None:
    """Basic tasks of an API integration request: an action, its parameters mapped to the query string."""
    arn, queue = moto.topic("by-action")
    api = Api.create(node).add(
        "publish",
        service("sns", "action/Publish"),
        requestParameters={
            "integration.request.querystring.TopicArn": f"'{arn}'",
            "integration.request.querystring.Message": "method.request.querystring.message",
        },
    )
    published = api.deploy().send("POST", "/publish?message=hello%20there")
    assert published.status == 200, published.body
    assert published.json()["PublishResponse"]["PublishResult"]["MessageId"]
    assert queue.receive_json()["Message"] == "hello there"


def test_dynamodb(node: Node, moto: Companion) -> None:
    """localstack, test_apigateway_dynamodb.py, recorded of AWS."""
    moto.client("dynamodb").create_table(
        TableName="pets",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    item = {"TableName": "pets", "Item": {"id": {"S": "$input.params('id')"}}}
    query = {
        "TableName": "pets",
        "KeyConditionExpression": "id = :id",
        "ExpressionAttributeValues": {":id": {"S": "$input.params('id')"}},
    }
    api = Api.create(node)
    api.add("put", service("dynamodb", "action/PutItem"), requestTemplates={"application/json": json.dumps(item)})
    api.add("query", service("dynamodb", "action/Query"), requestTemplates={"application/json": json.dumps(query)})
    api.deploy()
    assert api.send("POST", "/put?id=test-new").json() == {}
    assert api.send("GET", "/query?id=test-new").json() == {
        "Items": [{"id": {"S": "test-new"}}],
        "Count": 1,
        "ScannedCount": 1,
    }


def test_s3(node: Node, moto: Companion) -> None:
    """localstack, test_apigateway_s3.py, test_apigateway_s3_any, recorded of AWS."""
    moto.client("s3").create_bucket(Bucket="objects")
    api = Api.create(node).add(
        "{key+}",
        service("s3", "path/objects/{key}"),
        method="ANY",
        requestParameters={
            "integration.request.path.key": "method.request.path.key",
            "integration.request.header.Content-Type": "method.request.header.Content-Type",
        },
    )
    api.deploy()
    assert b"<Code>NoSuchKey</Code>" in api.send("GET", "/a%20b/c.json").body
    assert api.send("PUT", "/a%20b/c.json", b'{"put_id": 1}', Content_Type="application/json").status == 200
    assert api.send("GET", "/a%20b/c.json").json() == {"put_id": 1}
    assert moto.client("s3").get_object(Bucket="objects", Key="a b/c.json")["ContentType"] == "application/json"


def test_step_functions_eventbridge_and_kinesis(node: Node, moto: Companion) -> None:
    """localstack, test_apigateway_stepfunctions.py, …_eventbridge.py and …_kinesis.py, recorded of AWS."""
    definition = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
    made = moto.client("stepfunctions").create_state_machine(name="machine", definition=definition, roleArn=ROLE)
    moto.client("kinesis").create_stream(StreamName="stream", ShardCount=1)
    start = {"stateMachineArn": made["stateMachineArn"], "input": "{}"}
    event = {"Entries": [{"Source": "test", "DetailType": "type", "Detail": "{}"}]}
    record = {"StreamName": "stream", "Data": "$util.base64Encode($input.body)", "PartitionKey": "1"}
    api = Api.create(node)
    api.add(
        "start", service("states", "action/StartExecution"), requestTemplates={"application/json": json.dumps(start)}
    )
    api.add(
        "event",
        service("events", "action/PutEvents"),
        requestParameters={
            "integration.request.header.X-Amz-Target": "'AWSEvents.PutEvents'",
            "integration.request.header.Content-Type": "'application/x-amz-json-1.1'",
        },
        requestTemplates={"application/json": json.dumps(event)},
    )
    api.add("record", service("kinesis", "action/PutRecord"), requestTemplates={"application/json": json.dumps(record)})
    api.deploy()
    assert ":execution:machine:" in api.send("POST", "/start", b"{}").json()["executionArn"]
    assert api.send("POST", "/event", b"{}").json()["FailedEntryCount"] == 0
    assert api.send("POST", "/record", b"data").json()["ShardId"] == "shardId-000000000000"


def test_the_node_itself(node: Node) -> None:
    """GetRestApis, API Gateway API Reference: the node serves it, without a companion."""
    api = Api.create(node).add("apis", service("apigateway", "path/restapis"), method="GET").deploy()
    answered = api.send("GET", "/apis")
    assert answered.status == 200, answered.body
    assert api.api_id in answered.body.decode()


def test_no_companion() -> None:
    """docs/settings.md: `companion`."""
    with running("--ephemeral", environment={"GATEWRIGHT_COMPANION": "none"}) as alone:
        make_role(alone, ROLE)
        api = Api.create(alone).add("send", service("sqs", "path/1/q")).deploy()
        refused = api.send("POST", "/send", b"{}")
        assert (refused.status, refused.json()) == (500, {"message": "Internal server error"})


@pytest.fixture
def endpoint() -> Iterator[Origin]:
    with origin() as listening:
        yield listening


def test_http(node: Node, endpoint: Origin) -> None:
    """localstack, test_http_integration_with_lambda[HTTP], recorded of AWS."""
    endpoint.respond = answer(b'{"ok": true}', "404 Not Found", "Content-Type: application/json", "Server: s")
    api = Api.create(node).add("http", f"{endpoint.url}/pets", kind="HTTP").deploy()
    answered = api.send("POST", "/http", b'{"a": 1}', Content_Type="application/json", User_Agent="test")
    assert (answered.status, answered.json()) == (200, {"ok": True})
    (received,) = endpoint.requests
    assert (received.line, received.body) == ("POST /pets HTTP/1.1", b'{"a": 1}')
    assert received.get_all("User-Agent") == [f"AmazonAPIGateway_{api.api_id}"]
    assert received.get_all("Accept") == ["application/json"]


def test_http_proxy(node: Node, endpoint: Origin) -> None:
    """localstack, test_http_integration_invoke_status_code_passthrough[HTTP_PROXY], recorded of AWS."""
    endpoint.respond = answer(b"no", "404 Not Found", "Content-Type: text/plain", "Server: s")
    mapping = {"integration.request.path.map": "method.request.path.map"}
    api = Api.create(node).add(
        "{map+}", f"{endpoint.url}/{{map}}", kind="HTTP_PROXY", method="ANY", requestParameters=mapping
    )
    answered = api.deploy().send("PUT", "/status/404?a=1", b"x", Content_Type="text/plain", User_Agent="test")
    assert (answered.status, answered.body) == (404, b"no")
    assert answered.get_all("x-amzn-Remapped-Server") == ["s"]
    assert answered.get_all("x-amzn-Remapped-Content-Length") == ["2"]
    assert answered.get_all("X-Amzn-Trace-Id") == []
    (received,) = endpoint.requests
    assert (received.line, received.body) == ("PUT /status/404?a=1 HTTP/1.1", b"x")
    assert received.get_all("User-Agent") == ["test"]
    assert received.get_all("x-amzn-apigateway-api-id") == [api.api_id]


def test_an_endpoint_that_is_not_there(node: Node) -> None:
    """Gateway response types for API Gateway: INTEGRATION_FAILURE and API_CONFIGURATION_ERROR."""
    api = Api.create(node)
    api.add("refused", "http://127.0.0.1:9/", kind="HTTP_PROXY")
    api.add("unknown", "http://nowhere.invalid/", kind="HTTP_PROXY")
    api.deploy()
    refused, unknown = api.send("GET", "/refused"), api.send("GET", "/unknown")
    assert (refused.status, refused.json()) == (504, {"message": "Network error communicating with endpoint"})
    assert (unknown.status, unknown.json()) == (500, {"message": "Internal server error"})
