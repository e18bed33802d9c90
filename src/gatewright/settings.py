"""The settings of a node: flags over environment over file over defaults, made into one frozen `Settings`.

A setting has one name everywhere. `header_seconds` of the section `wire` is `[wire] header_seconds = 10` in the file
and `GATEWRIGHT_WIRE_HEADER_SECONDS=10` in the environment; a setting of no section, such as `port`, is
`port = 4566` and `GATEWRIGHT_PORT=4566`. An unknown name or a value that does not fit is a `SettingsError`.

This is the only reader of the environment.
"""

import math
import os
import pwd
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_type_hints

from gatewright.base.errors import SettingsError
from gatewright.functions.settings import NETWORKS, FunctionLimits, blocked_networks
from gatewright.wire.client_limits import ClientLimits
from gatewright.wire.limits import Limits

PREFIX = "GATEWRIGHT_"
_SECTIONS = ("wire", "upstream", "functions", "gateway", "logs")
_CONFIG = "config"
# What a node finds out by itself.
_FOUND_OUT = frozenset({"search_path", "home"})
_RUNTIMES = "runtimes"
# How often something is looked at, and what nothing would be done with none of.
_MORE_THAN_NONE = (
    "wire.sweep_seconds",
    "functions.memory_check_ms",
    "functions.init_seconds",
    "functions.async_concurrency",
    "functions.async_time_scale",
    "logs.kept_mb",
)

# No account of a person or a service, and room for the user ids of 64 nodes below 2^31.
_FIRST_UIDS = (65_536, 2_000_000_000)


@dataclass(frozen=True, slots=True)
class GatewayLimits:
    """Throttle of the account for all its APIs (AWS's defaults: "Amazon API Gateway quotas")."""

    account_rate_limit: float = 10_000.0
    """Requests per second."""
    account_burst_limit: int = 5_000
    """Requests."""


@dataclass(frozen=True, slots=True)
class LogLimits:
    """What CloudWatch Logs keeps, beside the retention of each log group."""

    kept_mb: int = 1024
    """MiB of events that are kept, of all groups together: of more, the oldest go. At most 256 with `is_ephemeral`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. Values are checked."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 4566
    """0 takes a free port."""
    data_dir: Path = Path("~/.local/share/gatewright")
    """Where everything is kept. One node at a time may use it."""
    is_ephemeral: bool = False
    """Keep everything in memory; nothing of `data_dir` is read or written."""
    account_id: str = "123456789012"
    """The account that all calls are made in."""
    region: str = "us-east-1"
    """The region of calls that name none."""
    execute_api_host: str = "execute-api.localhost"
    """The domain under which APIs say that they are reached; any `{apiId}.execute-api.*` is answered."""
    companion: str = "moto"
    """What serves the AWS services that gatewright does not: `moto`, a server that is started when it is first called;
    the URL of any AWS-compatible endpoint; or `none`."""
    is_hardened: bool = False
    """Start only where functions are kept apart on tier A or B with a network of their own (`--hardened`)."""
    aws_body_bytes: int = 70 * 1024 * 1024
    """Largest body of an AWS API call: a deployment package of 50 MiB, in base64. (APIs have `wire.body_bytes`.)"""
    wire: Limits = field(default_factory=Limits)
    upstream: ClientLimits = field(default_factory=ClientLimits)
    functions: FunctionLimits = field(default_factory=FunctionLimits)
    gateway: GatewayLimits = field(default_factory=GatewayLimits)
    logs: LogLimits = field(default_factory=LogLimits)
    runtimes: Mapping[str, Path] = field(default_factory=lambda: MappingProxyType({}))
    """Interpreters by runtime identifier (`"python3.12" = "/path/to/python3.12"`), before those that are found. In the
    file only."""
    search_path: str = "/usr/local/bin:/usr/bin:/bin"
    """Where interpreters are looked for: the PATH that gatewright was started with."""
    home: Path = Path("/")

    @property
    def search_directories(self) -> tuple[Path, ...]:
        """Return the directories of `search_path`, in order."""
        return tuple(Path(directory) for directory in self.search_path.split(os.pathsep) if directory)

    @property
    def local_url(self) -> str:
        """Return where the node is reached from this machine, whatever address it listens on."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 — compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def load_settings(flags: Mapping[str, object], environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings. `flags` are those given on the command line, by setting name, plus `config`.

    Raises `SettingsError` with one line that names the setting and where it stands.
    """
    environment = os.environ if environment is None else environment
    given = dict(flags)
    config = given.pop(_CONFIG, None) or environment.get(PREFIX + _CONFIG.upper())
    layers = [
        _from_file(Path(str(config))) if config else {},
        _from_environment(environment),
        {name: (value, f"--{name.replace('_', '-')}") for name, value in given.items() if value is not None},
    ]
    values: dict[str, object] = {}
    for layer in layers:
        for name, (value, origin) in layer.items():
            values[name] = _convert(name, value, origin)
    home = _home(environment)
    defaults = Settings()
    top: dict[str, Any] = {name: value for name, value in values.items() if "." not in name}
    for section in _SECTIONS:
        mine = {name.partition(".")[2]: value for name, value in values.items() if name.startswith(section + ".")}
        top[section] = replace(getattr(defaults, section), **mine)
    top[_RUNTIMES] = {name.partition(".")[2]: value for name, value in values.items() if name.startswith("runtimes.")}
    top["data_dir"] = _below_home(top.get("data_dir", defaults.data_dir), home)
    settings = Settings(**top, home=home, search_path=environment.get("PATH", defaults.search_path))
    _check(settings)
    return settings


def _home(environment: Mapping[str, str]) -> Path:
    """Return the user's directory. What a service manager or a container starts may have no HOME."""
    if home := environment.get("HOME"):
        return Path(home)
    try:
        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:
        return Path("/")


def _below_home(path: Path, home: Path) -> Path:
    """Return an absolute path: environments run elsewhere. `~` comes from files and defaults, which no shell sees."""
    return (home.joinpath(*path.parts[1:]) if path.parts[:1] == ("~",) else path).absolute()


@dataclass(frozen=True, slots=True)
class ClientVariables:
    """What the environment says to AWS's tools."""

    endpoint_url: str | None
    region: str | None
    in_the_way: tuple[str, ...]
    """Names of variables that are set, and by which a tool would not do what it is told by the usual ones."""
    wants_color: bool = True
    """Whether terminals may be written to in color (https://no-color.org)."""


def client_variables(environment: Mapping[str, str] | None = None) -> ClientVariables:
    """Return what the environment says to AWS's tools.

    Source: "Service-specific endpoints" and "Environment variables", AWS SDKs and Tools Reference Guide: the endpoint
    of a service's own variable goes before that of all, a profile may name another, and a token belongs to other keys.
    """
    environment = os.environ if environment is None else environment
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or None
    in_the_way = tuple(name for name in environment if name in _IN_THE_WAY or name.startswith("AWS_ENDPOINT_URL_"))
    endpoint_url = environment.get("AWS_ENDPOINT_URL") or None
    return ClientVariables(endpoint_url, region, in_the_way, wants_color=not environment.get("NO_COLOR"))


_IN_THE_WAY = frozenset(
    {
        "AWS_DEFAULT_PROFILE",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_PROFILE",
        "AWS_SECURITY_TOKEN",
        "AWS_SESSION_TOKEN",
    }
)


Layer = dict[str, tuple[object, str]]
"""Setting name (`port`, `wire.header_seconds`) → value as found, and where it was found."""


def setting_types() -> dict[str, type]:
    """Return the type of every setting that can be given, by name."""
    # Imported here, as in `_from_file`: few nodes are started with a file, and no other needs either.
    from gatewright.functions.runtimes.table import RUNTIMES

    return _types_but_of_runtimes() | {f"{_RUNTIMES}.{identifier}": Path for identifier in RUNTIMES}


def _types_but_of_runtimes() -> dict[str, type]:
    names: dict[str, Any] = {}
    for name, kind in get_type_hints(Settings).items():
        if name in _SECTIONS:
            names |= {f"{name}.{part}": part_kind for part, part_kind in get_type_hints(kind).items()}
        elif name != _RUNTIMES and name not in _FOUND_OUT:
            names[name] = kind
    return names


def _type_of(name: str) -> type | None:
    types = setting_types() if name.startswith(f"{_RUNTIMES}.") else _types_but_of_runtimes()
    return types.get(name)


def _from_file(path: Path) -> Layer:
    import tomllib

    try:
        content = tomllib.loads(path.read_text())
    except OSError as error:
        raise SettingsError(f"cannot read the settings file {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"the settings file {path} is not TOML: {error}") from error
    layer: Layer = {}
    for name, value in content.items():
        if isinstance(value, dict):
            layer |= {f"{name}.{part}": (inner, str(path)) for part, inner in value.items()}
        else:
            layer[name] = (value, str(path))
    return layer


def _from_environment(environment: Mapping[str, str]) -> Layer:
    layer: Layer = {}
    for variable, value in environment.items():
        if not variable.startswith(PREFIX) or variable == PREFIX + _CONFIG.upper():
            continue
        name = variable.removeprefix(PREFIX).lower()
        section, _, part = name.partition("_")
        layer[f"{section}.{part}" if section in _SECTIONS else name] = (value, variable)
    return layer


def _convert(name: str, value: object, origin: str) -> object:
    """Return a value as its setting's type. Text is converted; anything else must be of the type already."""
    kind = _type_of(name)
    if kind is None:
        raise SettingsError(f"there is no setting {name!r} (in {origin})")
    converted = _as_type(kind, value)
    if converted is None:
        raise SettingsError(f"{origin}: {name} must be {_DESCRIPTIONS.get(kind, kind.__name__)}, not {value!r}")
    if isinstance(converted, int | float) and converted < 0:
        raise SettingsError(f"{origin}: {name} must not be negative, but is {value}")
    return converted


_DESCRIPTIONS: Mapping[type, str] = MappingProxyType(
    {int: "a whole number", float: "a number", bool: "true or false", Path: "a path"}
)


def _as_type(kind: type, value: object) -> object | None:
    if kind is bool:
        return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value).lower())
    if isinstance(value, bool):
        return None
    if kind in (int, float) and isinstance(value, str | int | float):
        return _as_number(kind, value)
    if kind in (str, Path) and isinstance(value, str | Path) and str(value):
        return kind(value)
    return None


def _as_number(kind: type, value: str | int | float) -> int | float | None:
    try:
        number = float(value)
        is_fit = math.isfinite(number) and (kind is float or number == int(value))
        return kind(value) if is_fit else None
    except ValueError:
        return None


def _check(settings: Settings) -> None:
    if settings.port > 65535:
        raise SettingsError(f"port must be between 0 and 65535, not {settings.port}")
    for name in _MORE_THAN_NONE:
        section, _, part = name.partition(".")
        if not getattr(getattr(settings, section), part):
            raise SettingsError(f"{name} must be more than 0")
    _check_isolation(settings.functions)
    if not re.fullmatch(r"\d{12}", settings.account_id):
        raise SettingsError(f"account_id must be twelve digits, not {settings.account_id!r}")
    if not re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d", settings.region):
        raise SettingsError(f"region must be an AWS region such as us-east-1, not {settings.region!r}")
    if settings.companion not in ("moto", "none") and not re.match(r"https?://[^/]", settings.companion):
        text = f"companion must be moto, none or the URL of an AWS-compatible endpoint, not {settings.companion!r}"
        raise SettingsError(text)
    if ".execute-api." not in f".{settings.execute_api_host}":
        raise SettingsError(f"execute_api_host must start with execute-api., but is {settings.execute_api_host!r}")


def _check_isolation(functions: FunctionLimits) -> None:
    if functions.isolation not in ("auto", "none"):
        raise SettingsError(f"functions.isolation must be auto or none, not {functions.isolation!r}")
    if not _FIRST_UIDS[0] <= functions.first_uid <= _FIRST_UIDS[1]:
        raise SettingsError(f"functions.first_uid must be between {_FIRST_UIDS[0]} and {_FIRST_UIDS[1]}")
    if functions.network not in NETWORKS:
        raise SettingsError(f"functions.network must be one of {', '.join(NETWORKS)}, not {functions.network!r}")
    for network in blocked_networks(functions):
        try:
            IPv4Network(network)
        except ValueError as error:
            raise SettingsError(f"functions.blocked_networks: {error}") from error
