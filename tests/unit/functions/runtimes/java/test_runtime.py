"""Which Java runs a runtime, and how it is started; no Java is needed for that.

AWS documentation: "Customize Java runtime startup behavior for Lambda functions", "Deploy Java Lambda functions with
.zip or JAR file archives".
"""

import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gatewright.functions.runtimes.discovery import SearchPlaces
from gatewright.functions.runtimes.java.bootstrap import jar_name
from gatewright.functions.runtimes.java.runtime import JavaRuntime
from gatewright.functions.runtimes.types import Code, LaunchRefused, Transport
from tests.unit.functions.runtimes.host import function


@dataclass
class Host:
    """A machine with some versions of Java, which are never run."""

    root: Path
    broken: str = ""
    """Part of the path of those that do not run."""

    def __post_init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.install_bootstrap()

    def install_bootstrap(self) -> None:
        self.bootstraps.mkdir()
        (self.bootstraps / jar_name()).touch()

    @property
    def bootstraps(self) -> Path:
        return self.root / "bootstraps"

    def install(self, name: str, version: str, place: str = "jvm") -> Path:
        home = self.root / place / name
        (home / "bin").mkdir(parents=True)
        (home / "release").write_text(f'IMPLEMENTOR="Somebody"\nJAVA_VERSION="{version}"\n')
        java = home / "bin" / "java"
        java.touch()
        java.chmod(0o755)
        return java

    def runtime(self, identifier: str, major: int, pinned: Mapping[str, Path] | None = None) -> JavaRuntime:
        places = SearchPlaces(
            (self.root / "bin",), self.root / "home", self.root / "opt", pinned or {}, jvm=self.root / "jvm"
        )
        return JavaRuntime(identifier, major, places, self.root / "cache", self.probe, self.bootstraps)

    def probe(self, argv: Sequence[str]) -> dict[str, Any] | None:
        self.asked.append(tuple(argv))
        if self.broken and any(self.broken in argument for argument in argv):
            return None
        for argument in argv:
            if argument.startswith("-XX:ArchiveClassesAtExit="):
                Path(argument.partition("=")[2]).touch()
        return {"version": "is read from the file release"}


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def flags(host: Host, runtime: JavaRuntime, memory_size_mb: int = 512, options: str = "") -> list[str]:
    version = function(
        "java17", memory_size_mb=memory_size_mb, environment=(("JAVA_TOOL_OPTIONS", options),) if options else ()
    )
    argv = runtime.launch(version, Code(host.root)).argv
    return [each for each in argv[4:-3] if "SharedArchiveFile" not in each]


def test_the_wanted_version_is_taken(host: Host) -> None:
    for version in ("25.0.1", "17.0.15", "21.0.2", "11.0.2"):
        host.install(f"java-{version}", version)
    runtime = host.runtime("java17", 17)
    assert (runtime.problem(), runtime.warning()) == (None, None)
    launch = runtime.launch(function("java17"), Code(host.root))
    assert launch.runtime_version_label == "java:17.0.15"
    assert launch.transport is Transport.RUNTIME_API


def test_the_next_newer_version_stands_in(host: Host) -> None:
    host.install("java-25", "25.0.1")
    java = host.install("java-21", "21.0.2")
    host.install("java-8", "1.8.0_392")
    assert host.runtime("java17", 17).warning() == (
        f"Java 17 is not installed: functions of java17 run on Java 21.0.2 ({java})."
    )


def test_an_older_version_does_not_stand_in(host: Host) -> None:
    host.install("java-17", "17.0.15")
    runtime = host.runtime("java21", 21)
    assert runtime.problem() == (
        "No Java on this machine can run functions of java21: install Java 21 or a newer one (a JDK) so that java is "
        "on PATH."
    )
    assert runtime.warning() is None
    with pytest.raises(LaunchRefused):
        runtime.launch(function("java21"), Code(host.root))


def test_java_8_is_counted_as_people_do(host: Host) -> None:
    host.install("java-8", "1.8.0_392")
    runtime = host.runtime("java8.al2", 8)
    assert (runtime.problem(), runtime.warning()) == (None, None)
    assert "-Xshare:auto" not in flags(host, runtime)  # it makes no archive
    assert "-XX:TieredStopAtLevel=1" not in flags(host, runtime)


def test_one_that_does_not_run_is_passed_over(host: Host) -> None:
    host.install("broken-21", "21.0.2")
    host.install("java-25", "25.0.1")
    host.broken = "broken"
    assert "25.0.1" in str(host.runtime("java21", 21).warning())


@pytest.mark.parametrize("place", ["jvm", "home/.sdkman/candidates/java", "home/.jdks", "opt"])
def test_where_java_is_found(host: Host, place: str) -> None:
    host.install("jdk-21", "21.0.2", place)
    assert host.runtime("java21", 21).problem() is None


def test_java_on_path_and_pinned(host: Host) -> None:
    java = host.install("some", "21.0.2", "elsewhere")
    assert host.runtime("java21", 21).problem() is not None
    assert host.runtime("java21", 21, {"java21": java}).problem() is None
    (host.root / "bin").mkdir()
    (host.root / "bin" / "java").symlink_to(java)
    runtime = host.runtime("java21", 21)
    assert runtime.problem() is None
    assert java.parent.parent in runtime.launch(function("java21"), Code(host.root)).readable_paths


def test_without_a_compiler_and_a_compiled_bootstrap(host: Host) -> None:
    host.install("jre-21", "21.0.2")
    (host.bootstraps / jar_name()).unlink()
    problem = host.runtime("java21", 21).problem()
    assert problem is not None
    assert problem.endswith("has no compiler: install a JDK (such as default-jdk-headless).")


def test_a_compiler_that_fails(host: Host) -> None:
    java = host.install("jdk-21", "21.0.2")
    javac = java.with_name("javac")
    javac.write_text("#!/bin/sh\necho no such thing >&2; exit 1\n")
    javac.chmod(0o755)
    (host.bootstraps / jar_name()).unlink()
    assert host.runtime("java21", 21).problem() == f"{javac} could not compile the bootstrap: no such thing"


def test_the_archive_of_classes_is_made_once(host: Host) -> None:
    host.install("java-21", "21.0.2")
    for identifier, major in (("java21", 21), ("java17", 17)):
        launch = host.runtime(identifier, major).launch(function(identifier), Code(host.root))
        archive = next(argument for argument in launch.argv if "SharedArchiveFile" in argument).partition("=")[2]
        assert Path(archive).exists()
        assert Path(archive) in launch.readable_paths
    assert len(host.asked) == 1


def test_the_flags_are_those_of_lambda(host: Host) -> None:
    host.install("java-17", "17.0.15")
    found = flags(host, host.runtime("java17", 17))
    assert found[:5] == [
        "-XX:MaxHeapSize=445645k",
        "-XX:InitialHeapSize=8192k",
        "-XX:+UseSerialGC",
        "-XX:+TieredCompilation",
        "-XX:TieredStopAtLevel=1",
    ]
    assert "-XX:TieredStopAtLevel=1" not in flags(host, host.runtime("java11", 11))
    large = flags(host, host.runtime("java17", 17), 10240)
    assert large[:2] == ["-XX:MaxHeapSize=8912896k", "-XX:InitialHeapSize=163840k"]


@pytest.mark.parametrize(
    ("options", "left_out"),
    [
        ("-XX:+UseParallelGC", ["-XX:+UseSerialGC"]),
        ("-XX:TieredStopAtLevel=4", ["-XX:+TieredCompilation", "-XX:TieredStopAtLevel=1"]),
        ("-Xmx300m", ["-XX:MaxHeapSize=445645k", "-XX:InitialHeapSize=8192k"]),
        ("-Xshare:off", ["-Xshare:auto"]),
        ("-Dfile.encoding=COMPAT", ["-Dfile.encoding=UTF-8"]),
        ("-Dmine=1", []),
    ],
)
def test_java_tool_options_may_choose(host: Host, options: str, left_out: list[str]) -> None:
    host.install("java-17", "17.0.15")
    runtime = host.runtime("java17", 17)
    usual = flags(host, runtime)
    assert flags(host, runtime, options=options) == [flag for flag in usual if flag not in left_out]


def test_the_class_path(host: Host) -> None:
    """Of the package, then jars in its `lib` and in `java/lib` of the layers, in the order of their names."""
    host.install("java-17", "17.0.15")
    task_root, opt_root = host.root / "task", host.root / "layers"
    for path in ("task/lib/b.jar", "task/lib/a.jar", "task/lib/note.txt", "task/c.jar", "layers/java/lib/d.jar"):
        (host.root / path).parent.mkdir(parents=True, exist_ok=True)
        (host.root / path).touch()
    argv = host.runtime("java17", 17).launch(function("java17"), Code(task_root, opt_root)).seen_at("/t", "/o").argv
    class_path = argv[argv.index("-classpath") + 1].split(":")
    assert class_path[0] == str(host.bootstraps / jar_name())
    assert class_path[1:] == ["/t", "/t/lib/a.jar", "/t/lib/b.jar", "/o/java/lib/d.jar"]
    assert argv[-1] == "gatewright.lambda.Main"


def test_the_directory_for_temporary_files_is_that_of_the_sandbox(host: Host) -> None:
    java = host.install("java-17", "17.0.15")
    java.write_text('#!/bin/sh\necho "$1"\n')
    argv = host.runtime("java17", 17).launch(function("java17"), Code(host.root)).argv
    for temporary, expected in (("/a b", "-Djava.io.tmpdir=/a b"), ("", argv[4])):
        done = subprocess.run(argv, env={"TMPDIR": temporary}, capture_output=True, text=True)
        assert done.stdout == f"{expected}\n", shlex.join(argv)
