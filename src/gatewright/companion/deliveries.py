"""Deliveries of events: asynchronous invocations of the node's functions, one after the other, and state machines.

Each invocation is signed for the region of its function: from any other, functions "are not reachable". What the node
does not take is written to the log and gone, as the services' own retries are not built.
"""

import json
import logging
import queue
import threading
import urllib.error
import urllib.request
from typing import Any, Final
from urllib.parse import quote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from gatewright.base.arn import parse_arn
from gatewright.companion import state_machines

logger = logging.getLogger(__name__)

_SECONDS: Final = 30
_MOST_WAITING: Final = 10_000
_CREDENTIALS: Final = Credentials("companion", "companion")


class Deliveries:
    """Invokes functions of a node, and starts state machines of the companion."""

    def __init__(self, node_url: str) -> None:
        """`node_url` is where the node serves AWS API calls, without a slash at its end."""
        self._node_url = node_url
        self._waiting: queue.Queue[tuple[str, bytes]] = queue.Queue(_MOST_WAITING)
        threading.Thread(target=self._run, name="deliveries", daemon=True).start()

    def to_function(self, function_arn: str, event: Any) -> None:
        """Invoke a function asynchronously with an event that JSON can carry."""
        try:
            self._waiting.put_nowait((function_arn, json.dumps(event).encode()))
        except queue.Full:
            logger.warning("an event for %s is lost: %d others wait for the node", function_arn, _MOST_WAITING)

    def to_state_machine(self, arn: str, event: Any) -> None:
        """Start an execution with an event as its input."""
        state_machines.start(arn, event)

    def _run(self) -> None:
        while True:
            function_arn, event = self._waiting.get()
            try:
                self._invoke(function_arn, event)
            except (OSError, ValueError) as error:
                logger.warning("an event for %s is lost: %s", function_arn, _reason(error))

    def _invoke(self, function_arn: str, event: bytes) -> None:
        url = f"{self._node_url}/2015-03-31/functions/{quote(function_arn, safe='')}/invocations"
        headers = {"X-Amz-Invocation-Type": "Event", "Content-Type": "application/json"}
        signed = AWSRequest("POST", url, headers, event)
        SigV4Auth(_CREDENTIALS, "lambda", _region(function_arn)).add_auth(signed)
        request = urllib.request.Request(url, event, dict(signed.headers))  # noqa: S310 — the node's own address
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            answer.read()


def _region(function_arn: str) -> str:
    arn = parse_arn(function_arn)
    if arn is None:
        raise ValueError("it has no ARN")
    return arn.region


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"{error.code} {error.read()[:300].decode(errors='replace')}"
    return str(error)
