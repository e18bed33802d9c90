"""What a node stands on, whatever it serves."""

from concurrent.futures import Executor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from gatewright.functions.work_directories import work_directory
from gatewright.settings import Settings
from gatewright.store.types import Store


@dataclass(frozen=True, slots=True)
class Foundation:
    """What is there before anything that serves is built."""

    settings: Settings
    url: str
    """Where the node is reached."""
    port: int
    """Where it listens."""
    executor: Executor
    """The threads of control-plane operations."""
    store: Store
    parts: AsyncExitStack
    """Ends what was built, in reverse order."""

    @property
    def loopback_url(self) -> str:
        """Where functions on this machine reach the node, whatever address it listens on."""
        loopback = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.settings.host)  # noqa: S104 — compared, not bound
        return self.url if loopback is None else f"http://{loopback}:{self.port}"

    def work_directory(self, name: str, *, is_for_others: bool = False) -> Path:
        """Return a directory for files that can be made again: unpacked code, the runtimes' own, the network's.

        One for others is read under user ids of their own, and without a mount namespace.
        """
        if not self.settings.is_ephemeral and not is_for_others:
            path = self.settings.data_dir / name
            path.mkdir(parents=True, exist_ok=True)
            return path
        path = self.parts.enter_context(work_directory(name))
        if is_for_others:
            path.chmod(0o711)
        return path
