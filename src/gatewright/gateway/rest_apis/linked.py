"""What linking makes of the REST APIs of a snapshot: the form in which requests are served."""

from collections.abc import Mapping
from dataclasses import dataclass

from gatewright.gateway.named import NamedParts
from gatewright.gateway.rest_apis.cache import StageCache
from gatewright.gateway.rest_apis.call import MethodFacts
from gatewright.gateway.rest_apis.compiled import CompiledTexts
from gatewright.gateway.rest_apis.gateway_responses import GatewayResponses
from gatewright.gateway.rest_apis.pipeline import MethodPipeline
from gatewright.gateway.route_match import RouteTrie
from gatewright.gateway.throttle import TokenBucket
from gatewright.snapshot.types.rest_api import RestApi

BucketKey = tuple[str, str, bool]
"""Stage name, `/pets/{petId}/GET`, and whether it is the canary's."""


@dataclass(frozen=True, slots=True)
class LinkedMethod:
    """A method with everything decided that can be decided before there is a request."""

    facts: MethodFacts
    pipeline: MethodPipeline


@dataclass(frozen=True, slots=True)
class LinkedRelease:
    """What a deployment serves in a stage."""

    unmatched: LinkedMethod
    """What serves requests that no method matches."""
    methods: RouteTrie[LinkedMethod]
    gateway_responses: GatewayResponses
    is_endpoint_disabled: bool


@dataclass(frozen=True, slots=True)
class LinkedCanary:
    """A second release, and the share of requests that it gets."""

    share: float
    """0 to 1."""
    release: LinkedRelease


@dataclass(frozen=True, slots=True)
class LinkedRestStage:
    """A stage."""

    name: str
    release: LinkedRelease
    canary: LinkedCanary | None
    caches: Mapping[bool, StageCache]
    """The stage's own under False, the canary's under True; kept while the stage keeps its settings."""


@dataclass(frozen=True, slots=True)
class LinkedRestApi:
    """A REST API."""

    source: RestApi
    named: NamedParts
    stages: Mapping[str, LinkedRestStage]
    buckets: Mapping[BucketKey, TokenBucket]
    compiled: CompiledTexts
