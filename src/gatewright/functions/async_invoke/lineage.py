"""Loops of functions that invoke each other. Source: "Use Lambda recursive loop detection to prevent infinite loops".

Every request of a chain carries the trace header of the one that caused it: the runtimes keep it in `_X_AMZN_TRACE_ID`
and the SDKs send it with every call. Its field `Lineage` counts how often each function was invoked in the chain, as
`hash:count` with `|` between functions ("Tracing header", X-Ray Developer Guide, names the field and its form).
"""

import re
import zlib
from dataclasses import dataclass
from typing import Final

MAX_INVOCATIONS: Final = 16
"""How often a function is invoked in one chain of requests; Lambda says that it is about as many."""
_MAX_FUNCTIONS: Final = 64
"""Of a longer chain the functions that were counted first are forgotten, so that the header stays small."""
_MAX_HEADER_BYTES: Final = 4096
_PART = re.compile(r"[A-Za-z]+=[A-Za-z0-9:|._-]*")
_COUNTED = re.compile(r"([0-9a-f]{8}):(\d{1,5})")


@dataclass(frozen=True, slots=True)
class Lineage:
    """The chain of requests that an invocation belongs to, this invocation counted."""

    trace_header: str
    """What the function is given."""
    count: int
    """How often the function was invoked in the chain, as far as the header tells."""

    @property
    def is_loop(self) -> bool:
        """Return whether Lambda stops this invocation."""
        return self.count > MAX_INVOCATIONS


def is_loop(trace_header: str | None, function_arn: str) -> bool:
    """Return whether Lambda stops the invocation of a function (unqualified ARN) whose header counts it already."""
    name = _name(function_arn)
    counts = dict(_COUNTED.findall(trace_header or ""))
    return int(counts.get(name, 0)) > MAX_INVOCATIONS


def extend(trace_header: str, function_arn: str) -> Lineage:
    """Return the lineage of an invocation of a function (unqualified ARN) that came with a trace header.

    What is no part of a trace header is left out: what comes of it may become a field of an HTTP message.
    """
    counts: dict[str, int] = {}
    kept: list[str] = []
    for part in trace_header[:_MAX_HEADER_BYTES].replace("%7C", "|").split(";"):
        part = part.strip()
        if part.startswith("Lineage="):
            counts |= {name: int(count) for name, count in _COUNTED.findall(part)}
        elif _PART.fullmatch(part):
            kept.append(part)
    name = _name(function_arn)
    count = counts.pop(name, 0) + 1
    counts[name] = count
    counted = [f"{other}:{times}" for other, times in counts.items()][-_MAX_FUNCTIONS:]
    return Lineage(";".join([*kept, "Lineage=" + "|".join(counted)]), count)


def _name(function_arn: str) -> str:
    return f"{zlib.crc32(function_arn.encode()):08x}"
