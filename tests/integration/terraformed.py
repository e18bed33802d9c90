"""Terraform with the AWS provider, as users run it.

A plan after each release must find nothing to do: all that was declared is read back as it was declared. Terraform and
the provider come from no package registry; where the machine has none, tests are skipped.
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

import pytest

CONFIGURATIONS = Path(__file__).parent / "terraform"
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


def terraform(configuration: str, directory: Path) -> Terraform:
    """Return Terraform with a configuration in a new directory, and the AWS provider from this machine."""
    mirrors = mirrors_of_the_provider()
    directory.mkdir()
    shutil.copy(CONFIGURATIONS / configuration, directory)
    made = Terraform(directory, {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"})
    # With folders named, nothing is looked for on the network.
    initialized = made.run("init", "-input=false", "-no-color", *mirrors, seconds=INIT_SECONDS)
    assert initialized.returncode == 0, initialized.stderr
    return made


def mirrors_of_the_provider() -> list[str]:
    """Return the options of `terraform init` that say where the AWS provider is; skip where there is none."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not installed")
    mirrors = [
        f"-plugin-dir={folder}" for folder in (*IMPLIED_MIRRORS, *Path("/opt").glob("*")) if has_provider(folder)
    ]
    if not mirrors:
        pytest.skip("terraform's AWS provider is not installed: it is looked for in terraform's own folders and /opt/*")
    return mirrors


def has_provider(folder: Path) -> bool:
    """Tell whether a folder has the AWS provider for this machine."""
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    found = folder.glob(f"registry.terraform.io/hashicorp/aws/*/{platform.system().lower()}_{architecture}")
    return any(found)


def kinds_of_documents(data: Path) -> Counter[str]:
    """Count what a node that has ended kept, by kind; not the secret that every node has."""
    with closing(sqlite3.connect(data / "gatewright.sqlite3")) as database:
        kept = database.execute("SELECT service, kind FROM documents WHERE kind <> 'secret'")
        return Counter(f"{service}/{kind}" for service, kind in kept)
