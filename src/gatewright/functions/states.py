"""The states of an execution environment. What is not in `TRANSITIONS` cannot happen.

    STARTING ──▶ IDLE ──▶ BUSY ──▶ ANSWERED ──▶ IDLE        the runtime's NEXT, our INVOKE, its RESULT or ERROR, NEXT
                          BUSY ──▶ STREAMING ──▶ ANSWERED   the beginning and the end of a streamed response
    STARTING ──▶ STARTED ──▶ IDLE,  ANSWERED ──▶ SETTLING ──▶ IDLE        the runtime's NEXT, then that of extensions
        any of these ──▶ FAILED | STOPPING ──▶ STOPPED     it is to blame | nobody is; its process is gone

Source: "Understanding the Lambda execution environment lifecycle", Lambda Developer Guide.
"""

import enum
from typing import Final


class State(enum.IntEnum):
    """Where an environment is in its life."""

    STARTING = 0
    STARTED = 1
    """The runtime asked for its first invocation; one of the extensions has not asked for its first event yet."""
    IDLE = 2
    BUSY = 3
    STREAMING = 4
    """The runtime has begun to send a response of which the end is still to come."""
    ANSWERED = 5
    """The invocation is answered; the runtime has not asked for the next one yet."""
    SETTLING = 6
    """The runtime has; one of the extensions that were told of the invocation has not."""
    STOPPING = 7
    FAILED = 8
    STOPPED = 9


# Names for whoever asks at every invocation: to look a member up in its enum takes 0.16 µs, twenty times as long.
STARTING, STARTED, IDLE, BUSY, STREAMING, ANSWERED, SETTLING, STOPPING, FAILED, STOPPED = State

_END: Final = frozenset({State.STOPPING, State.FAILED})
TRANSITIONS: Final[tuple[frozenset[State], ...]] = (
    frozenset({State.STARTED, State.IDLE}) | _END,
    frozenset({State.IDLE}) | _END,
    frozenset({State.BUSY}) | _END,
    frozenset({State.STREAMING, State.ANSWERED}) | _END,
    frozenset({State.ANSWERED}) | _END,
    frozenset({State.SETTLING, State.IDLE}) | _END,
    frozenset({State.IDLE}) | _END,
    frozenset({State.STOPPED}),
    frozenset({State.STOPPED}),
    frozenset(),
)
"""For each state, in the order of `State`, those that may follow."""

INITIALIZING: Final = (State.STARTING, State.STARTED)
WORKING: Final = frozenset(State) - {State.IDLE, State.STOPPING, State.FAILED, State.STOPPED}
"""States in which the process runs, and time and memory are watched."""


_MAY_FOLLOW: Final = tuple(tuple(to in following for to in State) for following in TRANSITIONS)
"""The same as a matrix: a lookup by two numbers takes a sixth of one in a set, for which `enum` hashes in Python."""


class IllegalTransition(RuntimeError):
    """A transition that the table does not have: a mistake in this program."""


def transition(state: State, to: State) -> State:
    """Return `to`. Raises `IllegalTransition`."""
    if not _MAY_FOLLOW[state][to]:
        raise IllegalTransition(f"{state.name} to {to.name}")
    return to
