"""A REST API's documents, compiled and validated: what links has a form that linking can rely on.

A stage serves the frozen copy that its deployment made of the API (`deployed-api`), and its canary that of another one;
what is changed afterwards is served when it is deployed. TestInvokeMethod alone looks at the API as it is now.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from gatewright.snapshot.partitions import partition_of
from gatewright.snapshot.types.rest_api import (
    TEST_INVOKE_STAGE,
    Pairs,
    RestApi,
    RestCanary,
    RestClientCertificate,
    RestDeployment,
    RestGatewayResponse,
    RestIntegration,
    RestIntegrationResponse,
    RestMethod,
    RestMethodResponse,
    RestMethodSettings,
    RestResource,
    RestStage,
)
from gatewright.store.types import Document, Key, Reader

SERVICE = "apigateway"

DEFAULT_TIMEOUT_MS = 29_000
"""timeoutInMillis: "The default value is 29,000 milliseconds or 29 seconds" (PutIntegration)."""
DEFAULT_CACHE_TTL_SECONDS = 300

_INTEGRATION_TYPES = frozenset({"AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"})
_STATUS_CODE = re.compile(r"[1-5][0-9]{2}")


def compile_rest_api(reader: Reader, key: Key) -> RestApi | None:
    """Compile an API; None when there is none of that id. Raises `ValueError`, `KeyError`, `TypeError`."""
    document = reader.get(key)
    if document is None:
        return None
    deployments: dict[str, RestDeployment] = {}
    stages = tuple(
        _compile_stage(reader, key, stage, deployments)
        for _, stage in reader.list(key.account, key.region, SERVICE, "stage", prefix=f"{key.id}/")
    )
    return _api(key, document, stages)


def compile_for_test(
    reader: Reader, key: Key, variables: Mapping[str, str], certificate_id: str | None = None
) -> RestApi | None:
    """Compile an API as it is now, as the one stage that TestInvokeMethod runs in; None when there is no API."""
    document = reader.get(key)
    if document is None:
        return None

    def parts(kind: str) -> list[Document]:
        return [part for _, part in reader.list(key.account, key.region, SERVICE, kind, prefix=f"{key.id}/")]

    deployed: Document = {
        "restApi": document,
        "resources": parts("resource"),
        "models": parts("model"),
        "requestValidators": parts("requestvalidator"),
        "gatewayResponses": parts("gatewayresponse"),
    }
    stage = RestStage(
        name=TEST_INVOKE_STAGE,
        deployment=_compile_deployment("", deployed),
        variables=MappingProxyType(dict(variables)),
        is_cache_enabled=False,
        cache_size_gb=None,
        cache_generation=0,
        method_settings=MappingProxyType({}),
        canary=None,
        client_certificate=_client_certificate(reader, key, certificate_id),
    )
    return _api(key, document, (stage,))


def _api(key: Key, document: Document, stages: tuple[RestStage, ...]) -> RestApi:
    return RestApi(
        api_id=key.id,
        account_id=key.account,
        region=key.region,
        partition=partition_of(key.region),
        name=document["name"],
        stages=stages,
    )


def _compile_stage(reader: Reader, key: Key, stage: Document, deployments: dict[str, RestDeployment]) -> RestStage:
    def deployment(deployment_id: str) -> RestDeployment:
        if deployment_id not in deployments:
            identifier = f"{key.id}/{deployment_id}"
            deployed = reader.get(Key(key.account, key.region, SERVICE, "deployed-api", identifier))
            if deployed is None:
                raise ValueError(f"stage {stage['stageName']} has deployment {deployment_id}, which is not there")
            deployments[deployment_id] = _compile_deployment(deployment_id, deployed)
        return deployments[deployment_id]

    variables = dict(stage.get("variables") or {})
    canary = stage.get("canarySettings")
    flushed = reader.get(Key(key.account, key.region, SERVICE, "stage-cache", f"{key.id}/{stage['stageName']}"))
    return RestStage(
        name=stage["stageName"],
        deployment=deployment(stage["deploymentId"]),
        variables=MappingProxyType(variables),
        is_cache_enabled=bool(stage.get("cacheClusterEnabled")),
        cache_size_gb=stage.get("cacheClusterSize"),
        cache_generation=int((flushed or {}).get("generation", 0)),
        method_settings=MappingProxyType(
            {_settings_key(name): _compile_settings(each) for name, each in (stage.get("methodSettings") or {}).items()}
        ),
        canary=None
        if not canary
        else RestCanary(
            percent_traffic=float(canary.get("percentTraffic") or 0.0),
            deployment=deployment(canary.get("deploymentId") or stage["deploymentId"]),
            variables=MappingProxyType({**variables, **(canary.get("stageVariableOverrides") or {})}),
            uses_stage_cache=bool(canary.get("useStageCache")),
        ),
        client_certificate=_client_certificate(reader, key, stage.get("clientCertificateId")),
    )


def _client_certificate(reader: Reader, key: Key, certificate_id: str | None) -> RestClientCertificate | None:
    if not certificate_id:
        return None
    document = reader.get(Key(key.account, key.region, SERVICE, "clientcertificate", certificate_id))
    if document is None:
        raise ValueError(f"there is no client certificate {certificate_id}")
    return RestClientCertificate(document["pemEncodedCertificate"], document["privateKey"])


def _settings_key(name: str) -> str:
    """Return `pets/{petId}/GET` for any of the forms in which a method's path is named (`~1pets~1{petId}/GET`)."""
    return name.replace("~1", "/").replace("~0", "~").strip("/")


def _compile_settings(settings: Document) -> RestMethodSettings:
    rate, burst = settings.get("throttlingRateLimit"), settings.get("throttlingBurstLimit")
    ttl = settings.get("cacheTtlInSeconds")
    authorizes = settings.get("requireAuthorizationForCacheControl")
    return RestMethodSettings(
        # A negative limit is none: "-1 disables throttling" is how tools take a setting back.
        throttling_rate_limit=None if rate is None or rate < 0 else float(rate),
        throttling_burst_limit=None if burst is None or burst < 0 else int(burst),
        is_caching_enabled=bool(settings.get("cachingEnabled")),
        cache_ttl_seconds=DEFAULT_CACHE_TTL_SECONDS if ttl is None else int(ttl),
        requires_cache_control_authorization=True if authorizes is None else bool(authorizes),
        unauthorized_cache_control=settings.get("unauthorizedCacheControlHeaderStrategy")
        or "SUCCEED_WITH_RESPONSE_HEADER",
    )


def _compile_deployment(deployment_id: str, deployed: Document) -> RestDeployment:
    api = deployed["restApi"]
    validators = {each["id"]: each for each in deployed.get("requestValidators") or ()}
    compression = api.get("minimumCompressionSize")
    return RestDeployment(
        deployment_id=deployment_id,
        name=api["name"],
        is_endpoint_disabled=bool(api.get("disableExecuteApiEndpoint")),
        endpoint_type=((api.get("endpointConfiguration") or {}).get("types") or ["EDGE"])[0],
        api_key_source=api.get("apiKeySource") or "HEADER",
        binary_media_types=tuple(api.get("binaryMediaTypes") or ()),
        minimum_compression_bytes=None if compression is None else int(compression),
        resources=tuple(_compile_resource(each, validators) for each in deployed["resources"]),
        models=tuple((each["name"], each.get("schema") or "") for each in deployed.get("models") or ()),
        gateway_responses=tuple(_compile_gateway_response(each) for each in deployed.get("gatewayResponses") or ()),
    )


def _compile_gateway_response(document: Document) -> RestGatewayResponse:
    return RestGatewayResponse(
        response_type=document["responseType"],
        status_code=document.get("statusCode") or None,
        response_parameters=_pairs(document.get("responseParameters")),
        response_templates=_pairs(document.get("responseTemplates")),
    )


def _compile_resource(document: Document, validators: Mapping[str, Document]) -> RestResource:
    methods = document.get("resourceMethods") or {}
    return RestResource(
        resource_id=document["id"],
        path=document["path"],
        methods=tuple(_compile_method(name, method, validators) for name, method in methods.items()),
    )


def _compile_method(name: str, document: Document, validators: Mapping[str, Document]) -> RestMethod:
    authorization = document.get("authorizationType") or "NONE"
    if authorization != "NONE":
        raise ValueError(f"authorization type {authorization} of {name} is not supported")
    validator = validators.get(document.get("requestValidatorId") or "") or {}
    integration = document.get("methodIntegration")
    parameters = document.get("requestParameters") or {}
    return RestMethod(
        http_method=name,
        operation_name=document.get("operationName"),
        is_api_key_required=bool(document.get("apiKeyRequired")),
        required_parameters=tuple(parameter for parameter, required in parameters.items() if required)
        if validator.get("validateRequestParameters")
        else (),
        request_models=_pairs(document.get("requestModels")) if validator.get("validateRequestBody") else (),
        responses=tuple(_compile_method_response(each) for each in (document.get("methodResponses") or {}).values()),
        integration=None if integration is None else _compile_integration(integration),
    )


def _compile_method_response(document: Document) -> RestMethodResponse:
    prefix = "method.response.header."
    names = document.get("responseParameters") or {}
    return RestMethodResponse(
        status_code=document["statusCode"],
        headers=tuple(name.removeprefix(prefix) for name in names if name.startswith(prefix)),
        models=_pairs(document.get("responseModels")),
    )


def _compile_integration(document: Document) -> RestIntegration:
    integration_type = document["type"]
    if integration_type not in _INTEGRATION_TYPES:
        raise ValueError(f"integration type {integration_type} is not known")
    if document.get("connectionType") == "VPC_LINK":
        raise ValueError("VPC links are not supported")
    timeout = document.get("timeoutInMillis")
    return RestIntegration(
        integration_type=integration_type,
        http_method=document.get("httpMethod") or "",
        uri=document.get("uri") or "",
        credentials=document.get("credentials") or None,
        request_parameters=_pairs(document.get("requestParameters")),
        request_templates=_pairs(document.get("requestTemplates")),
        passthrough_behavior=document.get("passthroughBehavior") or "WHEN_NO_MATCH",
        content_handling=document.get("contentHandling") or None,
        timeout_ms=DEFAULT_TIMEOUT_MS if timeout is None else int(timeout),
        cache_namespace=document.get("cacheNamespace") or "",
        cache_key_parameters=tuple(document.get("cacheKeyParameters") or ()),
        responses=_compile_integration_responses((document.get("integrationResponses") or {}).values()),
        skips_verification=bool((document.get("tlsConfig") or {}).get("insecureSkipVerification")),
        response_transfer_mode=document.get("responseTransferMode") or "BUFFERED",
    )


def _compile_integration_responses(documents: Iterable[Document]) -> tuple[RestIntegrationResponse, ...]:
    responses = []
    for document in documents:
        if not _STATUS_CODE.fullmatch(document["statusCode"]):
            raise ValueError(f"{document['statusCode']} is no status code")
        responses.append(
            RestIntegrationResponse(
                status_code=document["statusCode"],
                # An empty pattern is none: the response is the default one.
                selection_pattern=document.get("selectionPattern") or None,
                response_parameters=_pairs(document.get("responseParameters")),
                response_templates=_pairs(document.get("responseTemplates")),
                content_handling=document.get("contentHandling") or None,
            )
        )
    return tuple(responses)


def _pairs(mapping: Mapping[str, str | None] | None) -> Pairs:
    # The wire has null for a template that is empty (recorded of AWS).
    return tuple((name, value or "") for name, value in (mapping or {}).items())
