"""A day of a developer's with the AWS CLI, `curl` and nothing else, in the order in which one would type it.

`invoke-with-response-stream` is not part of the AWS CLI: it leaves operations with event streams out.
"""

import base64
import json
import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.integration.deployed import RUNTIME, package
from tests.integration.nodes import ROLE, Node, wait_until, zip_of

NAME = "cli-session"


def curl(url: str, *options: str) -> bytes:
    """Get a URL; any answer but 2xx is a failure. Names below localhost are resolved as browsers do."""
    done = subprocess.run(["curl", "-sS", "--fail", *options, url], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(node: Node, *arguments: str) -> str:
    """Run the CLI where it must fail; return what it says."""
    with pytest.raises(AssertionError) as failure:
        node.aws("lambda", *arguments)
    return str(failure.value)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_a_session(node: Node, tmp_path: Path) -> None:
    for release in (1, 2):
        code = package(f"print('release {release}')", f"return {{'release': {release}, 'event': event}}")
        (tmp_path / f"{release}.zip").write_bytes(code)
    (tmp_path / "layer.zip").write_bytes(zip_of({"python/shared.py": "X = 1"}))
    function = ("--function-name", NAME)
    run = partial(node.aws, "lambda")

    def zip_file(name: str) -> tuple[str, str]:
        return "--zip-file", f"fileb://{tmp_path / name}"

    def invoke(*arguments: str, payload: str = "{}") -> tuple[Any, bytes]:
        output = tmp_path / "output"
        return run("invoke", *function, "--payload", payload, *arguments, str(output)), output.read_bytes()

    settings = ("--runtime", RUNTIME, "--handler", "app.handler", "--role", ROLE, "--tags", "team=a")
    assert run("create-function", *function, *settings, *zip_file("1.zip"))["Version"] == "$LATEST"
    run("wait", "function-active-v2", *function)
    assert run("publish-version", *function)["Version"] == "1"
    assert run("update-function-code", *function, *zip_file("2.zip"), "--publish")["Version"] == "2"
    run("wait", "function-updated-v2", *function)

    live = (*function, "--name", "live")
    run("create-alias", *live, "--function-version", "1")
    weighted = run("update-alias", *live, "--routing-config", "AdditionalVersionWeights={2=0.5}")
    assert weighted["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.5}}
    of_live = (*function, "--qualifier", "live")
    provision = ("put-provisioned-concurrency-config", *of_live, "--provisioned-concurrent-executions", "1")
    assert "Alias with weights can not be used with Provisioned Concurrency" in refused(node, *provision)
    run("update-alias", *live, "--routing-config", "{}")
    assert run(*provision)["Status"] == "IN_PROGRESS"
    get_status = ("get-provisioned-concurrency-config", *of_live, "--query", "Status")
    wait_until(lambda: run(*get_status) == "READY", "provisioned concurrency is ready")
    reserved = run("put-function-concurrency", *function, "--reserved-concurrent-executions", "5")
    assert reserved == {"ReservedConcurrentExecutions": 5}

    answer, output = invoke("--qualifier", "live", "--log-type", "Tail", payload='{"a": "ü"}')
    assert json.loads(output) == {"release": 1, "event": {"a": "ü"}}
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "1")
    assert b"release 1\n" in base64.b64decode(answer["LogResult"])
    assert invoke("--invocation-type", "Event") == ({"StatusCode": 202}, b"")
    assert "InvalidRequestContentException" in refused(node, "invoke", *function, "--payload", "{no", "/dev/null")
    wait_until(lambda: "release 2" in node.logs(NAME), "the event is handled")

    layer = ("--layer-name", NAME)
    published = run("publish-layer-version", *layer, *zip_file("layer.zip"), "--compatible-runtimes", RUNTIME)
    got = run("get-layer-version", *layer, "--version-number", "1")
    assert curl(got["Content"]["Location"]) == (tmp_path / "layer.zip").read_bytes()
    assert run("get-layer-version-by-arn", "--arn", published["LayerVersionArn"])["Version"] == 1
    updated = run("update-function-configuration", *function, "--layers", published["LayerVersionArn"])
    assert [used["Arn"] for used in updated["Layers"]] == [published["LayerVersionArn"]]
    for qualifier, file in (("1", "1.zip"), ("$LATEST", "2.zip")):
        location = run("get-function", *function, "--qualifier", qualifier, "--query", "Code.Location")
        assert curl(location) == (tmp_path / file).read_bytes()

    url = run("create-function-url-config", *of_live, "--auth-type", "NONE")["FunctionUrl"]
    grant = ("add-permission", *of_live, "--principal", "*", "--statement-id")
    run(*grant, "url", "--action", "lambda:InvokeFunctionUrl", "--function-url-auth-type", "NONE")
    run(*grant, "invoke", "--action", "lambda:InvokeFunction", "--invoked-via-function-url")
    body = json.loads(curl(f"{url}some/path?x=1", "-d", "ü"))
    assert (body["release"], body["event"]["rawQueryString"], body["event"]["isBase64Encoded"]) == (1, "x=1", True)

    versions = run("list-versions-by-function", *function, "--page-size", "1", "--query", "Versions[].Version")
    assert versions == ["$LATEST", "1", "2"]
    page = run("list-versions-by-function", *function, "--max-items", "2")
    rest = run("list-versions-by-function", *function, "--starting-token", page["NextToken"])
    assert [version["Version"] for version in rest["Versions"]] == ["2"]

    assert "aliases reference it: [live]" in refused(node, "delete-function", *function, "--qualifier", "1")
    run("delete-function", *function)
    run("delete-layer-version", *layer, "--version-number", "1")
    assert "ResourceNotFoundException" in refused(node, "get-function", *function)
