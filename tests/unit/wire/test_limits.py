from gatewright.wire.limits import Limits


def test_defaults_are_the_ones_we_promise() -> None:
    limits = Limits()
    assert limits.request_line_bytes == 16 * 1024
    assert limits.header_bytes == 10_240
    assert limits.body_bytes == 10 * 1024 * 1024
    assert (limits.header_seconds, limits.body_idle_seconds, limits.keep_alive_seconds) == (10, 30, 75)
    assert (limits.connections, limits.drain_seconds) == (10_000, 30)
