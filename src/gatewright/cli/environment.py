"""`gatewright env`: the environment variables that point AWS's tools at a node, as a shell sets them."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final


def client_environment(url: str, region: str) -> dict[str, str]:
    """Return the variables. Any credentials do: the node does not verify them."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,  # what the AWS CLI and boto3 read
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",  # the host of a URL may be an address
    }


def _posix(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


def _fish(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _powershell(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


_Line = Callable[[str, str], str]
_SHELLS: Final[Mapping[str, tuple[_Line, Callable[[str], str]]]] = MappingProxyType(
    {
        "sh": (lambda name, value: f"export {name}={_posix(value)}", lambda name: f"unset {name}"),
        "fish": (lambda name, value: f"set -gx {name} {_fish(value)}", lambda name: f"set -e {name}"),
        "powershell": (
            lambda name, value: f"$Env:{name} = {_powershell(value)}",
            lambda name: f"Remove-Item -ErrorAction SilentlyContinue Env:{name}",
        ),
    }
)
SHELLS: Final = tuple(_SHELLS)


def shell_lines(shell: str, variables: Mapping[str, str], in_the_way: Iterable[str] = ()) -> list[str]:
    """Return the lines that set variables in a shell of `SHELLS`, and take those out that would be in the way."""
    set_line, unset_line = _SHELLS[shell]
    return [*map(unset_line, in_the_way), *(set_line(name, value) for name, value in variables.items())]
