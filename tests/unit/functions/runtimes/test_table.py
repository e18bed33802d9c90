from pathlib import Path

import pytest

from gatewright.functions.runtimes.discovery import SearchPlaces
from gatewright.functions.runtimes.table import RuntimeDirectory
from gatewright.functions.runtimes.types import Code, LaunchRefused
from tests.unit.functions.runtimes.host import RUNNING_RUNTIME, function


def test_the_running_interpreter_serves_its_own_runtime(directory: RuntimeDirectory) -> None:
    assert directory.problem(RUNNING_RUNTIME) is None
    assert directory.warning(RUNNING_RUNTIME) is None


def test_a_missing_interpreter_is_stood_in_for_with_a_warning(tmp_path: Path) -> None:
    directory = RuntimeDirectory(SearchPlaces(home=tmp_path, opt=tmp_path), tmp_path)
    other = "python3.9" if RUNNING_RUNTIME != "python3.9" else "python3.10"
    assert directory.problem(other) is None
    warning = directory.warning(other)
    assert warning is not None
    assert warning.startswith(f"Python {other.removeprefix('python')} is not installed: functions of {other} run on ")
    assert warning.endswith(f"uv python install {other.removeprefix('python')}")


def test_without_node_the_node_runtimes_have_a_problem(tmp_path: Path) -> None:
    directory = RuntimeDirectory(SearchPlaces(home=tmp_path, opt=tmp_path), tmp_path)
    problem = directory.problem("nodejs20.x")
    assert problem is not None
    assert "nodejs20.x" in problem
    assert directory.warning("nodejs20.x") is None
    with pytest.raises(LaunchRefused) as refused:
        directory.launch(function("nodejs20.x"), Code(tmp_path))
    assert refused.value.message == problem


def test_a_runtime_of_lambda_that_is_not_run_here_is_named(directory: RuntimeDirectory, tmp_path: Path) -> None:
    problem = directory.problem("dotnet8")
    assert problem is not None
    assert problem.startswith("gatewright does not run the runtime dotnet8; it runs python3.8, ")
    assert problem.endswith("provided.al2, provided.al2023.")
    assert directory.warning("dotnet8") is None
    with pytest.raises(LaunchRefused):
        directory.launch(function("dotnet8"), Code(tmp_path))


def test_custom_runtimes_need_nothing(directory: RuntimeDirectory) -> None:
    assert directory.problem("provided.al2023") is None
    assert directory.problem("provided.al2") is None
