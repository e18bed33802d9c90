"""A day of a developer's with the AWS CLI, `curl` and nothing else, in the order in which one would type it.

`invoke-with-response-stream` is not part of the AWS CLI: it leaves operations with event streams out.
"""

import base64
import json
import shutil
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.deployed import RUNTIME, function, package
from tests.integration.nodes import ROLE, Node, wait_until, zip_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]


@dataclass
class Session:
    """A developer at work on one function, in a folder of hers."""

    node: Node
    folder: Path
    name: str

    @property
    def function(self) -> tuple[str, str]:
        return "--function-name", self.name

    def run(self, *arguments: str) -> Any:
        return self.node.aws("lambda", *arguments)

    def refused(self, *arguments: str) -> str:
        """Run the CLI where it must fail; return what it says."""
        with pytest.raises(AssertionError) as failure:
            self.run(*arguments)
        return str(failure.value)

    def invoke(self, *arguments: str, payload: str = "{}") -> tuple[Any, bytes]:
        output = self.folder / "output"
        answer = self.run("invoke", *self.function, "--payload", payload, *arguments, str(output))
        return answer, output.read_bytes()

    def zip_file(self, name: str) -> tuple[str, str]:
        return "--zip-file", f"fileb://{self.folder / name}"

    def provision(self) -> None:
        """Have an environment of the alias kept initialized."""
        of_live = (*self.function, "--qualifier", "live")
        asked = self.run("put-provisioned-concurrency-config", *of_live, "--provisioned-concurrent-executions", "1")
        assert asked["Status"] == "IN_PROGRESS"
        get_status = ("get-provisioned-concurrency-config", *of_live, "--query", "Status")
        wait_until(lambda: self.run(*get_status) == "READY", "provisioned concurrency is ready")


@pytest.fixture
def session(node: Node, tmp_path: Path) -> Session:
    """A function with two versions, and an alias of the first. (Made without the CLI, which takes a second a call.)"""
    packages = write_packages(tmp_path)
    made = function(node, "pass")
    for code in packages:
        made.client.update_function_code(FunctionName=made.name, ZipFile=code, Publish=True)
    made.client.create_alias(FunctionName=made.name, Name="live", FunctionVersion="1")
    return Session(node, tmp_path, made.name)


def write_packages(folder: Path) -> list[bytes]:
    """Write the package of each version."""
    packages = []
    for release in (1, 2):
        packages.append(package(f"print('release {release}')", f"return {{'release': {release}, 'event': event}}"))
        (folder / f"{release}.zip").write_bytes(packages[-1])
    return packages


def curl(url: str, *options: str) -> bytes:
    """Get a URL; any answer but 2xx is a failure. It finds names below localhost by itself, as browsers do."""
    done = subprocess.run(["curl", "-sS", "--fail", *options, url], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_from_nothing_to_an_alias(node: Node, tmp_path: Path) -> None:
    write_packages(tmp_path)
    session = Session(node, tmp_path, f"cli-{uuid.uuid4().hex[:12]}")
    settings = ("--runtime", RUNTIME, "--handler", "app.handler", "--role", ROLE, "--tags", "team=a")
    created = session.run("create-function", *session.function, *settings, *session.zip_file("1.zip"))
    assert created["Version"] == "$LATEST"
    session.run("wait", "function-active-v2", *session.function)
    assert session.run("publish-version", *session.function)["Version"] == "1"
    update = ("update-function-code", *session.function, *session.zip_file("2.zip"), "--publish")
    assert session.run(*update)["Version"] == "2"
    session.run("wait", "function-updated-v2", *session.function)
    session.run("create-alias", *session.function, "--name", "live", "--function-version", "1")
    assert json.loads(session.invoke("--qualifier", "live")[1])["release"] == 1


def test_a_release_and_its_invocations(session: Session) -> None:
    weights = ("--name", "live", "--routing-config")
    weighted = session.run("update-alias", *session.function, *weights, "AdditionalVersionWeights={2=0.5}")
    assert weighted["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.5}}
    assert "RoutingConfig" not in session.run("update-alias", *session.function, *weights, "{}")
    session.provision()
    reserve = ("put-function-concurrency", *session.function, "--reserved-concurrent-executions", "5")
    assert session.run(*reserve) == {"ReservedConcurrentExecutions": 5}

    answer, output = session.invoke("--qualifier", "live", "--log-type", "Tail", payload='{"a": "ü"}')
    assert json.loads(output) == {"release": 1, "event": {"a": "ü"}}
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "1")
    assert b"release 1\n" in base64.b64decode(answer["LogResult"])
    assert session.invoke("--invocation-type", "Event") == ({"StatusCode": 202}, b"")
    wait_until(lambda: "release 2" in session.node.logs(session.name), "the event is handled")
    broken = session.refused("invoke", *session.function, "--payload", "{no", "/dev/null")
    assert "InvalidRequestContentException" in broken


def test_layers_and_downloads(session: Session) -> None:
    layer = ("--layer-name", session.name)
    content = zip_of({"python/shared.py": "X = 1"})
    (session.folder / "layer.zip").write_bytes(content)
    published = session.run("publish-layer-version", *layer, *session.zip_file("layer.zip"))["LayerVersionArn"]
    got = session.run("get-layer-version", *layer, "--version-number", "1")
    assert curl(got["Content"]["Location"]) == content
    assert session.run("get-layer-version-by-arn", "--arn", published)["Version"] == 1
    updated = session.run("update-function-configuration", *session.function, "--layers", published)
    assert [used["Arn"] for used in updated["Layers"]] == [published]
    for qualifier, name in (("1", "1.zip"), ("$LATEST", "2.zip")):
        get = ("get-function", *session.function, "--qualifier", qualifier, "--query", "Code.Location")
        assert curl(session.run(*get)) == (session.folder / name).read_bytes()
    session.run("delete-layer-version", *layer, "--version-number", "1")
    assert session.run("list-layer-versions", *layer)["LayerVersions"] == []


def test_a_function_url(session: Session) -> None:
    of_live = (*session.function, "--qualifier", "live")
    url = session.run("create-function-url-config", *of_live, "--auth-type", "NONE")["FunctionUrl"]
    grant = ("add-permission", *of_live, "--principal", "*", "--statement-id")
    session.run(*grant, "url", "--action", "lambda:InvokeFunctionUrl", "--function-url-auth-type", "NONE")
    session.run(*grant, "invoke", "--action", "lambda:InvokeFunction", "--invoked-via-function-url")
    answer = json.loads(curl(f"{url}some/path?x=1", "-d", "ü"))
    assert (answer["release"], answer["event"]["rawPath"], answer["event"]["rawQueryString"]) == (
        1,
        "/some/path",
        "x=1",
    )


def test_listings_and_the_end(session: Session) -> None:
    listing = ("list-versions-by-function", *session.function)
    assert session.run(*listing, "--page-size", "1", "--query", "Versions[].Version") == ["$LATEST", "1", "2"]
    page = session.run(*listing, "--max-items", "2")
    rest = session.run(*listing, "--starting-token", page["NextToken"])
    assert [version["Version"] for version in rest["Versions"]] == ["2"]
    in_use = session.refused("delete-function", *session.function, "--qualifier", "1")
    assert "aliases reference it: [live]" in in_use
    session.run("delete-function", *session.function)
    assert "ResourceNotFoundException" in session.refused("get-function", *session.function)
