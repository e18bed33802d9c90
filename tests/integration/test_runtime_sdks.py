"""The AWS SDKs that functions find without packing them, configured for this node.

AWS documentation: "Building Lambda functions with Node.js", "Runtime-included SDK versions"; "Building Lambda functions
with Python". `import` (ES modules) knows no NODE_PATH, and finds the SDK all the same.
"""

import io
import json
import os
import shutil
import subprocess
import uuid
import zipfile
from pathlib import Path

import pytest

from tests.integration.nodes import BIN, ROLE, Node, running

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npm") is None, reason="no Node.js with npm on this machine"
)

BODY = """
  const client = new LambdaClient({});
  const own = { FunctionName: process.env.AWS_LAMBDA_FUNCTION_NAME };
  const answer = await client.send(new GetFunctionConfigurationCommand(own));
  return { name: answer.FunctionName, region: await client.config.region() };
"""
AS_MODULE = (
    "import { LambdaClient, GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';\n"
    f"export const handler = async () => {{{BODY}}};\n"
)
AS_SCRIPT = (
    "const { LambdaClient, GetFunctionConfigurationCommand } = require('@aws-sdk/client-lambda');\n"
    f"exports.handler = async () => {{{BODY}}};\n"
)
IN_PYTHON = """import os
import boto3

def handler(event, context):
    client = boto3.client("lambda")
    answer = client.get_function_configuration(FunctionName=os.environ["AWS_LAMBDA_FUNCTION_NAME"])
    return {"name": answer["FunctionName"], "region": client.meta.region_name}
"""
OWN = "exports.handler = async () => require('@aws-sdk/client-lambda').whose;\n"
OWN_PACKAGE = {
    "node_modules/@aws-sdk/client-lambda/package.json": '{"main": "index.js"}',
    "node_modules/@aws-sdk/client-lambda/index.js": "exports.whose = 'the function';",
}


def package(files: dict[str, str]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for name, text in files.items():
            zipped.writestr(name, text)
    return archive.getvalue()


def invoke(node: Node, runtime: str, handler: str, files: dict[str, str]) -> object:
    client, name = node.client("lambda"), f"sdk-{uuid.uuid4().hex[:8]}"
    client.create_function(
        FunctionName=name,
        Runtime=runtime,
        Role=ROLE,
        Handler=handler,
        Code={"ZipFile": package(files)},
        Timeout=60,
        MemorySize=512,
    )
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    try:
        answer = client.invoke(FunctionName=name)
        payload = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, payload
        if isinstance(payload, dict):
            assert payload.pop("name") == name
        return payload
    finally:
        client.delete_function(FunctionName=name)


@needs_node
@pytest.mark.parametrize(
    ("file", "text"), [("index.mjs", AS_MODULE), ("index.cjs", AS_SCRIPT), ("index.js", AS_SCRIPT)]
)
def test_node_js_functions_find_the_sdk(node: Node, file: str, text: str) -> None:
    assert invoke(node, "nodejs20.x", "index.handler", {file: text}) == {"region": "us-east-1"}


@needs_node
def test_what_a_function_packs_comes_first(node: Node) -> None:
    assert invoke(node, "nodejs20.x", "index.handler", {"index.js": OWN, **OWN_PACKAGE}) == "the function"


@needs_node
def test_what_a_layer_brings_comes_before_the_sdk(node: Node) -> None:
    client, name = node.client("lambda"), f"layer-{uuid.uuid4().hex[:8]}"
    layer = client.publish_layer_version(
        LayerName=name, Content={"ZipFile": package({f"nodejs/{path}": text for path, text in OWN_PACKAGE.items()})}
    )["LayerVersionArn"]
    client.create_function(
        FunctionName=name,
        Runtime="nodejs20.x",
        Role=ROLE,
        Handler="index.handler",
        Code={"ZipFile": package({"index.js": OWN})},
        Layers=[layer],
    )
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    assert json.loads(client.invoke(FunctionName=name)["Payload"].read()) == "the function"


def test_python_functions_find_boto3(node: Node) -> None:
    assert invoke(node, "python3.11", "app.handler", {"app.py": IN_PYTHON}) == {"region": "us-east-1"}


def test_runtimes_are_listed() -> None:
    done = subprocess.run(
        [str(BIN / "gatewright"), "runtimes"], capture_output=True, text=True, check=True, timeout=120
    )
    lines = dict(line.split(None, 1) for line in done.stdout.splitlines() if line)
    assert lines["python3.11"].strip() == "ready"
    assert "provided.al2023" in lines


def test_an_installation_without_npm_says_what_to_install(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(BIN / "gatewright"), "runtimes", "install"],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "npm is not on PATH" in done.stderr


@needs_node
@pytest.mark.slow
def test_the_sdk_is_installed_below_the_home_of_its_user(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    assert npm is not None
    done = subprocess.run(
        [str(BIN / "gatewright"), "runtimes", "install"],
        env={
            "PATH": f"{Path(npm).parent}:/usr/bin:/bin",
            "HOME": str(tmp_path),
            "npm_config_cache": str(tmp_path / "npm"),
        },
        check=False,
        timeout=300,
    )
    assert done.returncode == 0
    assert (tmp_path / ".local/share/gatewright/runtimes/nodejs/node_modules/@aws-sdk/client-s3").is_dir()


OLD_PYTHON = next(Path.home().glob(".pyenv/versions/3.9.*/bin"), None)


@needs_node
@pytest.mark.slow
@pytest.mark.skipif(OLD_PYTHON is None, reason="no Python 3.9 installed by pyenv")
def test_functions_on_an_old_python_find_a_boto3_that_was_installed_for_it(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    assert npm is not None
    environment = {
        "PATH": f"{OLD_PYTHON}:{Path(npm).parent}:/usr/bin:/bin:/usr/sbin:/sbin",
        "HOME": str(tmp_path),
        "npm_config_cache": str(tmp_path / "npm"),
    }
    install = [str(BIN / "gatewright"), "runtimes", "install"]
    subprocess.run(install, env={**os.environ, **environment}, check=True, timeout=300)
    with running("--ephemeral", environment=environment) as node:
        assert invoke(node, "python3.9", "app.handler", {"app.py": IN_PYTHON}) == {"region": "us-east-1"}
