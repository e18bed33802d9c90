"""The runtimes `nodejs16.x` and later, on the Node.js found on this machine.

Functions find the clients of the AWS SDK for JavaScript v3 as on Lambda ("Building Lambda functions with Node.js"):
`require` looks for them behind the packages of the function and of its layers, `import` behind those of the function.
"""

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from gatewright.functions.runtimes.discovery import Probe, SearchPlaces, run_probe
from gatewright.functions.runtimes.types import OPT_ROOT, TASK_ROOT, Code, Launch, LaunchRefused, Transport
from gatewright.snapshot.types import FunctionVersion

_HERE = Path(__file__).resolve().parent
_OLDEST_MAJOR = 18

SDK_LIST = _HERE / "sdk"
"""npm's list of the clients of the AWS SDK. `make` installs them there."""
INSTALLED_SDK = Path(".local", "share", "gatewright", "runtimes", "nodejs")
"""Below the user's home: where `gatewright runtimes install` installs them."""
_MODULES = "node_modules"
# Every search for a package ends in the root directory, that of `import` too, which knows no NODE_PATH.
_SDK_PLACES = (f"/var/runtime/{_MODULES}", f"/{_MODULES}")

# Versions 4 and later of the client have no callback handlers, which Lambda dropped with nodejs24.x.
_FIRST_MAJOR_WITH_CLIENT_4 = 24

# What Lambda switches off unless NODE_OPTIONS switches it on ("Building Lambda functions with Node.js"). What came
# after Node.js 18 is off for nodejs18.x and nodejs16.x too, since a later Node.js may stand in for them.
_REQUIRE_MODULE = "experimental-require-module"
_DETECT_MODULE = "experimental-detect-module"
_DISABLED_FEATURES: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        16: (_REQUIRE_MODULE, _DETECT_MODULE),
        18: (_REQUIRE_MODULE, _DETECT_MODULE),
        20: (_REQUIRE_MODULE,),
        22: (_REQUIRE_MODULE, _DETECT_MODULE),
    }
)


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js that was seen to run."""

    executable: Path
    version: tuple[int, int, int]
    disabling_flags: frozenset[str]

    @property
    def version_text(self) -> str:
        """Return the version such as `20.20.2`."""
        return ".".join(map(str, self.version))


@dataclass(frozen=True, slots=True)
class Client:
    """A published version of `aws-lambda-ric`: its one file that npm installed, and the program that starts it."""

    bundle: Path
    program: Path


class NodeRuntime:
    """One runtime identifier `nodejsN.x`: the wanted major version, or else another that is installed."""

    def __init__(self, major: int, places: SearchPlaces, probe: Probe = run_probe, directory: Path = _HERE) -> None:
        """`directory` holds the JavaScript files and npm's `node_modules`."""
        self._major = major
        self._places = places
        self._probe = probe
        self._directory = directory
        self._lock = threading.Lock()
        self._found: Node | None = None

    def problem(self) -> str | None:
        """Return what is missing, or None."""
        if self._node() is None:
            return (
                f"No Node.js on this machine can run functions of nodejs{self._major}.x: "
                f"install Node.js {self._major} so that node is on PATH."
            )
        if not self._client().bundle.is_file():
            return (
                f"Functions of nodejs{self._major}.x need AWS's runtime interface client, which is not in "
                f"{self._directory / 'node_modules'}: run `npm ci --ignore-scripts` in {self._directory}."
            )
        return None

    def warning(self) -> str | None:
        """Return that another major version stands in for the wanted one, or None."""
        found = self._node()
        if found is None or found.version[0] == self._major:
            return None
        if self._major < _OLDEST_MAJOR:
            return (
                f"Node.js {self._major} is too old to run functions here: those of nodejs{self._major}.x run on "
                f"Node.js {found.version_text} ({found.executable}), and find no aws-sdk that they did not pack."
            )
        return (
            f"Node.js {self._major} is not installed: functions of nodejs{self._major}.x run on Node.js "
            f"{found.version_text} ({found.executable})."
        )

    def launch(self, function: FunctionVersion, code: Code) -> Launch:
        """Say how to start an environment; the function's code is found through LAMBDA_TASK_ROOT."""
        found = self._node()
        if found is None:
            raise LaunchRefused("Runtime.InvalidEntrypoint", str(self.problem()))
        client = self._client()
        preload = self._directory / "preload.cjs"
        sdk = find_sdk(self._places, self._directory)
        flags = (*_memory_flags(function.memory_size_mb), *self._disabled_features(function, found))
        return Launch(
            argv=(str(found.executable), *flags, "--require", str(preload), str(client.program)),
            links=self._links(sdk, code),
            environment={
                "NODE_PATH": f"{OPT_ROOT}/nodejs/node{self._major}/node_modules:{OPT_ROOT}/nodejs/node_modules:"
                f"/var/runtime/node_modules:/var/runtime:{TASK_ROOT}",
            },
            readable_paths=(
                found.executable,
                preload,
                self._directory / "channel.cjs",
                self._directory / "post.cjs",
                self._directory / "responses.cjs",
                client.program,
                client.bundle,
                *((sdk,) if sdk is not None else ()),
            ),
            transport=Transport.CHANNEL,
            runtime_version_label=f"nodejs:{found.version_text}",
        )

    def _links(self, sdk: Path | None, code: Code) -> tuple[tuple[str, Path], ...]:
        """Return where the SDK is seen: not before the layers, where one of them brings its own."""
        if sdk is None:
            return ()
        layers = (f"nodejs/node{self._major}", "nodejs")
        has_own = code.opt_root is not None and any(
            (code.opt_root / layer / _MODULES / "@aws-sdk").is_dir() for layer in layers
        )
        places = _SDK_PLACES[:1] if has_own else _SDK_PLACES
        _link_beside(code.task_root, sdk)
        return tuple((place, sdk) for place in places)

    def _client(self) -> Client:
        modules = self._directory / "node_modules"
        if self._major >= _FIRST_MAJOR_WITH_CLIENT_4:
            bundle = modules / "aws-lambda-ric-4" / "index.mjs"
            return Client(bundle, bundle)
        return Client(modules / "aws-lambda-ric-3" / "dist" / "index.mjs", self._directory / "start.mjs")

    def _disabled_features(self, function: FunctionVersion, node: Node) -> Iterator[str]:
        options = dict(function.environment).get("NODE_OPTIONS", "")
        for feature in _DISABLED_FEATURES.get(self._major, ()):
            flag = f"--no-{feature}"
            if flag in node.disabling_flags and f"--{feature}" not in options.split():
                yield flag

    def _node(self) -> Node | None:
        with self._lock:
            if self._found is None:
                self._found = self._search()
            return self._found

    def _search(self) -> Node | None:
        another: Node | None = None
        tried: set[str] = set()
        for candidate in self._candidates():
            real = os.path.realpath(candidate)
            if real in tried or not os.access(candidate, os.X_OK):
                continue
            tried.add(real)
            found = self._ask(candidate)
            if found is not None and found.version[0] == self._major:
                return found
            another = another or found
        return another

    def _candidates(self) -> Iterator[Path]:
        major = self._major
        yield from self._places.pinned_for(f"nodejs{major}.x")
        yield from self._places.on_path(f"node{major}")
        yield from self._places.on_path(f"node-{major}")
        yield from self._places.on_path("node")
        yield from self._places.below_home(".nvm/versions/node", f"v{major}.*", "bin/node")
        yield from self._places.below_home(".local/share/fnm/node-versions", f"v{major}.*", "installation/bin/node")
        yield from self._places.below_home(".local/share/mise/installs/node", f"{major}.*", "bin/node")
        yield from self._places.below_home(".asdf/installs/nodejs", f"{major}.*", "bin/node")
        yield from self._places.below_home(".volta/tools/image/node", f"{major}.*", "bin/node")
        yield from self._places.below_opt(".", f"node*{major}*", "bin/node")
        yield from self._places.below_home(".nvm/versions/node", "v*", "bin/node")
        yield from self._places.below_opt(".", "node*", "bin/node")

    def _ask(self, executable: Path) -> Node | None:
        wanted = (f"--no-{_REQUIRE_MODULE}", f"--no-{_DETECT_MODULE}")
        answer = self._probe((str(executable), str(self._directory / "probe.cjs"), *wanted))
        if answer is None or answer["version"][0] < _OLDEST_MAJOR:
            return None
        major, minor, patch = answer["version"]
        return Node(Path(answer["executable"]), (major, minor, patch), frozenset(answer["flags"]))


def find_sdk(places: SearchPlaces, directory: Path = _HERE) -> Path | None:
    """Return the directory with the clients of the AWS SDK; None when they are not installed."""
    found = [directory / SDK_LIST.name / _MODULES]
    if places.home is not None:
        found.append(places.home / INSTALLED_SDK / _MODULES)
    return next((place for place in found if (place / "@aws-sdk").is_dir()), None)


def _link_beside(task_root: Path, sdk: Path) -> None:
    """Link the SDK beside the unpacked code, where it is found without a file system of the function's own."""
    link = task_root.parent / _MODULES
    if link.is_symlink() and link.readlink() == sdk:
        return
    with contextlib.suppress(FileExistsError):
        link.unlink(missing_ok=True)
        link.symlink_to(sdk)


def _memory_flags(memory_size_mb: int) -> tuple[str, ...]:
    # As Lambda starts Node.js. The garbage collector must know the limit, or garbage alone would reach it; V8 in turn
    # does not use the code cache of Node.js' own modules when it has such flags, which takes about 10 ms at the start.
    young = memory_size_mb // 10
    return (
        "--expose-gc",
        "--max-http-header-size=81920",
        f"--max-semi-space-size={young // 2}",
        f"--max-old-space-size={memory_size_mb - young}",
    )
