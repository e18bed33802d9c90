"""The runtimes `java8.al2` to `java25`, on the Java virtual machines found on this machine.

A newer Java runs the class files of older ones, but not the other way round: it stands in for an older version where
that is not installed. Sources: "Building Lambda functions with Java", "Customize Java runtime startup behavior for
Lambda functions", "Deploy Java Lambda functions with .zip or JAR file archives", Lambda Developer Guide.
"""

import contextlib
import hashlib
import os
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gatewright.functions.runtimes.discovery import Probe, SearchPlaces, run_probe
from gatewright.functions.runtimes.java.bootstrap import HERE, CompileError, compile_jar, find_jar
from gatewright.functions.runtimes.types import OPT_ROOT, TASK_ROOT, Code, Launch, LaunchRefused, Transport
from gatewright.snapshot.types import FunctionVersion

_MAIN: Final = "gatewright.lambda.Main"
_TRAINING: Final = "gatewright.lambda.Training"
_TOOL_OPTIONS: Final = "JAVA_TOOL_OPTIONS"
_HEAP_SHARE: Final = 0.85
"""Of the function's memory. Lambda starts a function of 512 MB with MaxHeapSize=445645k."""
_START: Final = 'exec "$0" ${TMPDIR:+-Djava.io.tmpdir="$TMPDIR"} "$@"'
"""Java does not look at TMPDIR, which says where a sandbox without a `/tmp` of its own has the function's files."""
_LEAST_HEAP_KB: Final = 8192
_FIRST_HEAP_SHARE: Final = 1 / 64
"""What the virtual machine begins with on a machine of that size; here it would go by the memory of the host."""
_FIRST_WITH_DYNAMIC_ARCHIVE: Final = 13
_FIRST_WITH_ONE_TIER: Final = 17
"""Lambda stops at the first compiler from java17 on."""
_FIRST_WITH_LOG: Final = 9
_RELEASE_VERSION: Final = re.compile(r'^JAVA_VERSION="([^"]+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Machine:
    """A Java virtual machine."""

    executable: Path
    """`bin/java` below its home, no link."""
    version_text: str
    """Such as `17.0.15`, or `1.8.0_392`."""

    @property
    def major(self) -> int:
        """Return the version as people count it."""
        return _major(self.version_text)

    @property
    def home(self) -> Path:
        """Return the directory that holds all of it."""
        return self.executable.parent.parent


@dataclass(frozen=True, slots=True)
class Prepared:
    """A virtual machine that was seen to run the bootstrap."""

    machine: Machine
    jar: Path
    archive: Path | None
    """Of the classes that every function loads; None where the version makes none."""


class JavaRuntime:
    """One runtime identifier: the wanted version, or else the next newer one that is installed."""

    def __init__(
        self,
        identifier: str,
        major: int,
        places: SearchPlaces,
        cache: Path,
        probe: Probe = run_probe,
        directory: Path = HERE,
    ) -> None:
        """`cache` is a directory that only gatewright may write: archives of classes that environments load are there.

        `directory` may hold the compiled bootstrap.
        """
        self._identifier = identifier
        self._major = major
        self._places = places
        self._cache = cache / "java"
        self._probe = probe
        self._directory = directory
        self._lock = threading.Lock()
        self._found: Prepared | None = None
        self._problem: str | None = None

    def problem(self) -> str | None:
        """Return what is missing, or None."""
        return None if self._prepared() is not None else self._problem

    def warning(self) -> str | None:
        """Return that a newer version stands in for the wanted one, or None."""
        found = self._prepared()
        if found is None or found.machine.major == self._major:
            return None
        return (
            f"Java {self._major} is not installed: functions of {self._identifier} run on Java "
            f"{found.machine.version_text} ({found.machine.executable})."
        )

    def launch(self, function: FunctionVersion, code: Code) -> Launch:
        """Say how to start an environment. The class path is Lambda's: the package, its `lib`, that of the layers."""
        found = self._prepared()
        if found is None:
            raise LaunchRefused("Runtime.InvalidEntrypoint", str(self._problem))
        options = dict(function.environment).get(_TOOL_OPTIONS, "").split()
        archive = () if found.archive is None else (found.archive,)
        return Launch(
            argv=(
                *("/bin/sh", "-c", _START, str(found.machine.executable)),
                *self._flags(function, options, found.archive),
                "-classpath",
                os.pathsep.join((str(found.jar), *_class_path(code))),
                _MAIN,
            ),
            environment={},
            readable_paths=(found.machine.home, found.jar, *archive),
            transport=Transport.RUNTIME_API,
            runtime_version_label=f"java:{found.machine.version_text}",
        )

    def _flags(self, function: FunctionVersion, options: list[str], archive: Path | None) -> Iterator[str]:
        """Yield what Lambda starts Java with, but for what the function chooses by JAVA_TOOL_OPTIONS.

        The command line counts for more than that variable, so a choice is one only where nothing is said here.
        """
        heap_kb = round(function.memory_size_mb * 1024 * _HEAP_SHARE)
        if not _has(options, "-Xmx", "-XX:MaxHeapSize=", "-XX:MaxRAMPercentage="):
            yield f"-XX:MaxHeapSize={heap_kb}k"
        if not _has(options, "-Xms", "-XX:InitialHeapSize=", "-XX:InitialRAMPercentage=", "-Xmx", "-XX:MaxHeapSize="):
            first_kb = min(heap_kb, max(_LEAST_HEAP_KB, round(function.memory_size_mb * 1024 * _FIRST_HEAP_SHARE)))
            yield f"-XX:InitialHeapSize={first_kb}k"
        if not any(re.fullmatch(r"-XX:\+Use\w+GC", option) for option in options):
            yield "-XX:+UseSerialGC"
        if self._major >= _FIRST_WITH_ONE_TIER and not _has(
            options, "-XX:TieredStopAtLevel=", "-XX:-TieredCompilation"
        ):
            yield from ("-XX:+TieredCompilation", "-XX:TieredStopAtLevel=1")
        if archive is not None and not _has(options, "-Xshare:", "-XX:SharedArchiveFile=", "-XX:AOT"):
            yield from ("-Xshare:auto", f"-XX:SharedArchiveFile={archive}")
        if not _has(options, "-Dfile.encoding="):
            yield "-Dfile.encoding=UTF-8"  # the locale of Lambda, which hosts may lack
        yield from ("-XX:-UsePerfData", "-XX:+ErrorFileToStderr", "-Djava.net.preferIPv4Stack=true")

    # What there is

    def _prepared(self) -> Prepared | None:
        with self._lock:
            if self._found is None:
                self._found = self._search()
            return self._found

    def _search(self) -> Prepared | None:
        machines = list(_machines(self._candidates()))
        usable = sorted((machine for machine in machines if machine.major >= self._major), key=lambda each: each.major)
        self._problem = (
            f"No Java on this machine can run functions of {self._identifier}: install Java {self._major} or a newer "
            "one (a JDK) so that java is on PATH."
        )
        if not usable:
            return None
        jar = self._jar(machines)
        if jar is None:
            return None
        for machine in usable:
            prepared = self._prepare(machine, jar)
            if prepared is not None:
                return prepared
        return None

    def _jar(self, machines: list[Machine]) -> Path | None:
        jar = find_jar((self._directory, self._cache))
        if jar is not None:
            return jar
        javac = next((path for path in (machine.home / "bin" / "javac" for machine in machines) if path.exists()), None)
        if javac is None:
            self._problem = (
                f"Functions of {self._identifier} need a bootstrap that is compiled once, and the Java on this machine "
                "has no compiler: install a JDK (such as default-jdk-headless)."
            )
            return None
        try:
            return compile_jar(javac, self._cache)
        except CompileError as error:
            self._problem = str(error)
            return None

    def _prepare(self, machine: Machine, jar: Path) -> Prepared | None:
        """Run the bootstrap once, and keep an archive of the classes that it loaded."""
        archive = self._cache / f"{_archive_name(machine, jar)}.jsa"
        if archive.exists():  # it was made by running the bootstrap
            return Prepared(machine, jar, archive)
        flags = ["-Xlog:disable"] if machine.major >= _FIRST_WITH_LOG else []
        partial = archive.with_name(f"{archive.name}.{os.getpid()}.{threading.get_ident()}.partial")
        if machine.major >= _FIRST_WITH_DYNAMIC_ARCHIVE:
            self._cache.mkdir(parents=True, exist_ok=True)
            flags.append(f"-XX:ArchiveClassesAtExit={partial}")
        answer = self._probe(
            (
                *("/usr/bin/env", "-i", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128", str(machine.executable)),
                *("-XX:+UseSerialGC", "-XX:-UsePerfData", "-Djava.net.preferIPv4Stack=true", *flags),
                *("-classpath", str(jar), _TRAINING),
            )
        )
        if answer is None:
            partial.unlink(missing_ok=True)
            return None
        if not partial.exists():
            return Prepared(machine, jar, None)
        partial.chmod(0o644)  # environments may run as other users
        partial.rename(archive)
        return Prepared(machine, jar, archive)

    def _candidates(self) -> Iterator[Path]:
        yield from self._places.pinned_for(self._identifier)
        yield from self._places.on_path("java")
        yield from self._places.below_jvm("*", "bin/java")
        yield from self._places.below_home(".sdkman/candidates/java", "*", "bin/java")
        yield from self._places.below_home(".jdks", "*", "bin/java")
        yield from self._places.below_home(".local/share/mise/installs/java", "*", "bin/java")
        yield from self._places.below_home(".asdf/installs/java", "*", "bin/java")
        yield from self._places.below_opt(".", "*jdk*", "bin/java")
        yield from self._places.below_opt(".", "*java*", "bin/java")


def _machines(candidates: Iterable[Path]) -> Iterator[Machine]:
    """Yield the virtual machines among the candidates, each once, by the file `release` that every one has."""
    tried: set[str] = set()
    for candidate in candidates:
        real = os.path.realpath(candidate)
        if real in tried or not os.access(real, os.X_OK):
            continue
        tried.add(real)
        executable = Path(real)
        with contextlib.suppress(OSError, UnicodeDecodeError):
            version = _RELEASE_VERSION.search((executable.parent.parent / "release").read_text())
            if version is not None and re.match(r"\d", version[1]):
                yield Machine(executable, version[1])


def _major(version: str) -> int:
    numbers = [int(number) for number in re.findall(r"\d+", version)]
    return numbers[1] if numbers[0] == 1 and len(numbers) > 1 else numbers[0]


def _archive_name(machine: Machine, jar: Path) -> str:
    """Return what an archive belongs to: it is of no use to another build of Java, or for another jar."""
    library = machine.home / "lib" / "modules"
    stamp = library.stat().st_mtime_ns if library.exists() else 0
    facts = f"{machine.executable}\n{machine.version_text}\n{stamp}\n{jar}\n{jar.stat().st_mtime_ns}"
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def _class_path(code: Code) -> Iterator[str]:
    yield TASK_ROOT
    for root, seen_as, folder in ((code.task_root, TASK_ROOT, "lib"), (code.opt_root, OPT_ROOT, "java/lib")):
        if root is not None:
            names = sorted(path.name for path in (root / folder).glob("*.jar"))
            yield from (f"{seen_as}/{folder}/{name}" for name in names)


def _has(options: list[str], *beginnings: str) -> bool:
    return any(option.startswith(beginnings) for option in options)
