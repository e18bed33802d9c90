"""What tests deploy: Python functions, and HTTP APIs in front of them, each under a name of its own."""

import json
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from tests.integration.nodes import ROLE, Answer, Node, zip_of

RUNTIME = f"python3.{sys.version_info.minor}"
ACCOUNT = "123456789012"


def fails(call: Callable[..., Any], **request: Any) -> tuple[int, str, str]:
    """Return the status, code and message of the error that a call ends with."""
    with pytest.raises(ClientError) as raised:
        call(**request)
    response = raised.value.response
    return (
        response["ResponseMetadata"]["HTTPStatusCode"],
        response["Error"]["Code"],
        response["Error"]["Message"],
    )


@dataclass
class Function:
    """A Python function on a node."""

    node: Node
    name: str
    arn: str

    @property
    def client(self) -> Any:
        return self.node.client("lambda", self.arn.split(":")[3])

    def invoke(self, event: object = None) -> Any:
        """Invoke it; return its result, which must be no error."""
        answer = self.client.invoke(FunctionName=self.name, Payload=json.dumps(event).encode())
        payload = answer["Payload"].read()
        assert "FunctionError" not in answer, payload
        return json.loads(payload)

    def permit(self, source_arn: str | None = None, statement_id: str = "apigateway", **members: str) -> None:
        """Let API Gateway invoke it, for one resource of an API or for all."""
        if source_arn is not None:
            members["SourceArn"] = source_arn
        self.client.add_permission(
            FunctionName=self.name,
            StatementId=statement_id,
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            **members,
        )


def package(*lines: str) -> bytes:
    """Build the package of a Python handler with these lines as its body."""
    body = "".join(f"    {line}\n" for line in lines)
    return zip_of({"app.py": f"import base64, json, os, sys, time\ndef handler(event, context):\n{body}"})


def function(node: Node, *lines: str, region: str = "us-east-1", name: str = "", **settings: Any) -> Function:
    """Create a function whose handler has these lines as its body."""
    name = name or f"f-{uuid.uuid4().hex[:12]}"
    created = node.client("lambda", region).create_function(
        FunctionName=name,
        Role=ROLE,
        Code={"ZipFile": package(*lines)},
        **({"Runtime": RUNTIME, "Handler": "app.handler"} | settings),
    )
    return Function(node, name, created["FunctionArn"])


@dataclass
class Gate:
    """What invocations wait at until a test opens it: a function of that name, for which they ask the node.

    In its sandbox a function sees no file of the test's, but always the node's AWS endpoint.
    """

    node: Node
    name: str = field(default_factory=lambda: f"gate-{uuid.uuid4().hex[:12]}")

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the lines of a handler that wait."""
        return (
            "import http.client, urllib.parse",
            "endpoint = urllib.parse.urlsplit(os.environ['AWS_ENDPOINT_URL'])",
            "def is_shut():",
            "    connection = http.client.HTTPConnection(endpoint.hostname, endpoint.port, timeout=20)",
            f"    connection.request('GET', '/2015-03-31/functions/{self.name}')",
            "    status = connection.getresponse().status",
            "    connection.close()",
            "    return status == 404",
            "while is_shut(): time.sleep(0.02)",
        )

    def open(self) -> None:
        """Let all through that wait, and all that come."""
        function(self.node, "return None", name=self.name)


@dataclass
class Api:
    """An HTTP API on a node."""

    node: Node
    client: Any
    api_id: str
    targets: dict[tuple[str, str], str] = field(default_factory=dict)

    def integrate(self, uri: str, payload_format: str = "2.0", **settings: Any) -> str:
        """Make an integration with a function or a URL; return the target that a route names it by."""
        if uri.startswith("http"):
            settings = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", **settings}
            payload_format = "1.0"
        created = self.client.create_integration(
            ApiId=self.api_id,
            IntegrationUri=uri,
            PayloadFormatVersion=payload_format,
            **({"IntegrationType": "AWS_PROXY"} | settings),
        )
        return f"integrations/{created['IntegrationId']}"

    def route(self, key: str, uri: str, payload_format: str = "2.0", **settings: Any) -> str:
        """Put a route in front of a function or a URL; return its id."""
        target = self.targets.get((uri, payload_format)) if not settings else None
        if target is None:
            target = self.integrate(uri, payload_format, **settings)
            if not settings:
                self.targets[uri, payload_format] = target
        return self.client.create_route(ApiId=self.api_id, RouteKey=key, Target=target)["RouteId"]

    def stage(self, name: str = "$default", **settings: Any) -> None:
        self.client.create_stage(ApiId=self.api_id, StageName=name, **({"AutoDeploy": True} | settings))

    def call(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
    ) -> Answer:
        return self.node.call(self.api_id, method, target, headers, body)

    def get(self, target: str, headers: Mapping[str, str] | Sequence[tuple[str, str]] = ()) -> Answer:
        return self.call("GET", target, headers)


def api(node: Node, routes: Mapping[str, str] | None = None, *, stage: str | None = "$default", **settings: Any) -> Api:
    """Create an API with routes (from route keys to URIs) and, unless `stage` is None, a stage that deploys itself."""
    client = node.client("apigatewayv2")
    created = client.create_api(Name=f"api-{uuid.uuid4().hex[:12]}", ProtocolType="HTTP", **settings)
    made = Api(node, client, created["ApiId"])
    for key, uri in (routes or {}).items():
        made.route(key, uri)
    if stage is not None:
        made.stage(stage)
    return made


@dataclass
class Url:
    """A function URL on a node."""

    function: Function
    address: str
    qualifier: str | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def names(self) -> dict[str, str]:
        """Return the members of requests that name the function or its alias."""
        named = {"FunctionName": self.function.name}
        return named if self.qualifier is None else {**named, "Qualifier": self.qualifier}

    def permit(self, *actions: str) -> None:
        """Let everybody use it: what "Using the NONE auth type" grants."""
        grants: dict[str, Any] = {
            "InvokeFunctionUrl": {"FunctionUrlAuthType": "NONE"},
            "InvokeFunction": {"InvokedViaFunctionUrl": True},
        }
        for action in actions or grants:
            self.function.client.add_permission(
                StatementId=action, Action=f"lambda:{action}", Principal="*", **self.names, **grants[action]
            )

    def call(
        self,
        method: str = "GET",
        target: str = "/",
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
    ) -> Answer:
        fields = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
        return self.function.node.request(method, target, [("Host", self.host), *fields], body)


def function_url(made: Function, auth_type: str = "NONE", *, qualifier: str | None = None, **settings: Any) -> Url:
    """Give a function a URL."""
    named = {"Qualifier": qualifier} if qualifier else {}
    created = made.client.create_function_url_config(FunctionName=made.name, AuthType=auth_type, **named, **settings)
    return Url(made, created["FunctionUrl"], qualifier)


def public_url(made: Function, **settings: Any) -> Url:
    """Give a function a URL that everybody may use."""
    made_url = function_url(made, **settings)
    made_url.permit()
    return made_url
