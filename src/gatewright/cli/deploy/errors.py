"""What ends a deployment. The text is for the person who deploys."""

from gatewright.base.errors import GatewrightError


class DeployFailed(GatewrightError):
    """The template, the code or the stack is not what it should be."""
