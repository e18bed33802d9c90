"""When one more environment is due."""

import pytest

from gatewright.functions.patience import Patience


def patience(*durations_ms: float, starts: tuple[float, ...] = ()) -> Patience:
    learned = Patience()
    for duration in durations_ms:
        learned.learn_invocation(duration)
    for start in starts:
        learned.learn_start(start)
    return learned


@pytest.mark.parametrize(
    ("learned", "waited_seconds", "is_over"),
    [
        pytest.param(patience(), 0.0, True, id="nothing is known"),
        pytest.param(patience(500), 0.0, True, id="takes longer than a start"),
        pytest.param(patience(1), 0.0, False, id="quick"),
        pytest.param(patience(1), 0.029, False, id="quick, not yet"),
        pytest.param(patience(1), 0.031, True, id="quick, waited as long as a start takes"),
        pytest.param(patience(1, starts=(60,) * 20), 0.099, False, id="slow to start"),
        pytest.param(patience(1, starts=(60,) * 20), 0.101, True, id="slow to start, but nobody waits for ever"),
        pytest.param(patience(1, starts=(0.0001,) * 40), 0.004, False, id="quick to start"),
        pytest.param(patience(1, starts=(0.0001,) * 40), 0.006, True, id="quick to start, waited"),
        pytest.param(patience(*[1] * 20, 1000), 0.0, True, id="one long invocation among short ones counts"),
        pytest.param(patience(*[1] * 20, 1000, *[1] * 20), 0.0, False, id="and is forgotten"),
    ],
)
def test_is_over(learned: Patience, waited_seconds: float, is_over: bool) -> None:
    assert learned.is_over(waited_seconds) is is_over
