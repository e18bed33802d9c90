"""The two processes that make one space. Each is forked by the spawner, so it starts with everything imported.

The maker makes the network namespace, waits in it until the helper has given it a way out, sends its descriptors to the
node and ends. The other stays in the host's network and becomes the helper (slirp4netns or pasta) when it gets the
namespace. Without a helper there is only the maker.
"""

import json
import os
import resource
import signal
import socket
import time
from ipaddress import IPv4Network
from typing import Final, NoReturn

from gatewright.functions.sandbox.network.firewall import install
from gatewright.functions.sandbox.network.host_addresses import current_addresses, unreachable_networks
from gatewright.functions.sandbox.network.kernel import NEW_NETWORK, bring_up, unshare
from gatewright.functions.sandbox.network.plan import SPARE_SOCKETS, Plan
from gatewright.functions.sandbox.network.user_mode import NAMESPACE_FD, descriptors

LOOPBACK: Final = "127.0.0.1"
_BACKLOG: Final = 128
_NAMESPACE: Final = "/proc/self/ns/net"
_ROUTES: Final = "/proc/net/route"
_HELPER_SECONDS: Final = 5.0
_LOOK_EVERY_SECONDS: Final = 0.001
_IGNORED_BY_PYTHON: Final = (signal.SIGPIPE, signal.SIGXFSZ)


def make(plan: Plan, control: socket.socket, number: int, helper: socket.socket | None) -> NoReturn:
    """Make space `number`, hand its namespace to the helper and all of it to the node."""
    try:
        unreachable = () if helper is None else unreachable_networks(current_addresses(), plan.blocked)
        fds = _open_namespace(plan, unreachable)
        if helper is not None:
            socket.send_fds(helper, [b"."], fds[:1])
            helper.close()
            _await_way_out()
        socket.send_fds(control, [json.dumps({"opened": number}).encode()], fds)
    except OSError as error:
        control.send(json.dumps({"failed": number, "reason": str(error)}).encode())
    os._exit(0)


def become_helper(plan: Plan, maker: socket.socket, complaints: int) -> NoReturn:
    """Become the helper of the namespace that the maker sends; `complaints` is its standard error."""
    namespace = socket.recv_fds(maker, 1, 1)[1]
    if not namespace:  # the maker has told the node why
        os._exit(0)
    os.dup2(namespace[0], NAMESPACE_FD)
    null = os.open(os.devnull, os.O_RDWR)
    for standard, fd in enumerate((null, null, complaints)):
        os.dup2(fd, standard)
    for ignored in _IGNORED_BY_PYTHON:  # pasta takes a signal that is ignored already for a failure
        signal.signal(ignored, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors(plan.helper),) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        os.execv(plan.helper[0], plan.helper)  # noqa: S606 (that is the point: no shell)
    except OSError as error:
        os.write(complaints, f"{plan.helper[0]}: {error.strerror}".encode())
    os._exit(1)


def _open_namespace(plan: Plan, unreachable: tuple[IPv4Network, ...]) -> list[int]:
    """Enter a new network namespace. Return it, its two listening sockets and the spare ones, as descriptors."""
    unshare(NEW_NETWORK)
    bring_up("lo")
    if unreachable:
        install(unreachable)
    namespace = os.open(_NAMESPACE, os.O_RDONLY | os.O_CLOEXEC)
    listening = [_listen(port) for port in (plan.runtime_api_port, plan.endpoint_port)]
    return [namespace, *listening, *(socket.socket().detach() for _ in range(SPARE_SOCKETS))]


def _listen(port: int) -> int:
    return socket.create_server((LOOPBACK, port), backlog=_BACKLOG).detach()


def _await_way_out() -> None:
    """Wait until the helper has set the default route, the last thing that both programs do."""
    until = time.monotonic() + _HELPER_SECONDS
    while not has_default_route(_read(_ROUTES)):
        if time.monotonic() > until:
            raise TimeoutError(f"no way out of the network namespace after {_HELPER_SECONDS:.0f} s")
        time.sleep(_LOOK_EVERY_SECONDS)


def _read(path: str) -> str:
    with open(path) as file:
        return file.read()


def has_default_route(routes: str) -> bool:
    """Read `/proc/net/route`: destination and mask, second and eighth column, are zero in a default route."""
    rows = (line.split() for line in routes.splitlines()[1:])
    return any(len(row) > 7 and row[1] == row[7] == "00000000" for row in rows)
