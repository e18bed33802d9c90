import pytest

from gatewright.functions.sandbox.network.space_process import has_default_route

HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"


@pytest.mark.parametrize(
    ("rows", "has"),
    [
        ("", False),
        ("tap0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n", False),
        ("tap0\t00000000\t020200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", True),
        # Half of everything is no default route, though its destination is all zeros.
        ("tap0\t00000000\t020200C0\t0003\t0\t0\t0\t00000080\t0\t0\t0\n", False),
    ],
)
def test_a_default_route_is_found(rows: str, has: bool) -> None:
    assert has_default_route(HEAD + rows) is has
