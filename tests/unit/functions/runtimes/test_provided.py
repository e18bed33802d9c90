"""AWS documentation: "Building a custom runtime for AWS Lambda", "Troubleshoot deployment issues in Lambda"."""

from pathlib import Path

import pytest

from gatewright.functions.runtimes.provided import ProvidedRuntime
from gatewright.functions.runtimes.types import Code, LaunchRefused, Transport
from tests.unit.functions.runtimes.host import function


def test_the_bootstrap_of_the_function_is_started(tmp_path: Path) -> None:
    bootstrap = tmp_path / "bootstrap"
    bootstrap.write_text("#!/bin/sh\n")
    bootstrap.chmod(0o755)
    runtime = ProvidedRuntime("provided.al2023")
    assert (runtime.problem(), runtime.warning()) == (None, None)
    launch = runtime.launch(function("provided.al2023"), Code(tmp_path))
    assert launch.argv == ("./bootstrap",)
    assert launch.transport is Transport.RUNTIME_API
    assert launch.runtime_version_label == "provided:al2023"


@pytest.mark.parametrize("kind", ["missing", "directory", "dangling link"])
def test_without_a_bootstrap_there_is_nothing_to_start(tmp_path: Path, kind: str) -> None:
    if kind == "directory":
        (tmp_path / "bootstrap").mkdir()
    elif kind == "dangling link":
        (tmp_path / "bootstrap").symlink_to("nowhere")
    with pytest.raises(LaunchRefused) as refused:
        ProvidedRuntime("provided.al2").launch(function("provided.al2"), Code(tmp_path))
    assert refused.value.error_type == "Runtime.InvalidEntrypoint"
    assert refused.value.message == "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"


def test_a_bootstrap_must_be_executable(tmp_path: Path) -> None:
    (tmp_path / "bootstrap").write_text("#!/bin/sh\n")
    (tmp_path / "bootstrap").chmod(0o644)
    with pytest.raises(LaunchRefused) as refused:
        ProvidedRuntime("provided.al2").launch(function("provided.al2"), Code(tmp_path))
    assert refused.value.error_type == "Runtime.InvalidEntrypoint"
    assert refused.value.message == "fork/exec /var/task/bootstrap: permission denied"
