"""The node that a command speaks to."""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from gatewright.base.errors import SettingsError
from gatewright.settings import client_variables, load_settings


@dataclass(frozen=True, slots=True)
class Target:
    """A node and the region of calls."""

    url: str
    region: str


def find_target(flags: dict[str, object], *, reads_endpoint: bool = True) -> Target:
    """Return the node of `--url` and `--region`, which are taken from the flags.

    Without them, it is that of AWS_ENDPOINT_URL (if it is to be read) and AWS_REGION, else what the settings say.
    Raises `SettingsError`.
    """
    url, region = flags.pop("url", None), flags.pop("region", None)
    settings, variables = load_settings({}), client_variables()
    if url is None:
        url = (variables.endpoint_url if reads_endpoint else None) or settings.local_url
    return Target(_by_address(str(url)), str(region or variables.region or settings.region))


def _by_address(url: str) -> str:
    """Return a URL without the name `localhost`: SDKs put buckets before it, and that does not resolve everywhere."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"{url!r} is no URL of a node: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"{url!r} is no URL of a node, such as http://127.0.0.1:4566")
    if parts.hostname != "localhost":
        return url.rstrip("/")
    return urlunsplit(
        (parts.scheme, "127.0.0.1" if port is None else f"127.0.0.1:{port}", parts.path.rstrip("/"), "", "")
    )
