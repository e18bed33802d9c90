"""A function's documents, compiled."""

import base64

from gatewright.base.arn import parse_arn
from gatewright.base.policy import Policy, parse_policy
from gatewright.snapshot.types import FunctionVersion
from gatewright.store.types import Document, Key, Reader


def compile_function(reader: Reader, key: Key) -> FunctionVersion | None:
    """Compile a function; None when there is none. Raises `ValueError`, `KeyError`, `TypeError`, `PolicyError`."""
    document = reader.get(key)
    if document is None:
        return None
    arn = parse_arn(document["FunctionArn"])
    if arn is None:
        raise ValueError(f"not an ARN: {document['FunctionArn']}")
    logging = document.get("LoggingConfig") or {}
    return FunctionVersion(
        # A function's own ARN is unqualified; a version's would end in the version.
        arn=":".join(document["FunctionArn"].split(":")[:7]),
        account_id=arn.account,
        region=arn.region,
        name=document["FunctionName"],
        version=document.get("Version", "$LATEST"),
        revision_id=document["RevisionId"],
        runtime=document.get("Runtime", ""),
        handler=document.get("Handler", ""),
        code_sha256=base64.b64decode(document["CodeSha256"], validate=True).hex(),
        memory_size_mb=document.get("MemorySize") or 128,
        timeout_seconds=document.get("Timeout") or 3,
        ephemeral_storage_mb=(document.get("EphemeralStorage") or {}).get("Size", 512),
        environment=tuple(sorted(((document.get("Environment") or {}).get("Variables") or {}).items())),
        log_group=logging.get("LogGroup") or f"/aws/lambda/{document['FunctionName']}",
        log_format=logging.get("LogFormat", "Text"),
        application_log_level=logging.get("ApplicationLogLevel"),
        system_log_level=logging.get("SystemLogLevel"),
        tracing_mode=(document.get("TracingConfig") or {}).get("Mode", "PassThrough"),
        policy=_compile_policy(reader.get(Key(key.account, key.region, "lambda", "function-policy", key.id))),
    )


def _compile_policy(document: Document | None) -> Policy | None:
    if document is None or not document.get("Policy", {}).get("Statement"):
        return None
    return parse_policy(document["Policy"])
