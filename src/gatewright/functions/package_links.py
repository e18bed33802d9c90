"""Whether the links of an unpacked package lead to what is inside of it.

Whoever made the package chose where its links lead, and how many of them follow one another: a few kilobytes can hold
links that `os.path.realpath` takes hours to resolve. So they are followed as far as the kernel would, and all of them
together no further than a limit. Source: path_resolution(7), symlink(7).
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gatewright.functions.errors import CodeUnusable

_MOST_FOLLOWED: Final = 40
"""The kernel follows no more for one path (MAXSYMLINKS): nobody gets further by such a path."""
_MOST_STEPS: Final = 2_000_000
"""Names looked at for one package; each takes 2 µs."""


class PackageLinks:
    """Judges the links below one directory."""

    __slots__ = ("_root", "_steps")

    def __init__(self, root: Path) -> None:
        self._root = root
        self._steps = 0

    def check(self, path: Path) -> None:
        """Raise `CodeUnusable` when a path below the root leads outside, also of what is not there."""
        done: list[str] = []
        pending = list(reversed(path.relative_to(self._root).parts))
        followed = 0
        while pending:
            name = pending.pop()
            self._step()
            if name == "..":
                if not done:
                    raise leads_outside()
                done.pop()
            elif name not in ("", "."):
                done.append(name)
                link = _link(os.path.join(self._root, *done))
                if link is not None:
                    followed += 1
                    if followed > _MOST_FOLLOWED:
                        return
                    done.pop()
                    pending += _reversed_names(link)

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise CodeUnusable("Lambda was not able to unzip the file: it has too many links")


def leads_outside() -> CodeUnusable:
    """Return the error for a link that does."""
    return CodeUnusable("Lambda was not able to unzip the file: a link leads outside of it")


def _link(path: str) -> str | None:
    """Return where a link leads; None of what is no link, or not there."""
    try:
        return os.readlink(path)
    except OSError:
        return None


def _reversed_names(link: str) -> Iterable[str]:
    if os.path.isabs(link):
        raise leads_outside()
    return reversed(link.split("/"))
