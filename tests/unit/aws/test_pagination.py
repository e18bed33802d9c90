"""Pagination tokens: what a listing shows while things appear and go away, and what a bad token gets."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.aws.pagination import build_token, page, parse_token
from gatewright.base.errors import AwsError


class Listing:
    """A sorted listing like the store's."""

    def __init__(self, *keys: str) -> None:
        self.keys = set(keys)

    def fetch(self, after: str, limit: int) -> list[tuple[str, str]]:
        return [(key, key.upper()) for key in sorted(self.keys) if key > after][:limit]


def test_every_item_once_and_no_token_after_the_last_page() -> None:
    listing = Listing(*"abcdef")
    first, token = page(listing.fetch, None, 3)
    assert first == ["A", "B", "C"]
    second, end = page(listing.fetch, token, 3)
    assert (second, end) == (["D", "E", "F"], None)


def test_an_empty_listing_has_no_token() -> None:
    assert page(Listing().fetch, None, 3) == ([], None)


def test_an_empty_token_is_the_start() -> None:
    assert page(Listing("a").fetch, "", 3) == (["A"], None)


def test_inserts_and_deletes_between_pages_move_nothing() -> None:
    listing = Listing(*"bcdfgh")
    seen, token = page(listing.fetch, None, 2)
    listing.keys |= {"a", "e"}
    listing.keys -= {"c"}  # the very key that the token names
    while token:
        items, token = page(listing.fetch, token, 2)
        seen += items
    assert seen == ["B", "C", "D", "E", "F", "G", "H"]


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "====",
        "not a token",
        "é",
        "A" * 9000,
        build_token("c", "ListRoutes"),
        base64.urlsafe_b64encode(b"123456789c").decode(),
        build_token("c", "ListFunctions") + "AAAA",
        "\x00",
    ],
)
def test_a_token_that_is_not_ours_is_refused_with_the_operations_own_error(token: str) -> None:
    with pytest.raises(AwsError) as caught:
        page(
            Listing("a").fetch, token, 3, listing="ListFunctions", error_code="BadRequestException", error_message="No"
        )
    assert (caught.value.code, caught.value.message) == ("BadRequestException", "No")


@given(st.text(), st.text())
def test_any_key_survives_the_token(key: str, listing: str) -> None:
    key, listing = (text.encode("utf-8", "replace").decode() for text in (key, listing))
    token = build_token(key, listing)
    assert parse_token(token, listing) == key
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.text(alphabet="abc", max_size=5), st.data())
def test_an_edited_token_is_refused(key: str, data: st.DataObject) -> None:
    token = build_token(key, "x")
    position = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABab01-_").filter(lambda letter: letter != token[position]))
    edited = token[:position] + other + token[position + 1 :]
    # The last character may carry unused bits: then the token still means the same.
    assert parse_token(edited, "x") in {None, key} if position == len(token) - 1 else parse_token(edited, "x") is None
