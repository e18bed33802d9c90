"""What the data plane may know of the control plane: immutable, validated, plain data.

`snapshot.compile` makes it from documents; `gateway.link` and `functions` bind it to code. Field names are AWS's in
snake_case. Units are in the names. Nothing here is ever changed in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatewright.base.policy import Policy
    from gatewright.snapshot.types.event_source import QueueMapping
    from gatewright.snapshot.types.rest_api import RestApi
    from gatewright.snapshot.types.usage_plan import UsagePlans


@dataclass(frozen=True, slots=True)
class Layer:
    """One version of a layer, as a function version uses it."""

    arn: str
    """With the layer's version."""
    content_sha256: str
    """Hex SHA-256 of its zip archive, its name in the blob store."""


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
    identity: str
    """Changes with every update of code or configuration; an environment serves one identity only."""
    role_arn: str
    """The execution role, whether or not there is one."""
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
    layers: tuple[Layer, ...] = ()
    """In the order in which they are merged into `/opt`: of a file that several have, the last one's counts."""
    dead_letter_arn: str | None = None
    """The queue or topic for events of asynchronous invocations that could not be processed."""
    runtime_version_arn: str = ""
    """What the log names as the runtime's version, as GetFunctionConfiguration does."""


@dataclass(frozen=True, slots=True)
class AsyncConfig:
    """What is done with events of asynchronous invocations (EventInvokeConfig, "API reference", AWS Lambda)."""

    maximum_retry_attempts: int = 2
    maximum_event_age_seconds: int = 21_600
    on_success_arn: str | None = None
    on_failure_arn: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionUrl:
    """A function URL."""

    url_id: str
    """First label of its host name."""
    auth_type: str
    """`NONE` or `AWS_IAM`."""
    invoke_mode: str
    """`BUFFERED` or `RESPONSE_STREAM`."""
    cors: "Cors | None"


@dataclass(frozen=True, slots=True)
class QualifiedFunction:
    """What the ARN of a function means: the function itself (which is `$LATEST`), a version, or an alias."""

    arn: str
    """As it is invoked: with the qualifier, if it has one."""
    qualifier: str | None
    """None, `$LATEST`, the number of a version, or the name of an alias."""
    version: FunctionVersion
    """What is invoked; of an alias, the version that it points to."""
    additional_version: FunctionVersion | None = None
    """The second version of an alias with weighted routing."""
    additional_weight: float = 0.0
    """The share of invocations, 0 to 1, that goes to `additional_version`."""
    policy: "Policy | None" = None
    """The resource-based policy of this qualifier; None when it has none."""
    async_config: AsyncConfig = AsyncConfig()
    provisioned_concurrency: int = 0
    """Environments of the version that are kept initialized for invocations through this qualifier."""
    url: FunctionUrl | None = None

    @property
    def resource_arn(self) -> str:
        """Return the ARN that a policy names to grant its use: `$LATEST` is the function itself."""
        return self.version.arn if self.qualifier == "$LATEST" else self.arn


@dataclass(frozen=True, slots=True)
class Function:
    """A function with its versions and aliases."""

    arn: str
    """Unqualified."""
    account_id: str
    region: str
    name: str
    qualified: Mapping[str, QualifiedFunction]
    """By qualifier; `""` is the unqualified function. Always has `""` and `$LATEST`."""
    reserved_concurrency: int | None = None
    """Invocations at once that are kept for the function, and not exceeded; None when nothing is reserved."""
    recursive_loop: str = "Terminate"
    """`Terminate` or `Allow`."""


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
    integration_subtype: str | None = None
    """The operation of an AWS service that an AWS_PROXY integration calls, such as `SQS-SendMessage`, with the request
    parameters."""
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
class Role:
    """A role of IAM, as integrations assume it."""

    arn: str
    trust_policy: str
    """AssumeRolePolicyDocument (JSON): it is read for the roles that integrations name."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that the data plane serves, as of one revision of the store."""

    revision: int
    functions: Mapping[str, Function]
    """By unqualified ARN."""
    http_apis: Mapping[str, HttpApi]
    """By API id."""
    rest_apis: "Mapping[str, RestApi]" = field(default_factory=lambda: MappingProxyType({}))
    """By API id."""
    usage_plans: "Mapping[tuple[str, str], UsagePlans]" = field(default_factory=lambda: MappingProxyType({}))
    """By account and region."""
    event_sources: "Mapping[str, QueueMapping]" = field(default_factory=lambda: MappingProxyType({}))
    """The event source mappings that are enabled, by UUID."""
    roles: Mapping[str, Role] = field(default_factory=lambda: MappingProxyType({}))
    """By ARN."""
