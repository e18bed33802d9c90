"""Afternoons with the AWS CLI, as people type its commands: nested stacks from local files, and the services beside.

Sources: "package", "deploy" (AWS CLI Command Reference, cloudformation); "Embed stacks within other stacks", "Change
sets for nested stacks" (AWS CloudFormation User Guide); "Use high-level s3 commands" (AWS CLI User Guide).
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gatewright.cli.environment import client_environment
from tests.integration.deployed import RUNTIME, function, package
from tests.integration.nodes import BIN, Node, running, wait_until

pytestmark = pytest.mark.slow

ROOT = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Size: {Type: String, Default: small}}
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: child/child.yaml, Parameters: {Size: !Ref Size}}
  App:
    Type: AWS::Serverless::Application
    Properties: {Location: app.yaml, Parameters: {Greeting: hello}}
Outputs:
  Plain: {Value: !GetAtt Child.Outputs.Function}
  Serverless: {Value: !GetAtt App.Outputs.Function}
"""
CHILD = f"""
Parameters: {{Size: {{Type: String}}}}
Resources:
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Code: ../code
      Handler: app.handler
      Runtime: {RUNTIME}
      Role: !GetAtt Role.Arn
      Environment: {{Variables: {{SIZE: !Ref Size}}}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: 'sts:AssumeRole'}}]
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties: {{TemplateURL: inner.yaml}}
Outputs:
  Function: {{Value: !Ref Function}}
"""
INNER = "Resources: {Group: {Type: AWS::Logs::LogGroup}}"
APP = f"""
Transform: AWS::Serverless-2016-10-31
Parameters: {{Greeting: {{Type: String}}}}
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code
      Handler: app.handler
      Runtime: {RUNTIME}
      Environment: {{Variables: {{GREETING: !Ref Greeting}}}}
Outputs:
  Function: {{Value: !Ref Function}}
"""
HANDLER = """
import os
def handler(event, context):
    print("asked")
    return "one " + os.environ.get("GREETING", os.environ.get("SIZE", "?"))
"""
CAPABILITIES = ("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")


@dataclass(frozen=True)
class Shell:
    """A shell in a folder, with what `gatewright env` exports."""

    node: Node
    folder: Path
    more: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, status: int = 0, given: bytes | None = None) -> str:
        """Run `aws`; return what it printed. It must end with the status."""
        environment = {**self.node.environment, **client_environment(self.node.url, "us-east-1"), **self.more}
        done = subprocess.run(
            [sys.executable, str(BIN / "aws"), *arguments],
            cwd=self.folder,
            env=environment,
            input=given,
            capture_output=True,
            timeout=90,
        )
        printed = (done.stdout + done.stderr).decode()
        assert done.returncode == status, f"aws {' '.join(arguments)}: {printed}"
        return printed

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments))

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path


@pytest.fixture(scope="module")
def beside() -> Iterator[Node]:
    """A node with its companion."""
    with running("--ephemeral") as started:
        yield started


@pytest.fixture
def shell(beside: Node, tmp_path: Path) -> Shell:
    return Shell(beside, tmp_path)


def stack_of(node: Node, name: str) -> dict[str, Any]:
    (stack,) = node.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return dict(stack)


def resource_id(node: Node, stack: str, logical_id: str) -> str:
    described = node.client("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
    return str(described["StackResourceDetail"]["PhysicalResourceId"])


def answers(node: Node) -> list[Any]:
    """Return what the functions of the stack `nest` answer."""
    outputs = sorted(stack_of(node, "nest")["Outputs"], key=lambda output: output["OutputKey"])
    names = [output["OutputValue"] for output in outputs]
    return [json.load(node.client("lambda").invoke(FunctionName=name)["Payload"]) for name in names]


def test_nested_stacks_and_applications_from_local_files(shell: Shell) -> None:
    node, cloudformation = shell.node, shell.node.client("cloudformation")
    for name, text in (("root.yaml", ROOT), ("child/child.yaml", CHILD), ("child/inner.yaml", INNER)):
        shell.write(name, text)
    shell.write("app.yaml", APP)
    code = shell.write("code/app.py", HANDLER)
    shell.run("s3", "mb", "s3://nested-packages")
    packaging = ("cloudformation", "package", "--s3-bucket", "nested-packages", "--template-file", "root.yaml")
    packaging += ("--output-template-file", "packaged.yaml")
    deploying = ("cloudformation", "deploy", "--stack-name", "nest", "--template-file", "packaged.yaml", *CAPABILITIES)

    shell.run(*packaging)
    assert "Successfully created/updated stack - nest" in shell.run(*deploying)
    assert answers(node) == ["one small", "one hello"]
    child_id = resource_id(node, "nest", "Child")
    inner_id = resource_id(node, child_id, "Inner")
    assert stack_of(node, inner_id)["RootId"] == stack_of(node, "nest")["StackId"]
    assert "No changes to deploy" in shell.run(*deploying, "--no-fail-on-empty-changeset")

    # Only the content of nested templates changes: package gives them other URLs.
    code.write_text(HANDLER.replace("one", "two"))
    shell.run(*packaging)
    change = ("--stack-name", "nest", "--change-set-name", "preview")
    body = ("--template-body", "file://packaged.yaml", "--include-nested-stacks")
    shell.run("cloudformation", "create-change-set", *change, *body, *CAPABILITIES)
    shell.run("cloudformation", "wait", "change-set-create-complete", *change)
    root = shell.json("cloudformation", "describe-change-set", *change)
    changes = {each["ResourceChange"]["LogicalResourceId"]: each["ResourceChange"] for each in root["Changes"]}
    assert sorted(changes) == ["App", "Child"]
    below = cloudformation.describe_change_set(ChangeSetName=changes["Child"]["ChangeSetId"])
    assert below["RootChangeSetId"] == root["ChangeSetId"]
    assert [each["ResourceChange"]["LogicalResourceId"] for each in below["Changes"]] == ["Function"]
    shell.run("cloudformation", "execute-change-set", *change)
    shell.run("cloudformation", "wait", "stack-update-complete", "--stack-name", "nest")
    assert answers(node) == ["two small", "two hello"]

    # The same URL, with other content behind it.
    processed = cloudformation.get_template(StackName="nest", TemplateStage="Processed")["TemplateBody"]
    key = processed["Resources"]["Child"]["Properties"]["TemplateURL"].rpartition("/")[2]
    shell.run("s3", "cp", f"s3://nested-packages/{key}", "child.out")
    other = (shell.folder / "child.out").read_text().replace("SIZE:", "GREETING:")
    shell.write("child.out", other)
    shell.run("s3", "cp", "child.out", f"s3://nested-packages/{key}")
    previous = ("--stack-name", "nest", "--use-previous-template", *CAPABILITIES)
    shell.run("cloudformation", "update-stack", *previous)
    shell.run("cloudformation", "wait", "stack-update-complete", "--stack-name", "nest")
    variables = node.client("lambda").get_function_configuration(FunctionName=resource_id(node, child_id, "Function"))
    assert variables["Environment"]["Variables"] == {"GREETING": "small"}
    assert stack_of(node, inner_id)["StackStatus"] == "CREATE_COMPLETE"
    refused = shell.run("cloudformation", "update-stack", *previous, status=255)
    assert "No updates are to be performed." in refused

    shell.run("cloudformation", "delete-stack", "--stack-name", "nest")
    shell.run("cloudformation", "wait", "stack-delete-complete", "--stack-name", "nest")
    assert {stack_of(node, each)["StackStatus"] for each in (child_id, inner_id)} == {"DELETE_COMPLETE"}


def test_files_in_buckets(shell: Shell) -> None:
    config = shell.write("config", "[default]\ns3 =\n  multipart_threshold = 6MB\n  multipart_chunksize = 5MB\n")
    shell = Shell(shell.node, shell.folder, {"AWS_CONFIG_FILE": str(config)})
    big = bytes(range(256)) * 48 * 1024  # 12 MiB
    (shell.folder / "big").write_bytes(big)
    shell.write("tree/one.txt", "1")
    shell.write("tree/two words+é.txt", "2")
    shell.run("s3", "mb", "s3://cli-files")
    shell.run("s3", "cp", "big", "s3://cli-files/big", "--no-progress")
    assert shell.node.client("s3").head_object(Bucket="cli-files", Key="big")["ETag"].endswith('-3"')
    shell.run("s3", "cp", "s3://cli-files/big", "back", "--no-progress")
    assert (shell.folder / "back").read_bytes() == big
    shell.run("s3", "cp", "-", "s3://cli-files/piped", given=b"from a pipe")
    assert shell.run("s3", "cp", "s3://cli-files/piped", "-") == "from a pipe"
    assert shell.run("s3", "sync", "tree", "s3://cli-files/tree").count("upload:") == 2
    assert shell.run("s3", "sync", "tree", "s3://cli-files/tree") == ""
    (shell.folder / "tree/one.txt").unlink()
    assert "delete: s3://cli-files/tree/one.txt" in shell.run("s3", "sync", "tree", "s3://cli-files/tree", "--delete")
    listed = shell.run("s3", "ls", "s3://cli-files", "--recursive", "--summarize")
    assert "tree/two words+é.txt" in listed
    assert "Total Objects: 3" in listed
    url = shell.run("s3", "presign", "s3://cli-files/piped").strip().removeprefix(shell.node.url)
    assert shell.node.request("GET", url).body == b"from a pipe"
    assert "BucketNotEmpty" in shell.run("s3", "rb", "s3://cli-files", status=1)
    shell.run("s3", "rb", "s3://cli-files", "--force")


def test_a_function_and_the_services_beside_it(shell: Shell) -> None:
    made = function(shell.node, "print(event.get('detail-type')); return {'saw': event}")
    (shell.folder / "next.zip").write_bytes(package("print('loaded')", "return 'next'"))
    named = ("--function-name", made.name)
    account = made.arn.split(":")[4]
    events = shell.node.client("events")
    events.put_rule(Name="mine", EventPattern='{"source":["me"]}')
    events.put_targets(Rule="mine", Targets=[{"Id": "1", "Arn": made.arn}])
    shell.run("events", "put-events", "--entries", '[{"Source":"me","DetailType":"sent","Detail":"{}"}]')
    group = ("--log-group-name", f"/aws/lambda/{made.name}")
    logs = shell.node.client("logs")
    wait_until(
        lambda: any("sent" in event["message"] for event in logs.filter_log_events(logGroupName=group[1])["events"]),
        "the event reached the function",
    )
    shown = shell.json("logs", "filter-log-events", *group, "--filter-pattern", "sent")
    assert [event["message"].strip() for event in shown["events"]] == ["sent"]
    live = ("logs", "start-live-tail", "--log-group-identifiers", f"arn:aws:logs:us-east-1:{account}:log-group:x")
    assert "StartLiveTail of Amazon CloudWatch Logs (logs) is not implemented" in shell.run(*live, status=255)

    published = shell.json("lambda", "update-function-code", *named, "--zip-file", "fileb://next.zip", "--publish")
    assert published["Version"] == "1"
    shell.run("lambda", "wait", "function-updated-v2", *named)
    shell.run("lambda", "invoke", *named, "--qualifier", "1", "out.json")
    assert (shell.folder / "out.json").read_text() == '"next"'

    machine = shell.node.client("stepfunctions").create_state_machine(
        name="caller",
        type="EXPRESS",
        roleArn=f"arn:aws:iam::{account}:role/machines",
        definition=json.dumps(
            {"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": made.arn, "End": True}}}
        ),
    )["stateMachineArn"]
    done = shell.json("stepfunctions", "start-sync-execution", "--state-machine-arn", machine, "--input", "{}")
    assert (done["status"], done["output"]) == ("SUCCEEDED", '"next"')

    # Version 1 of the CLI has an endpoint of its own for SQS.
    sqs = ("sqs", "--endpoint-url", shell.node.url)
    queue = ("--queue-url", shell.json(*sqs, "create-queue", "--queue-name", "jobs")["QueueUrl"])
    shell.run(*sqs, "send-message", *queue, "--message-body", "do it")
    assert shell.json(*sqs, "receive-message", *queue)["Messages"][0]["Body"] == "do it"
