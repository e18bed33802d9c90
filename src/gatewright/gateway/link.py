"""From a `Snapshot` to what serves it. Only what changed is linked again: APIs, and functions with URLs.

An API that does not link keeps its previous form, and the log says why. Throttles keep their tokens.
"""

import logging
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from gatewright.base.clock import Clock
from gatewright.base.late import late_imports
from gatewright.gateway.binding import Binding
from gatewright.gateway.call import RouteFacts
from gatewright.gateway.cors import LinkedCors
from gatewright.gateway.function_urls.link import link_urls
from gatewright.gateway.function_urls.linked import NO_URLS
from gatewright.gateway.integrations.lambda_proxy import function_arn_of
from gatewright.gateway.integrations.refused import Refused
from gatewright.gateway.integrations.stage_variables import substitute_stage_variables
from gatewright.gateway.linked import BucketKey, LinkedApi, LinkedRoute, LinkedSnapshot, LinkedStage
from gatewright.gateway.named import NamedParts
from gatewright.gateway.permission import methods_apart
from gatewright.gateway.pipeline import link_pipeline
from gatewright.gateway.rest_apis.seams import RestSeams
from gatewright.gateway.route_match import ANY, DEFAULT_ROUTE_KEY, RouteTrie
from gatewright.gateway.seams import Seams
from gatewright.gateway.throttle import AccountThrottle, TokenBucket, bucket_like
from gatewright.snapshot.types import (
    HttpApi,
    HttpIntegration,
    HttpRoute,
    HttpStage,
    QualifiedFunction,
    Snapshot,
)

if TYPE_CHECKING:
    from gatewright.gateway.rest_apis.linked import LinkedRestApi
    from gatewright.snapshot.types.rest_api import RestApi

# The methods of "Create routes for HTTP APIs"; permission for an ANY route may differ between them.
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def link(
    snapshot: Snapshot,
    previous: LinkedSnapshot | None,
    *,
    seams: RestSeams,
    log: logging.Logger,
    account_throttle: AccountThrottle | None = None,
) -> LinkedSnapshot:
    """Bind a snapshot to code. What did not change since `previous` is taken over from it."""
    limits = account_throttle or AccountThrottle()
    old_apis: Mapping[str, LinkedApi] = previous.apis if previous else {}
    account_buckets = _account_buckets(snapshot, previous, limits, seams.clock)
    apis = {}
    for api_id, api in snapshot.http_apis.items():
        old = old_apis.get(api_id)
        if old is not None and old.source is api and old.named.are_current(snapshot):
            apis[api_id] = old
            continue
        account_bucket = account_buckets[api.account_id, api.region, ""]
        try:
            apis[api_id] = _ApiLinker(api, snapshot, old, account_bucket, limits, seams, log).link()
        except ValueError as error:
            _report(log, api, old, error)
            if old:
                apis[api_id] = old
    urls = link_urls(snapshot.functions, previous.urls if previous else NO_URLS, seams.clf)
    linked = LinkedSnapshot(snapshot.revision, MappingProxyType(apis), MappingProxyType(account_buckets), urls)
    return _with_rest_apis(linked, snapshot, previous, limits, seams, log) if snapshot.rest_apis else linked


def _with_rest_apis(
    linked: LinkedSnapshot,
    snapshot: Snapshot,
    previous: LinkedSnapshot | None,
    limits: AccountThrottle,
    seams: RestSeams,
    log: logging.Logger,
) -> LinkedSnapshot:
    """Add the REST APIs. What they need is half of all there is: a node without any does not load it."""
    with late_imports():
        from gatewright.gateway.rest_apis.link import AccountLimits, link_rest_api
        from gatewright.gateway.rest_apis.serve import RestApis

    rest_apis = {}
    for api_id, api in snapshot.rest_apis.items():
        served = previous.rest_apis.get(api_id) if previous else None
        if served is None or served.source is not api or not served.named.are_current(snapshot):
            bucket = linked.account_buckets[api.account_id, api.region, ""]
            account = AccountLimits(bucket, limits.rate_limit, limits.burst_limit)
            try:
                served = link_rest_api(api, snapshot, served, account, seams)
            except ValueError as error:
                _report(log, api, served, error)
        if served is not None:
            rest_apis[api_id] = served
    serve = RestApis(clock=seams.clock, ids=seams.ids, log=log, draw=random.random).handle
    return replace(linked, rest_apis=MappingProxyType(rest_apis), serve_rest_api=serve)


def _report(
    log: logging.Logger, api: "HttpApi | RestApi", old: "LinkedApi | LinkedRestApi | None", error: ValueError
) -> None:
    kept = "its previous version keeps serving" if old else "it is not served"
    log.error("API %s (%s) does not link, %s: %s", api.api_id, api.name, kept, error)


def _account_buckets(
    snapshot: Snapshot, previous: LinkedSnapshot | None, limits: AccountThrottle, clock: Clock
) -> dict[BucketKey, TokenBucket]:
    buckets: dict[BucketKey, TokenBucket] = {}
    apis: list[HttpApi | RestApi] = [*snapshot.http_apis.values(), *snapshot.rest_apis.values()]
    for api in apis:
        key = (api.account_id, api.region, "")
        old = previous.account_buckets.get(key) if previous else None
        buckets[key] = bucket_like(old, limits.rate_limit, limits.burst_limit, clock.monotonic)
    return buckets


@dataclass(frozen=True, slots=True)
class _ApiLinker:
    """Links one API."""

    api: HttpApi
    snapshot: Snapshot
    old: LinkedApi | None
    account_bucket: TokenBucket
    limits: AccountThrottle
    seams: Seams
    log: logging.Logger

    def link(self) -> LinkedApi:
        """Link every stage. Raises `MappingError`."""
        buckets: dict[BucketKey, TokenBucket] = {}
        stages = {stage.name: self._link_stage(stage, buckets) for stage in self.api.stages}
        return LinkedApi(self.api, self._named(), MappingProxyType(stages), MappingProxyType(buckets))

    def _named(self) -> NamedParts:
        functions, roles = set(), set()
        for stage in self.api.stages:
            for route in stage.routes:
                if route.integration is not None:
                    named = self._function_of(route.integration, stage)
                    functions |= {named[0]} if named else set()
                    roles.add(substitute_stage_variables(route.integration.credentials_arn or "", stage.variables))
        return NamedParts.of(self.snapshot, functions, roles - {""})

    def _function_of(self, integration: HttpIntegration, stage: HttpStage) -> tuple[str, str | None] | None:
        if integration.integration_type != "AWS_PROXY":
            return None
        return function_arn_of(substitute_stage_variables(integration.integration_uri, stage.variables))

    def _qualified_function_of(self, integration: HttpIntegration, stage: HttpStage) -> QualifiedFunction | None:
        arn, qualifier = self._function_of(integration, stage) or ("", None)
        function = self.snapshot.functions.get(arn)
        return None if function is None else function.qualified.get(qualifier or "")

    def _link_stage(self, stage: HttpStage, buckets: dict[BucketKey, TokenBucket]) -> LinkedStage:
        routes: list[tuple[str, LinkedRoute]] = []
        for route in stage.routes:
            if route.integration is None:
                # "Not Found" for a route without integration, as for no route.
                continue
            bucket = self._route_bucket(stage, route)
            throttles: tuple[TokenBucket, ...] = (self.account_bucket,)
            if bucket is not None:
                buckets[self.api.api_id, stage.name, route.route_key] = bucket
                throttles = (bucket, self.account_bucket)
            routes += self._link_route(stage, route, route.integration, throttles)
        # Where an ANY route has a form of its own for a method, a route for that very method still wins.
        routes.sort(key=lambda pair: pair[0] == pair[1].facts.route_key)
        prefix = "" if stage.name == "$default" else f"/{stage.name}"
        return LinkedStage(stage.name, prefix, RouteTrie(routes), LinkedCors(stage.cors) if stage.cors else None)

    def _route_bucket(self, stage: HttpStage, route: HttpRoute) -> TokenBucket | None:
        """Return the throttle of a route: its own settings, else the stage's default, else none but the account's."""
        default, own = stage.default_throttle, stage.route_throttles.get(route.route_key)
        rate = own.rate_limit if own and own.rate_limit is not None else default.rate_limit
        burst = own.burst_limit if own and own.burst_limit is not None else default.burst_limit
        if rate is None and burst is None:
            return None
        key = (self.api.api_id, stage.name, route.route_key)
        return bucket_like(
            self.old.buckets.get(key) if self.old else None,
            self.limits.rate_limit if rate is None else rate,
            self.limits.burst_limit if burst is None else burst,
            self.seams.clock.monotonic,
        )

    def _link_route(
        self, stage: HttpStage, route: HttpRoute, integration: HttpIntegration, throttles: tuple[TokenBucket, ...]
    ) -> Iterator[tuple[str, LinkedRoute]]:
        """Yield the route, and further forms of it for methods with another permission than ANY has."""
        method, _, path = route.route_key.partition(" ")
        facts = RouteFacts(
            partition=self.api.partition,
            account_id=self.api.account_id,
            region=self.api.region,
            api_id=self.api.api_id,
            stage_name=stage.name,
            route_key=route.route_key,
            resource_path=path or DEFAULT_ROUTE_KEY,
            stage_variables=stage.variables,
        )

        def bind(name: str) -> Binding:
            snapshot = self.snapshot
            return Binding(
                facts, name, integration, snapshot.functions, snapshot.roles, stage.cors, throttles, self.seams
            )

        pipeline = link_pipeline(bind(method))
        if isinstance(pipeline.integration, Refused):
            self.log.debug("API %s, %s: %s", self.api.api_id, route.route_key, pipeline.integration.reason)
        yield route.route_key, LinkedRoute(facts, pipeline)
        function = self._qualified_function_of(integration, stage)
        if method != ANY or function is None or integration.credentials_arn:
            return
        for each in methods_apart(function, facts, _METHODS):
            yield f"{each} {path}", LinkedRoute(facts, link_pipeline(bind(each)))
