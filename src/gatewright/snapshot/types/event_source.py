"""What the data plane knows of event source mappings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueueMapping:
    """A queue of SQS whose messages a function gets, while the mapping is enabled."""

    uuid: str
    queue_arn: str
    region: str
    function_arn: str
    """Unqualified."""
    qualifier: str
    """Empty for the function itself."""
    batch_size: int
    batching_window_seconds: int
    """How long a batch that is not full waits for more."""
    reports_failures: bool
    """Whether the function says which messages of a batch it failed at (`ReportBatchItemFailures`)."""
    maximum_concurrency: int | None
    """Batches at once; None where only the function's concurrency counts."""
    patterns: tuple[str, ...]
    """Messages that match one of these filters go to the function, others are deleted; none lets all pass."""
