"""Who calls a function URL of auth type AWS_IAM, as long as this node verifies no signatures.

A signature's credential is read and believed, as those of AWS API calls are (docs/differences.md): every caller is the
node's own account. A request without one is not let in.
"""

from gatewright.aws.scope import partition_of
from gatewright.aws.sigv4.authorization import parse_authorization
from gatewright.aws.sigv4.errors import Dialect, Refusal, SignatureError
from gatewright.base.messages import Request
from gatewright.gateway.function_urls.callers import CallerRefused, Identify, UrlCaller

_SERVICE = "lambda"


def believe_signatures(account_id: str) -> Identify:
    """Return what takes the caller from the Authorization field or the presigned query of a request."""

    def identify(request: Request) -> UrlCaller | None:
        try:
            scope = parse_authorization(request, Dialect.JSON).scope
        except SignatureError as error:
            if error.refusal is Refusal.MISSING:
                return None
            raise CallerRefused(error.message) from error
        if scope.service != _SERVICE:
            raise CallerRefused(f"Credential should be scoped to correct service: '{_SERVICE}'.")
        arn = f"arn:{partition_of(scope.region)}:iam::{account_id}:root"
        return UrlCaller(scope.access_key_id, account_id, arn, account_id)

    return identify
