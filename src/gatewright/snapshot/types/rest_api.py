"""What the data plane may know of a REST API: immutable, validated, plain data.

A stage serves what its deployment froze; a canary may serve what another one froze. Field names are AWS's in
snake_case (API Gateway API Reference: Stage, Resource, Method, Integration, IntegrationResponse).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Pairs = tuple[tuple[str, str], ...]

TEST_INVOKE_STAGE = "test-invoke-stage"
"""The name of the stage that TestInvokeMethod runs in: requests to it come from no client."""


@dataclass(frozen=True, slots=True)
class RestIntegrationResponse:
    """How one outcome of an integration becomes a response."""

    status_code: str
    selection_pattern: str | None
    """A regular expression on the error message (Lambda) or the status (HTTP); None for the default."""
    response_parameters: Pairs
    """Pairs such as (`method.response.header.x`, `integration.response.body.id`)."""
    response_templates: Pairs
    """Pairs of a content type and a mapping template, in AWS's order."""
    content_handling: str | None
    """`CONVERT_TO_BINARY`, `CONVERT_TO_TEXT`, or None: pass through."""


@dataclass(frozen=True, slots=True)
class RestIntegration:
    """What is behind a method."""

    integration_type: str
    """`AWS`, `AWS_PROXY`, `HTTP`, `HTTP_PROXY` or `MOCK`."""
    http_method: str
    uri: str
    credentials: str | None
    """A role that API Gateway assumes, or `arn:aws:iam::*:user/*` for the caller's own."""
    request_parameters: Pairs
    """Pairs such as (`integration.request.header.x`, `method.request.querystring.q`)."""
    request_templates: Pairs
    passthrough_behavior: str
    """`WHEN_NO_MATCH`, `WHEN_NO_TEMPLATES` or `NEVER`."""
    content_handling: str | None
    timeout_ms: int
    cache_namespace: str
    cache_key_parameters: tuple[str, ...]
    responses: tuple[RestIntegrationResponse, ...]
    skips_verification: bool = False
    """`tlsConfig.insecureSkipVerification`."""
    response_transfer_mode: str = "BUFFERED"
    """`BUFFERED` or `STREAM`."""


@dataclass(frozen=True, slots=True)
class RestMethodResponse:
    """One declared response of a method."""

    status_code: str
    headers: tuple[str, ...]
    """Names of the declared headers (`method.response.header.NAME`)."""
    models: Pairs
    """Pairs of a content type and the name of a model."""


@dataclass(frozen=True, slots=True)
class RestMethod:
    """A method of a resource."""

    http_method: str
    """`GET` … or `ANY`."""
    operation_name: str | None
    is_api_key_required: bool
    required_parameters: tuple[str, ...]
    """`method.request.querystring.q` and its kind, those that a validator asks for; empty without one."""
    request_models: Pairs
    """Pairs of a content type and the name of a model, when a validator looks at bodies; empty without one."""
    responses: tuple[RestMethodResponse, ...]
    integration: RestIntegration | None


@dataclass(frozen=True, slots=True)
class RestResource:
    """A resource with its methods."""

    resource_id: str
    path: str
    """Such as `/pets/{petId}` or `/{proxy+}`."""
    methods: tuple[RestMethod, ...]


@dataclass(frozen=True, slots=True)
class RestGatewayResponse:
    """A gateway response that was customised."""

    response_type: str
    status_code: str | None
    response_parameters: Pairs
    """Pairs such as (`gatewayresponse.header.x`, `'literal'`)."""
    response_templates: Pairs


@dataclass(frozen=True, slots=True)
class RestDeployment:
    """An API as a deployment froze it."""

    deployment_id: str
    name: str
    """The name of the API."""
    is_endpoint_disabled: bool
    """`disableExecuteApiEndpoint`."""
    endpoint_type: str
    """`EDGE`, `REGIONAL` or `PRIVATE`."""
    api_key_source: str
    """`HEADER` or `AUTHORIZER`."""
    binary_media_types: tuple[str, ...]
    minimum_compression_bytes: int | None
    resources: tuple[RestResource, ...]
    models: Pairs
    """Pairs of a model's name and its schema."""
    gateway_responses: tuple[RestGatewayResponse, ...]


@dataclass(frozen=True, slots=True)
class RestMethodSettings:
    """What a stage sets for one method, `*/*` included where the method's own settings leave something open."""

    throttling_rate_limit: float | None
    throttling_burst_limit: int | None
    is_caching_enabled: bool
    cache_ttl_seconds: int
    requires_cache_control_authorization: bool
    unauthorized_cache_control: str
    """`FAIL_WITH_403`, `SUCCEED_WITH_RESPONSE_HEADER` or `SUCCEED_WITHOUT_RESPONSE_HEADER`."""


@dataclass(frozen=True, slots=True)
class RestCanary:
    """A canary release of a stage."""

    percent_traffic: float
    """0 to 100."""
    deployment: RestDeployment
    variables: Mapping[str, str]
    """The stage's, with the canary's overrides."""
    uses_stage_cache: bool


@dataclass(frozen=True, slots=True)
class RestClientCertificate:
    """What HTTP endpoints are shown by a stage, in PEM."""

    certificate: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RestStage:
    """A stage."""

    name: str
    deployment: RestDeployment
    variables: Mapping[str, str]
    is_cache_enabled: bool
    """Whether the stage has a cache cluster."""
    cache_size_gb: str | None
    cache_generation: int
    """Counts how often the cache was flushed."""
    method_settings: Mapping[str, RestMethodSettings]
    """By `{resource path}/{method}` such as `pets/GET`, as AWS keys them; `*/*` for all methods."""
    canary: RestCanary | None
    client_certificate: RestClientCertificate | None = None


@dataclass(frozen=True, slots=True)
class RestApi:
    """A REST API with all its stages."""

    api_id: str
    account_id: str
    region: str
    partition: str
    name: str
    stages: tuple[RestStage, ...]
