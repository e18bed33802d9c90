"""`gatewright runtimes`: which runtimes of Lambda run on this machine, and the installation of what they share.

Python functions find boto3 because gatewright depends on it. The clients of the AWS SDK for JavaScript come from npm,
as the list beside the Node.js runtimes pins them.
"""

import shutil
import subprocess
from pathlib import Path

from gatewright.base.errors import GatewrightError
from gatewright.functions.runtimes.discovery import SearchPlaces
from gatewright.functions.runtimes.node import runtime as node
from gatewright.functions.runtimes.table import RUNTIMES, RuntimeDirectory
from gatewright.functions.work_directories import work_directory
from gatewright.settings import Settings

_LISTS = ("package.json", "package-lock.json")
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
    """Install the clients of the AWS SDK for JavaScript below the user's home. Raises `InstallFailed`."""
    npm = shutil.which("npm", path=settings.search_path)
    if npm is None:
        raise InstallFailed("npm is not on PATH: install Node.js 20 or newer (https://nodejs.org), which brings it")
    target = settings.home / node.INSTALLED_SDK
    # Beside the old one, so that an installation that is broken off leaves that in place.
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name in _LISTS:
        shutil.copyfile(node.SDK_LIST / name, partial / name)
    try:
        done = subprocess.run((npm, "ci", *_NPM_OPTIONS), cwd=partial, check=False)
    except OSError as error:
        raise InstallFailed(f"{npm} cannot be run: {error}") from error
    if done.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        raise InstallFailed(f"npm ended with status {done.returncode}")
    _replace(target, partial)
    print(f"installed the AWS SDK for JavaScript v3 in {target}")
    return 0


def _replace(target: Path, partial: Path) -> None:
    old = target.with_name(f"{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    partial.rename(target)
    shutil.rmtree(old, ignore_errors=True)
