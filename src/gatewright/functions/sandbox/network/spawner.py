"""A process beside the node that makes network namespaces, so that no thread of the node ever leaves its own.

It runs in a user namespace, where it has the privileges that namespaces take and none outside, and as the first process
of a pid namespace: when it ends the kernel kills every pasta and slirp4netns with it. It ends when the node closes its
end of the control socket, which the kernel does for a node that is killed.

Messages are JSON, one for each packet. From the node `{"open": NUMBER}` and `{"close": NUMBER}`; to it
`{"opened": NUMBER}` with the descriptors of the network namespace, of the Runtime API's and the endpoint's socket and
of the spare ones; `{"failed": NUMBER, "reason": TEXT}`; `{"ended": NUMBER, "reason": TEXT}` when a helper ended that
nobody closed. A first `{"ready": PID}` comes with the descriptor of the user namespace.
"""

import contextlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from typing import Final, NoReturn

from gatewright.functions.sandbox.network import space_process
from gatewright.functions.sandbox.network.kernel import NEW_PID, NEW_USER, unshare
from gatewright.functions.sandbox.network.plan import MAX_MESSAGE_BYTES, Plan, plan_from_json

_COMPLAINT_BYTES: Final = 1024


def main() -> None:
    """Run as `python -m … CONTROL_FD PLAN`."""
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    plan = plan_from_json(sys.argv[2])
    try:
        _enter_namespaces(plan)
    except OSError as error:
        control.send(json.dumps({"ready": 0, "reason": str(error)}).encode())
        sys.exit(1)
    inside = os.fork()
    if inside:
        # Stays, so that the node has all of this below it, and knows by its end that nothing of it is left.
        control.close()
        os.waitpid(inside, 0)
        os._exit(0)
    Spawner(plan, control).run()


def _enter_namespaces(plan: Plan) -> None:
    """Unshare, as the root of the new user namespace. The child of the next fork is the first process inside.

    The identities are written from outside, by a process that has the right to: a forked one that stays.
    """
    if os.geteuid() == 0:
        os.setgroups([])
    process, (inside, outside) = os.getpid(), socket.socketpair()
    mapper = os.fork()
    if mapper == 0:
        inside.close()
        if outside.recv(1):
            _map_identities(process, plan)
        os._exit(0)
    outside.close()
    unshare(NEW_USER | NEW_PID)
    inside.send(b".")
    inside.close()
    if os.waitpid(mapper, 0)[1]:
        raise PermissionError("the identities of a user namespace cannot be set")
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)


def _map_identities(process: int, plan: Plan) -> None:
    """Make `plan.uid` the root of the namespace, and let nobody in it change groups. See user_namespaces(7)."""
    files = (("setgroups", "deny"), ("uid_map", f"0 {plan.uid} 1"), ("gid_map", f"0 {plan.gid} 1"))
    try:
        for name, content in files:
            with open(f"/proc/{process}/{name}", "w") as file:
                file.write(content)
    except OSError:
        os._exit(1)


class Spawner:
    """The first process of its pid namespace: starts helpers, ends them and collects what died."""

    def __init__(self, plan: Plan, control: socket.socket) -> None:
        self._plan = plan
        self._control = control
        self._helpers: dict[int, int] = {}
        """Space → pid of its helper (or of what will become it)."""
        self._complaints: dict[int, int] = {}
        """pid → read end of its standard error."""

    def run(self) -> NoReturn:
        """Do as the node says until it is gone."""
        woken, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        user_namespace = os.open("/proc/self/ns/user", os.O_RDONLY | os.O_CLOEXEC)
        socket.send_fds(self._control, [json.dumps({"ready": os.getpid()}).encode()], [user_namespace])
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(woken, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == woken:
                    os.read(woken, MAX_MESSAGE_BYTES)
                    self._collect()
                elif not self._obey():
                    os._exit(0)

    def _obey(self) -> bool:
        """Take one message. Return False when there is no node any more."""
        try:
            packet = self._control.recv(MAX_MESSAGE_BYTES)
        except ConnectionError:
            return False
        if not packet:
            return False
        message = json.loads(packet)
        if "open" in message:
            self._open(message["open"])
        elif (pid := self._helpers.pop(message["close"], None)) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return True

    def _open(self, number: int) -> None:
        try:
            if self._plan.helper:
                self._open_with_helper(number)
            else:
                _fork(lambda: space_process.make(self._plan, self._control, number, None))
        except OSError as error:
            self._tell({"failed": number, "reason": str(error)})

    def _open_with_helper(self, number: int) -> None:
        # Nobody reads while the helper lives: a full pipe must not stop it, so the writing end does not wait.
        reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        maker, helper = socket.socketpair()

        def become_helper() -> NoReturn:
            maker.close()
            space_process.become_helper(self._plan, helper, writing)

        def make() -> NoReturn:
            helper.close()
            space_process.make(self._plan, self._control, number, maker)

        try:
            pid = _fork(become_helper)
            self._helpers[number] = pid
            self._complaints[pid] = reading
            _fork(make)
        finally:
            os.close(writing)
            maker.close()
            helper.close()

    def _collect(self) -> None:
        """Reap who ended: makers, helpers, and those that the pid namespace's first process inherits."""
        while (pid := _next_dead()) > 0:
            reading = self._complaints.pop(pid, None)
            if reading is None:
                continue
            complaint = b""
            with contextlib.suppress(BlockingIOError):  # somebody forked since has it still open
                complaint = os.read(reading, _COMPLAINT_BYTES)
            os.close(reading)
            number = next((number for number, helper in self._helpers.items() if helper == pid), None)
            if number is not None:  # otherwise it was we who ended it
                del self._helpers[number]
                self._tell({"ended": number, "reason": complaint.decode(errors="replace").strip()})

    def _tell(self, message: dict[str, object]) -> None:
        try:
            self._control.send(json.dumps(message).encode())
        except ConnectionError:  # there is no node any more
            os._exit(0)


def _fork(work: Callable[[], NoReturn]) -> int:
    """Have a new process do the work; return its id. Nothing of the spawner goes on in it, whatever happens."""
    pid = os.fork()
    if pid == 0:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            work()
        finally:
            os._exit(1)
    return pid


def _next_dead() -> int:
    try:
        return os.waitpid(-1, os.WNOHANG)[0]
    except ChildProcessError:
        return 0


if __name__ == "__main__":
    main()
