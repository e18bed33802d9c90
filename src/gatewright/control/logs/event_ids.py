"""Ids of log events and the tokens of GetLogEvents, both of which are places in the order of events.

As AWS has them, an id has 56 digits, of which the time makes the first part (it is shifted by 144 bits in those that
others recorded: radkawar/stackd, testdata/aws/logs/filters.json, September 2026), and a token is an id with the
direction to read from it: `f/…/s`, `b/…/s`.
"""

import re
from typing import Final

from gatewright.observe.log_archive import Position

_TIME_SHIFT: Final = 144
_CHUNK_SHIFT: Final = 40
_DIGITS: Final = 56
_TOKEN: Final = re.compile(r"([fb])/(\d{56})/s")


def event_id(position: Position) -> str:
    """Return the id of the event at a position."""
    number = position.timestamp_ms << _TIME_SHIFT | position.chunk << _CHUNK_SHIFT | position.number
    return str(number).zfill(_DIGITS)


def tokens(first: Position, last: Position) -> tuple[str, str]:
    """Return the tokens that lead on from the last, and back from the first event of a page."""
    return f"f/{event_id(last)}/s", f"b/{event_id(first)}/s"


def parse_event_token(token: str) -> tuple[bool, Position] | None:
    """Return whether a token leads forward, and from where; None when it is none."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    number = int(found[2])
    chunk = number >> _CHUNK_SHIFT & (1 << (_TIME_SHIFT - _CHUNK_SHIFT)) - 1
    return found[1] == "f", Position(number >> _TIME_SHIFT, chunk, number & (1 << _CHUNK_SHIFT) - 1)
