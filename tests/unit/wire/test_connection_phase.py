from gatewright.wire.connection_phase import TRANSITIONS, Phase, is_legal


def test_every_phase_has_its_line_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Phase)


def test_look_up_agrees_with_the_table() -> None:
    assert {(a, b) for a in Phase for b in Phase if is_legal(a, b)} == {
        (before, after) for before, afters in TRANSITIONS.items() for after in afters
    }


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
