"""Errors that only the protocols of AWS know.

GatewrightError
├── Malformed            a request that is not what its protocol and model say; becomes the protocol's own AwsError
│   └── Unconvertible    a JSON value of another type than its member's, which some services word in another way
└── UnknownService       a request that belongs to no service which this node serves
"""

from gatewright.base.errors import AwsError, GatewrightError


class Malformed(GatewrightError):
    """A request that cannot be read; the text is the message that AWS gives."""


class Unconvertible(Malformed):
    """A JSON value of another type than its member's."""

    def __init__(self, text: str, java_class: str, java_type: str) -> None:
        super().__init__(text)
        self.java_class = java_class
        """The class that the value has in AWS's older framework."""
        self.java_type = java_type
        """The type that the member has there."""


class UnknownService(AwsError):
    """A request whose service cannot be told, or is none that this node serves."""

    def __init__(self, message: str) -> None:
        super().__init__("UnknownService", message, status=404)
