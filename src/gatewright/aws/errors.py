"""Errors that only the protocols of AWS know.

GatewrightError
├── Malformed        a request that is not what its protocol and model say; becomes the protocol's own AwsError
└── UnknownService   a request that belongs to no service which this node serves
"""

from gatewright.base.errors import AwsError, GatewrightError


class Malformed(GatewrightError):
    """A request that cannot be read; the text is the message that AWS gives."""


class UnknownService(AwsError):
    """A request whose service cannot be told, or is none that this node serves."""

    def __init__(self, message: str) -> None:
        super().__init__("UnknownService", message, status=404)
