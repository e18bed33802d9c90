import socket

from gatewright.functions.sandbox.network.shared import SharedNetwork


async def test_each_space_has_a_runtime_api_of_its_own_on_the_host() -> None:
    network = SharedNetwork(("why",))
    first, second = await network.open(), await network.open()
    assert first.runtime_api.getsockname()[0] == "127.0.0.1"
    assert first.runtime_api.getsockname() != second.runtime_api.getsockname()
    assert (first.entry, first.endpoint, network.name, network.warnings) == ((), None, "shared", ("why",))
    assert all(str(file.source) == file.target for file in first.files)
    with first.tcp_socket() as sock:
        sock.connect(second.runtime_api.getsockname())
    for space in (first, first, second):  # once more does no harm
        await space.close()
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
    await network.close()
