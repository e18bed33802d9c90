"""`gatewright runtimes`: which runtimes of Lambda run on this machine, and the installation of what they share.

Python functions find boto3 because gatewright depends on it; those on an older Python than it supports find the newest
that does. The clients of the AWS SDK for JavaScript come from npm, as the list beside the Node.js runtimes pins them.
"""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from gatewright.base.errors import GatewrightError
from gatewright.cli.deploy.builds import pip_of
from gatewright.functions.runtimes.discovery import SearchPlaces
from gatewright.functions.runtimes.node import runtime as node
from gatewright.functions.runtimes.python import sdk
from gatewright.functions.runtimes.python.runtime import PythonRuntime
from gatewright.functions.runtimes.table import RUNTIMES, RuntimeDirectory
from gatewright.functions.work_directories import work_directory
from gatewright.settings import Settings

_LISTS = ("package.json", "package-lock.json")
_PIP_OPTIONS = ("--disable-pip-version-check", "--no-input", "--quiet")
_NPM_OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


class InstallFailed(GatewrightError):
    """What the runtimes share could not be installed; the text says why."""


def list_runtimes(settings: Settings) -> int:
    """Print every runtime identifier with what is to be known of it here. Return the exit status."""
    places = SearchPlaces(settings.search_directories, settings.home, pinned=settings.runtimes)
    with work_directory("runtimes") as cache:
        directory = RuntimeDirectory(places, cache)
        for identifier in RUNTIMES:
            print(f"{identifier:16}{directory.problem(identifier) or directory.warning(identifier) or 'ready'}")
    sdk = node.find_sdk(places)
    print(f"\n{'AWS SDK v3':16}{sdk or 'not installed: run `gatewright runtimes install`'}")
    return 0


def install(settings: Settings) -> int:
    """Install below the user's home what functions find without packing it. Raises `InstallFailed`."""
    for minor, executable in _old_pythons(settings).items():
        target = settings.home / sdk.INSTALLED / f"3.{minor}"
        arguments = ("install", *_PIP_OPTIONS, "--target", ".", sdk.NAME)
        _install((*pip_of(executable), *arguments), target)
        print(f"installed {sdk.NAME} for functions on Python 3.{minor} in {target}")
    npm = shutil.which("npm", path=settings.search_path)
    if npm is None:
        raise InstallFailed("npm is not on PATH: install Node.js 20 or newer (https://nodejs.org), which brings it")
    target = settings.home / node.INSTALLED_SDK
    _install((npm, "ci", *_NPM_OPTIONS), target, [node.SDK_LIST / name for name in _LISTS])
    print(f"installed the AWS SDK for JavaScript v3 in {target}")
    return 0


def _old_pythons(settings: Settings) -> dict[int, Path]:
    """Return the interpreters of functions that cannot import the boto3 beside gatewright, by their minor versions."""
    places = SearchPlaces(settings.search_directories, settings.home, pinned=settings.runtimes)
    with work_directory("runtimes") as cache:
        runtimes = [make(places, cache) for make in RUNTIMES.values()]
        found = [each.needs_sdk() for each in runtimes if isinstance(each, PythonRuntime)]
    return dict(each for each in found if each is not None)


def _install(command: Sequence[str], target: Path, lists: Sequence[Path] = ()) -> None:
    """Run an installation in a directory that takes the place of its target when it is whole."""
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for file in lists:
        shutil.copyfile(file, partial / file.name)
    try:
        done = subprocess.run(command, cwd=partial, check=False)
    except OSError as error:
        raise InstallFailed(f"{command[0]} cannot be run: {error}") from error
    if done.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        raise InstallFailed(f"{Path(command[0]).name} ended with status {done.returncode}")
    _replace(target, partial)


def _replace(target: Path, partial: Path) -> None:
    old = target.with_name(f"{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    partial.rename(target)
    shutil.rmtree(old, ignore_errors=True)
