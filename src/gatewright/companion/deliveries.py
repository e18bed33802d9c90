"""Deliveries from the companion to the node: asynchronous invocations and calls, one after the other, in a thread.

Each is signed for the region of what it is for: from any other, functions "are not reachable". What the node does not
take is written to the log and gone, as the services' own retries are not built. Calls of the companion's own services
take the same way: the node passes them on to it.
"""

import http.client
import json
import logging
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from botocore import xform_name
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.session import Session

from gatewright.base.arn import parse_arn
from gatewright.companion.inputs import input_of
from gatewright.companion.targets import calls_for, is_built

logger = logging.getLogger(__name__)

_SECONDS: Final = 30
_MOST_WAITING: Final = 10_000
_KEY: Final = "companion"
_CREDENTIALS: Final = Credentials(_KEY, _KEY)


def is_function(arn: str) -> bool:
    """Tell whether a target is a function."""
    parsed = parse_arn(arn)
    return parsed is not None and parsed.service == "lambda" and parsed.resource.startswith("function:")


class Deliveries:
    """Invokes functions of a node, and calls the services that it and its companion have."""

    def __init__(self, node_url: str) -> None:
        """`node_url` is where the node serves AWS API calls, without a slash at its end."""
        self._node_url = node_url
        self._waiting: queue.Queue[tuple[str, Callable[[], None]]] = queue.Queue(_MOST_WAITING)
        self._session = Session()
        self._clients: dict[tuple[str, str], Any] = {}
        threading.Thread(target=self._run, name="deliveries", daemon=True).start()

    def to_function(self, function_arn: str, event: Any) -> None:
        """Invoke a function asynchronously with an event that JSON can carry."""
        self._put(function_arn, partial(self._invoke, function_arn, json.dumps(event).encode()))

    def to_target(self, target: Mapping[str, Any], event: dict[str, Any]) -> bool:
        """Bring an event to a target of EventBridge, as its input says; tell whether it is of a kind that is built.

        The input is made in the thread: a target whose input cannot be made is the only one that gets nothing.
        """
        arn = target["Arn"]
        if is_function(arn):
            self._put(arn, lambda: self._invoke(arn, json.dumps(input_of(target, event)).encode()))
        elif is_built(arn):
            self._put(arn, partial(self._call, target, event, int(time.time() * 1000)))
        else:
            return False
        return True

    def _put(self, arn: str, deliver: Callable[[], None]) -> None:
        try:
            self._waiting.put_nowait((arn, deliver))
        except queue.Full:
            logger.warning("an event for %s is lost: %d others wait for the node", arn, _MOST_WAITING)

    def _run(self) -> None:
        while True:
            arn, deliver = self._waiting.get()
            try:
                deliver()
            except Exception as error:  # noqa: BLE001 — whatever befell this event, the thread lives for the next one
                logger.warning("an event for %s is lost: %s", arn, _reason(error))

    def _call(self, target: Mapping[str, Any], event: dict[str, Any], now_ms: int) -> None:
        region = _region(target["Arn"])
        for call in calls_for(target, event, now_ms):
            client = self._client(call.service, region)
            getattr(client, xform_name(call.operation))(**call.parameters)

    def _client(self, service: str, region: str) -> Any:
        client = self._clients.get((service, region))
        if client is None:
            client = self._clients[service, region] = self._session.create_client(
                service,
                region,
                endpoint_url=self._node_url,
                aws_access_key_id=_KEY,
                aws_secret_access_key=_KEY,
                config=Config(retries={"total_max_attempts": 1}, read_timeout=_SECONDS),
            )
        return client

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
    if not isinstance(error, urllib.error.HTTPError):
        return f"{type(error).__name__}: {error}"
    try:
        with error:
            return f"{error.code} {error.read()[:300].decode(errors='replace')}"
    except (OSError, http.client.HTTPException) as broken:
        return f"{error.code}, and its text breaks off: {type(broken).__name__}"
