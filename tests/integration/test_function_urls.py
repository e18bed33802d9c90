"""Function URLs, as clients and browsers call them.

AWS documentation: "Creating and managing Lambda function URLs", "Invoking Lambda function URLs", "Control access to
Lambda function URLs".
"""

import re
import shutil
import subprocess
from pathlib import Path

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from tests.integration.deployed import Function, Url, fails, function, function_url, public_url
from tests.integration.nodes import Node, kill, running, start

SITE = "https://www.example.com"


def test_a_url_is_called_by_its_host(node: Node) -> None:
    made = public_url(function(node, "return event"))
    assert re.fullmatch(rf"http://[a-z0-9]{{32}}\.lambda-url\.us-east-1\.localhost:{node.port}/", made.address)
    answer = made.call("POST", "/a%20b?c=d&c=e", {"Content-Type": "text/plain", "Cookie": "f=g; h=i"}, b"text")
    assert answer.status == 200
    assert answer.get_all("content-type") == ["application/json"]
    event = answer.json()
    assert (event["rawPath"], event["rawQueryString"]) == ("/a%20b", "c=d&c=e")
    assert event["queryStringParameters"] == {"c": "d,e"}
    assert event["cookies"] == ["f=g", "h=i"]
    assert (event["body"], event["isBase64Encoded"]) == ("text", False)
    context = event["requestContext"]
    assert (context["accountId"], context["stage"], context["routeKey"]) == ("anonymous", "$default", "$default")
    assert context["domainName"] == made.host.partition(":")[0]
    assert answer.get_all("x-amzn-requestid") == [context["requestId"]]
    assert f"START RequestId: {context['requestId']} " in node.logs(made.function.name)


def test_a_url_is_called_by_its_path(node: Node) -> None:
    made = public_url(function(node, "return event['rawPath']"))
    url_id = made.host.partition(".")[0]
    assert node.request("GET", f"/_aws/lambda-url/{url_id}/a/b").body == b"/a/b"


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl_finds_the_address(node: Node) -> None:
    made = public_url(
        function(node, "return {'statusCode': 202, 'body': 'for ' + event['requestContext']['http']['method']}")
    )
    resolve = f"{made.host}:127.0.0.1"
    command = ["curl", "-sS", "--noproxy", "*", "--resolve", resolve, "-w", "%{http_code}", "-d", "x", made.address]
    assert subprocess.run(command, capture_output=True, check=True, timeout=30).stdout == b"for POST202"


def test_binary_bodies(node: Node) -> None:
    made = public_url(
        function(
            node,
            "assert event['isBase64Encoded']",
            "return {'statusCode': 200, 'headers': {'Content-Type': 'image/png'}, 'cookies': ['a=1', 'b=2; Secure'],",
            "        'isBase64Encoded': True, 'body': event['body']}",
        )
    )
    octets = bytes(range(256)) * 64
    answer = made.call("PUT", "/", {"Content-Type": "application/octet-stream"}, octets)
    assert (answer.status, answer.body) == (200, octets)
    assert answer.get_all("content-type") == ["image/png"]
    assert answer.get_all("set-cookie") == ["a=1", "b=2; Secure"]


def test_permissions_are_needed_and_taken_back(node: Node) -> None:
    made = function_url(function(node, "return 'hello'"))
    forbidden = made.call()
    assert forbidden.status == 403
    assert forbidden.json()["Message"].startswith("Forbidden. For troubleshooting Function URL authorization issues")
    assert forbidden.get_all("x-amzn-errortype") == ["AccessDeniedException"]
    made.permit("InvokeFunctionUrl")
    assert made.call().status == 403, "since October 2025 both permissions are needed"
    made.permit("InvokeFunction")
    assert (made.call().status, made.call().body) == (200, b"hello")
    made.function.client.remove_permission(StatementId="InvokeFunctionUrl", **made.names)
    assert made.call().status == 403


@pytest.mark.slow
def test_failures_of_the_function(node: Node) -> None:
    made = public_url(
        function(
            node,
            "if event['rawPath'] == '/raise': raise ValueError('secret')",
            "if event['rawPath'] == '/exit': os._exit(1)",
            "if event['rawPath'] == '/wait': time.sleep(30)",
            "return {'statusCode': 'x'}",
            Timeout=1,
        )
    )
    for path in ("/raise", "/exit", "/wait", "/malformed"):
        answer = made.call(target=path)
        assert (answer.status, answer.body) == (502, b"Internal Server Error"), path


def test_requests_beyond_six_megabytes(node: Node) -> None:
    made = public_url(function(node, "return len(event['body'])"))
    answer = made.call("POST", "/", {"Content-Type": "text/plain"}, b"x" * 6_000_000)
    assert (answer.status, answer.body) == (200, b"6000000")
    assert made.call("POST", "/", {"Content-Type": "text/plain"}, b"x" * 6_291_457).status == 413
    answer = made.call("POST", "/", {"Content-Type": "image/png"}, b"x" * 6_000_000)
    assert answer.status == 413, "the limit is that of the event: base64 counts"
    assert "must be smaller than 6291456 bytes" in answer.json()["Message"]


def test_browsers_are_welcome(node: Node) -> None:
    cors = {"AllowOrigins": [SITE], "AllowMethods": ["GET", "PUT"], "AllowHeaders": ["x-one"], "MaxAge": 5}
    made = public_url(function(node, "return event['requestContext']['http']['method']"), Cors=cors)
    preflight = made.call("OPTIONS", "/", {"Origin": SITE, "Access-Control-Request-Method": "PUT"})
    assert (preflight.status, preflight.body) == (200, b"")
    assert preflight.get_all("access-control-allow-origin") == [SITE]
    assert preflight.get_all("access-control-allow-methods") == ["GET,PUT"]
    assert preflight.get_all("access-control-max-age") == ["5"]
    answer = made.call("PUT", "/", {"Origin": SITE}, b"")
    assert (answer.status, answer.body) == (200, b"PUT")
    assert answer.get_all("access-control-allow-origin") == [SITE]
    other = made.call("GET", "/", {"Origin": "https://elsewhere.example"})
    assert (other.status, other.get_all("access-control-allow-origin")) == (200, [])


def test_an_alias_has_its_own_url_and_policy(node: Node) -> None:
    client = node.client("lambda")
    made = function(node, "return context.invoked_function_arn")
    version = client.publish_version(FunctionName=made.name)["Version"]
    client.create_alias(FunctionName=made.name, Name="live", FunctionVersion=version)
    own, alias = public_url(made), function_url(made, qualifier="live")
    assert own.address != alias.address
    assert alias.call().status == 403, "what is granted on the function is not granted on its aliases"
    alias.permit()
    assert own.call().body.decode() == made.arn
    assert alias.call().body.decode() == f"{made.arn}:live"
    listed = client.list_function_url_configs(FunctionName=made.name)["FunctionUrlConfigs"]
    assert {each["FunctionUrl"] for each in listed} == {own.address, alias.address}
    client.delete_alias(FunctionName=made.name, Name="live")
    assert alias.call().body == b'{"Message":null}', "the alias's URL goes with it"
    assert own.call().status == 200


def test_changes_count_at_once(node: Node) -> None:
    made = public_url(function(node, "return 'hello'"))
    client, names = made.function.client, made.names
    client.update_function_url_config(**names, AuthType="AWS_IAM")
    assert made.call().status == 403
    client.update_function_url_config(**names, AuthType="NONE", Cors={"AllowOrigins": ["*"]})
    assert made.call(headers={"Origin": SITE}).get_all("access-control-allow-origin") == [SITE]
    client.put_function_concurrency(FunctionName=made.function.name, ReservedConcurrentExecutions=0)
    throttled = made.call()
    assert (throttled.status, throttled.get_all("x-amzn-errortype")) == (429, ["TooManyRequestsException"])
    client.delete_function_concurrency(FunctionName=made.function.name)
    assert made.call().status == 200
    client.delete_function_url_config(**names)
    gone = made.call()
    assert (gone.status, gone.body) == (403, b'{"Message":null}')
    status, code, _ = fails(client.get_function_url_config, **names)
    assert (status, code) == (404, "ResourceNotFoundException")
    again = function_url(made.function)
    assert again.address != made.address
    assert again.call().status == 200, "the policy outlives the URL"
    client.delete_function(FunctionName=made.function.name)
    assert again.call().body == b'{"Message":null}'


def test_signed_requests(node: Node) -> None:
    made = function_url(function(node, "return event['requestContext']['authorizer']['iam']"), "AWS_IAM")
    assert made.call().status == 403
    credentials = boto3.Session("AKIDEXAMPLE", "secret").get_credentials()
    for service, status in (("lambda", 200), ("execute-api", 403)):
        signed = AWSRequest("GET", made.address, headers={"Host": made.host})
        SigV4Auth(credentials, service, "us-east-1").add_auth(signed)
        headers = {name: value for name, value in signed.headers.items() if name != "Host"}
        answer = made.call(headers=headers)
        assert answer.status == status
        if status == 200:
            assert answer.json()["accessKey"] == "AKIDEXAMPLE"
            assert answer.json()["accountId"] == "123456789012"


def test_a_function_that_does_not_stream_behind_a_streamed_url(node: Node) -> None:
    made = public_url(function(node, "return {'statusCode': 418, 'body': 'x'}"), InvokeMode="RESPONSE_STREAM")
    answer = made.call()
    assert (answer.status, answer.json()) == (200, {"statusCode": 418, "body": "x"}), "the result is not looked into"


@pytest.mark.slow
def test_a_url_survives_the_node(tmp_path: Path) -> None:
    node = start("--data-dir", str(tmp_path))
    try:
        made = public_url(function(node, "return 'hello'"))
        assert made.call().body == b"hello"
    finally:
        kill(node)
    with running("--data-dir", str(tmp_path)) as second:
        again = Function(second, made.function.name, made.function.arn)
        found = again.client.get_function_url_config(FunctionName=again.name)["FunctionUrl"]
        assert found.partition(".")[0] == made.address.partition(".")[0]
        assert Url(again, found).call().body == b"hello"


def test_what_a_configuration_cannot_say(node: Node) -> None:
    made = function(node, "return 'hello'")
    create = node.client("lambda", is_checking=False).create_function_url_config
    for members, constraint in (
        ({"Qualifier": "1"}, "at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression"),
        ({"Qualifier": "$LATEST"}, "at 'qualifier' failed to satisfy constraint: Member must satisfy regular"),
        ({"InvokeMode": "UNKNOWN"}, "Value 'UNKNOWN' at 'invokeMode' failed to satisfy constraint: Member must"),
        ({"AuthType": "OPEN"}, "at 'authType' failed to satisfy constraint: Member must satisfy enum value set"),
        ({"Cors": {"AllowMethods": ["OPTIONS"]}}, "Member must have length less than or equal to 6"),
        ({"Cors": {"MaxAge": 86_401}}, "at 'cors.maxAge' failed to satisfy constraint: Member must have value less"),
        ({"Cors": {"AllowOrigins": ["x"] * 101}}, "Member must have length less than or equal to 100"),
    ):
        status, code, message = fails(create, **{"FunctionName": made.name, "AuthType": "NONE", **members})
        assert (status, code) == (400, "ValidationException"), members
        assert constraint in message


@pytest.mark.slow
def test_the_aws_cli_makes_a_url(node: Node) -> None:
    made = function(node, "return 'hello'")
    cors = '{"AllowOrigins": ["https://www.example.com"], "MaxAge": 300}'
    named = ("--function-name", made.name)
    created = node.aws("lambda", "create-function-url-config", *named, "--auth-type", "NONE", "--cors", cors)
    assert created["Cors"] == {"AllowOrigins": ["https://www.example.com"], "MaxAge": 300}
    found = node.aws("lambda", "get-function-url-config", *named)
    assert (found["FunctionUrl"], found["InvokeMode"]) == (created["FunctionUrl"], "BUFFERED")
    node.aws("lambda", "delete-function-url-config", *named)
    assert node.aws("lambda", "list-function-url-configs", *named) == {"FunctionUrlConfigs": []}


def test_urls_are_in_the_domain_of_the_apis() -> None:
    with running("--ephemeral", environment={"GATEWRIGHT_EXECUTE_API_HOST": "execute-api.gw.corp"}) as node:
        made = public_url(function(node, "return event['requestContext']['domainName']"))
        assert made.host.endswith(f".lambda-url.us-east-1.gw.corp:{node.port}")
        assert made.call().body.decode() == made.host.partition(":")[0]
