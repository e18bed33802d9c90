"""AWS's page "Invoking a Lambda function using an Amazon API Gateway endpoint" from end to end, with AWS's own client.

Each test is a section of the page; its texts are the page's.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.deployed import ACCOUNT, RUNTIME, Function, function
from tests.integration.nodes import BIN, ROLE, Node, zip_of

pytestmark = pytest.mark.slow

REGION = "us-east-2"
ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:my-function"

HANDLER = {
    "nodejs22.x": (
        "index.mjs",
        """export const handler = async () => {
var response = {
"statusCode": 200,
"headers": {
"Content-Type": "application/json"
},
"isBase64Encoded": false,
"multiValueHeaders": {
"X-Custom-Header": ["My value", "My other value"],
},
"body": "{\\n \\"TotalCodeSize\\": 104330022,\\n \\"FunctionCount\\": 26\\n}"
}
return response;
};
""",
    ),
    RUNTIME: (
        "index.py",
        """def handler(event, context):
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "isBase64Encoded": False,
        "multiValueHeaders": {"X-Custom-Header": ["My value", "My other value"]},
        "body": "{\\n \\"TotalCodeSize\\": 104330022,\\n \\"FunctionCount\\": 26\\n}",
    }
""",
    ),
}


class Cli:
    """The AWS CLI in the page's Region."""

    def __init__(self, node: Node) -> None:
        self._environment = node.environment | {"AWS_DEFAULT_REGION": REGION}

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(BIN / "aws"), *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def query(self, query: str, *arguments: str) -> str:
        return self(*arguments, "--query", query, "--output", "text").strip()


@pytest.fixture(scope="module")
def cli(node: Node) -> Cli:
    return Cli(node)


@pytest.fixture
def my_function(node: Node) -> Iterator[Function]:
    made = function(node, "return 'Hello from Lambda!'", name="my-function", region=REGION)
    yield made
    made.client.delete_function(FunctionName=made.name)


def test_permissions(cli: Cli, my_function: Function) -> None:
    """The page's command prints the page's statement, with the command's own Sid and source ARN.

    (On the page, these two differ between the command and its output.)
    """
    printed = cli(
        "lambda", "add-permission", "--function-name", "my-function", "--statement-id", "apigateway-get",
        "--action", "lambda:InvokeFunction", "--principal", "apigateway.amazonaws.com",
        "--source-arn", "arn:aws:execute-api:us-east-2:123456789012:mnh1xmpli7/default/GET/",
    )  # fmt: skip
    page = (
        r'{"Statement": "{\"Sid\":\"apigateway-test-2\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":'
        r"\"apigateway.amazonaws.com\"},\"Action\":\"lambda:InvokeFunction\",\"Resource\":\"arn:aws:lambda:us-east-2:"
        r"123456789012:function:my-function\",\"Condition\":{\"ArnLike\":{\"AWS:SourceArn\":\"arn:aws:execute-api:"
        r'us-east-2:123456789012:mnh1xmpli7/default/GET\"}}}"}'
    )
    statement = json.loads(page)["Statement"]
    statement = statement.replace("apigateway-test-2", "apigateway-get").replace("/GET", "/GET/")
    assert printed == json.dumps({"Statement": statement}, indent=4) + "\n"
    policy = json.loads(cli.query("Policy", "lambda", "get-policy", "--function-name", "my-function"))
    assert policy == {"Version": "2012-10-17", "Id": "default", "Statement": [json.loads(statement)]}


def create_api(cli: Cli, routes: dict[str, str], *, payload_format: str = "1.0") -> str:
    """Create an API; return its id."""
    api_id = cli.query("ApiId", "apigatewayv2", "create-api", "--name", "my-api", "--protocol-type", "HTTP")
    for key, arn in routes.items():
        integration = cli.query(
            "IntegrationId", "apigatewayv2", "create-integration", "--api-id", api_id, "--integration-type",
            "AWS_PROXY", "--integration-uri", arn, "--payload-format-version", payload_format,
        )  # fmt: skip
        cli("apigatewayv2", "create-route", "--api-id", api_id, "--route-key", key, "--target",
            f"integrations/{integration}")  # fmt: skip
    return api_id


@pytest.mark.parametrize("runtime", HANDLER)
def test_the_example_response(node: Node, cli: Cli, tmp_path: Path, runtime: str) -> None:
    if runtime.startswith("nodejs") and not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("no Node.js with npm on this machine")
    name, code = HANDLER[runtime]
    (tmp_path / "function.zip").write_bytes(zip_of({name: code}))
    arn = cli.query(
        "FunctionArn", "lambda", "create-function", "--function-name", f"example-{runtime.replace('.', '')}",
        "--runtime", runtime, "--handler", "index.handler", "--role", ROLE,
        "--zip-file", f"fileb://{tmp_path / 'function.zip'}",
    )  # fmt: skip
    api_id = create_api(cli, {"GET /": arn})
    cli("apigatewayv2", "create-stage", "--api-id", api_id, "--stage-name", "$default", "--auto-deploy")
    cli(
        "lambda", "add-permission", "--function-name", arn, "--statement-id", "apigateway-get",
        "--action", "lambda:InvokeFunction", "--principal", "apigateway.amazonaws.com",
        "--source-arn", f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}/*/GET/",
    )  # fmt: skip
    if curl := shutil.which("curl"):
        host = f"{api_id}.execute-api.localhost:{node.port}"
        done = subprocess.run([curl, "-sS", "-i", f"http://{host}/"], capture_output=True, timeout=60, check=True)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
    else:
        answer = node.call(api_id, "GET", "/")
        lines = [f"HTTP/1.1 {answer.status} OK", *(f"{field}: {value}" for field, value in answer.headers)]
        body = answer.body
    # The page shows a REST API's response: there, the request id's field has another name.
    assert lines[0] == "HTTP/1.1 200 OK"
    assert [line for line in lines if line.startswith(("Content-", "X-Custom-"))] == [
        "Content-Type: application/json",
        "X-Custom-Header: My value",
        "X-Custom-Header: My other value",
        f"Content-Length: {len(body)}",
    ]
    assert len([line for line in lines if line.startswith("Apigw-Requestid: ")]) == 1
    assert body == b'{\n "TotalCodeSize": 104330022,\n "FunctionCount": 26\n}'


def test_the_api_path_format(node: Node, cli: Cli, my_function: Function) -> None:
    """`/prod/`, `/prod/user`, `/dev/{proxy+}`, and `/` for the default stage."""
    my_function.client.update_function_code(
        FunctionName="my-function",
        ZipFile=zip_of(
            {
                "app.py": "def handler(event, context):\n"
                "    return event['requestContext']['stage'] + ' ' + event['routeKey']\n"
            }
        ),
    )
    my_function.permit()
    keys = ("GET /", "GET /user", "ANY /{proxy+}")
    api_id = create_api(cli, dict.fromkeys(keys, ARN), payload_format="2.0")
    for stage in ("prod", "dev", "$default"):
        cli("apigatewayv2", "create-stage", "--api-id", api_id, "--stage-name", stage, "--auto-deploy")
    answers = {
        "/prod/": b"prod GET /",
        "/prod/user": b"prod GET /user",
        "/dev/any/route": b"dev ANY /{proxy+}",
        "/": b"$default GET /",
        "/user": b"$default GET /user",
    }
    assert {path: node.call(api_id, "GET", path).body for path in answers} == answers


# The page's resource patterns, and what each lets through of three routes in two stages.
PATTERNS = {
    "*/GET/*": {"GET /prod/", "GET /test/", "GET /prod/pets", "GET /test/pets"},
    "prod/ANY/user": {"GET /prod/user", "POST /prod/user"},
    "*/*/*": {
        *(f"GET /{stage}/{path}" for stage in ("prod", "test") for path in ("", "pets", "user")),
        *(f"POST /{stage}/user" for stage in ("prod", "test")),
    },
}


def test_the_resource_patterns(node: Node, cli: Cli, my_function: Function) -> None:
    api_id = create_api(cli, dict.fromkeys(("GET /", "GET /pets", "ANY /user"), ARN), payload_format="2.0")
    for stage in ("prod", "test"):
        cli("apigatewayv2", "create-stage", "--api-id", api_id, "--stage-name", stage, "--auto-deploy")
    calls = PATTERNS["*/*/*"]
    for pattern, allowed in PATTERNS.items():
        my_function.permit(f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}/{pattern}")
        found = {call for call in calls if node.call(api_id, *call.split(" ")).status == 200}
        # Whether `*/GET/*` covers GET on an ANY route, the page does not say.
        compared = found - {"GET /prod/user", "GET /test/user"} if pattern == "*/GET/*" else found
        assert compared == allowed, pattern
        cli("lambda", "remove-permission", "--function-name", "my-function", "--statement-id", "apigateway")
    assert node.call(api_id, "GET", "/prod/").status == 500
