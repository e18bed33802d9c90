"""The configuration of one version of a function, compiled."""

import base64
import hashlib
import json

from gatewright.base.arn import parse_arn
from gatewright.snapshot.types import FunctionVersion, Layer
from gatewright.store.types import Document, Key, Reader

_LAYER_KINDS = ("layer-version", "deleted-layer-version")
"""A version of a layer that was deleted goes on in the functions that have it (DeleteLayerVersion)."""


def compile_version(reader: Reader, function_arn: str, document: Document) -> FunctionVersion:
    """Compile the configuration of a version. Raises `ValueError`, `KeyError`, `TypeError`."""
    arn = parse_arn(function_arn)
    if arn is None:
        raise ValueError(f"not an ARN: {function_arn}")
    logging = document.get("LoggingConfig") or {}
    return FunctionVersion(
        arn=function_arn,
        account_id=arn.account,
        region=arn.region,
        name=document["FunctionName"],
        version=document.get("Version", "$LATEST"),
        identity=_identity(document),
        role_arn=document["Role"],
        runtime=document.get("Runtime", ""),
        handler=document.get("Handler", ""),
        code_sha256=_hex(document["CodeSha256"]),
        memory_size_mb=document.get("MemorySize") or 128,
        timeout_seconds=document.get("Timeout") or 3,
        ephemeral_storage_mb=(document.get("EphemeralStorage") or {}).get("Size", 512),
        environment=tuple(sorted(((document.get("Environment") or {}).get("Variables") or {}).items())),
        log_group=logging.get("LogGroup") or f"/aws/lambda/{document['FunctionName']}",
        log_format=logging.get("LogFormat", "Text"),
        application_log_level=logging.get("ApplicationLogLevel"),
        system_log_level=logging.get("SystemLogLevel"),
        tracing_mode=(document.get("TracingConfig") or {}).get("Mode", "PassThrough"),
        layers=tuple(_compile_layer(reader, layer["Arn"]) for layer in document.get("Layers") or ()),
        dead_letter_arn=(document.get("DeadLetterConfig") or {}).get("TargetArn") or None,
        runtime_version_arn=(document.get("RuntimeVersionConfig") or {}).get("RuntimeVersionArn") or "",
    )


def _compile_layer(reader: Reader, version_arn: str) -> Layer:
    """Find the content of a layer's version, whose ARN ends in `layer:NAME:VERSION`."""
    arn = parse_arn(version_arn)
    parts = arn.resource.split(":") if arn else []
    if arn is None or len(parts) != 3:
        raise ValueError(f"not the ARN of a layer's version: {version_arn}")
    identifier = f"{parts[1]}/{int(parts[2]):010}"
    for kind in _LAYER_KINDS:
        document = reader.get(Key(arn.account, arn.region, "lambda", kind, identifier))
        if document is not None:
            return Layer(version_arn, _hex(document["Content"]["CodeSha256"]))
    raise ValueError(f"there is no layer {version_arn}")


def _identity(document: Document) -> str:
    """Return what changes with code and configuration, and with each update, but not with a permission.

    RevisionId changes with permissions and with PublishVersion, too, which must not end warm environments.
    """
    content = {name: value for name, value in document.items() if name != "RevisionId"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def _hex(code_sha256: str) -> str:
    return base64.b64decode(code_sha256, validate=True).hex()
