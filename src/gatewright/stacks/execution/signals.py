"""Signals to resources that wait for them: creation policies.

Source: "CreationPolicy attribute", SignalResource (AWS CloudFormation User Guide, API Reference).
"""

import re
from typing import Any, Final

from gatewright.stacks.execution.errors import ResourceFailed
from gatewright.stacks.execution.places import SIGNAL
from gatewright.stacks.execution.run import Run

_LOOK_SECONDS: Final = 0.1
_DEFAULT_SECONDS: Final = 300
_DURATION = re.compile(r"PT(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?")


def duration_seconds(text: str) -> int:
    """Return the seconds of a duration such as `PT1H30M10S`. Raises `ResourceFailed`."""
    match = _DURATION.fullmatch(text)
    if match is None or text == "PT":
        raise ResourceFailed(f"Timeout {text} is not a valid ISO 8601 duration")
    return int(match["hours"] or 0) * 3600 + int(match["minutes"] or 0) * 60 + int(match["seconds"] or 0)


def wait_for_signals(run: Run, logical_id: str, policy: dict[str, Any]) -> None:
    """Wait until a resource has received its signals. Raises `ResourceFailed` when one says failure or none comes."""
    wanted = int(policy.get("Count", 1))
    seconds = duration_seconds(str(policy["Timeout"])) if "Timeout" in policy else _DEFAULT_SECONDS
    clock = run.surroundings.clock
    end = clock.monotonic() + seconds
    while True:
        with run.surroundings.store.read() as reader:
            found = run.place.list(reader, SIGNAL, prefix=f"{run.uuid}/{logical_id}/")
        failures = [signal["UniqueId"] for _, signal in found if signal["Status"] == "FAILURE"]
        if failures:
            raise ResourceFailed(f"Received {len(failures)} FAILURE signal(s) out of {wanted}.")
        if len(found) >= wanted:
            return
        if clock.monotonic() >= end:
            raise ResourceFailed(
                f"Failed to receive {wanted} resource signal(s) within the specified duration "
                f"(received {len(found)} of {wanted})"
            )
        run.pause(_LOOK_SECONDS)
