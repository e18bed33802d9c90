"""`gatewright deploy`, as people run it in the directory of an application."""

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.integration.deployed import RUNTIME
from tests.integration.nodes import Node, running, wait_until
from tests.unit.cli.test_deploy_builds import wheel

pytestmark = pytest.mark.slow

SAVED_MS = 300
APPLICATION = f"""
Transform: AWS::Serverless-2016-10-31
Parameters:
  Greeting: {{Type: String, Default: hello}}
Globals:
  Function: {{Runtime: {RUNTIME}, Timeout: 10}}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: hello/
      Handler: app.handler
      Environment: {{Variables: {{GREETING: !Ref Greeting}}}}
      Layers: [!Ref Shared]
      FunctionUrlConfig: {{AuthType: NONE}}
      Events:
        Get: {{Type: HttpApi, Properties: {{Path: /hello, Method: GET}}}}
  Other:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: other/, Handler: app.handler}}
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: {{ContentUri: layer, CompatibleRuntimes: [{RUNTIME}]}}
Outputs:
  Name: {{Value: !Ref Hello}}
  Other: {{Value: !Ref Other}}
"""
HELLO = """
import os, shared
def handler(event, context):
    return {"statusCode": 200, "body": os.environ["GREETING"] + shared.MARK + "1"}
"""
OTHER = """
import uuid
MADE = str(uuid.uuid4())
def handler(event, context):
    return MADE
"""


@pytest.fixture(scope="module")
def own_node() -> Iterator[Node]:
    """A node without a companion: deployments of functions and APIs need none."""
    with running("--ephemeral", environment={"GATEWRIGHT_COMPANION": "none"}) as node:
        yield node


def write(directory: Path, **files: str) -> None:
    """Write files; `__` in a name stands for a slash, `_` before the end for a dot."""
    for name, text in files.items():
        path = directory / name.replace("__", "/")
        path = path.with_name(".".join(path.name.rsplit("_", 1)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def application(tmp_path: Path) -> Path:
    """An application in a directory of its own name."""
    directory = tmp_path / f"app-{os.urandom(4).hex()}"
    write(
        directory,
        template_yaml=APPLICATION,
        hello__app_py=HELLO,
        other__app_py=OTHER,
        layer__python__shared_py="MARK = '!'\n",
    )
    return directory


@dataclass(frozen=True)
class Done:
    status: int
    output: str
    errors: str


def environment(node: Node, home: Path) -> dict[str, str]:
    paths = {"PYTHONPATH": ":".join(sys.path), "PATH": os.environ["PATH"], "HOME": str(home)}
    return node.environment | {"AWS_REGION": "us-east-1"} | paths


def deploy(node: Node, directory: Path, *arguments: str) -> Done:
    command = [sys.executable, "-m", "gatewright", "deploy", *arguments]
    variables = environment(node, directory.parent)
    done = subprocess.run(command, cwd=directory, env=variables, capture_output=True, text=True, timeout=100)
    return Done(done.returncode, done.stdout, done.stderr)


def outputs(node: Node, name: str) -> dict[str, str]:
    (stack,) = node.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}


def invoke(node: Node, function: str) -> object:
    answer = node.client("lambda").invoke(FunctionName=function)
    payload = answer["Payload"].read()
    assert "FunctionError" not in answer, payload
    return json.loads(payload)


def body(node: Node, name: str) -> str:
    """Return what the application's function says now."""
    answer = invoke(node, outputs(node, name)["Name"])
    assert isinstance(answer, dict)
    return str(answer["body"])


def test_an_application(own_node: Node, application: Path) -> None:
    name = application.name
    done = deploy(own_node, application)
    assert (done.status, done.errors) == (0, "")
    lines = done.output.splitlines()
    assert lines[0] == f"template.yaml → stack {name} in us-east-1 at {own_node.url}"
    assert f"stack {name} is CREATE_COMPLETE" in done.output
    assert any("CREATE_COMPLETE" in line and "AWS::Lambda::Function" in line for line in lines)
    assert f"  Name   {outputs(own_node, name)['Name']}" in lines
    (api_line,) = [line for line in lines if "HTTP API" in line]
    host = api_line.split()[0].split("/")[2]
    assert own_node.request("GET", "/hello", [("Host", host)]).body == b"hello!1"
    (url_line,) = [line for line in lines if line.startswith("  http") and "lambda-url" in line]
    host = url_line.split()[0].split("/")[2]
    assert own_node.request("GET", "/", [("Host", host)]).body == b"hello!1"


def test_deploying_again(own_node: Node, application: Path) -> None:
    name = application.name
    deploy(own_node, application)
    again = deploy(own_node, application)
    assert again.status == 0
    assert f"stack {name} is up to date" in again.output
    parameter = deploy(own_node, application, "--parameter-overrides", "Greeting=hi")
    assert "UPDATE_COMPLETE" in parameter.output
    assert body(own_node, name) == "hi!1"
    write(application, hello__app_py=HELLO.replace('"1"', '"2"'))
    changed = deploy(own_node, application)
    assert changed.status == 0
    updated = {
        line.split()[2] for line in changed.output.splitlines() if "UPDATE_COMPLETE " in line and "AWS::" in line
    }
    assert updated == {"Hello", name}
    assert body(own_node, name) == "hi!2"  # the parameter kept its value


def test_other_ways_to_name_things(own_node: Node, application: Path) -> None:
    done = deploy(own_node, application.parent, application.name, "--stack-name", "other-name")
    assert done.status == 0
    assert body(own_node, "other-name") == "hello!1"
    own_node.client("cloudformation").delete_stack(StackName="other-name")


def test_all_that_templates_refer_to(own_node: Node, tmp_path: Path) -> None:
    """A nested template with code, an included part, a definition of an API, code as a zip file."""
    directory = tmp_path / f"refers-{os.urandom(4).hex()}"
    write(
        directory,
        template_yaml=f"""
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {{TemplateURL: child/child.yaml}}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {{Name: pets, BodyS3Location: api.json}}
  Zipped:
    Type: AWS::Lambda::Function
    Properties: {{Runtime: {RUNTIME}, Handler: app.handler, Role: 'arn:aws:iam::123456789012:role/r', Code: code.zip}}
  'Fn::Transform': {{Name: AWS::Include, Parameters: {{Location: part.yaml}}}}
Outputs:
  Child: {{Value: !GetAtt Child.Outputs.Name}}
  Api: {{Value: !Ref Api}}
  User: {{Value: !Ref Included}}
  Name: {{Value: !Ref Zipped}}
""",
        child__child_yaml=f"""
Resources:
  Function:
    Type: AWS::Lambda::Function
    Properties: {{Runtime: {RUNTIME}, Handler: app.handler, Role: 'arn:aws:iam::123456789012:role/r', Code: ../code}}
Outputs: {{Name: {{Value: !Ref Function}}}}
""",
        part_yaml="Included: {Type: AWS::IAM::User}\n",
        api_json=json.dumps(
            {
                "openapi": "3.0.1",
                "info": {"title": "pets", "version": "1"},
                "paths": {"/pets": {"get": {"x-amazon-apigateway-integration": {"type": "mock"}}}},
            }
        ),
        code__app_py="def handler(event, context): return {'body': 'nested'}\n",
    )
    with zipfile.ZipFile(directory / "code.zip", "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return {'body': 'zipped'}\n")
    done = deploy(own_node, directory)
    assert done.status == 0, done
    made = outputs(own_node, directory.name)
    assert invoke(own_node, made["Child"]) == {"body": "nested"}
    assert invoke(own_node, made["Name"]) == {"body": "zipped"}
    resources = own_node.client("apigateway").get_resources(restApiId=made["Api"])["items"]
    assert {each["path"] for each in resources} == {"/", "/pets"}
    assert deploy(own_node, directory).output.splitlines()[1].endswith("there is nothing to change")


def test_dependencies_are_built(own_node: Node, tmp_path: Path) -> None:
    directory = tmp_path / f"built-{os.urandom(4).hex()}"
    write(
        directory,
        template_yaml=f"""
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {{Runtime: {RUNTIME}, Handler: app.handler, CodeUri: code}}
Outputs: {{Name: {{Value: !Ref F}}}}
""",
        code__app_py="import tiny\ndef handler(event, context): return {'body': tiny.VERSION}\n",
    )
    (directory / "code" / "requirements.txt").write_text(f"./{wheel(directory / 'code', '1.0')}\n")
    done = deploy(own_node, directory, "--build")
    assert done.status == 0, done
    assert f"installing {directory}/code/requirements.txt for {RUNTIME}" in done.output
    assert body(own_node, directory.name) == "1.0"
    again = deploy(own_node, directory, "--build")
    assert "installing" not in again.output
    assert "up to date" in again.output


def test_a_stack_that_fails_says_why_and_can_be_deployed_when_it_is_mended(own_node: Node, application: Path) -> None:
    template = application / "template.yaml"
    template.write_text(APPLICATION.replace("Timeout: 10", "Timeout: 1000"))
    done = deploy(own_node, application)
    assert done.status == 1
    assert f"gatewright: stack {application.name} is ROLLBACK_COMPLETE" in done.errors
    assert "AWS::Lambda::Function" in done.errors
    assert "CREATE_FAILED" in done.output
    template.write_text(APPLICATION)
    mended = deploy(own_node, application)
    assert mended.status == 0, mended
    assert "what is left of it is deleted" in mended.output
    assert body(own_node, application.name) == "hello!1"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("nowhere.yaml",), 1, "there is no template"),
        (("--parameter-overrides", "Greeting"), 2, "'Greeting' is not NAME=VALUE"),
        (("--parameter-overrides", "Nothing=1"), 1, "Nothing"),
        (("--url", "http://127.0.0.1:1"), 1, "no node answers at http://127.0.0.1:1"),
    ],
)
def test_what_goes_wrong(
    own_node: Node, application: Path, arguments: tuple[str, ...], status: int, message: str
) -> None:
    done = deploy(own_node, application, *arguments)
    assert done.status == status
    assert message in done.errors


def test_a_template_that_cannot_be_read(own_node: Node, application: Path) -> None:
    (application / "template.yaml").write_text("Resources: {A: !Nothing x}")
    done = deploy(own_node, application)
    assert done.status == 1
    assert "template.yaml: " in done.errors


def test_a_node_that_was_restarted_rolls_back_to_code_that_it_kept(application: Path, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with running("--data-dir", data, environment={"GATEWRIGHT_COMPANION": "none"}) as node:
        assert deploy(node, application).status == 0
    with running("--data-dir", data, environment={"GATEWRIGHT_COMPANION": "none"}) as node:
        write(application, hello__app_py=HELLO.replace('"1"', '"2"'))
        template = APPLICATION.replace(
            "Outputs:", "  Fails: {Type: AWS::IAM::Group, Properties: {GroupName: 'a b'}}\nOutputs:"
        )
        # What fails comes after the new code is there.
        template = template.replace("Fails: {", "Fails: {DependsOn: Hello, ")
        (application / "template.yaml").write_text(template)
        done = deploy(node, application)
        assert done.status == 1
        assert "UPDATE_ROLLBACK_COMPLETE" in done.errors
        assert body(node, application.name) == "hello!1"


@dataclass
class Watching:
    """A `gatewright deploy --watch` and what it printed so far."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def wait_for(self, text: str, count: int = 1) -> None:
        wait_until(lambda: sum(text in line for line in self.lines) >= count, f"{text!r} in {self.lines}", 60)


@pytest.fixture
def watching(own_node: Node, application: Path) -> Iterator[Watching]:
    process = subprocess.Popen(
        [sys.executable, "-m", "gatewright", "deploy", "--watch"],
        cwd=application,
        env=environment(own_node, application.parent),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watching = Watching(process)

    def read() -> None:
        assert process.stdout is not None
        with process.stdout as output:
            watching.lines.extend(iter(output.readline, ""))

    reading = threading.Thread(target=read)
    reading.start()
    try:
        watching.wait_for("watching for saved files")
        yield watching
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        status = process.wait(20)
        reading.join()
    assert status == 0


def test_a_saved_file_serves(own_node: Node, application: Path, watching: Watching) -> None:
    name = application.name
    made = outputs(own_node, name)
    (function,) = [made["Name"]]
    other = invoke(own_node, made["Other"])
    saved = application / "hello" / "app.py"
    took_ms = []
    for number in range(2, 12):
        saved.write_text(HELLO.replace('"1"', f'"{number}"'))
        began = time.monotonic()
        while invoke(own_node, function) != {"statusCode": 200, "body": f"hello!{number}"}:
            assert time.monotonic() - began < 30, watching.lines
        took_ms.append((time.monotonic() - began) * 1000)
        time.sleep(0.1)
    assert statistics.median(took_ms) < SAVED_MS, took_ms
    assert invoke(own_node, made["Other"]) == other  # its environment lives on
    events = own_node.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    assert not any(event["ResourceStatus"].startswith("UPDATE") for event in events)
    assert sum("Hello has its new code" in line for line in watching.lines) >= 10


def test_an_editor_that_replaces_files(own_node: Node, application: Path, watching: Watching) -> None:
    replacement = application / "hello" / ".app.py.swp"
    replacement.write_text(HELLO.replace('"1"', '"replaced"'))
    replacement.rename(application / "hello" / "app.py")
    wait_until(lambda: body(own_node, application.name) == "hello!replaced", "the new code")


def test_a_saved_template_is_deployed(own_node: Node, application: Path, watching: Watching) -> None:
    template = application / "template.yaml"
    template.write_text(
        APPLICATION.replace("Default: hello", "Default: bye").replace("GREETING: !Ref Greeting", "GREETING: bye")
    )
    wait_until(lambda: body(own_node, application.name) == "bye!1", "the new environment")
    template.write_text("Resources: [")
    watching.wait_for("gatewright: ")
    template.write_text(APPLICATION)
    wait_until(lambda: body(own_node, application.name) == "hello!1", "the old environment")
    watching.wait_for("watching for saved files", 3)
    write(application, hello__app_py=HELLO.replace('"1"', '"2"'))
    wait_until(lambda: body(own_node, application.name) == "hello!2", "the new code")


def test_a_saved_layer_is_deployed(own_node: Node, application: Path, watching: Watching) -> None:
    write(application, layer__python__shared_py="MARK = '?'\n")
    wait_until(lambda: body(own_node, application.name) == "hello?1", "the new layer")


def test_code_that_cannot_be_packaged_is_said(own_node: Node, application: Path, watching: Watching) -> None:
    shutil.rmtree(application / "other")
    watching.wait_for("gatewright: ")
    write(application, other__app_py=OTHER, hello__app_py=HELLO.replace('"1"', '"2"'))
    wait_until(lambda: body(own_node, application.name) == "hello!2", "the new code")
