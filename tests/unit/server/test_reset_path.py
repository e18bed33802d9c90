import dataclasses

import pytest

from gatewright.base.messages import Headers, Request
from gatewright.server.reset_path import PATH, ResetPath
from gatewright.settings import Settings

EPHEMERAL = Settings(is_ephemeral=True)


class Resets:
    """Counts."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> None:
        self.count += 1


async def answer(settings: Settings, method: str = "POST", **headers: str) -> tuple[int, int]:
    resets = Resets()
    response = await ResetPath(settings, resets).handle(Request(method, PATH, "", Headers(headers.items())))
    return response.status, resets.count


async def test_an_ephemeral_node_is_reset() -> None:
    assert await answer(EPHEMERAL) == (204, 1)


@pytest.mark.parametrize(
    "settings",
    [Settings(), dataclasses.replace(EPHEMERAL, is_hardened=True), Settings(is_hardened=True)],
    ids=["keeps data", "hardened", "both"],
)
async def test_others_refuse(settings: Settings) -> None:
    assert await answer(settings) == (403, 0)


async def test_pages_of_browsers_and_other_methods_are_refused() -> None:
    assert await answer(EPHEMERAL, Origin="null") == (403, 0)
    assert await answer(EPHEMERAL, "GET") == (405, 0)
