"""Terraform with the AWS provider: what it declares of Lambda, applied, changed, taken back and destroyed.

A plan after each release must find nothing to do: all that was declared is read back as it was declared. Terraform and
the provider come from no package registry; where the machine has none, the test is skipped.
"""

import json
import os
import platform
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.integration.deployed import package
from tests.integration.nodes import Node, running, zip_of

CONFIGURATION = Path(__file__).parent / "terraform" / "lambda.tf"
IMPLIED_MIRRORS = (
    Path.home() / ".terraform.d/plugins",
    Path.home() / ".local/share/terraform/plugins",
    Path("/usr/local/share/terraform/plugins"),
    Path("/usr/share/terraform/plugins"),
)
INIT_SECONDS = 60
RUN_SECONDS = 180
# What the last plan found is what is there: nothing else changes it.
UNATTENDED = ("-auto-approve", "-no-color", "-refresh=false")
HANDLER = (
    "answer = {'version': context.function_version, 'release': os.environ.get('RELEASE')}",
    "answer['initialization'] = os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']",
    "return {'statusCode': 200, 'body': json.dumps(answer)}",
)


@dataclass(frozen=True)
class Terraform:
    """A working directory of Terraform's."""

    directory: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, seconds: float = RUN_SECONDS) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["terraform", *arguments],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
        )

    def apply(self, variables: Path) -> dict[str, Any]:
        """Make a release; return its outputs. A plan of the same must have nothing to do then."""
        applied = self.run("apply", *UNATTENDED, f"-var-file={variables}")
        assert applied.returncode == 0, applied.stderr
        planned = self.run("plan", "-detailed-exitcode", "-no-color", f"-var-file={variables}")
        assert planned.returncode == 0, planned.stdout + planned.stderr
        return {name: output["value"] for name, output in json.loads(self.run("output", "-json").stdout).items()}

    def destroy(self, variables: Path) -> None:
        destroyed = self.run("destroy", *UNATTENDED, f"-var-file={variables}")
        assert destroyed.returncode == 0, destroyed.stderr


@pytest.fixture
def terraform(tmp_path: Path) -> Terraform:
    """Terraform in a directory of its own, with the AWS provider from a directory of this machine."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not installed")
    mirrors = [
        f"-plugin-dir={folder}" for folder in (*IMPLIED_MIRRORS, *Path("/opt").iterdir()) if has_provider(folder)
    ]
    if not mirrors:
        pytest.skip("terraform's AWS provider is not installed: it is looked for in terraform's own folders and /opt/*")
    directory = tmp_path / "terraform"
    directory.mkdir()
    shutil.copy(CONFIGURATION, directory)
    made = Terraform(directory, {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"})
    # With folders named, nothing is looked for on the network.
    initialized = made.run("init", "-input=false", "-no-color", *mirrors, seconds=INIT_SECONDS)
    assert initialized.returncode == 0, initialized.stderr
    return made


def has_provider(folder: Path) -> bool:
    """Tell whether a folder has the AWS provider for this machine."""
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    found = folder.glob(f"registry.terraform.io/hashicorp/aws/*/{platform.system().lower()}_{architecture}")
    return any(found)


def variables(node: Node, directory: Path, release: int) -> Path:
    """Write what a release is made of."""
    files = {
        "package": package(f"release = {release}", *HANDLER),
        "layer": zip_of({"python/shared.py": f"RELEASE = {min(release, 2)}"}),
    }
    values: dict[str, object] = {"endpoint": node.url, "release": release}
    for name, content in files.items():
        path = directory / f"{name}-{release}.zip"
        path.write_bytes(content)
        values[name] = str(path)
    written = directory / f"release-{release}.tfvars.json"
    written.write_text(json.dumps(values))
    return written


def kinds_of_documents(data: Path) -> Counter[str]:
    """Count what a node that has ended kept of Lambda and API Gateway, by kind."""
    with closing(sqlite3.connect(data / "gatewright.sqlite3")) as database:
        return Counter(f"{service}/{kind}" for service, kind in database.execute("SELECT service, kind FROM documents"))


@pytest.mark.slow
@pytest.mark.timeout(480)
def test_three_releases_and_an_end(terraform: Terraform, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running("--data-dir", str(data)) as node:
        client = node.client("lambda")
        first = terraform.apply(variables(node, tmp_path, 1))
        assert json.loads(first["invoked"]["body"]) == {
            "version": "1",
            "release": None,
            "initialization": "provisioned-concurrency",
        }
        answer = node.call(first["api_id"], "GET", "/some/path")
        assert answer.json() == {"version": "1", "release": "1", "initialization": "on-demand"}
        live = urlsplit(first["live_url"]).netloc
        assert node.request("GET", "/", [("Host", live)]).status == 403  # AWS_IAM
        assert client.get_function_concurrency(FunctionName="api")["ReservedConcurrentExecutions"] == 10

        second = terraform.apply(variables(node, tmp_path, 2))
        # The URL and the permission of the alias are the same resources.
        assert (second["live_url"], second["layer_version"]) == (first["live_url"], 2)
        alias = client.get_alias(FunctionName="api", Name="live")
        assert (alias["FunctionVersion"], alias["RoutingConfig"]) == ("1", {"AdditionalVersionWeights": {"2": 0.25}})
        assert node.call(first["api_id"], "GET", "/some/path").status == 200

        third = terraform.apply(variables(node, tmp_path, 3))
        assert third["live_version"] == "3"
        assert node.call(first["api_id"], "GET", "/some/path").json()["version"] == "3"
        bare = client.get_function(FunctionName="api")
        assert not {"DeadLetterConfig", "Layers", "Environment", "KMSKeyArn"} & set(bare["Configuration"])
        assert not {"Concurrency", "Tags"} & set(bare)

        terraform.destroy(variables(node, tmp_path, 3))
    # Numbers of versions are never used again, so what the last ones were is kept.
    assert kinds_of_documents(data) == {"lambda/layer": 1, "lambda/version-counter": 2}
