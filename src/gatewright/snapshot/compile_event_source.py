"""Event source mappings, compiled and validated."""

from gatewright.base.arn import parse_arn, parse_function_name
from gatewright.languages.event_patterns import compile_pattern
from gatewright.snapshot.types.event_source import QueueMapping
from gatewright.store.types import Key, Reader


def compile_event_source(reader: Reader, key: Key) -> QueueMapping | None:
    """Compile a mapping; None where it is disabled or gone. Raises `ValueError`, `KeyError`, `PatternInvalid`."""
    document = reader.get(key)
    if document is None or document["State"] != "Enabled":
        return None
    source, function = parse_arn(document["EventSourceArn"]), parse_function_name(document["FunctionArn"])
    if source is None or source.service != "sqs" or function is None:
        raise ValueError(f"{document['EventSourceArn']} cannot be read for {document['FunctionArn']}")
    patterns = tuple(each["Pattern"] for each in document.get("FilterCriteria", {}).get("Filters", ()))
    for pattern in patterns:
        compile_pattern(pattern)
    return QueueMapping(
        uuid=document["UUID"],
        queue_arn=document["EventSourceArn"],
        region=source.region,
        function_arn=":".join(document["FunctionArn"].split(":")[:7]),
        qualifier=function.qualifier or "",
        batch_size=document["BatchSize"],
        batching_window_seconds=document["MaximumBatchingWindowInSeconds"],
        reports_failures="ReportBatchItemFailures" in document["FunctionResponseTypes"],
        maximum_concurrency=document.get("ScalingConfig", {}).get("MaximumConcurrency"),
        patterns=patterns,
    )
