"""What there is to set about running functions: by an operator, and by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gatewright.snapshot.types import FunctionVersion

MAX_EVENT_BYTES: Final = 6_291_456
"""Largest event of a synchronous invocation ("Lambda quotas")."""
MAX_ASYNC_EVENT_BYTES: Final = 1_048_576
"""Largest event of an asynchronous invocation ("Lambda quotas")."""
MAX_INVOKE_ASYNC_BYTES: Final = 262_144
"""Largest event of the older operation InvokeAsync ("InvokeAsync", Lambda API Reference)."""
MAX_RESPONSE_BYTES: Final = 6_291_556
"""Largest response: Lambda allows 100 octets more than for the event, and says so in its error message."""
LOG_TAIL_BYTES: Final = 4096
"""How much of the log LogType=Tail returns ("Invoke", Lambda API Reference)."""

ENVIRONMENT_SECONDS: Final = 8 * 3600
"""How old an environment becomes at most: AWS ends them "every few hours" ("Lambda execution environment")."""
CREDENTIALS_SECONDS: Final = 36 * 3600
"""How long the credentials of an environment last: longer than one that is busy at every look becomes in practice."""
NETWORKS: Final = ("auto", "outbound", "none", "shared")
"""What `network` may be."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the SDKs in a function sign with."""

    access_key_id: str = "gatewright"
    secret_access_key: str = "gatewright"  # noqa: S105 (open mode takes any)
    session_token: str = "gatewright"  # noqa: S105


def open_credentials(function: FunctionVersion) -> Credentials:
    """Return credentials that are nobody's; a node in open mode takes any."""
    return Credentials()


@dataclass(frozen=True, slots=True)
class FunctionLimits:
    """What an operator may set."""

    isolation: str = "auto"
    """What keeps functions apart: `auto` takes the best tier that this machine has, `none` runs plain processes."""
    first_uid: int = 200000
    """A node that runs as root gives each environment a user id of its own, from this one on."""
    network: str = "auto"
    """What functions have of the network: `outbound` (one of their own, with a way out), `none` (one without), `shared`
    (the host's); `auto` takes `outbound` where it works, else `shared`."""
    blocked_networks: str = "169.254.0.0/16"
    """IPv4 networks, separated by commas, or `none`: what functions do not reach from a network of their own, besides
    the host. By default that is where clouds have the machine's credentials."""
    init_seconds: float = 10.0
    """Limit of INIT before it is run again as part of the first invocation."""
    idle_seconds: float = 300.0
    """How long the last environment of a function stays without work; surplus ones go after a fifth of it."""
    freeze_when_idle: bool = False
    """Stop idle environments with SIGSTOP, as Lambda freezes them."""
    account_concurrency: int = 1000
    """Invocations of all functions of a Region at once; beyond it TooManyRequestsException."""
    scaling_rate: int = 1000
    """Environments that one function may get within ten seconds; whoever would need more is refused."""
    max_environments: int = 256
    """Processes of all functions at once. When all are busy, invocations wait for `queue_seconds`."""
    queue_seconds: float = 10.0
    """How long an invocation waits for one of `max_environments` before TooManyRequestsException."""
    parallel_starts: int = 0
    """Environments that may be starting at once; 0 for twice the number of CPUs."""
    memory_check_ms: int = 50
    """How often the memory of working environments is measured against MemorySize."""
    memory_slack_mb: int = 1024
    """RLIMIT_DATA is MemorySize and this. It only stops what outruns the check above, so that a function that
    needs too much memory is killed, as on Lambda, rather than told so by its allocator."""
    code_cache_mb: int = 4096
    """Unpacked packages that no environment uses are removed, oldest first, when all together take more than this."""
    async_concurrency: int = 128
    """Asynchronous invocations of all functions at once; the others wait in the queue."""
    async_queue_mb: int = 4096
    """MiB of events that may wait in the queue; beyond it TooManyRequestsException. With `is_ephemeral` 256 at most."""
    async_time_scale: float = 1.0
    """Factor of all waits of asynchronous invocation and of the maximum age of events; for tests less than 1."""
    drain_seconds: float = 30.0
    """How long `close` waits for invocations that are running."""


def blocked_networks(limits: FunctionLimits) -> tuple[str, ...]:
    """Return the networks that `limits` names."""
    text = limits.blocked_networks
    return () if text == "none" else tuple(network.strip() for network in text.split(","))


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSettings(FunctionLimits):
    """All that the data plane of Lambda is told."""

    endpoint_url: str
    """Where the SDKs in functions find this node's AWS APIs (`AWS_ENDPOINT_URL`)."""
    code_directory: Path
    """Holds unpacked deployment packages; may be emptied while the node is stopped."""
    credentials: Callable[[FunctionVersion], Credentials] = open_credentials
    """What an environment that starts now gets; they last as long as `CREDENTIALS_SECONDS`."""
