"""The errors that the operations of IAM answer with, in IAM's words.

    AwsError
    ├── ValidationError            400  a parameter breaks a constraint, as in `aws.validation`
    ├── InvalidInput               400  a parameter's meaning is wrong
    ├── MalformedPolicyDocument    400
    ├── UnmodifiableEntity         400  it belongs to an AWS service
    ├── AccessDenied               403  it is AWS's own
    ├── NoSuchEntity               404
    ├── EntityAlreadyExists        409
    ├── DeleteConflict             409  something else depends on it
    └── LimitExceeded              409

Sources: "API Reference" (IAM); texts as recorded of AWS (localstack, tests/aws/services/iam/*.snapshot.json) where
there is a recording.
"""

from gatewright.base.errors import AwsError


def validation_error(message: str) -> AwsError:
    """Build a ValidationError."""
    return AwsError("ValidationError", message, status=400)


def invalid_input(message: str) -> AwsError:
    """Build an InvalidInput."""
    return AwsError("InvalidInput", message, status=400)


def malformed_policy(message: str) -> AwsError:
    """Build a MalformedPolicyDocument."""
    return AwsError("MalformedPolicyDocument", message, status=400)


def unmodifiable(message: str) -> AwsError:
    """Build an UnmodifiableEntity."""
    return AwsError("UnmodifiableEntity", message, status=400)


def access_denied(message: str) -> AwsError:
    """Build an AccessDenied."""
    return AwsError("AccessDenied", message, status=403)


def no_such_entity(message: str) -> AwsError:
    """Build a NoSuchEntity."""
    return AwsError("NoSuchEntity", message, status=404)


def already_exists(message: str) -> AwsError:
    """Build an EntityAlreadyExists."""
    return AwsError("EntityAlreadyExists", message, status=409)


def delete_conflict(message: str) -> AwsError:
    """Build a DeleteConflict."""
    return AwsError("DeleteConflict", message, status=409)


def limit_exceeded(message: str) -> AwsError:
    """Build a LimitExceeded."""
    return AwsError("LimitExceeded", message, status=409)
