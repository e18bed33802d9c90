"""The errors that the operations of STS answer with, in STS's words.

    AwsError
    ├── ValidationError          400  a parameter breaks a constraint, or asks for what the role does not allow
    ├── InvalidParameterValue    400  tags that contradict each other
    ├── MalformedPolicyDocument  400  as in IAM
    ├── InvalidIdentityToken     400
    ├── ExpiredTokenException    400  a web identity token of the past
    ├── PackedPolicyTooLarge     400
    ├── AccessDenied             403
    └── ExpiredToken             403  temporary credentials of the past (`control.principals`)

Source: "API Reference" (STS); texts as recorded of AWS (localstack, test_sts.snapshot.json) where there is a recording.
"""

from gatewright.base.errors import AwsError


def validation_error(message: str) -> AwsError:
    """Build a ValidationError."""
    return AwsError("ValidationError", message, status=400)


def invalid_parameter(message: str) -> AwsError:
    """Build an InvalidParameterValue."""
    return AwsError("InvalidParameterValue", message, status=400)


def invalid_identity_token(message: str) -> AwsError:
    """Build an InvalidIdentityToken."""
    return AwsError("InvalidIdentityToken", message, status=400)


def expired_identity_token(message: str) -> AwsError:
    """Build an ExpiredTokenException."""
    return AwsError("ExpiredTokenException", message, status=400)


def policy_too_large(message: str) -> AwsError:
    """Build a PackedPolicyTooLarge."""
    return AwsError("PackedPolicyTooLarge", message, status=400)


def access_denied(message: str) -> AwsError:
    """Build an AccessDenied."""
    return AwsError("AccessDenied", message, status=403)
