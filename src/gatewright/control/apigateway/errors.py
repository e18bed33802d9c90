"""The errors that the operations of REST APIs answer with, in API Gateway's words.

    AwsError
    ├── BadRequestException        400  the request is malformed, or asks for what a REST API cannot have
    ├── NotFoundException          404  the API, or the part of it, is not in this account and Region
    ├── ConflictException          409  the request contradicts what is there
    ├── LimitExceededException     429  a quota of the account or the API is used up
    └── AccessDeniedException      403  a role that the caller may not pass

Sources: the error shapes of the "Amazon API Gateway REST API Reference"; texts as AWS answers them where known.
"""

from gatewright.base.errors import AwsError, OperationNotImplemented


def bad_request(message: str) -> AwsError:
    """Build a BadRequestException."""
    return AwsError("BadRequestException", message, status=400)


def not_found(message: str) -> AwsError:
    """Build a NotFoundException."""
    return AwsError("NotFoundException", message, status=404)


def conflict(message: str) -> AwsError:
    """Build a ConflictException."""
    return AwsError("ConflictException", message, status=409)


def limit_exceeded(resource: str) -> AwsError:
    """Build the LimitExceededException of a quota; `resource` is the plural (`Resources`)."""
    # The text has two spaces between its sentences where AWS sends it.
    return AwsError(
        "LimitExceededException",
        f"Maximum number of {resource} for this API has been reached.  "
        f"Please contact AWS if you need additional {resource}.",
        status=429,
    )


def access_denied(message: str) -> AwsError:
    """Build an AccessDeniedException, which is in no model."""
    return AwsError("AccessDeniedException", message, status=403)


def invalid_mappings(errors: list[str]) -> AwsError:
    """Build the BadRequestException of parameter mappings that contradict themselves or the method."""
    return bad_request(f"Invalid mapping expression specified: {_validation_result(errors)}")


def invalid_model(errors: list[str]) -> AwsError:
    """Build the BadRequestException of a model's schema."""
    return bad_request(f"Invalid model specified: {_validation_result(errors)}")


def invalid_content_type(content_type: str) -> AwsError:
    """Build the BadRequestException of a template's content type."""
    return bad_request(_validation_result([f"Invalid content type specified: {content_type}"]))


def _validation_result(errors: list[str]) -> str:
    return f"Validation Result: warnings : [], errors : [{', '.join(errors)}]"


def not_built(option: str) -> OperationNotImplemented:
    """Build the 501 of an option that AWS has and gatewright has not; `option` names it."""
    return OperationNotImplemented(f"Amazon API Gateway (apigateway): {option} is not implemented.")
