"""The errors that the operations of Lambda answer with, in Lambda's words.

    AwsError
    ├── InvalidParameterValueException   400  a parameter's meaning is wrong
    ├── ValidationException              400  a parameter breaks a constraint, as in `aws.validation`
    ├── PolicyLengthExceededException    400  a function policy beyond 20 KB
    ├── AccessDeniedException            403  the function is another account's
    ├── ResourceNotFoundException        404
    ├── ResourceConflictException        409  it exists already
    ├── PreconditionFailedException      412  the revision is another one
    └── RequestEntityTooLargeException   413  the deployment package is too large to be sent inline

Sources: "API reference" (AWS Lambda); texts as AWS answers them where they are known.
"""

from collections.abc import Sequence

from gatewright.base.errors import AwsError


def invalid_parameter(message: str) -> AwsError:
    """Build an InvalidParameterValueException."""
    return AwsError("InvalidParameterValueException", message, status=400)


def concurrency_limit(message: str) -> AwsError:
    """Build the InvalidParameterValueException of a limit of concurrency, which was recorded to have no `Type`.

    localstack/localstack, tests/aws/services/lambda_/test_lambda_api.snapshot.json (test_function_concurrency_limits,
    test_provisioned_concurrency_limits) and test_lambda.snapshot.json (test_reserved_provisioned_overlap).
    """
    return AwsError("InvalidParameterValueException", message, status=400, members={"Type": None})


def constraint_violation(value: object, path: str, constraint: str) -> AwsError:
    """Build the ValidationException of a constraint that the service's model lacks."""
    return constraint_violations([(value, path, constraint)])


def constraint_violations(violations: Sequence[tuple[object, str, str]]) -> AwsError:
    """Build the ValidationException of several constraints, each with the value and the path of its member."""
    texts = [
        f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"
        for value, path, constraint in violations
    ]
    count = f"{len(texts)} validation error{'s' if len(texts) > 1 else ''} detected"
    return AwsError("ValidationException", f"{count}: {'; '.join(texts)}", status=400)


def not_found(message: str) -> AwsError:
    """Build a ResourceNotFoundException."""
    return AwsError("ResourceNotFoundException", message, status=404)


def function_not_found(arn: str) -> AwsError:
    """Build the ResourceNotFoundException of a function, version or alias."""
    return not_found(f"Function not found: {arn}")


def alias_not_found(arn: str) -> AwsError:
    """Build the ResourceNotFoundException of an alias, where an operation knows that an alias was meant."""
    return not_found(f"Cannot find alias arn: {arn}")


def conflict(message: str) -> AwsError:
    """Build a ResourceConflictException."""
    return AwsError("ResourceConflictException", message, status=409)


def revision_mismatch() -> AwsError:
    """Build the PreconditionFailedException; Lambda names these two operations whichever was called."""
    text = (
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    )
    return AwsError("PreconditionFailedException", text, status=412)


def qualifier_not_permitted() -> AwsError:
    """Build the error of an operation on functions that was asked for a version or alias."""
    return invalid_parameter(
        "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
        "Please specify either a function name or an unqualified function ARN."
    )
