"""The KMS key that encrypts a function's deployment package, as a record: nothing is encrypted with it here.

Source: SourceKMSKeyArn of FunctionCode and FunctionCodeLocation in the "API reference" (AWS Lambda). GetFunction
returns it with the code; no configuration shows it, so that it has a document of its own.
"""

from gatewright.control.context import Context
from gatewright.control.lambda_.names import LATEST, SOURCE_KMS_KEY, FunctionTarget, part_key
from gatewright.store.types import Reader, Writer


def put_source_key(context: Context, writer: Writer, target: FunctionTarget, arn: str | None) -> None:
    """Keep the key of the code that $LATEST gets; code that comes without one has Lambda's own."""
    key = part_key(context, SOURCE_KMS_KEY, target, LATEST)
    if arn:
        writer.put(key, {"SourceKMSKeyArn": arn})
    else:
        writer.delete(key)


def publish_source_key(context: Context, writer: Writer, target: FunctionTarget, version: str) -> None:
    """Give a new version the key of $LATEST."""
    document = writer.get(part_key(context, SOURCE_KMS_KEY, target, LATEST))
    if document is not None:
        writer.put(part_key(context, SOURCE_KMS_KEY, target, version), document)


def find_source_key(context: Context, reader: Reader, target: FunctionTarget, version: str) -> str | None:
    """Return the key of the code of `$LATEST` or of a version."""
    document = reader.get(part_key(context, SOURCE_KMS_KEY, target, version))
    arn: str | None = document["SourceKMSKeyArn"] if document else None
    return arn
