"""The command: what was asked for becomes a session."""

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from gatewright.base.errors import SettingsError
from gatewright.cli.calls import caller
from gatewright.cli.deploy.builds import Builds
from gatewright.cli.deploy.errors import DeployFailed
from gatewright.cli.deploy.package_store import PackageStore
from gatewright.cli.deploy.packaging import Packager
from gatewright.cli.deploy.session import Screen, Session, Wanted
from gatewright.cli.deploy.template_files import find_template
from gatewright.cli.deploy.watch import watch
from gatewright.cli.target import Target
from gatewright.functions.runtimes.discovery import SearchPlaces
from gatewright.functions.runtimes.python.runtime import PythonRuntime
from gatewright.functions.work_directories import work_directory
from gatewright.settings import Settings, client_variables, load_settings

_CACHE: Final = Path(".cache/gatewright/builds")
_PAIR: Final = re.compile(r"ParameterKey=(?P<key>[^,]+),ParameterValue=(?P<value>.*)", re.DOTALL)
_PYTHON: Final = re.compile(r"python3\.(\d+)")


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line says."""

    template: str | None
    stack_name: str | None
    parameters: Sequence[str]
    is_watching: bool
    is_building: bool


def deploy(request: Request, target: Target, output: TextIO) -> int:
    """Deploy, and watch if that is wanted. Return 0. Raises `DeployFailed`, `CallFailed`, `SettingsError`."""
    template = find_template(request.template, Path.cwd())
    wanted = Wanted(template, request.stack_name or _name_of(template.parent), parse_parameters(request.parameters))
    is_terminal = output.isatty()
    screen = Screen(output, is_terminal, is_terminal and client_variables().wants_color)
    settings = load_settings({})
    with contextlib.ExitStack() as parts:
        builds = _builds(settings, parts, screen) if request.is_building else None

        def make_packager(store: PackageStore) -> Packager:
            return Packager(store.keep, builds)

        screen.say(f"{template.name} → stack {wanted.stack_name} in {target.region} at {target.url}")
        session = Session(wanted, target, caller(target.url, target.region), make_packager, screen)
        if not request.is_watching:
            session.deploy(session.package())
            return 0
        with contextlib.suppress(KeyboardInterrupt):
            watch(session, screen)
    return 0


def parse_parameters(given: Sequence[str]) -> dict[str, str]:
    """Return parameters by name, from `K=V` or as the AWS CLI has them. Raises `SettingsError`."""
    values = {}
    for text in given:
        pair = _PAIR.fullmatch(text)
        name, separator, value = (pair["key"], "=", pair["value"]) if pair else text.partition("=")
        if not separator or not name:
            raise SettingsError(f"--parameter-overrides: {text!r} is not NAME=VALUE")
        values[name] = value
    return values


def _name_of(directory: Path) -> str:
    """Return a stack name for a directory: letters, digits and hyphens, a letter first."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", directory.name).strip("-")[:100]
    return name if name[:1].isalpha() else f"app-{name}".rstrip("-")


def _builds(settings: Settings, parts: contextlib.ExitStack, screen: Screen) -> Builds:
    bytecode = parts.enter_context(work_directory("deploy"))
    places = SearchPlaces(settings.search_directories, settings.home, pinned=settings.runtimes)

    def find_python(runtime: str) -> Path:
        match = _PYTHON.fullmatch(runtime)
        if match is None:
            raise DeployFailed(f"there is no runtime {runtime}")
        python = PythonRuntime(int(match[1]), places, bytecode)
        if (executable := python.executable()) is None:
            raise DeployFailed(str(python.problem()))
        return executable

    return Builds(settings.home / _CACHE, find_python, settings.search_path, screen.say)
