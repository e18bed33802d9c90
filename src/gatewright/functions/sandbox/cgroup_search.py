"""Which control groups this node can use, found by making one."""

import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gatewright.functions.sandbox.cgroup1 import CONTROLLERS, Groups1
from gatewright.functions.sandbox.cgroup2 import Groups2
from gatewright.functions.sandbox.cgroups import GROUP_PREFIX, GroupLimits, Groups, remove_abandoned

_logger = logging.getLogger(__name__)

_V2: Final = ""
_TRIAL: Final = GroupLimits(64 << 20, 64 << 20)


def find_groups(proc: Path = Path("/proc/self")) -> Groups | None:
    """Return the node's control group, or None where the kernel keeps no memory limit for us."""
    try:
        mounts = (proc / "mountinfo").read_text()
        own = own_groups((proc / "cgroup").read_text())
    except OSError:
        return None
    directories = {name: path for name, path in group_directories(mounts, own).items() if path.is_dir()}
    for groups in _candidates(directories, group_directories(mounts, {})):
        if _works(groups):
            return groups
        groups.close()
    return None


def own_groups(text: str) -> dict[str, str]:
    """Return the path of the process's own group by controller; that of version 2 has the name "". See cgroups(7)."""
    groups = {}
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            groups[controller] = path
    return groups


def group_directories(mountinfo: str, own: dict[str, str]) -> dict[str, Path]:
    """Return the directory of each group by controller; that of the top of the hierarchy for what `own` lacks."""
    directories: dict[str, Path] = {}
    for line in mountinfo.splitlines():
        mount, _, rest = line.partition(" - ")
        root, point = mount.split()[3:5]
        kind, _, options = rest.split()[:3]
        names = options.split(",") if kind == "cgroup" else [_V2] if kind == "cgroup2" else []
        for name in names:
            if name in (*CONTROLLERS, _V2) and name not in directories:
                path = own.get(name, root)
                # In a container the mount may show a part of the hierarchy, and paths are those of the whole.
                inside = path.removeprefix(root) if root != "/" and path.startswith(root) else path
                directories[name] = Path(point) / (inside.strip("/") if name in own else "")
    return directories


def _candidates(own: dict[str, Path], top: dict[str, Path]) -> Iterator[Groups]:
    name = f"{GROUP_PREFIX}{os.urandom(6).hex()}"
    for parent in dict.fromkeys((own.get(_V2), top.get(_V2))):
        if parent is not None and os.access(parent, os.W_OK):
            remove_abandoned(parent)
            with contextlib.suppress(OSError):
                yield Groups2(parent, name)
    parents = {each: own[each] for each in CONTROLLERS if each in own and os.access(own[each], os.W_OK)}
    if "memory" in parents:
        for parent in parents.values():
            remove_abandoned(parent)
        with contextlib.suppress(OSError):
            yield Groups1(parents, name)


def _works(groups: Groups) -> bool:
    """Make a group and remove it."""
    try:
        group = groups.create("trial", _TRIAL)
    except OSError as error:
        _logger.info("control groups (%s) cannot be used: %s", groups.kind, error)
        return False
    group.discard()
    return True
