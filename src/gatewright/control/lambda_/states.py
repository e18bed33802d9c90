"""What answers say of a function that was just made or changed.

Lambda answers before the function is ready: State `Pending` without a LastUpdateStatus, or LastUpdateStatus
`InProgress`, both for the same reason. That it gets ready gives it another RevisionId. Here it is ready when the call
returns, so that the next look finds it `Active` and `Successful`, under the revision that is kept.

Source: "Lambda function states" (AWS Lambda Developer Guide); recorded of AWS: localstack/localstack,
tests/aws/services/lambda_/test_lambda_api.snapshot.json (test_function_lifecycle, test_function_revisions_basic,
test_publish_version_on_create, test_publish_with_update).
"""

from gatewright.control.context import Context
from gatewright.store.types import Document

_REASON = "The function is being created."
_REASON_CODE = "Creating"


def as_created(context: Context, document: Document) -> Document:
    """Return the answer about a new function or version."""
    answer = {name: value for name, value in document.items() if name != "LastUpdateStatus"}
    answer |= {"State": "Pending", "StateReason": _REASON, "StateReasonCode": _REASON_CODE}
    return {**answer, "RevisionId": context.ids.request_id()}


def as_updated(context: Context, document: Document) -> Document:
    """Return the answer about a function whose code or configuration was changed."""
    return {
        **document,
        "LastUpdateStatus": "InProgress",
        "LastUpdateStatusReason": _REASON,
        "LastUpdateStatusReasonCode": _REASON_CODE,
        "RevisionId": context.ids.request_id(),
    }
