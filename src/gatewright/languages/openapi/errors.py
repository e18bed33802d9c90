"""What is wrong with an OpenAPI document.

OpenApiError   the document cannot be imported at all; the text is AWS's
"""

from gatewright.base.errors import GatewrightError


class OpenApiError(GatewrightError):
    """A document that cannot be read; the text is the message that AWS gives."""


# What AWS answers to a body that is neither OpenAPI 2.0 nor 3.0, whatever the reason.
INVALID_INPUT = "Invalid OpenAPI input."
