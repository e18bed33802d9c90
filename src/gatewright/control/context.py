"""What a control-plane operation may use: the caller, the store, time, ids and a few facts about this node."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from gatewright.base.arn import Arn
from gatewright.base.clock import Clock
from gatewright.base.errors import OperationNotImplemented
from gatewright.base.ids import Ids
from gatewright.base.operations import Caller
from gatewright.base.session_tokens import SessionTokens
from gatewright.observe.log_archive import LogArchive
from gatewright.store.types import Key, Store


class FetchObject(Protocol):
    """Reads an object of S3 for an operation, in the caller's account and region."""

    def __call__(self, caller: Caller, bucket: str, key: str, version: str | None) -> bytes:
        """Return the content. Raises AwsError as Lambda answers for an object that cannot be read."""
        ...


class QuotaUsage(Protocol):
    """What the data plane counts for usage plans (GetUsage and UpdateUsage, "API Reference", API Gateway)."""

    def read(
        self, account_id: str, region: str, plan_id: str, key_id: str | None, start: date, end: date
    ) -> Mapping[str, list[list[int]]]:
        """Return, by key id in its order, `[used, remaining]` of each day from `start` to `end`, both included.

        All keys of the plan, or the one that is named; empty when there is no such key or plan. `used` is the day's,
        `remaining` what was left of the quota at its end; -1 without a quota. Raises `ValueError` beyond 366 days.
        """
        ...

    def set_remaining(self, account_id: str, region: str, plan_id: str, key_id: str, remaining: int) -> None:
        """Let a key make that many more requests in the current period; durable on return.

        Changes nothing when the plan has no quota, or not this key.
        """
        ...


class _NothingCounted:
    """The use of keys where nothing is served."""

    def read(
        self, account_id: str, region: str, plan_id: str, key_id: str | None, start: date, end: date
    ) -> Mapping[str, list[list[int]]]:
        """Return nothing."""
        return {}

    def set_remaining(self, account_id: str, region: str, plan_id: str, key_id: str, remaining: int) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class ProvisionedEnvironments:
    """Environments that the data plane keeps for a provisioned concurrency configuration."""

    allocated: int = 0
    """Those that are running, initialized or busy."""
    available: int = 0
    """Those that could take an invocation now."""
    failure: str | None = None
    """Why no more could be started."""


@dataclass(frozen=True, slots=True)
class AccessKeyUse:
    """The last call that an access key was used for."""

    seconds: float
    """Since the epoch."""
    region: str
    service: str
    """As calls to it are signed."""


def _never_used(access_key_id: str) -> AccessKeyUse | None:
    return None


def _no_objects(caller: Caller, bucket: str, key: str, version: str | None) -> bytes:
    raise OperationNotImplemented(
        f"Code from S3 (bucket {bucket}) needs a companion that serves S3: set the setting companion to its URL."
    )


def _no_queues(queue: Arn) -> Mapping[str, str]:
    raise OperationNotImplemented(
        f"An event source mapping of {queue} needs a companion that serves SQS: see the setting companion."
    )


def _no_logs() -> LogArchive:
    raise OperationNotImplemented("There is nowhere that logs are kept.")


def _none_provisioned(function_arn: str, qualifier: str) -> ProvisionedEnvironments:
    return ProvisionedEnvironments()


@dataclass(frozen=True, slots=True)
class Node:
    """Facts and limits of the node that operations answer with."""

    execute_api_url: str
    """Format of an API's URL, such as `http://{api_id}.execute-api.localhost:4566`."""
    runtime_problem: Callable[[str], str | None]
    """Why this machine cannot run a runtime (`nodejs22.x`), in one sentence; None when it can."""
    account_concurrency: int = 1000
    """ConcurrentExecutions of the account."""
    account_rate_limit: float = 10_000.0
    """Requests per second that the account may send to all its APIs."""
    account_burst_limit: int = 5_000
    """Requests that may be under way above that rate."""
    function_url: str = "http://{url_id}.lambda-url.{region}.localhost:4566/"
    """Format of a function URL."""
    blob_url: Callable[[str], str] = "http://127.0.0.1:4566/_gatewright/blobs/{}".format
    """Where a blob, by its hex SHA-256, can be downloaded for the next ten minutes."""
    fetch_object: FetchObject = _no_objects
    """Reads deployment packages and layers from S3."""
    provisioned_environments: Callable[[str, str], ProvisionedEnvironments] = _none_provisioned
    """How far provisioned concurrency has come: by unqualified function ARN and qualifier."""
    queue_attributes: Callable[[Arn], Mapping[str, str]] = _no_queues
    """The attributes of a queue of SQS (GetQueueAttributes), by its ARN. Raises AwsError."""
    usage: QuotaUsage = field(default_factory=_NothingCounted)
    """How much of their quotas API keys have used."""
    session_tokens: SessionTokens = field(default_factory=lambda: SessionTokens(os.urandom(32)))
    """Makes and reads temporary credentials."""
    access_key_use: Callable[[str], AccessKeyUse | None] = _never_used
    """What an access key was last used for, by its id."""
    logs: Callable[[], LogArchive] = _no_logs
    """Where log groups and events are kept."""


@dataclass(frozen=True, slots=True)
class Context:
    """The first argument of every control-plane operation."""

    caller: Caller
    store: Store
    clock: Clock
    ids: Ids
    node: Node

    def key(self, service: str, kind: str, identifier: str) -> Key:
        """Return the key of a document in the caller's account and region."""
        return Key(self.caller.account_id, self.caller.region, service, kind, identifier)

    @property
    def global_region(self) -> str:
        """Return the name under which the caller's partition keeps what has no region, such as `aws-global`."""
        return f"{self.caller.partition}-global"

    def global_key(self, service: str, kind: str, identifier: str) -> Key:
        """Return the key of a document in the caller's account that has no region."""
        return Key(self.caller.account_id, self.global_region, service, kind, identifier)
