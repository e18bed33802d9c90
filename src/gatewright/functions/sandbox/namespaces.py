"""Tiers A and B: every environment has namespaces of its own, a read-only root and a control group, by bubblewrap."""

import asyncio
import contextlib
import itertools
import logging
import os
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from gatewright.functions.sandbox.bubblewrap import OPT_ROOT, TASK_ROOT, Bubblewrap, Command, Contents
from gatewright.functions.sandbox.cgroups import GroupLimits, Groups
from gatewright.functions.sandbox.child import Child
from gatewright.functions.sandbox.entrypoint import entrypoint_problem
from gatewright.functions.sandbox.launch_script import READY_COMMAND, launch_script
from gatewright.functions.sandbox.network.types import Network
from gatewright.functions.sandbox.possessions import Possessions
from gatewright.functions.sandbox.types import EntrypointError, IsolationReport, ProcessSpec, SandboxError, SandboxSpec
from gatewright.functions.sandbox.uids import UidBlock

_logger = logging.getLogger(__name__)

_END_SECONDS: Final = 5.0
_MAX_SCRIPT_BYTES: Final = 65_536
"""What a socket takes at once; Lambda allows 4 KB of variables."""


class NamespaceSandbox:
    """The place of one environment."""

    def __init__(
        self,
        spec: SandboxSpec,
        bubblewrap: Bubblewrap,
        held: Possessions,
        give_back: Callable[[Possessions], None],
    ) -> None:
        self._spec = spec
        self._bubblewrap = bubblewrap
        self._held = held
        self._give_back = give_back
        self._loop = asyncio.get_running_loop()
        self._gate: socket.socket | None = None
        self._child: Child | None = None
        self._script = b""
        self._name = ""
        self._is_closed = False

    @property
    def task_root(self) -> str:
        """Return `/var/task`."""
        return TASK_ROOT

    @property
    def opt_root(self) -> str:
        """Return `/opt`."""
        return OPT_ROOT

    @property
    def runtime_api(self) -> socket.socket:
        """Return the socket of the network."""
        return self._held.space.runtime_api

    @property
    def endpoint(self) -> socket.socket | None:
        """Return the socket of the network."""
        return self._held.space.endpoint

    def tcp_socket(self) -> socket.socket:
        """Return a socket of the network of its processes."""
        return self._held.space.tcp_socket()

    def spawn(self, spec: ProcessSpec, on_exit: Callable[[int], None]) -> Child:
        """Start the sandbox. Its process becomes the program when it has said that the sandbox stands.

        Until then the node's end is noticed by nobody but the shell that waits for its script: with the node, its end
        of that socket goes, and the shell ends without having run anything.
        """
        problem = _entrypoint_problem(spec.argv[0], self._spec)
        if problem is not None:
            raise EntrypointError(problem)
        self._script = launch_script(spec.environment)
        if len(self._script) > _MAX_SCRIPT_BYTES:
            raise SandboxError(f"more than {_MAX_SCRIPT_BYTES} octets of environment variables")
        self._name = spec.environment.get("AWS_LAMBDA_FUNCTION_NAME", "")
        held = self._held
        contents = Contents(
            self._spec,
            spec.readable_paths,
            spec.links,
            held.space.files,
            held.space.entry,
            held.uid,
            () if held.group is None else held.group.join_files,
        )
        command = self._bubblewrap.command(contents, spec.argv)
        try:
            if held.uid is not None:  # or it could not open /dev/stdout
                os.fchown(spec.output_fd, held.uid, held.uid)
            self._gate, inside = socket.socketpair()
            with inside:
                self._gate.setblocking(False)
                self._gate.send(READY_COMMAND)
                child = _start(command, inside, spec)
            self._child = Child(child, held.group, self._spec.memory_bytes, on_exit)
        except OSError as error:
            self._close_gate()
            raise SandboxError(f"cannot start a sandbox: {error}") from error
        finally:
            command.close()
        self._loop.add_reader(self._gate, self._stands)
        return self._child

    async def close(self) -> None:
        """End what is left and give everything back."""
        if self._is_closed:
            return
        self._is_closed = True
        self._close_gate()
        held = self._held
        if self._child is not None:
            self._child.kill()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_END_SECONDS):
                    await self._child.exited.wait()
        is_empty = held.group is None or await held.group.remove()
        await held.space.close()
        if is_empty:
            self._give_back(held)
        else:  # then its user id stays taken
            _logger.warning("processes of a sandbox do not end; their control group stays")

    def _stands(self) -> None:
        gate = self._gate
        if gate is None:
            return
        try:
            stands = bool(gate.recv(1)) and gate.send(self._script) == len(self._script)
        except OSError:
            stands = False
        if not stands and self._child is not None and not self._child.is_ended_by_us:
            _logger.warning("a sandbox could not be set up; the log of the function %s says why", self._name)
        self._close_gate()

    def _close_gate(self) -> None:
        if self._gate is not None:
            self._loop.remove_reader(self._gate)
            self._gate.close()
            self._gate = None


def _entrypoint_problem(program: str, spec: SandboxSpec) -> str | None:
    """Look at the program where it lies on the host."""
    mounts = {TASK_ROOT: spec.task_root}
    if spec.opt_root is not None:
        mounts[OPT_ROOT] = spec.opt_root
        if PurePosixPath(program).is_relative_to(OPT_ROOT):
            inside = f"./{PurePosixPath(program).relative_to(OPT_ROOT)}"
            return entrypoint_problem(inside, spec.opt_root, OPT_ROOT, mounts)
    return entrypoint_problem(program, spec.task_root, mounts=mounts)


def _start(command: Command, inside: socket.socket, spec: ProcessSpec) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command.argv,
        cwd="/",
        env={},
        stdin=inside.fileno(),
        stdout=spec.output_fd,
        stderr=spec.output_fd,
        pass_fds=(*spec.inherited_fds, *command.fds),
        start_new_session=True,
    )


@dataclass(slots=True)
class NamespaceIsolation:
    """Tier A, or B without user ids."""

    report: IsolationReport
    bubblewrap: Bubblewrap
    network: Network
    groups: Groups | None
    uids: UidBlock | None
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def open(self, spec: SandboxSpec) -> NamespaceSandbox:
        """Make the place of one environment. Raises `SandboxError`."""
        held = Possessions(await self.network.open())
        try:
            if self.uids is not None:
                held.uid = self.uids.take()
            if self.groups is not None:
                limits = GroupLimits(spec.memory_bytes, spec.ephemeral_storage_bytes)
                held.group = self.groups.create(str(next(self._numbers)), limits)
        except (OSError, SandboxError) as error:
            await held.space.close()
            self._give_back(held)
            raise SandboxError(f"cannot make a sandbox: {error}") from error
        return NamespaceSandbox(spec, self.bubblewrap, held, self._give_back)

    async def close(self) -> None:
        """Give the control group and the user ids back."""
        await self.network.close()
        if self.groups is not None:
            self.groups.close()
        if self.uids is not None:
            self.uids.close()

    def _give_back(self, held: Possessions) -> None:
        if self.uids is not None and held.uid is not None:
            self.uids.give_back(held.uid)
            held.uid = None
