import os
import pwd
from pathlib import Path

import pytest

from gatewright.base.errors import SettingsError
from gatewright.functions.settings import blocked_networks
from gatewright.settings import Settings, load_settings, setting_types


def test_defaults() -> None:
    settings = load_settings({}, {"HOME": "/home/ada", "PATH": "/bin"})
    assert (settings.host, settings.port, settings.is_ephemeral) == ("127.0.0.1", 4566, False)
    assert settings.data_dir == Path("/home/ada/.local/share/gatewright")
    assert (settings.search_path, settings.home) == ("/bin", Path("/home/ada"))
    assert settings.wire == Settings().wire


def test_the_data_directory_is_absolute_because_functions_run_elsewhere() -> None:
    assert load_settings({"data_dir": Path("data")}, {}).data_dir == Path.cwd() / "data"


@pytest.mark.parametrize("environment", [{}, {"HOME": ""}])
def test_who_has_no_home_in_the_environment_has_that_of_the_user(environment: dict[str, str]) -> None:
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    assert load_settings({}, environment).data_dir == home / ".local/share/gatewright"


def test_flags_win_over_the_environment_and_the_environment_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "gatewright.toml"
    file.write_text('port = 1\nregion = "eu-west-1"\naccount_id = "000000000001"\n[wire]\nheader_seconds = 2.5\n')
    environment = {"GATEWRIGHT_CONFIG": str(file), "GATEWRIGHT_PORT": "2", "GATEWRIGHT_REGION": "eu-west-2"}
    settings = load_settings({"port": "3", "host": None}, environment)
    assert (settings.port, settings.region, settings.account_id) == (3, "eu-west-2", "000000000001")
    assert settings.wire.header_seconds == 2.5


def test_a_setting_of_a_section_in_the_environment() -> None:
    environment = {
        "GATEWRIGHT_WIRE_BODY_BYTES": "5",
        "GATEWRIGHT_FUNCTIONS_FREEZE_WHEN_IDLE": "true",
        "GATEWRIGHT_GATEWAY_ACCOUNT_RATE_LIMIT": "2",
        "GATEWRIGHT_DATA_DIR": "~/data",
        "HOME": "/h",
    }
    settings = load_settings({}, environment)
    assert settings.wire.body_bytes == 5
    assert settings.functions.freeze_when_idle is True
    assert settings.gateway.account_rate_limit == 2.0
    assert settings.data_dir == Path("/h/data")


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"GATEWRIGHT_PROT": "1"}, "there is no setting 'prot' (in GATEWRIGHT_PROT)"),
        ({"GATEWRIGHT_WIRE_NOTHING": "1"}, "there is no setting 'wire.nothing' (in GATEWRIGHT_WIRE_NOTHING)"),
        ({"GATEWRIGHT_HOME": "/x"}, "there is no setting 'home'"),
        ({"GATEWRIGHT_PORT": "x"}, "GATEWRIGHT_PORT: port must be a whole number, not 'x'"),
        ({"GATEWRIGHT_PORT": "-1"}, "port must not be negative"),
        ({"GATEWRIGHT_PORT": "65536"}, "port must be between 0 and 65535"),
        ({"GATEWRIGHT_IS_EPHEMERAL": "maybe"}, "is_ephemeral must be true or false"),
        ({"GATEWRIGHT_WIRE_HEADER_SECONDS": "soon"}, "wire.header_seconds must be a number"),
        ({"GATEWRIGHT_WIRE_HEADER_SECONDS": "nan"}, "wire.header_seconds must be a number"),
        ({"GATEWRIGHT_WIRE_SWEEP_SECONDS": "0"}, "wire.sweep_seconds must be more than 0"),
        ({"GATEWRIGHT_FUNCTIONS_MEMORY_CHECK_MS": "0"}, "functions.memory_check_ms must be more than 0"),
        ({"GATEWRIGHT_FUNCTIONS_ASYNC_CONCURRENCY": "0"}, "functions.async_concurrency must be more than 0"),
        ({"GATEWRIGHT_FUNCTIONS_ASYNC_TIME_SCALE": "0"}, "functions.async_time_scale must be more than 0"),
        ({"GATEWRIGHT_COMPANION": "127.0.0.1:5000"}, "companion must be moto, none or the URL"),
        ({"GATEWRIGHT_COMPANION": "ftp://host"}, "companion must be moto, none or the URL"),
        ({"GATEWRIGHT_FUNCTIONS_ISOLATION": "some"}, "functions.isolation must be auto or none, not 'some'"),
        ({"GATEWRIGHT_FUNCTIONS_FIRST_UID": "0"}, "functions.first_uid must be between 65536 and 2000000000"),
        ({"GATEWRIGHT_ACCOUNT_ID": "1"}, "account_id must be twelve digits"),
        ({"GATEWRIGHT_REGION": "mars"}, "region must be an AWS region"),
        ({"GATEWRIGHT_EXECUTE_API_HOST": "localhost"}, "execute_api_host must start with execute-api."),
        ({"GATEWRIGHT_FUNCTIONS_NETWORK": "open"}, "functions.network must be one of auto, outbound, none, shared"),
        ({"GATEWRIGHT_FUNCTIONS_BLOCKED_NETWORKS": "10.0.0.0/8,x"}, "functions.blocked_networks: "),
        ({"GATEWRIGHT_FUNCTIONS_BLOCKED_NETWORKS": "10.0.0.1/8"}, "10.0.0.1/8 has host bits set"),
        ({"GATEWRIGHT_IS_HARDENED": "maybe"}, "is_hardened must be true or false"),
        ({"GATEWRIGHT_CONFIG": "/nowhere.toml"}, "cannot read the settings file /nowhere.toml: No such file"),
    ],
)
def test_what_cannot_be_used_is_one_line(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({}, environment)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "networks"),
    [("none", ()), ("10.0.0.0/8, 192.168.0.0/16", ("10.0.0.0/8", "192.168.0.0/16")), ("10.1.2.3", ("10.1.2.3",))],
)
def test_networks_that_functions_do_not_reach(text: str, networks: tuple[str, ...]) -> None:
    settings = load_settings({}, {"GATEWRIGHT_FUNCTIONS_BLOCKED_NETWORKS": text})
    assert blocked_networks(settings.functions) == networks


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("port = ", "is not TOML"),
        ('port = "80"\nhost = 5', "host must be"),
        ("port = true", "port must be a whole number, not True"),
        ("[wire]\nconnections = [1]", "wire.connections must be a whole number"),
        ("[other]\nx = 1", "there is no setting 'other.x'"),
        ("port = 1.5", "port must be a whole number, not 1.5"),
    ],
)
def test_what_cannot_be_used_in_a_file(content: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(content)
    with pytest.raises(SettingsError) as caught:
        load_settings({"config": file}, {})
    assert message in str(caught.value)


def test_interpreters_are_named_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[runtimes]\n"python3.12" = "/opt/python3.12/bin/python3.12"\n')
    assert load_settings({"config": file}, {}).runtimes == {"python3.12": Path("/opt/python3.12/bin/python3.12")}
    file.write_text('[runtimes]\n"python2.7" = "/usr/bin/python2.7"\n')
    with pytest.raises(SettingsError, match=r"there is no setting 'runtimes\.python2\.7'"):
        load_settings({"config": file}, {})


def test_the_reference_has_a_line_for_each_setting() -> None:
    text = (Path(__file__).parents[2] / "docs" / "reference" / "settings.md").read_text()
    defaults = load_settings({}, {"HOME": "~"})
    missing = []
    for name in setting_types():
        if name.startswith("runtimes."):
            continue
        value: object = defaults
        for part in name.split("."):
            value = getattr(value, part)
        shown = str(value).lower() if isinstance(value, bool) else str(value).removeprefix(f"{Path.cwd()}/")
        if f"| `{name}` | `{shown}` |" not in text:
            missing.append(f"| `{name}` | `{shown}` |")
    assert missing == []
