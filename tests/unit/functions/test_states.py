"""The state table of an execution environment."""

import itertools

import pytest

from gatewright.functions.states import TRANSITIONS, IllegalTransition, State, transition

ALLOWED = {
    (State.STARTING, State.STARTED),
    (State.STARTING, State.IDLE),
    (State.STARTED, State.IDLE),
    (State.IDLE, State.BUSY),
    (State.BUSY, State.STREAMING),
    (State.BUSY, State.ANSWERED),
    (State.STREAMING, State.ANSWERED),
    (State.ANSWERED, State.SETTLING),
    (State.ANSWERED, State.IDLE),
    (State.SETTLING, State.IDLE),
    *((state, end) for state in list(State)[:7] for end in (State.STOPPING, State.FAILED)),
    (State.STOPPING, State.STOPPED),
    (State.FAILED, State.STOPPED),
}


@pytest.mark.parametrize(("state", "to"), list(itertools.product(State, State)))
def test_only_what_is_listed_can_happen(state: State, to: State) -> None:
    if (state, to) in ALLOWED:
        assert transition(state, to) is to
    else:
        with pytest.raises(IllegalTransition):
            transition(state, to)


def test_every_state_has_its_row() -> None:
    assert len(TRANSITIONS) == len(State)
