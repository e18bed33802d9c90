"""Calls of a running node by the commands that use one: by botocore, with credentials that are nobody's."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from gatewright.base.errors import GatewrightError

_READ_SECONDS: Final = 930
"""A function may run for 900 seconds."""
NO_NODE: Final = "NoNode"

Call = Callable[..., Mapping[str, Any]]
"""Calls an operation by botocore's names: service, operation, parameters. Raises `CallFailed`. Safe in threads."""


class CallFailed(GatewrightError):
    """A call that the node refused, or no node that could be called; `code` is that of the error, or `NO_NODE`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def caller(endpoint_url: str, region: str) -> Call:
    """Return what calls the node at an endpoint."""
    from botocore import xform_name
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError
    from botocore.session import get_session

    session = get_session()
    # The node reads the region of a signature, and does not verify it.
    session.set_credentials("gatewright", "gatewright")
    clients: dict[str, Any] = {}
    making = threading.Lock()
    config = Config(retries={"total_max_attempts": 1}, read_timeout=_READ_SECONDS, s3={"addressing_style": "path"})

    def client(service: str) -> Any:
        with making:
            if service not in clients:
                clients[service] = session.create_client(
                    service, region_name=region, endpoint_url=endpoint_url, config=config
                )
            return clients[service]

    def call(service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        try:
            answer: Mapping[str, Any] = getattr(client(service), xform_name(operation))(**parameters)
        except ClientError as error:
            raise CallFailed(error.response["Error"]["Code"], error.response["Error"]["Message"]) from error
        except EndpointConnectionError as error:
            text = f"no node answers at {endpoint_url} (`gatewright up` starts one)"
            raise CallFailed(NO_NODE, text) from error
        except (BotoCoreError, ValueError) as error:  # ValueError: an endpoint that is no URL
            raise CallFailed(type(error).__name__, str(error)) from error
        return answer

    return call
