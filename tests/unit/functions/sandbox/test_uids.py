import pytest

from gatewright.functions.sandbox.types import SandboxError
from gatewright.functions.sandbox.uids import BLOCK_UIDS, UidBlock

FIRST = 1_500_000_000
"""Far from what nodes on this machine take."""


def test_nobody_shares_and_the_longest_free_comes_first() -> None:
    block = UidBlock(FIRST)
    try:
        first, second = block.take(), block.take()
        assert second == first + 1
        block.give_back(first)
        taken = [block.take() for _ in range(BLOCK_UIDS - 1)]
        assert taken[-1] == first
        assert len({*taken, second}) == BLOCK_UIDS
        with pytest.raises(SandboxError, match="in use"):
            block.take()
    finally:
        block.close()


def test_two_nodes_have_blocks_of_their_own() -> None:
    one, two = UidBlock(FIRST), UidBlock(FIRST)
    try:
        assert abs(one.first - two.first) >= BLOCK_UIDS
    finally:
        one.close()
        two.close()
    again = UidBlock(FIRST)
    assert again.first == one.first
    again.close()


def test_more_nodes_than_blocks() -> None:
    blocks = [UidBlock(FIRST) for _ in range(64)]
    try:
        with pytest.raises(SandboxError, match="64 nodes"):
            UidBlock(FIRST)
    finally:
        for block in blocks:
            block.close()
