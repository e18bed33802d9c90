"""A function's documents, compiled: the function with all its versions and aliases."""

from collections.abc import Mapping
from types import MappingProxyType

from gatewright.base.arn import parse_arn
from gatewright.base.policy import Policy, parse_policy
from gatewright.snapshot.compile_version import compile_version
from gatewright.snapshot.types import AsyncConfig, Cors, Function, FunctionUrl, FunctionVersion, QualifiedFunction
from gatewright.store.types import Document, Key, Reader

LATEST = "$LATEST"


def compile_function(reader: Reader, key: Key) -> Function | None:
    """Compile a function; None when there is none. Raises `ValueError`, `KeyError`, `TypeError`, `PolicyError`."""
    document = reader.get(key)
    if document is None:
        return None
    # A function's own ARN is unqualified; a version's would end in the version.
    arn = ":".join(document["FunctionArn"].split(":")[:7])
    if parse_arn(arn) is None:
        raise ValueError(f"not an ARN: {arn}")
    parts = _Parts(reader, key)
    versions = {LATEST: compile_version(reader, arn, document)}
    for published in parts.all_of("version").values():
        versions[published["Version"]] = compile_version(reader, arn, published)
    concurrency = parts.own("function-concurrency")
    recursion = parts.own("recursion-config")
    return Function(
        arn=arn,
        account_id=key.account,
        region=key.region,
        name=key.id,
        qualified=MappingProxyType(_qualified(arn, versions, parts)),
        reserved_concurrency=concurrency["ReservedConcurrentExecutions"] if concurrency else None,
        recursive_loop=recursion["RecursiveLoop"] if recursion else "Terminate",
    )


class _Parts:
    """The documents that belong to one function."""

    def __init__(self, reader: Reader, key: Key) -> None:
        self._reader = reader
        self._key = key
        self._kinds: dict[str, dict[str, Document]] = {}

    def own(self, kind: str) -> Document | None:
        """Return the document of a kind of which a function has one."""
        key = self._key
        return self._reader.get(Key(key.account, key.region, key.service, kind, key.id))

    def all_of(self, kind: str) -> Mapping[str, Document]:
        """Return the documents of a kind by the part of the id that follows the function's name."""
        found = self._kinds.get(kind)
        if found is None:
            key = self._key
            listed = self._reader.list(key.account, key.region, key.service, kind, prefix=f"{key.id}/")
            found = self._kinds[kind] = {name.partition("/")[2]: document for name, document in listed}
        return found


def _qualified(arn: str, versions: Mapping[str, FunctionVersion], parts: _Parts) -> dict[str, QualifiedFunction]:
    own_policy = _compile_policy(parts.own("function-policy"))
    compiled = {"": _one(arn, None, versions[LATEST], parts, policy=own_policy)}
    for name, version in versions.items():
        compiled[name] = _one(arn, name, version, parts)
    # What is granted on, or configured for, the function itself holds for its $LATEST by name as well.
    compiled[LATEST] = _one(arn, LATEST, versions[LATEST], parts, policy=own_policy)
    for name, alias in parts.all_of("alias").items():
        weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        additional = next(iter(weights.items()), None)
        compiled[name] = _one(
            arn,
            name,
            versions[alias["FunctionVersion"]],
            parts,
            additional_version=versions[additional[0]] if additional else None,
            additional_weight=additional[1] if additional else 0.0,
        )
    return compiled


def _one(
    arn: str,
    qualifier: str | None,
    version: FunctionVersion,
    parts: _Parts,
    *,
    policy: Policy | None = None,
    additional_version: FunctionVersion | None = None,
    additional_weight: float = 0.0,
) -> QualifiedFunction:
    part = qualifier or LATEST
    provisioned = parts.all_of("provisioned-concurrency").get(part)
    is_own_url = qualifier != LATEST  # a URL of the function itself is kept as that of $LATEST
    return QualifiedFunction(
        arn=f"{arn}:{qualifier}" if qualifier else arn,
        qualifier=qualifier,
        version=version,
        additional_version=additional_version,
        additional_weight=additional_weight,
        policy=policy or _compile_policy(parts.all_of("function-policy").get(part)),
        async_config=_compile_async_config(parts.all_of("event-invoke-config").get(part)),
        provisioned_concurrency=provisioned["RequestedProvisionedConcurrentExecutions"] if provisioned else 0,
        url=_compile_url(parts.all_of("function-url").get(part)) if is_own_url else None,
    )


def _compile_policy(document: Document | None) -> Policy | None:
    if document is None or not document.get("Policy", {}).get("Statement"):
        return None
    return parse_policy(document["Policy"])


def _compile_async_config(document: Document | None) -> AsyncConfig:
    default = AsyncConfig()
    if document is None:
        return default
    destinations = document.get("DestinationConfig") or {}
    retries, age = document.get("MaximumRetryAttempts"), document.get("MaximumEventAgeInSeconds")
    return AsyncConfig(
        maximum_retry_attempts=default.maximum_retry_attempts if retries is None else retries,
        maximum_event_age_seconds=default.maximum_event_age_seconds if age is None else age,
        on_success_arn=(destinations.get("OnSuccess") or {}).get("Destination"),
        on_failure_arn=(destinations.get("OnFailure") or {}).get("Destination"),
    )


def _compile_url(document: Document | None) -> FunctionUrl | None:
    if document is None:
        return None
    cors = document.get("Cors")
    return FunctionUrl(
        url_id=document["UrlId"],
        auth_type=document["AuthType"],
        invoke_mode=document.get("InvokeMode", "BUFFERED"),
        cors=_compile_cors(cors) if cors else None,
    )


def _compile_cors(cors: Document) -> Cors:
    return Cors(
        allow_origins=tuple(cors.get("AllowOrigins") or ()),
        allow_methods=tuple(cors.get("AllowMethods") or ()),
        allow_headers=tuple(cors.get("AllowHeaders") or ()),
        expose_headers=tuple(cors.get("ExposeHeaders") or ()),
        max_age_seconds=cors.get("MaxAge"),
        allow_credentials=bool(cors.get("AllowCredentials")),
    )
