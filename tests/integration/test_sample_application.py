"""The application of ../shared/seed.txt: a REST API, a Node.js function and tracing, deployed by its own scripts.

AWS documentation: "Invoking a Lambda function using an Amazon API Gateway endpoint" (AWS Lambda Developer Guide), whose
response this shows; "Sample applications".
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.nodes import Node, running

EXAMPLE = Path(__file__).parents[2] / "examples" / "account-usage"

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npm") is None, reason="no Node.js with npm on this machine"
)


@pytest.fixture(scope="module")
def empty() -> Iterator[Node]:
    """A node with nothing on it, and its companion."""
    with running("--ephemeral") as started:
        yield started


def run(node: Node, directory: Path, script: str) -> str:
    done = subprocess.run(
        [str(directory / script)], env=node.environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, f"{script}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


@needs_node
def test_it_deploys_answers_changes_and_goes(empty: Node, tmp_path: Path) -> None:
    application = tmp_path / "account-usage"
    shutil.copytree(EXAMPLE, application)
    run(empty, application, "1-create-bucket.sh")
    assert "Successfully created/updated stack" in run(empty, application, "2-deploy.sh")
    assert '"statusCode":200' in run(empty, application, "3-invoke.sh").replace(" ", "")

    head, _, body = run(empty, application, "4-get.sh").replace("\r", "").partition("\n\n")
    status, *lines = head.splitlines()
    assert status.startswith("HTTP/1.1 200")
    fields = [tuple(line.split(": ", 1)) for line in lines]
    assert ("Content-Type", "application/json") in fields
    assert [value for name, value in fields if name == "X-Custom-Header"] == ["My value", "My other value"]
    assert {"x-amzn-RequestId", "X-Amzn-Trace-Id", "Content-Length", "Connection"} <= {name for name, _ in fields}
    usage = json.loads(body)
    assert usage["FunctionCount"] == 1
    assert usage["TotalCodeSize"] > 0

    source = application / "function" / "index.mjs"
    source.write_text(source.read_text().replace("My other value", "A new value"))
    assert "Successfully created/updated stack" in run(empty, application, "2-deploy.sh")
    assert "A new value" in run(empty, application, "4-get.sh")
    assert "No changes to deploy" in run(empty, application, "2-deploy.sh")

    run(empty, application, "5-cleanup.sh")
    assert empty.client("cloudformation").list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"] == []
    assert empty.client("lambda").list_functions()["Functions"] == []
    assert empty.client("apigateway").get_rest_apis()["items"] == []
    assert empty.client("iam").list_roles()["Roles"] == []
