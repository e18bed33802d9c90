"""AWS documentation: "Packaging your layer content", "Building a custom runtime for AWS Lambda"."""

from pathlib import Path

import pytest

from gatewright.functions.runtimes.provided import ProvidedRuntime
from gatewright.functions.runtimes.table import RuntimeDirectory
from gatewright.functions.runtimes.types import OPT_ROOT, Code, LaunchRefused
from tests.unit.functions.runtimes.host import RUNNING_RUNTIME, Runner, function

PACKAGES = f"python/lib/{RUNNING_RUNTIME}/site-packages"


def test_python_finds_modules_of_layers(runner: Runner) -> None:
    runner.write_layers({"python/top.py": "NAME = 'python'", f"{PACKAGES}/deep.py": "NAME = 'site-packages'"})
    code = "import deep, top\ndef handler(event, context): return [top.NAME, deep.NAME]\n"
    with runner.ready(function(RUNNING_RUNTIME), {"app.py": code}) as environment:
        assert environment.invoke().json() == ["python", "site-packages"]


def test_the_order_of_pythons_search_path(runner: Runner) -> None:
    """The function's own module wins, then the one in site-packages; the SDK of the runtime comes last."""
    runner.write_layers(
        {
            "python/one.py": "AT = 'layer'",
            f"{PACKAGES}/one.py": "AT = 'site'",
            "python/two.py": "AT = 'layer'",
            f"{PACKAGES}/two.py": "AT = 'site'",
            "python/botocore.py": "AT = 'layer'",
        }
    )
    code = "import botocore, one, two\ndef handler(event, context): return [one.AT, two.AT, botocore.AT]\n"
    with runner.ready(function(RUNNING_RUNTIME), {"app.py": code, "one.py": "AT = 'function'"}) as environment:
        assert environment.invoke().json() == ["function", "site", "layer"]


def test_the_search_path_as_python_shows_it(runner: Runner) -> None:
    runner.write_layers({f"{PACKAGES}/more.pth": "folder", f"{PACKAGES}/folder/pathed.py": "X = 'by .pth'"})
    code = "import os, sys, pathed\ndef handler(event, context): return [sys.path[:3], pathed.X, dict(os.environ)]\n"
    with runner.ready(function(RUNNING_RUNTIME), {"app.py": code}) as environment:
        path, found, variables = environment.invoke().json()
    opt = str(runner.opt_root)
    assert path == [str(runner.task_root), f"{opt}/{PACKAGES}", f"{opt}/python"]
    assert found == "by .pth"
    assert not [name for name in variables if "LAYERS" in name]


def test_without_layers_nothing_of_the_machines_opt_is_looked_for(runner: Runner) -> None:
    code = "import sys\ndef handler(event, context): return [path for path in sys.path if 'opt/python/' in path]\n"
    version = function(RUNNING_RUNTIME)
    assert runner.directory.launch(version, Code(runner.task_root)).environment["_GATEWRIGHT_LAYERS"] == ""
    with runner.ready(version, {"app.py": code}) as environment:
        assert "/opt/python" not in environment.invoke().json()


@pytest.mark.parametrize("folder", ["nodejs", "nodejs/node{major}"])
def test_node_finds_packages_of_layers(runner: Runner, directory: RuntimeDirectory, folder: str) -> None:
    runtime = next((name for name in ("nodejs20.x", "nodejs22.x") if directory.problem(name) is None), None)
    if runtime is None:
        pytest.skip("no Node.js on this machine")
    folder = folder.format(major=runtime.removeprefix("nodejs").removesuffix(".x"))
    runner.write_layers({f"{folder}/node_modules/answers/index.js": "module.exports = 'layer';"})
    code = "const answer = require('answers'); exports.handler = async () => answer;"
    with runner.ready(function(runtime), {"app.js": code}) as environment:
        assert environment.invoke().json() == "layer"


def test_a_wrapper_of_a_layer(runner: Runner) -> None:
    runner.write_layers({"bin/wrap": '#!/bin/sh\nWRAPPED=yes exec "$@"\n'})
    (runner.opt_root / "bin/wrap").chmod(0o755)
    version = function(RUNNING_RUNTIME, environment=(("AWS_LAMBDA_EXEC_WRAPPER", "/opt/bin/wrap"),))
    code = "import os\ndef handler(event, context): return os.environ['WRAPPED']\n"
    with runner.ready(version, {"app.py": code}) as environment:
        assert environment.invoke().json() == "yes"


def make_bootstrap(folder: Path, mode: int = 0o755) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "bootstrap").write_text("#!/bin/sh\n")
    (folder / "bootstrap").chmod(mode)
    return folder


def test_a_bootstrap_of_a_layer(tmp_path: Path) -> None:
    (tmp_path / "task").mkdir()
    opt = make_bootstrap(tmp_path / "opt")
    launch = ProvidedRuntime("provided.al2").launch(function("provided.al2"), Code(tmp_path / "task", opt))
    assert launch.argv == (f"{OPT_ROOT}/bootstrap",)
    assert launch.seen_at("/var/task", "/opt").argv == ("/opt/bootstrap",)


def test_the_functions_own_bootstrap_comes_first(tmp_path: Path) -> None:
    code = Code(make_bootstrap(tmp_path / "task"), make_bootstrap(tmp_path / "opt"))
    assert ProvidedRuntime("provided.al2").launch(function("provided.al2"), code).argv == ("./bootstrap",)


@pytest.mark.parametrize(
    ("task_mode", "opt_mode", "message"),
    [
        (None, 0o644, "fork/exec /opt/bootstrap: permission denied"),
        (0o644, 0o755, "fork/exec /var/task/bootstrap: permission denied"),
        (None, None, "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"),
    ],
)
def test_bootstraps_that_cannot_be_started(
    tmp_path: Path, task_mode: int | None, opt_mode: int | None, message: str
) -> None:
    for name, mode in (("task", task_mode), ("opt", opt_mode)):
        (tmp_path / name).mkdir()
        if mode is not None:
            make_bootstrap(tmp_path / name, mode)
    with pytest.raises(LaunchRefused) as refused:
        ProvidedRuntime("provided.al2").launch(function("provided.al2"), Code(tmp_path / "task", tmp_path / "opt"))
    assert refused.value.message == message
