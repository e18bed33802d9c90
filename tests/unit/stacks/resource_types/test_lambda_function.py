"""AWS::Lambda::Function. Source: its page in the AWS CloudFormation User Guide (properties, return values).

Recorded of AWS: localstack, tests/aws/services/cloudformation/resources/test_lambda.snapshot.json (tags of a function).
"""

import hashlib
import io
import json
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Resource
from gatewright.stacks.resource_types.lambda_.inline_code import archive_of
from tests.unit.control.lambda_.calls import zip_of
from tests.unit.stacks.resource_types.stack import STACK_ID, Stack, known

TYPE = "AWS::Lambda::Function"
ROLE = "arn:aws:iam::123456789012:role/lambda-role"
NAME = "shop-Thing-a1B2c3D4e5F6"
ARN = f"arn:aws:lambda:us-east-1:123456789012:function:{NAME}"
INLINE: dict[str, Any] = {
    "Code": {"ZipFile": "def handler(event, context): return event"},
    "Handler": "index.handler",
    "Role": ROLE,
    "Runtime": "python3.12",
}


def configuration(stack: Stack, name: str = NAME) -> dict[str, Any]:
    output = stack.services.call("lambda", "GetFunction", {"FunctionName": name})
    stack.services.calls.clear()
    return output


def test_return_values(stack: Stack) -> None:
    made = stack.create(TYPE, **INLINE)
    assert made == Resource(
        NAME,
        {
            "Arn": ARN,
            "SnapStartResponse": {"ApplyOn": "None", "OptimizationStatus": "Off"},
            "SnapStartResponse.ApplyOn": "None",
            "SnapStartResponse.OptimizationStatus": "Off",
        },
    )
    assert stack.kept == {"Thing": NAME}


def test_tags_of_the_stack_of_cloudformation_and_of_the_template(stack: Stack) -> None:
    stack.tags = {"team": "stack", "cost": "7"}
    stack.create(TYPE, **INLINE, Tags=[{"Key": "team", "Value": "mine"}])
    assert configuration(stack)["Tags"] == {
        "aws:cloudformation:logical-id": "Thing",
        "aws:cloudformation:stack-id": STACK_ID,
        "aws:cloudformation:stack-name": "shop",
        "cost": "7",
        "team": "mine",
    }


ALL: dict[str, Any] = {
    "FunctionName": "jobs",
    "Architectures": ["arm64"],
    "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
    "Description": "Jobs",
    "Environment": {"Variables": {"LEVEL": 3}},
    "EphemeralStorage": {"Size": "1024"},
    "KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1",
    "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "LogGroup": "/jobs"},
    "MemorySize": "512",
    "PackageType": "Zip",
    "RecursiveLoop": "Allow",
    "ReservedConcurrentExecutions": 7,
    "RuntimeManagementConfig": {"UpdateRuntimeOn": "FunctionUpdate"},
    "SnapStart": {"ApplyOn": "None"},
    "Timeout": "30",
    "TracingConfig": {"Mode": "Active"},
    "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
}


def test_every_property_reaches_the_function(stack: Stack) -> None:
    stack.create(TYPE, **{**INLINE, **ALL})
    assert stack.services.names() == [
        "CreateFunction",
        "PutRuntimeManagementConfig",
        "PutFunctionRecursionConfig",
        "PutFunctionConcurrency",
    ]
    output = configuration(stack, "jobs")
    made = output["Configuration"]
    expected = {
        "Architectures": ["arm64"],
        "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
        "Description": "Jobs",
        "Environment": {"Variables": {"LEVEL": "3"}},
        "EphemeralStorage": {"Size": 1024},
        "KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1",
        "MemorySize": 512,
        "Timeout": 30,
        "TracingConfig": {"Mode": "Active"},
    }
    assert {name: made[name] for name in expected} == expected
    assert made["LoggingConfig"]["ApplicationLogLevel"] == "DEBUG"
    assert made["VpcConfig"]["SubnetIds"] == ["subnet-1"]
    assert output["Concurrency"] == {"ReservedConcurrentExecutions": 7}
    assert stack.services.call("lambda", "GetFunctionRecursionConfig", {"FunctionName": "jobs"}) == {
        "RecursiveLoop": "Allow"
    }
    management = stack.services.call("lambda", "GetRuntimeManagementConfig", {"FunctionName": "jobs"})
    assert management["UpdateRuntimeOn"] == "FunctionUpdate"


def test_what_a_template_has_no_more_gets_back_its_default(stack: Stack) -> None:
    named = {**INLINE, "FunctionName": "jobs", "PackageType": "Zip"}
    fresh = stack.create(TYPE, **{**named, "FunctionName": "fresh"})
    made = stack.create(TYPE, **{**INLINE, **ALL, "Tags": [{"Key": "a", "Value": "b"}]})
    stack.update(TYPE, made, {**INLINE, **ALL, "Tags": [{"Key": "a", "Value": "b"}]}, named)
    one, other = configuration(stack, "jobs"), configuration(stack, fresh.physical_id)
    for output in (one, other):
        for varying in ("FunctionArn", "FunctionName", "RevisionId", "LastModified", "LoggingConfig"):
            output["Configuration"].pop(varying)
        # AWS keeps the members of a VpcConfig that is none.
        output["Configuration"].pop("VpcConfig", None)
        output.pop("Code")
    assert one == other
    assert "Concurrency" not in one
    assert "a" not in one["Tags"]
    assert stack.services.call("lambda", "GetFunctionRecursionConfig", {"FunctionName": "jobs"}) == {
        "RecursiveLoop": "Terminate"
    }


@pytest.mark.parametrize(
    ("change", "operations"),
    [
        ({}, ["ListTags", "GetFunctionConfiguration"]),
        ({"Timeout": 9}, ["UpdateFunctionConfiguration", "ListTags", "GetFunctionConfiguration"]),
        ({"Code": {"ZipFile": "x = 1"}}, ["UpdateFunctionCode", "ListTags", "GetFunctionConfiguration"]),
        ({"Architectures": ["arm64"]}, ["UpdateFunctionCode", "ListTags", "GetFunctionConfiguration"]),
        ({"ReservedConcurrentExecutions": 0}, ["PutFunctionConcurrency", "ListTags", "GetFunctionConfiguration"]),
        ({"Tags": [{"Key": "a"}]}, ["ListTags", "TagResource", "GetFunctionConfiguration"]),
    ],
)
def test_updates_call_what_they_need(stack: Stack, change: dict[str, Any], operations: list[str]) -> None:
    made = stack.create(TYPE, **INLINE)
    stack.services.names()
    assert stack.update(TYPE, made, INLINE, {**INLINE, **change}) == made
    assert stack.services.names() == operations


def test_inline_code_follows_the_runtime(stack: Stack) -> None:
    made = stack.create(TYPE, **INLINE)
    stack.services.names()
    stack.update(TYPE, made, INLINE, {**INLINE, "Runtime": "nodejs22.x"})
    assert "UpdateFunctionCode" in stack.services.names()


def test_code_from_s3(stack: Stack) -> None:
    content = zip_of({"index.py": "def handler(event, context): return 1"})
    stack.services.objects["artifacts", "jobs.zip"] = content
    code = {"S3Bucket": "artifacts", "S3Key": "jobs.zip"}
    made = stack.create(TYPE, **{**INLINE, "Code": code})
    assert configuration(stack)["Configuration"]["CodeSize"] == len(content)
    stack.services.objects["artifacts", "more.zip"] = zip_of({"index.py": "def handler(event, context): return 22"})
    stack.update(TYPE, made, {**INLINE, "Code": code}, {**INLINE, "Code": {**code, "S3Key": "more.zip"}})
    assert configuration(stack)["Configuration"]["CodeSize"] != len(content)


def test_images_are_refused_clearly(stack: Stack) -> None:
    with pytest.raises(AwsError, match="the option PackageType is not implemented"):
        stack.create(TYPE, Code={"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/jobs:1"}, Role=ROLE)


def test_inline_code_of_other_runtimes_is_refused(stack: Stack) -> None:
    with pytest.raises(AwsError, match="ZipFile can only be used when Runtime is one of"):
        stack.create(TYPE, **{**INLINE, "Runtime": "provided.al2023"})


def test_a_repeated_create_adopts_its_own(stack: Stack) -> None:
    made = stack.create(TYPE, **INLINE)
    assert stack.repeat(TYPE, **INLINE, ReservedConcurrentExecutions=3) == made
    assert configuration(stack)["Concurrency"] == {"ReservedConcurrentExecutions": 3}


def test_a_function_of_somebody_else_is_not_adopted(stack: Stack) -> None:
    stack.create(TYPE, "Other", **INLINE, FunctionName="jobs")
    for make in (stack.create, stack.repeat):
        with pytest.raises(AwsError, match="Function already exist: jobs"):
            make(TYPE, **INLINE, FunctionName="jobs")


def test_what_fails_later_can_be_deleted(stack: Stack) -> None:
    with pytest.raises(AwsError):
        stack.create(TYPE, **INLINE, ReservedConcurrentExecutions=100_000)
    stack.delete(TYPE, Resource(stack.kept["Thing"]), **INLINE)
    with pytest.raises(AwsError, match="Function not found"):
        configuration(stack)


def test_what_drifted_is_read(stack: Stack) -> None:
    made = stack.create(TYPE, **{**INLINE, **ALL})
    kind, _ = known(TYPE)
    stack.services.call("lambda", "UpdateFunctionConfiguration", {"FunctionName": "jobs", "Timeout": 99})
    read = kind.read(stack.call(), made)
    assert read["Timeout"] == 99
    assert read["Environment"] == {"Variables": {"LEVEL": "3"}}
    assert read["ReservedConcurrentExecutions"] == 7
    stack.delete(TYPE, made, **INLINE)
    assert kind.read(stack.call(), made) is None


def files_of(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_inline_code_is_a_package_that_stays_the_same() -> None:
    assert files_of(archive_of("a = 1", "python3.12")) == {"index.py": "a = 1"}
    assert files_of(archive_of("let a", "nodejs22.x")) == {"index.js": "let a"}
    assert files_of(archive_of("import cfnresponse", "python3.12")).keys() == {"index.py", "cfnresponse.py"}
    with_module = archive_of("require('cfn-response')", "nodejs22.x")
    assert files_of(with_module).keys() == {"index.js", "node_modules/cfn-response/index.js"}
    assert (
        hashlib.sha256(with_module).digest()
        == hashlib.sha256(archive_of("require('cfn-response')", "nodejs22.x")).digest()
    )


class Receiver:
    """Takes what a custom resource's function puts."""

    def __init__(self) -> None:
        received = self.received = []

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                length = int(self.headers["Content-Length"])
                received.append((self.path, self.headers.get("Content-Type"), json.loads(self.rfile.read(length))))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


PYTHON = """
import sys, json, types
import cfnresponse
context = types.SimpleNamespace(log_stream_name="stream")
cfnresponse.send(json.loads(sys.argv[1]), context, cfnresponse.SUCCESS, {"Answer": 42}, "my-id")
"""
NODE = """
const response = require("cfn-response");
response.send(JSON.parse(process.argv[2]), { logStreamName: "stream" }, response.SUCCESS, { Answer: 42 }, "my-id");
"""


@pytest.mark.parametrize(("runtime", "code"), [("python3.12", PYTHON), ("nodejs22.x", NODE)])
def test_the_modules_that_answer_custom_resources(tmp_path: Path, runtime: str, code: str) -> None:
    interpreter = sys.executable if runtime.startswith("python") else which("node")
    if interpreter is None:
        pytest.skip("node is not installed")
    with zipfile.ZipFile(io.BytesIO(archive_of(code, runtime))) as archive:
        archive.extractall(tmp_path)
    receiver = Receiver()
    url = f"http://127.0.0.1:{receiver.server.server_port}/answer/1?X-Amz-Signature=a%2Fb"
    event = {"StackId": STACK_ID, "RequestId": "r-1", "LogicalResourceId": "Thing", "ResponseURL": url}
    try:
        script = "index.py" if runtime.startswith("python") else "index.js"
        ran = subprocess.run(
            [interpreter, script, json.dumps(event)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    finally:
        receiver.close()
    path, content_type, answer = receiver.received[0]
    assert path == "/answer/1?X-Amz-Signature=a%2Fb"
    assert not content_type
    assert answer == {
        "Status": "SUCCESS",
        "Reason": "See the details in CloudWatch Log Stream: stream",
        "PhysicalResourceId": "my-id",
        "StackId": STACK_ID,
        "RequestId": "r-1",
        "LogicalResourceId": "Thing",
        "NoEcho": False,
        "Data": {"Answer": 42},
    }
    assert "Status code: 200" in ran.stdout
