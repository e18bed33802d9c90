"""The AWS SDK that Python functions find without packing it: the one beside gatewright, or one for an older Python.

boto3 drops versions of Python before functions do. One that such an interpreter can use is installed by `gatewright
runtimes install`, for each version in a directory of its own.
"""

import importlib.metadata
import importlib.util
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gatewright.functions.runtimes.python.gatewright_channel import SDK_PACKAGES

INSTALLED: Final = Path(".local", "share", "gatewright", "runtimes", "python")
"""Below the user's home: where `gatewright runtimes install` installs them, in directories such as `3.9`."""
NAME: Final = "boto3"
_DISTRIBUTIONS: Final = (NAME, "botocore", "s3transfer", "jmespath", "urllib3", "python-dateutil")
_OLDEST: Final = re.compile(r">=\s*3\.(\d+)")


@dataclass(frozen=True, slots=True)
class Sdk:
    """An SDK: its packages, and the oldest Python that imports them."""

    packages: tuple[Path, ...] = ()
    oldest_minor: int = 0

    def serves(self, version: tuple[int, int, int]) -> bool:
        """Tell whether an interpreter can import it."""
        return version[1] >= self.oldest_minor


def beside_gatewright() -> Sdk:
    """Return the SDK that is installed with gatewright."""
    return Sdk(packages_of(SDK_PACKAGES), max(map(_oldest_minor, _DISTRIBUTIONS)))


def installed_for(home: Path | None, minor: int) -> Sdk | None:
    """Return the SDK that was installed for a version of Python, or None."""
    if home is None:
        return None
    directory = home / INSTALLED / f"3.{minor}"
    found = (
        next((path for path in (directory / name, directory / f"{name}.py") if path.exists()), None)
        for name in sorted(SDK_PACKAGES)
    )
    packages = tuple(path for path in found if path is not None)
    return Sdk(packages, minor) if directory / NAME in packages else None


def packages_of(names: Iterable[str]) -> tuple[Path, ...]:
    """Return where packages and modules are that this process could import."""
    origins = []
    for name in sorted(names):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            origin = Path(spec.origin)
            origins.append(origin.parent if origin.name == "__init__.py" else origin)
    return tuple(origins)


def _oldest_minor(distribution: str) -> int:
    try:
        wanted = str(importlib.metadata.metadata(distribution).json.get("requires_python", ""))
    except importlib.metadata.PackageNotFoundError:
        return 0
    return max((int(minor) for minor in _OLDEST.findall(wanted)), default=0)
