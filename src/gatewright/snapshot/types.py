"""What the data plane may know of the control plane: immutable, validated, plain data.

`snapshot.compile` makes it from documents; `gateway.link` and `functions` bind it to code. Field names are AWS's in
snake_case. Units are in the names. Nothing here is ever changed in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gatewright.base.policy import Policy


@dataclass(frozen=True, slots=True)
class FunctionVersion:
    """One version of a Lambda function, as an execution environment needs it."""

    arn: str
    """The unqualified ARN of the function."""
    account_id: str
    region: str
    name: str
    version: str
    """`$LATEST` or a number."""
    revision_id: str
    """Changes with code or configuration; an environment serves one revision only."""
    runtime: str
    handler: str
    code_sha256: str
    """Hex SHA-256 of the deployment package, its name in the blob store."""
    memory_size_mb: int
    timeout_seconds: int
    ephemeral_storage_mb: int
    environment: tuple[tuple[str, str], ...]
    log_group: str
    log_format: str
    """`Text` or `JSON`."""
    application_log_level: str | None
    system_log_level: str | None
    tracing_mode: str
    policy: Policy | None
    """The resource-based policy; None when the function has none."""


@dataclass(frozen=True, slots=True)
class Cors:
    """CORS configuration of an HTTP API. Names and methods as configured, `*` included."""

    allow_origins: tuple[str, ...]
    allow_methods: tuple[str, ...]
    allow_headers: tuple[str, ...]
    expose_headers: tuple[str, ...]
    max_age_seconds: int | None
    allow_credentials: bool


@dataclass(frozen=True, slots=True)
class Throttle:
    """A token bucket: steady rate in requests per second and burst in requests; None where not set."""

    rate_limit: float | None
    burst_limit: int | None


@dataclass(frozen=True, slots=True)
class HttpIntegration:
    """An integration of an HTTP API."""

    integration_id: str
    integration_type: str
    """`AWS_PROXY` or `HTTP_PROXY`."""
    integration_method: str
    integration_uri: str
    payload_format_version: str
    timeout_ms: int
    request_parameters: tuple[tuple[str, str], ...]
    """Pairs such as (`append:header.x`, `$request.querystring.q`)."""
    response_parameters: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """Pairs of a status code and its mappings."""
    credentials_arn: str | None = None
    """A role that API Gateway assumes for the call, instead of the function's policy allowing it."""
    server_name_to_verify: str | None = None
    """The name that the certificate of an HTTP_PROXY origin must carry, when it is not the host of the URI."""


@dataclass(frozen=True, slots=True)
class HttpRoute:
    """A deployed route of an HTTP API."""

    route_id: str
    route_key: str
    operation_name: str | None
    integration: HttpIntegration | None


@dataclass(frozen=True, slots=True)
class HttpStage:
    """A stage of an HTTP API with what is deployed to it."""

    name: str
    deployment_id: str | None
    routes: tuple[HttpRoute, ...]
    variables: Mapping[str, str]
    default_throttle: Throttle
    route_throttles: Mapping[str, Throttle]
    cors: Cors | None = None
    """What this stage's deployment serves; the API's own configuration where the deployment recorded none."""


@dataclass(frozen=True, slots=True)
class HttpApi:
    """An HTTP API with all its stages."""

    api_id: str
    account_id: str
    region: str
    partition: str
    name: str
    disable_execute_api_endpoint: bool
    cors: Cors | None
    stages: tuple[HttpStage, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that the data plane serves, as of one revision of the store."""

    revision: int
    functions: Mapping[str, FunctionVersion]
    """By unqualified ARN."""
    http_apis: Mapping[str, HttpApi]
    """By API id."""
