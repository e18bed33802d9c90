"""Which Node.js and which client a function gets, and how they are started."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gatewright.functions.runtimes.discovery import SearchPlaces
from gatewright.functions.runtimes.node.runtime import NodeRuntime
from gatewright.functions.runtimes.types import Code, LaunchRefused, Transport
from tests.unit.functions.runtimes.host import function

REQUIRE, DETECT = "--no-experimental-require-module", "--no-experimental-detect-module"


class Machine:
    """Pretends that certain executables are certain versions of Node.js."""

    def __init__(self, root: Path, installed: dict[str, tuple[int, int, int]]) -> None:
        self.root = root
        self.installed = {root / path: version for path, version in installed.items()}
        self.asked: list[Path] = []
        for path in self.installed:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(0o755)
        for bundle in ("aws-lambda-ric-3/dist/index.mjs", "aws-lambda-ric-4/index.mjs"):
            (root / "node_modules" / bundle).parent.mkdir(parents=True)
            (root / "node_modules" / bundle).touch()

    def __call__(self, argv: Sequence[str]) -> dict[str, Any] | None:
        self.asked.append(Path(argv[0]))
        version = self.installed[Path(argv[0])]
        if version == (0, 0, 0):
            return None
        return {"executable": argv[0], "version": list(version), "flags": argv[2:]}

    def runtime(self, major: int, **pinned: Path) -> NodeRuntime:
        places = SearchPlaces((self.root / "bin",), home=self.root / "home", opt=self.root / "opt", pinned=pinned)
        return NodeRuntime(major, places, self, self.root)


FOUND = {
    "on PATH": ({"bin/node": (20, 1, 0)}, "bin/node", False),
    "by its number on PATH": ({"bin/node": (22, 1, 0), "bin/node20": (20, 2, 0)}, "bin/node20", False),
    "by nvm": (
        {"bin/node": (18, 1, 0), "home/.nvm/versions/node/v20.9.0/bin/node": (20, 9, 0)},
        "home/.nvm/versions/node/v20.9.0/bin/node",
        False,
    ),
    "in /opt": ({"opt/node-v20.3.0-linux-x64/bin/node": (20, 3, 0)}, "opt/node-v20.3.0-linux-x64/bin/node", False),
    "another": ({"bin/node": (22, 1, 0)}, "bin/node", True),
    "another by nvm": (
        {"home/.nvm/versions/node/v24.0.0/bin/node": (24, 0, 0)},
        "home/.nvm/versions/node/v24.0.0/bin/node",
        True,
    ),
    "a shim that fails": ({"bin/node20": (0, 0, 0), "bin/node": (20, 1, 0)}, "bin/node", False),
}


@pytest.mark.parametrize("case", FOUND)
def test_search(tmp_path: Path, case: str) -> None:
    installed, expected, is_another = FOUND[case]
    runtime = Machine(tmp_path, installed).runtime(20)
    assert runtime.problem() is None
    assert runtime.launch(function("nodejs20.x"), Code(tmp_path)).argv[0] == str(tmp_path / expected)
    warning = runtime.warning()
    assert (warning is not None) == is_another
    if warning is not None:
        assert warning.startswith("Node.js 20 is not installed: functions of nodejs20.x run on Node.js 2")


def test_nothing_runs_before_it_is_needed_and_nothing_twice(tmp_path: Path) -> None:
    machine = Machine(tmp_path, {"bin/node": (20, 1, 0)})
    runtime = machine.runtime(20)
    assert machine.asked == []
    runtime.problem(), runtime.warning(), runtime.launch(function("nodejs20.x"), Code(tmp_path))
    assert machine.asked == [tmp_path / "bin/node"]


def test_one_that_is_installed_later_is_found(tmp_path: Path) -> None:
    machine = Machine(tmp_path, {})
    runtime = machine.runtime(20)
    assert runtime.problem() == (
        "No Node.js on this machine can run functions of nodejs20.x: install Node.js 20 so that node is on PATH."
    )
    with pytest.raises(LaunchRefused):
        runtime.launch(function("nodejs20.x"), Code(tmp_path))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/node").touch(0o755)
    machine.installed[tmp_path / "bin/node"] = (20, 1, 0)
    assert runtime.problem() is None


def test_versions_before_18_are_too_old(tmp_path: Path) -> None:
    assert Machine(tmp_path, {"bin/node": (16, 20, 0)}).runtime(18).problem() is not None


def test_a_runtime_that_is_too_old_runs_on_a_later_node(tmp_path: Path) -> None:
    """Lambda creates functions of nodejs16.x until February 2027 ("Lambda runtimes")."""
    runtime = Machine(tmp_path, {"bin/node16": (16, 20, 2), "bin/node": (20, 1, 0)}).runtime(16)
    assert runtime.problem() is None
    warning = runtime.warning()
    assert warning is not None
    assert warning.startswith("Node.js 16 is too old to run functions here: those of nodejs16.x run on Node.js 20.1.0")
    assert runtime.launch(function("nodejs16.x"), Code(tmp_path)).argv[0] == str(tmp_path / "bin/node")


def test_without_the_client_the_problem_says_what_to_run(tmp_path: Path) -> None:
    machine = Machine(tmp_path, {"bin/node": (20, 1, 0)})
    (tmp_path / "node_modules/aws-lambda-ric-3/dist/index.mjs").unlink()
    problem = machine.runtime(20).problem()
    assert problem is not None
    assert problem.endswith(f"run `npm ci --ignore-scripts` in {tmp_path}.")
    assert machine.runtime(24).problem() is None


# "Lambda features disabled by default": the page "Building Lambda functions with Node.js".
FEATURES = [
    (18, "", [REQUIRE, DETECT]),
    (20, "", [REQUIRE]),
    (22, "", [REQUIRE, DETECT]),
    (24, "", []),
    (22, "--experimental-require-module", [DETECT]),
    (22, "--enable-source-maps --experimental-detect-module", [REQUIRE]),
]


@pytest.mark.parametrize(("major", "options", "flags"), FEATURES)
def test_features_that_lambda_switches_off(tmp_path: Path, major: int, options: str, flags: list[str]) -> None:
    runtime = Machine(tmp_path, {"bin/node": (22, 1, 0)}).runtime(major)
    version = function(f"nodejs{major}.x", environment=(("NODE_OPTIONS", options),))
    argv = runtime.launch(version, Code(tmp_path)).argv
    assert [argument for argument in argv if argument.startswith("--no-")] == flags


@pytest.mark.parametrize(("memory", "semi", "old"), [(128, 6, 116), (1024, 51, 922), (10240, 512, 9216)])
def test_the_garbage_collector_knows_the_memory_limit(tmp_path: Path, memory: int, semi: int, old: int) -> None:
    runtime = Machine(tmp_path, {"bin/node": (20, 1, 0)}).runtime(20)
    argv = runtime.launch(function("nodejs20.x", memory_size_mb=memory), Code(tmp_path)).argv
    assert f"--max-semi-space-size={semi}" in argv
    assert f"--max-old-space-size={old}" in argv


def test_what_is_started(tmp_path: Path) -> None:
    machine = Machine(tmp_path, {"bin/node": (20, 1, 0)})
    launch = machine.runtime(20).launch(function("nodejs20.x"), Code(tmp_path / "code"))
    assert launch.argv[-3:] == ("--require", str(tmp_path / "preload.cjs"), str(tmp_path / "start.mjs"))
    assert launch.transport is Transport.CHANNEL
    assert launch.runtime_version_label == "nodejs:20.1.0"
    assert launch.seen_at("/var/task", "/opt").environment["NODE_PATH"] == (
        "/opt/nodejs/node20/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task"
    )
    assert tmp_path / "node_modules/aws-lambda-ric-3/dist/index.mjs" in launch.readable_paths
    newer = machine.runtime(24).launch(function("nodejs24.x"), Code(tmp_path / "code"))
    assert newer.argv[-1] == str(tmp_path / "node_modules/aws-lambda-ric-4/index.mjs")
