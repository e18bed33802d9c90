import pytest

from gatewright.base.messages import Request, Response
from gatewright.wire.connection_phase import TRANSITIONS, Lifecycle, Phase
from gatewright.wire.limits import Limits
from gatewright.wire.listener_scope import ListenerScope


async def handler(request: Request) -> Response:
    raise AssertionError


def lifecycle(phase: Phase = Phase.HEAD, next_sweep: float = 0.0) -> Lifecycle:
    made = Lifecycle(ListenerScope(handler, Limits(), next_sweep=next_sweep))
    made.phase = phase
    return made


def test_every_phase_has_its_line_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Phase)


@pytest.mark.parametrize("before", Phase)
@pytest.mark.parametrize("after", Phase)
def test_what_is_not_listed_is_refused(before: Phase, after: Phase) -> None:
    connection = lifecycle(before)
    if after in TRANSITIONS[before]:
        connection.enter(after)
        assert connection.phase is after
    else:
        with pytest.raises(RuntimeError, match=f"cannot go from {before.name} to {after.name}"):
            connection.enter(after)
        assert connection.phase is before


def test_a_deadline_counts_from_the_next_sweep_and_a_phase_without_one_never_ends() -> None:
    connection = lifecycle(next_sweep=100.0)
    connection.enter(Phase.SERVING)
    assert not connection.has_expired(1e12)
    connection.enter(Phase.BODY, 30.0)
    assert not connection.has_expired(129.9)
    assert connection.has_expired(130.0)


def test_an_ended_connection_never_comes_back() -> None:
    ended = {Phase.LINGERING, Phase.CLOSING, Phase.CLOSED}
    assert all(TRANSITIONS[phase] <= ended for phase in ended)
    assert all(Phase.CLOSED in TRANSITIONS[phase] for phase in Phase if phase is not Phase.CLOSED)


def test_a_comparison_tells_the_endings_from_the_rest() -> None:
    # `connection` asks "at or beyond LINGERING".
    assert [phase for phase in Phase if phase >= Phase.LINGERING] == [
        Phase.LINGERING,
        Phase.CLOSING,
        Phase.UPGRADED,
        Phase.CLOSED,
    ]
