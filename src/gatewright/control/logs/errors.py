"""The errors that the operations of CloudWatch Logs answer with, in its words.

    AwsError
    ├── InvalidParameterException        400  a parameter is wrong, the model's constraints included
    ├── ValidationException              400  parameters that exclude each other; a group that is protected
    ├── ResourceNotFoundException        400  there is no such log group or stream
    ├── ResourceAlreadyExistsException   400
    └── TooManyTagsException             400

Sources: "API Reference" (CloudWatch Logs); the texts as others recorded them (localstack/localstack,
tests/aws/services/logs, February 2026; radkawar/stackd, testdata/aws/logs/ingestion.json, September 2026).
"""

import functools
from collections.abc import Callable

from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.observe.log_archive import GroupExists, GroupMissing, StreamExists, StreamMissing

Operation = Callable[[Context, Shape], Shape]


def invalid_parameter(message: str) -> AwsError:
    """Build an InvalidParameterException."""
    return AwsError("InvalidParameterException", message)


def constraint_violation(value: object, member: str, constraint: str) -> AwsError:
    """Build the error of a constraint that the service's model lacks."""
    return invalid_parameter(
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    )


def invalid_token() -> AwsError:
    """Build the error of a token that is none of the listing's."""
    return invalid_parameter("The specified nextToken is invalid.")


def validation(message: str) -> AwsError:
    """Build a ValidationException."""
    return AwsError("ValidationException", message)


def group_missing() -> AwsError:
    """Build the error of a log group that is not there."""
    return AwsError("ResourceNotFoundException", "The specified log group does not exist.")


def too_many_tags(resource: str) -> AwsError:
    """Build the error of more than 50 tags."""
    text = "The resource has more tags than the maximum of 50."
    return AwsError("TooManyTagsException", text, members={"resourceName": resource})


def translated(operation: Operation) -> Operation:
    """Return an operation that answers with AWS's errors where the archive raises its own."""

    @functools.wraps(operation)
    def run(context: Context, request: Shape) -> Shape:
        try:
            return operation(context, request)
        except GroupMissing as error:
            raise group_missing() from error
        except StreamMissing as error:
            raise AwsError("ResourceNotFoundException", "The specified log stream does not exist.") from error
        except GroupExists as error:
            raise AwsError("ResourceAlreadyExistsException", "The specified log group already exists") from error
        except StreamExists as error:
            raise AwsError("ResourceAlreadyExistsException", "The specified log stream already exists") from error

    return run
