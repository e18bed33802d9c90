"""Stacks through a node: applications of functions and APIs, custom resources, templates in buckets, kills.

Sources: "Working with stacks", "Custom resources", "Create wait conditions in a CloudFormation template" (AWS
CloudFormation User Guide). How the CDK's and the Serverless Framework's handlers answer custom resources, and how the
AWS CLI deploys, is in the findings of this project on clients (`https.request({hostname, path})` to port 443; 30
seconds of sleep when a stack is in progress).
"""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.nodes import BIN, ROLE, Node, kill, running, start, stop, wait_until

HELLO = """
def handler(event, context):
    return {"statusCode": 200, "body": "GREETING"}
"""

PYTHON = """
import cfnresponse

def handler(event, context):
    size = event["ResourceProperties"].get("Size", "")
    cfnresponse.send(event, context, cfnresponse.SUCCESS, {"Color": "red " + size}, "made-by-python")
"""

NODE = """
const https = require('https');
const url = require('url');

exports.handler = async (event) => {
  const { StackId, RequestId, LogicalResourceId } = event;
  const answer = { Status: 'SUCCESS', PhysicalResourceId: 'made-by-node', StackId, RequestId, LogicalResourceId };
  const body = JSON.stringify({ ...answer, Data: { Color: 'blue' } });
  const { hostname, path } = url.parse(event.ResponseURL);
  const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body, 'utf8') };
  await new Promise((resolve, reject) => {
    const request = https.request({ hostname, path, method: 'PUT', headers }, (response) => {
      response.resume();
      resolve();
    });
    request.on('error', reject);
    request.write(body);
    request.end();
  });
};
"""


@pytest.fixture(scope="module")
def stacking() -> Iterator[Node]:
    """A node with its companion; each test has a stack of its own name."""
    with running("--ephemeral") as started:
        yield started


def function(code: str, runtime: str = "python3.13") -> dict[str, Any]:
    properties = {
        "Runtime": runtime,
        "Handler": "index.handler",
        "Role": ROLE,
        "Timeout": 20,
        "Code": {"ZipFile": code},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def application(greeting: str) -> dict[str, Any]:
    """Return the template of a REST API with a function."""
    uri = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Hello.Arn}/invocations"
    integration = {"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": {"Fn::Sub": uri}}
    api = {"Ref": "Api"}
    method = {
        "RestApiId": api,
        "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
        "HttpMethod": "GET",
        "AuthorizationType": "NONE",
        "Integration": integration,
    }
    permission = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": "Hello"},
        "Principal": "apigateway.amazonaws.com",
    }
    resources = {
        "Hello": function(HELLO.replace("GREETING", greeting)),
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": {"Ref": "AWS::StackName"}}},
        "Method": {"Type": "AWS::ApiGateway::Method", "Properties": method},
        "Release": {
            "Type": "AWS::ApiGateway::Deployment",
            "DependsOn": "Method",
            "Properties": {"RestApiId": api, "StageName": "prod"},
        },
        "Permission": {"Type": "AWS::Lambda::Permission", "Properties": permission},
    }
    return {"Resources": resources, "Outputs": {"Api": {"Value": api}, "Hello": {"Value": {"Ref": "Hello"}}}}


def outputs(node: Node, name: str) -> dict[str, str]:
    (stack,) = node.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}


def settled(node: Node, name: str) -> str:
    """Wait for a stack; return its status."""
    statuses: list[str] = []

    def is_settled() -> bool:
        (stack,) = node.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        statuses.append(stack["StackStatus"])
        return not stack["StackStatus"].endswith("_IN_PROGRESS")

    wait_until(is_settled, f"the stack {name} to be done", 60)
    return statuses[-1]


def failures(node: Node, name: str) -> list[str]:
    events = node.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in events]


def test_an_application_is_created_updated_and_deleted(stacking: Node) -> None:
    cloudformation = stacking.client("cloudformation")
    name = "application"
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(application("first")))
    assert settled(stacking, name) == "CREATE_COMPLETE", failures(stacking, name)
    made = outputs(stacking, name)
    answer = stacking.call(made["Api"], "GET", "/prod/")
    assert (answer.status, answer.body) == (200, b"first")
    tags = stacking.client("lambda").get_function(FunctionName=made["Hello"])["Tags"]
    assert tags["aws:cloudformation:stack-name"] == name
    cloudformation.update_stack(StackName=name, TemplateBody=json.dumps(application("second")))
    assert settled(stacking, name) == "UPDATE_COMPLETE", failures(stacking, name)
    assert stacking.call(made["Api"], "GET", "/prod/").body == b"second"
    with pytest.raises(ClientError, match=r"No updates are to be performed\."):
        cloudformation.update_stack(StackName=name, TemplateBody=json.dumps(application("second")))
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    with pytest.raises(ClientError, match=f"Stack with id {name} does not exist"):
        cloudformation.describe_stacks(StackName=name)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        stacking.client("lambda").get_function(FunctionName=made["Hello"])
    assert stacking.call(made["Api"], "GET", "/prod/").status == 404


def test_a_warm_node_has_a_stack_done_before_it_answers(stacking: Node) -> None:
    cloudformation = stacking.client("cloudformation")
    for number in range(2):
        cloudformation.create_stack(StackName=f"warm-{number}", TemplateBody=json.dumps(application("hello")))
        (stack,) = cloudformation.describe_stacks(StackName=f"warm-{number}")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"


def test_functions_answer_custom_resources(stacking: Node) -> None:
    """Also those that take only the host and the path of the URL, and go to port 443."""
    imported = NODE.replace("const https = require('https');", "").replace("require('url')", "require('node:url')")
    module = "const https = await import('node:https');\n  const { request: put } = https;\n  const { StackId"
    imported = imported.replace("const { StackId", module).replace("https.request(", "put(")

    def custom(function_name: str) -> dict[str, Any]:
        properties = {"ServiceToken": {"Fn::GetAtt": [function_name, "Arn"]}, "Size": 3}
        return {"Type": "Custom::Paint", "Properties": properties}

    names = {
        "Python": function(PYTHON),
        "Node": function(NODE, "nodejs22.x"),
        "Module": function(imported, "nodejs22.x"),
    }
    resources = {**names, **{f"By{name}": custom(name) for name in names}}
    shown = {name: {"Value": {"Fn::GetAtt": [f"By{name}", "Color"]}} for name in names}
    body = json.dumps({"Resources": resources, "Outputs": shown})
    stacking.client("cloudformation").create_stack(StackName="custom", TemplateBody=body)
    assert settled(stacking, "custom") == "CREATE_COMPLETE", failures(stacking, "custom")
    assert outputs(stacking, "custom") == {"Python": "red 3", "Node": "blue", "Module": "blue"}


def test_a_function_that_fails_fails_its_custom_resource(stacking: Node) -> None:
    """Not after an hour, as the findings saw it elsewhere: a module that the function lacks is said at once."""
    token = {"ServiceToken": {"Fn::GetAtt": ["Broken", "Arn"]}}
    resources = {"Broken": function("import no_such_module"), "It": {"Type": "Custom::It", "Properties": token}}
    body = json.dumps({"Resources": resources})
    stacking.client("cloudformation").create_stack(StackName="broken", TemplateBody=body)
    assert settled(stacking, "broken") == "ROLLBACK_COMPLETE"
    assert any("No module named 'no_such_module'" in failure for failure in failures(stacking, "broken"))


def test_templates_come_from_buckets(stacking: Node) -> None:
    s3 = stacking.client("s3")
    s3.create_bucket(Bucket="templates")
    child = {"Resources": {"Hello": function(HELLO)}, "Outputs": {"Name": {"Value": {"Ref": "Hello"}}}}
    s3.put_object(Bucket="templates", Key="child.json", Body=json.dumps(child).encode())
    nested = {"TemplateURL": "https://s3.amazonaws.com/templates/child.json"}
    parent = {
        "Resources": {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": nested}},
        "Outputs": {"Name": {"Value": {"Fn::GetAtt": ["Child", "Outputs.Name"]}}},
    }
    s3.put_object(Bucket="templates", Key="a/parent.json", Body=json.dumps(parent).encode())
    cloudformation = stacking.client("cloudformation")
    cloudformation.create_stack(StackName="nested", TemplateURL=f"{stacking.url}/templates/a/parent.json")
    assert settled(stacking, "nested") == "CREATE_COMPLETE", failures(stacking, "nested")
    made = outputs(stacking, "nested")["Name"]
    assert stacking.client("lambda").get_function(FunctionName=made)["Configuration"]["FunctionName"] == made
    with pytest.raises(ClientError, match=r"S3 error: The specified key does not exist\."):
        cloudformation.create_stack(StackName="none", TemplateURL=f"{stacking.url}/templates/none.json")


def test_the_aws_cli_deploys(stacking: Node, tmp_path: Path) -> None:
    """Create, no change, update: each without a sleep of 30 seconds."""

    def deploy(greeting: str) -> str:
        path = tmp_path / "template.json"
        path.write_text(json.dumps(application(greeting)))
        command = ["cloudformation", "deploy", "--stack-name", "deployed", "--template-file", str(path)]
        command += ["--no-fail-on-empty-changeset"]
        time.sleep(1)  # it names its change sets by the second
        run = [sys.executable, str(BIN / "aws"), *command]
        done = subprocess.run(run, env=stacking.environment, capture_output=True, text=True, timeout=100)
        assert done.returncode == 0, done.stderr + str(failures(stacking, "deployed"))
        return done.stdout

    begun = time.monotonic()
    assert "Successfully created/updated stack - deployed" in deploy("first")
    assert "No changes to deploy. Stack deployed is up to date" in deploy("first")
    assert "Successfully created/updated stack - deployed" in deploy("second")
    assert time.monotonic() - begun < 28
    assert stacking.call(outputs(stacking, "deployed")["Api"], "GET", "/prod/").body == b"second"


def test_a_killed_node_goes_on(tmp_path: Path) -> None:
    """The wait is taken up by the next node, and what comes after it is made."""
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    wait = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "60"}}
    resources = {
        "Before": function(HELLO),
        "Handle": {**handle, "DependsOn": "Before"},
        "Wait": wait,
        "After": {**function(HELLO), "DependsOn": "Wait"},
    }
    first = start("--data-dir", str(tmp_path / "data"))
    try:
        cloudformation = first.client("cloudformation")
        cloudformation.create_stack(StackName="killed", TemplateBody=json.dumps({"Resources": resources}))

        def statuses(node: Node) -> dict[str, str]:
            found = node.client("cloudformation").describe_stack_resources(StackName="killed")["StackResources"]
            return {each["LogicalResourceId"]: each["ResourceStatus"] for each in found}

        wait_until(lambda: statuses(first).get("Wait") == "CREATE_IN_PROGRESS", "the stack to wait", 60)
    finally:
        kill(first)
    second = start("--data-dir", str(tmp_path / "data"), "--port", str(first.port))
    try:
        found = second.client("cloudformation").describe_stack_resource(StackName="killed", LogicalResourceId="Handle")
        url = found["StackResourceDetail"]["PhysicalResourceId"]
        body = json.dumps({"Status": "SUCCESS", "UniqueId": "1", "Data": "done", "Reason": ""}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, body, method="PUT")) as response:
            assert response.status == 200
        assert settled(second, "killed") == "CREATE_COMPLETE", failures(second, "killed")
        assert set(statuses(second).values()) == {"CREATE_COMPLETE"}
        assert len(second.client("lambda").list_functions()["Functions"]) == 2
    finally:
        assert stop(second) == 0


SAM = """
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      CodeUri: code
      Handler: app.handler
      Events:
        Rest: {Type: Api, Properties: {Path: /hello, Method: get}}
        Http: {Type: HttpApi, Properties: {Path: /hello, Method: get}}
Outputs:
  Rest: {Value: !Ref ServerlessRestApi}
  Http: {Value: !Ref ServerlessHttpApi}
"""


def test_a_serverless_application_is_packaged_and_deployed(stacking: Node, tmp_path: Path) -> None:
    """`aws cloudformation package` and `deploy`, as the sample applications of AWS SAM are deployed."""
    stacking.client("s3").create_bucket(Bucket="artifacts")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text(HELLO.replace("GREETING", "served"))
    (tmp_path / "template.yaml").write_text(SAM)
    packaged = str(tmp_path / "packaged.yaml")
    source = str(tmp_path / "template.yaml")
    commands = [
        ["package", "--template-file", source, "--s3-bucket", "artifacts", "--output-template-file", packaged],
        ["deploy", "--template-file", packaged, "--stack-name", "serverless", "--capabilities", "CAPABILITY_IAM"],
    ]
    for command in commands:
        run = [sys.executable, str(BIN / "aws"), "cloudformation", *command]
        done = subprocess.run(run, env=stacking.environment, capture_output=True, text=True, timeout=100)
        assert done.returncode == 0, done.stderr
    made = outputs(stacking, "serverless")
    assert stacking.call(made["Rest"], "GET", "/Prod/hello").body == b"served"
    assert stacking.call(made["Http"], "GET", "/hello").body == b"served"
    original = stacking.client("cloudformation").get_template(StackName="serverless", TemplateStage="Original")
    assert "AWS::Serverless::Function" in original["TemplateBody"]
    processed = stacking.client("cloudformation").get_template(StackName="serverless", TemplateStage="Processed")
    assert "AWS::IAM::Role" in json.dumps(processed["TemplateBody"])
    stacking.client("cloudformation").delete_stack(StackName="serverless")
    listed = stacking.client("cloudformation").list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
    assert "serverless" in [stack["StackName"] for stack in listed]
    assert not [role for role in stacking.client("iam").list_roles()["Roles"] if "serverless" in role["RoleName"]]


def test_what_was_just_made_has_not_drifted(stacking: Node) -> None:
    """ "Detect unmanaged configuration changes" (AWS CloudFormation User Guide): services tell what was asked for."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    role = {"AssumeRolePolicyDocument": trust, "Description": "A role", "MaxSessionDuration": "7200"}
    more = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": role},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": "40"}},
        "Http": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "http", "ProtocolType": "HTTP"}},
    }
    template = application("hello")
    template["Resources"] |= more
    cloudformation = stacking.client("cloudformation")
    options = {"Capabilities": ["CAPABILITY_IAM"], "Tags": [{"Key": "color", "Value": "red"}]}
    cloudformation.create_stack(StackName="drifting", TemplateBody=json.dumps(template), **options)
    assert settled(stacking, "drifting") == "CREATE_COMPLETE", failures(stacking, "drifting")

    def drifts() -> dict[str, Any]:
        cloudformation.detect_stack_drift(StackName="drifting")
        found = cloudformation.describe_stack_resource_drifts(StackName="drifting")["StackResourceDrifts"]
        return {each["LogicalResourceId"]: each.get("PropertyDifferences") or [] for each in found}

    assert {name: found for name, found in drifts().items() if found} == {}
    made = outputs(stacking, "drifting")["Hello"]
    stacking.client("lambda").update_function_configuration(FunctionName=made, Timeout=7)
    (difference,) = drifts()["Hello"]
    assert (difference["PropertyPath"], difference["ExpectedValue"], difference["ActualValue"]) == (
        "/Timeout",
        "20",
        "7",
    )


def test_provisioned_concurrency_is_there_before_the_stack_is_complete(stacking: Node) -> None:
    """ "Configuring provisioned concurrency for a function" (AWS Lambda Developer Guide)."""
    provisioned = {"ProvisionedConcurrentExecutions": 2}
    version = {"FunctionName": {"Ref": "Hello"}}
    alias = {
        "FunctionName": {"Ref": "Hello"},
        "FunctionVersion": {"Fn::GetAtt": ["First", "Version"]},
        "Name": "live",
        "ProvisionedConcurrencyConfig": provisioned,
    }
    template = {
        "Resources": {
            "Hello": function(HELLO),
            "First": {"Type": "AWS::Lambda::Version", "Properties": version},
            "Live": {"Type": "AWS::Lambda::Alias", "Properties": alias},
        },
        "Outputs": {"Hello": {"Value": {"Ref": "Hello"}}},
    }
    cloudformation = stacking.client("cloudformation")
    cloudformation.create_stack(StackName="provisioned", TemplateBody=json.dumps(template))
    assert settled(stacking, "provisioned") == "CREATE_COMPLETE", failures(stacking, "provisioned")
    name = outputs(stacking, "provisioned")["Hello"]
    found = stacking.client("lambda").get_provisioned_concurrency_config(FunctionName=name, Qualifier="live")
    assert (found["Status"], found["AvailableProvisionedConcurrentExecutions"]) == ("READY", 2)
    cloudformation.delete_stack(StackName="provisioned")
