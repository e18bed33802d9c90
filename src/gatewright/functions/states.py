"""The states of an execution environment. What is not in `TRANSITIONS` cannot happen.

    STARTING ──▶ IDLE ──▶ BUSY ──▶ ANSWERED ──▶ IDLE        the runtime's NEXT, our INVOKE, its RESULT or ERROR, NEXT
                          BUSY ──▶ STREAMING ──▶ ANSWERED   the beginning and the end of a streamed response
        any of these ──▶ FAILED | STOPPING ──▶ STOPPED     it is to blame | nobody is; its process is gone

Source: "Understanding the Lambda execution environment lifecycle", Lambda Developer Guide.
"""

import enum
from typing import Final


class State(enum.IntEnum):
    """Where an environment is in its life."""

    STARTING = 0
    IDLE = 1
    BUSY = 2
    STREAMING = 3
    """The runtime has begun to send a response of which the end is still to come."""
    ANSWERED = 4
    """The invocation is answered; the runtime has not asked for the next one yet."""
    STOPPING = 5
    FAILED = 6
    STOPPED = 7


_END: Final = frozenset({State.STOPPING, State.FAILED})
TRANSITIONS: Final[tuple[frozenset[State], ...]] = (
    frozenset({State.IDLE}) | _END,
    frozenset({State.BUSY}) | _END,
    frozenset({State.STREAMING, State.ANSWERED}) | _END,
    frozenset({State.ANSWERED}) | _END,
    frozenset({State.IDLE}) | _END,
    frozenset({State.STOPPED}),
    frozenset({State.STOPPED}),
    frozenset(),
)
"""For each state, in the order of `State`, those that may follow."""

WORKING: Final = frozenset({State.STARTING, State.BUSY, State.STREAMING, State.ANSWERED})
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
