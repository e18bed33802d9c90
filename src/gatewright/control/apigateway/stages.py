"""Stages of REST APIs: named deployments with variables, method settings, a cache and a canary.

Source: the Stage type and its operations in the "Amazon API Gateway REST API Reference".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.api_stages import forget_api_stage
from gatewright.control.apigateway.constraints import STAGES_PER_API
from gatewright.control.apigateway.documents import (
    ACCOUNT,
    CLIENT_CERTIFICATE,
    STAGE,
    STAGE_CACHE,
    find,
    find_part,
    key,
    list_parts,
    part_key,
    require_api,
    require_stage,
    timestamp,
)
from gatewright.control.apigateway.errors import bad_request, conflict, limit_exceeded
from gatewright.control.apigateway.patch import patched
from gatewright.control.apigateway.stage_patch import STAGE_PATCH, check_copies
from gatewright.control.apigateway.stage_settings import (
    cache_members,
    canary_document,
    check_stage,
    check_stage_name,
)
from gatewright.control.apigatewayv2.tag_sets import checked_tags
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader, Writer


def create_stage(context: Context, request: Shape) -> Shape:
    """Create a stage that serves a deployment which exists."""
    with context.store.write() as writer:
        require_api(context, writer, request["restApiId"])
        return presented_stage(add_stage(context, writer, request["restApiId"], request["stageName"], request))


def get_stage(context: Context, request: Shape) -> Shape:
    """Return a stage."""
    with context.store.read() as reader:
        return presented_stage(require_stage(context, reader, request["restApiId"], request["stageName"]))


def get_stages(context: Context, request: Shape) -> Shape:
    """List the stages of an API, or those that serve one deployment."""
    deployment_id = request.get("deploymentId")
    with context.store.read() as reader:
        require_api(context, reader, request["restApiId"])
        stages = list_parts(context, reader, STAGE, request["restApiId"])
    # `item`, and no page: the one listing of API Gateway that has none.
    return {"item": [presented_stage(stage) for stage in stages if deployment_id in (None, "", stage["deploymentId"])]}


def update_stage(context: Context, request: Shape) -> Shape:
    """Patch a stage."""
    api_id, patch_operations = request["restApiId"], request.get("patchOperations", [])
    with context.store.write() as writer:
        stage = require_stage(context, writer, api_id, request["stageName"])
        check_copies(patch_operations)
        was_logged = _logged_methods(stage)
        stage = patched(stage, patch_operations, STAGE_PATCH)
        if _logged_methods(stage) - was_logged:
            _check_logging_role(context, writer)
        _check_client_certificate(context, writer, stage)
        return presented_stage(put_stage(context, writer, api_id, stage))


def delete_stage(context: Context, request: Shape) -> Shape:
    """Delete a stage, its cache and its places in usage plans; its deployment stays."""
    api_id, name = request["restApiId"], request["stageName"]
    with context.store.write() as writer:
        require_stage(context, writer, api_id, name)
        writer.delete(part_key(context, STAGE, api_id, name))
        writer.delete(part_key(context, STAGE_CACHE, api_id, name))
        forget_api_stage(context, writer, api_id, name)
    return {}


def flush_stage_cache(context: Context, request: Shape) -> Shape:
    """Let the data plane begin an empty cache for a stage."""
    api_id, name = request["restApiId"], request["stageName"]
    with context.store.write() as writer:
        require_stage(context, writer, api_id, name)
        flushed = find_part(context, writer, STAGE_CACHE, api_id, name) or {"generation": 0}
        writer.put(
            part_key(context, STAGE_CACHE, api_id, name),
            {"generation": flushed["generation"] + 1, "flushedAt": timestamp(context)},
        )
    return {}


def add_stage(context: Context, writer: Writer, api_id: str, name: str, members: Shape) -> Document:
    """Write a new stage and return it; `members` are those of CreateStage. Raises ConflictException."""
    check_stage_name(name)
    if find_part(context, writer, STAGE, api_id, name) is not None:
        raise conflict("Stage already exists")
    if len(list_parts(context, writer, STAGE, api_id)) >= STAGES_PER_API:
        raise limit_exceeded("Stages")
    stage: Document = {
        "deploymentId": members["deploymentId"],
        "stageName": name,
        **cache_members(bool(members.get("cacheClusterEnabled")), members.get("cacheClusterSize")),
        "methodSettings": {},
        "tracingEnabled": bool(members.get("tracingEnabled")),
        "createdDate": timestamp(context),
    }
    for member in ("description", "documentationVersion", "variables"):
        if members.get(member):
            stage[member] = members[member]
    if members.get("tags"):
        stage["tags"] = checked_tags(context.caller, members["tags"])
    if members.get("canarySettings"):
        stage["canarySettings"] = canary_document(members["canarySettings"], stage["deploymentId"])
    return put_stage(context, writer, api_id, stage)


def put_stage(context: Context, writer: Writer, api_id: str, stage: Document) -> Document:
    """Check a stage, write it as changed now, and return it. Raises BadRequestException."""
    check_stage(context, writer, api_id, stage)
    stage["lastUpdatedDate"] = timestamp(context)
    writer.put(part_key(context, STAGE, api_id, stage["stageName"]), stage)
    return stage


def presented_stage(stage: Document) -> Document:
    """Return a stage as AWS answers it: without no tags."""
    return stage if stage.get("tags") else {member: value for member, value in stage.items() if member != "tags"}


def _logged_methods(stage: Document) -> set[tuple[str, str]]:
    """Return the methods that have execution logs, with their levels."""
    levels = {name: settings.get("loggingLevel", "OFF") for name, settings in stage["methodSettings"].items()}
    return {(name, level) for name, level in levels.items() if level != "OFF"}


def _check_logging_role(context: Context, reader: Reader) -> None:
    """Hold a patch that turns on logs to the account: a role that it loses later stops no other patch."""
    account = reader.get(key(context, ACCOUNT, ACCOUNT)) or {}
    if not account.get("cloudwatchRoleArn"):
        raise bad_request("CloudWatch Logs role ARN must be set in account settings to enable logging")


def _check_client_certificate(context: Context, reader: Reader, stage: Document) -> None:
    certificate_id = stage.get("clientCertificateId")
    if certificate_id and find(context, reader, CLIENT_CERTIFICATE, certificate_id) is None:
        raise bad_request("Invalid Client Certificate identifier specified")


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateStage": create_stage,
        "GetStage": get_stage,
        "GetStages": get_stages,
        "UpdateStage": update_stage,
        "DeleteStage": delete_stage,
        "FlushStageCache": flush_stage_cache,
    }
)
