"""Brings packages to a node (`server.packages`): each content once."""

import hashlib
import http.client
from typing import Final
from urllib.parse import urlsplit

from gatewright.cli.calls import NO_NODE, CallFailed
from gatewright.cli.deploy.errors import DeployFailed

_PATH: Final = "/_gatewright/packages/"
_SECONDS: Final = 120.0


class PackageStore:
    """The packages of a node."""

    def __init__(self, url: str) -> None:
        """Nothing is asked yet."""
        self._url = url
        self._there: set[str] = set()
        self.brought_bytes = 0
        """What had to be brought so far."""

    def keep(self, content: bytes) -> str:
        """Return the key of a content that is there from now on. Raises `CallFailed`, `DeployFailed`."""
        key = hashlib.sha256(content).hexdigest()
        if key not in self._there:
            if self._ask("HEAD", key) != http.client.OK:
                status = self._ask("PUT", key, content)
                if status != http.client.NO_CONTENT:
                    raise DeployFailed(
                        f"{self._url} takes no packages (status {status}): is it a gatewright of this version?"
                    )
                self.brought_bytes += len(content)
            self._there.add(key)
        return key

    def _ask(self, method: str, key: str, body: bytes | None = None) -> int:
        address = urlsplit(self._url)
        connect = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = connect(address.hostname or "", address.port, timeout=_SECONDS)
        try:
            connection.request(method, f"{address.path}{_PATH}{key}", body)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            raise CallFailed(NO_NODE, f"no node answers at {self._url} ({error})") from error
        finally:
            connection.close()
        return response.status
