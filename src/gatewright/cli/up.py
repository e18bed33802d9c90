"""`gatewright up`: one node in the foreground."""

import asyncio
import gc
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable

import uvloop

from gatewright.server import Server
from gatewright.settings import Settings

_log = logging.getLogger("gatewright")

_DESCRIPTORS = 65_536
_STDIN_BYTES = 4096


def up(settings: Settings, *, ends_with_stdin: bool = False) -> int:
    """Serve until SIGINT or SIGTERM. A second signal ends the node without waiting for what is in flight.

    The end of standard input, if it is to be noticed, is a signal too.
    """
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    _raise_descriptor_limit()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, ends_with_stdin=ends_with_stdin))
    return 0


def _raise_descriptor_limit() -> None:
    """Take what the system allows: a connection needs one descriptor, an execution environment up to twenty."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _watch_stdin(loop: asyncio.AbstractEventLoop, at_end: Callable[[], None]) -> None:
    """Read what comes, which is nobody's, until its end."""
    descriptor = sys.stdin.fileno()

    def read() -> None:
        if not os.read(descriptor, _STDIN_BYTES):
            loop.remove_reader(descriptor)
            at_end()

    loop.add_reader(descriptor, read)


async def _serve(settings: Settings, *, ends_with_stdin: bool) -> None:
    loop = asyncio.get_running_loop()
    stopping, hurrying = asyncio.Event(), asyncio.Event()
    server = Server(settings, log_output=sys.stdout.buffer)
    await server.start()
    serving = asyncio.current_task()
    assert serving is not None

    def on_signal() -> None:
        if stopping.is_set() and not hurrying.is_set():
            hurrying.set()
            serving.cancel()
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal)
    if ends_with_stdin:
        _watch_stdin(loop, on_signal)
    # What start-up built lives as long as the node: leaving it out of collections shortens every one of them. There is
    # next to no garbage among it (1 of 80 objects), and to look for that takes as long as to link an API.
    gc.freeze()
    gc.enable()
    print(f"gatewright listens on {server.url}", flush=True)
    try:
        await stopping.wait()
        _log.info("stopping: %d connections open, waiting for what is in flight", server.connections)
        await server.stop()
    except asyncio.CancelledError:
        # Dealt with: before Python 3.11.3, a time limit takes a cancellation that is still counted for its own.
        serving.uncancel()
        _log.warning("stopped at once by a second signal")
        await server.abort()
