"""From a REST API's snapshot to what serves it. Throttles keep their tokens, caches what they hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gatewright.gateway.integrations.lambda_proxy import function_arn_of
from gatewright.gateway.integrations.stage_variables import substitute_stage_variables
from gatewright.gateway.named import NamedParts
from gatewright.gateway.permission import methods_apart
from gatewright.gateway.rest_apis.binary_media import BinaryMediaTypes
from gatewright.gateway.rest_apis.binding import LinkedDeployment, RestBinding
from gatewright.gateway.rest_apis.cache import StageCache
from gatewright.gateway.rest_apis.call import HTTP_METHODS, MethodFacts
from gatewright.gateway.rest_apis.compiled import CompiledTexts
from gatewright.gateway.rest_apis.gateway_responses import link_gateway_responses
from gatewright.gateway.rest_apis.linked import (
    BucketKey,
    LinkedCanary,
    LinkedMethod,
    LinkedRelease,
    LinkedRestApi,
    LinkedRestStage,
)
from gatewright.gateway.rest_apis.pipeline import link_pipeline, link_unmatched
from gatewright.gateway.rest_apis.seams import RestSeams
from gatewright.gateway.route_match import ANY, RouteTrie
from gatewright.gateway.throttle import TokenBucket, bucket_like
from gatewright.snapshot.types import QualifiedFunction, Snapshot
from gatewright.snapshot.types.rest_api import (
    RestApi,
    RestDeployment,
    RestIntegration,
    RestMethod,
    RestMethodSettings,
    RestResource,
    RestStage,
)
from gatewright.wire.client_request import ClientCertificate


@dataclass(frozen=True, slots=True)
class AccountLimits:
    """The account's throttle in the API's Region, and what stages are held to where they set only half of theirs."""

    bucket: TokenBucket
    rate_limit: float
    burst_limit: int


def link_rest_api(
    api: RestApi,
    snapshot: Snapshot,
    old: LinkedRestApi | None,
    account: AccountLimits,
    seams: RestSeams,
) -> LinkedRestApi:
    """Link every stage. A method that cannot be linked answers 500, and says why in the log.

    The functions and roles that integrations name are those of `snapshot`.
    """
    compiled = CompiledTexts(old.compiled if old else None)
    return _ApiLinker(api, snapshot, old, account, seams, compiled).link()


@dataclass(frozen=True, slots=True)
class _Release:
    """What one deployment is in one stage: the stage's own, or its canary."""

    stage: RestStage
    deployment: RestDeployment
    variables: Mapping[str, str]
    is_canary: bool | None
    cache: StageCache | None

    @property
    def client_certificate(self) -> ClientCertificate | None:
        """Return what the stage shows to https endpoints."""
        shown = self.stage.client_certificate
        return None if shown is None else ClientCertificate(shown.certificate, shown.private_key)


@dataclass(frozen=True, slots=True)
class _ApiLinker:
    """Links one API."""

    api: RestApi
    snapshot: Snapshot
    old: LinkedRestApi | None
    account: AccountLimits
    seams: RestSeams
    compiled: CompiledTexts
    buckets: dict[BucketKey, TokenBucket] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    """The ARNs of the functions that integrations name."""
    roles: set[str] = field(default_factory=set)
    """And of the roles."""

    def link(self) -> LinkedRestApi:
        stages = {stage.name: self._link_stage(stage) for stage in self.api.stages}
        named = NamedParts.of(self.snapshot, self.functions, self.roles)
        self.compiled.seal()
        return LinkedRestApi(self.api, named, MappingProxyType(stages), MappingProxyType(self.buckets), self.compiled)

    def _link_stage(self, stage: RestStage) -> LinkedRestStage:
        caches: dict[bool, StageCache] = {}
        canary = stage.canary
        cache = self._cache(stage, caches, is_canary=False)
        own = _Release(stage, stage.deployment, stage.variables, False if canary else None, cache)
        linked_canary = None
        if canary is not None:
            canary_cache = cache if canary.uses_stage_cache else self._cache(stage, caches, is_canary=True)
            release = _Release(stage, canary.deployment, canary.variables, True, canary_cache)
            linked_canary = LinkedCanary(canary.percent_traffic / 100.0, self._link_release(release))
        return LinkedRestStage(stage.name, self._link_release(own), linked_canary, MappingProxyType(caches))

    def _cache(self, stage: RestStage, caches: dict[bool, StageCache], *, is_canary: bool) -> StageCache | None:
        """Return the cache of a stage: its old one, unless it was flushed. A deployment does not empty it."""
        if not stage.is_cache_enabled:
            return None
        old_stage = self.old.stages.get(stage.name) if self.old else None
        old = None if old_stage is None else old_stage.caches.get(is_canary)
        flushed = stage.cache_generation
        cache = old if old is not None and old.identity == flushed else StageCache(flushed, self.seams.clock)
        caches[is_canary] = cache
        return cache

    def _link_release(self, release: _Release) -> LinkedRelease:
        deployment = release.deployment
        responses = link_gateway_responses(deployment.gateway_responses)
        linked = LinkedDeployment(
            deployment,
            MappingProxyType(dict(deployment.models)),
            BinaryMediaTypes(deployment.binary_media_types),
            responses,
        )
        methods: list[tuple[str, LinkedMethod]] = []
        for resource in deployment.resources:
            for method in resource.methods:
                methods += self._link_method(release, linked, resource, method)
        # Where an ANY method has a form of its own for an HTTP method, a method of that very name still wins.
        methods.sort(key=lambda pair: pair[0] == pair[1].facts.route_key)
        facts = self._facts(release, RestResource("", "", ()), "", None)
        unmatched = LinkedMethod(facts, link_unmatched(responses, self.seams))
        return LinkedRelease(unmatched, RouteTrie(methods), responses, deployment.is_endpoint_disabled)

    def _facts(self, release: _Release, resource: RestResource, method: str, operation: str | None) -> MethodFacts:
        return MethodFacts(
            partition=self.api.partition,
            account_id=self.api.account_id,
            region=self.api.region,
            api_id=self.api.api_id,
            stage_name=release.stage.name,
            deployment_id=release.deployment.deployment_id,
            resource_id=resource.resource_id,
            resource_path=resource.path,
            http_method=method,
            operation_name=operation,
            stage_variables=release.variables,
            is_canary=release.is_canary,
        )

    def _link_method(
        self, release: _Release, deployment: LinkedDeployment, resource: RestResource, method: RestMethod
    ) -> Iterator[tuple[str, LinkedMethod]]:
        """Yield the method, and further forms of it for HTTP methods with another permission than ANY has."""
        facts = self._facts(release, resource, method.http_method, method.operation_name)
        settings = _settings_of(release.stage, facts)
        is_cached = settings is not None and settings.is_caching_enabled and _may_cache(release.stage, facts)

        def bind(request_method: str) -> LinkedMethod:
            binding = RestBinding(
                facts=facts,
                request_method=request_method,
                method=method,
                deployment=deployment,
                settings=settings,
                cache=release.cache if is_cached else None,
                buckets=self._buckets(facts, settings),
                functions=self.snapshot.functions,
                roles=self.snapshot.roles,
                compiled=self.compiled,
                seams=self.seams,
                client_certificate=release.client_certificate,
            )
            return LinkedMethod(facts, link_pipeline(binding))

        yield facts.route_key, bind(method.http_method)
        integration = method.integration
        function = None if integration is None else self._function_of(integration, release.variables)
        if integration is not None and integration.credentials:
            self.roles.add(substitute_stage_variables(integration.credentials, release.variables))
        if method.http_method != ANY or function is None or integration is None or integration.credentials:
            return
        for each in methods_apart(function, facts, HTTP_METHODS):
            yield f"{each} {resource.path}", bind(each)

    def _function_of(self, integration: RestIntegration, variables: Mapping[str, str]) -> QualifiedFunction | None:
        if not integration.integration_type.startswith("AWS"):
            return None
        named = function_arn_of(substitute_stage_variables(integration.uri, variables))
        if named is None:
            return None
        self.functions.add(named[0])
        function = self.snapshot.functions.get(named[0])
        return None if function is None else function.qualified.get(named[1] or "")

    def _buckets(self, facts: MethodFacts, settings: RestMethodSettings | None) -> tuple[TokenBucket, ...]:
        """Return the throttles of a method: the stage's for it, if it sets one, and the account's."""
        rate = settings.throttling_rate_limit if settings else None
        burst = settings.throttling_burst_limit if settings else None
        if rate is None and burst is None:
            return (self.account.bucket,)
        rate = self.account.rate_limit if rate is None else rate
        burst = self.account.burst_limit if burst is None else burst
        key = (facts.stage_name, facts.method_key, bool(facts.is_canary))
        old = self.buckets.get(key) or (self.old.buckets.get(key) if self.old else None)
        bucket = bucket_like(old, rate, burst, self.seams.clock.monotonic)
        self.buckets[key] = bucket
        return (bucket, self.account.bucket)


def _settings_of(stage: RestStage, facts: MethodFacts) -> RestMethodSettings | None:
    """Return what the stage sets for a method: its own line, else that for all methods."""
    return stage.method_settings.get(_settings_key(facts)) or stage.method_settings.get("*/*")


def _may_cache(stage: RestStage, facts: MethodFacts) -> bool:
    """Tell whether a method is cached when caching is on: of what has no line of its own, only GET."""
    return facts.http_method == "GET" or _settings_key(facts) in stage.method_settings


def _settings_key(facts: MethodFacts) -> str:
    return f"{facts.resource_path.strip('/')}/{facts.http_method}".strip("/")
