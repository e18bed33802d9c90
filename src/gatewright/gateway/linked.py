"""What linking makes of a snapshot: the form in which requests are served."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from gatewright.base.messages import Request, Response
from gatewright.gateway.call import RouteFacts
from gatewright.gateway.function_urls.linked import NO_URLS, LinkedUrls
from gatewright.gateway.named import NamedParts
from gatewright.snapshot.types import HttpApi

if TYPE_CHECKING:  # what links makes these: serving needs their names only
    from gatewright.gateway.cors import LinkedCors
    from gatewright.gateway.pipeline import Pipeline
    from gatewright.gateway.rest_apis.linked import LinkedRestApi
    from gatewright.gateway.route_match import RouteTrie
    from gatewright.gateway.throttle import TokenBucket

BucketKey = tuple[str, str, str]
"""API id, stage name and route key; or account, region and nothing."""

ServeRestApi = Callable[[Request, "LinkedRestApi", str | None, str, str], Awaitable[Response]]
"""Serves a request to a REST API: with the stage that was asked for in words, the path, and the domain name."""


@dataclass(frozen=True, slots=True)
class LinkedRoute:
    """A route with everything decided that can be decided before there is a request."""

    facts: RouteFacts
    pipeline: "Pipeline"


@dataclass(frozen=True, slots=True)
class LinkedStage:
    """A stage."""

    name: str
    prefix: str
    """What its name adds to the path: `/prod`, nothing for `$default`."""
    routes: "RouteTrie[LinkedRoute]"
    cors: "LinkedCors | None"


@dataclass(frozen=True, slots=True)
class LinkedApi:
    """An HTTP API."""

    source: HttpApi
    named: NamedParts
    stages: Mapping[str, LinkedStage]
    buckets: "Mapping[BucketKey, TokenBucket]"

    def find_stage(self, path: str) -> tuple[LinkedStage, str] | None:
        """Return the stage of a path and the path below it: a stage by its first segment, else `$default`."""
        end = path.find("/", 1)
        name = path[1:] if end < 0 else path[1:end]
        stage = self.stages.get(name)
        if stage is not None and name != "$default":
            return stage, path[end:] if end > 0 else "/"
        stage = self.stages.get("$default")
        return None if stage is None else (stage, path)

    def named_stage(self, name: str, path: str) -> tuple[LinkedStage, str] | None:
        """Return the stage that was asked for by its name; the path is then the one below it."""
        stage = self.stages.get(name)
        return None if stage is None else (stage, path)


def _serve_no_rest_api(
    _request: Request, api: "LinkedRestApi", _stage_name: str | None, _path: str, _domain_name: str
) -> Awaitable[Response]:
    raise LookupError(f"{api.source.api_id} was not linked")


@dataclass(frozen=True, slots=True)
class LinkedSnapshot:
    """All that is served. Never changed: a request keeps the one that it started with."""

    revision: int
    apis: Mapping[str, LinkedApi]
    account_buckets: "Mapping[BucketKey, TokenBucket]"
    urls: LinkedUrls = NO_URLS
    rest_apis: "Mapping[str, LinkedRestApi]" = field(default_factory=lambda: MappingProxyType({}))
    serve_rest_api: ServeRestApi = _serve_no_rest_api
    """What serves them; it is imported with the first of them."""


EMPTY = LinkedSnapshot(0, MappingProxyType({}), MappingProxyType({}))
