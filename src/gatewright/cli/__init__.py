"""The command line: `gatewright up` and `gatewright runtimes`, and the commands that speak to a node."""

import argparse
import gc
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from gatewright import __version__
from gatewright.base.errors import GatewrightError, SettingsError
from gatewright.cli.client_commands import add_client_commands

EXIT_FAILED = 1
EXIT_SETTINGS = 2
EXIT_INTERRUPTED = 128 + signal.SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0, 1 when it could not do its work, 2 when a setting, port or data
    directory cannot be used, 130 when it was interrupted before it could serve.
    """
    parsed = vars(_parser().parse_args(arguments))
    command = parsed.pop("command")
    try:
        status: int = command(parsed)
    except SettingsError as error:
        print(f"gatewright: {error}", file=sys.stderr)
        return EXIT_SETTINGS
    except GatewrightError as error:
        print(f"gatewright: {error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:  # while the node was still starting
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # of `gatewright logs … | head`
        sys.stderr.close()
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gatewright", description="Amazon API Gateway and AWS Lambda as software that you run yourself."
    )
    parser.add_argument("--version", action="version", version=f"gatewright {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    up = commands.add_parser("up", help="start a node", description="Start a node and serve until SIGINT or SIGTERM.")
    up.set_defaults(command=_up)
    up.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    up.add_argument("--port", help="port to listen on; 0 takes a free one (default 4566)")
    where = up.add_mutually_exclusive_group()
    where.add_argument("--data-dir", help="where to keep everything (default ~/.local/share/gatewright)")
    where.add_argument(
        "--ephemeral", dest="is_ephemeral", action="store_true", default=None, help="keep everything in memory"
    )
    up.add_argument(
        "--hardened",
        dest="is_hardened",
        action="store_true",
        default=None,
        help="start only where functions are kept apart from the host and from each other, their networks too",
    )
    up.add_argument(
        "--end-with-stdin",
        action="store_true",
        help="end when standard input does: with whoever started the node, however that ends",
    )
    up.add_argument("--config", type=Path, help="a TOML file of settings (docs/reference/settings.md)")
    add_client_commands(commands)
    _add_logs(commands)
    runtimes = commands.add_parser(
        "runtimes",
        help="what functions run on here",
        description="List the runtimes of Lambda and what runs them here.",
    )
    runtimes.set_defaults(command=_runtimes, action="list")
    actions = runtimes.add_subparsers(metavar="ACTION")
    install = actions.add_parser("install", help="install the AWS SDK for JavaScript v3 that Node.js functions find")
    install.set_defaults(action="install")
    return parser


def _add_logs(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    logs = commands.add_parser(
        "logs",
        help="show the log of a function",
        description="Show the log of a function or of a log group of a running node, as `aws logs tail` does.",
    )
    logs.set_defaults(command=_logs)
    logs.add_argument("name", metavar="NAME", help="a function, or a log group")
    logs.add_argument("--follow", "-f", action="store_true", help="go on with what comes, until interrupted")
    logs.add_argument(
        "--since", default="10m", help="from when on: 30s, 10m, 2h, 1d, 1w or an ISO 8601 time (default 10m)"
    )
    logs.add_argument("--filter-pattern", help="show only events that match this pattern")
    logs.add_argument("--region", help="region of the log group (default: the node's setting)")
    logs.add_argument("--host", help="where the node listens (default 127.0.0.1)")
    logs.add_argument("--port", help="port of the node (default 4566)")
    logs.add_argument("--config", type=Path, help="the TOML file of the node's settings")


def _logs(flags: dict[str, object]) -> int:
    from gatewright.cli.logs import Tail, logs, parse_since
    from gatewright.settings import load_settings

    name, follow, since, pattern = (flags.pop(flag) for flag in ("name", "follow", "since", "filter_pattern"))
    settings = load_settings(flags)
    try:
        since_ms = parse_since(str(since), time.time())
    except ValueError as error:
        raise SettingsError(f"--since must be such as 10m or 2026-11-30T12:00:00, not {since!r}") from error
    tail = Tail(str(name), since_ms, bool(follow), None if pattern is None else str(pattern))
    return logs(settings.local_url, settings.region, tail)


def _runtimes(flags: dict[str, object]) -> int:
    from gatewright.cli.runtimes import install, list_runtimes
    from gatewright.settings import load_settings

    action = flags.pop("action")
    settings = load_settings(flags)
    return install(settings) if action == "install" else list_runtimes(settings)


def _up(flags: dict[str, object]) -> int:
    # Until the node serves nothing is collected: what is made stays, and looking through it again and again takes a
    # tenth of the start.
    gc.disable()
    try:
        # Imported here: `gatewright --version` and a wrong flag should not wait for the whole node to be loaded.
        from gatewright.settings import load_settings

        ends_with_stdin = bool(flags.pop("end_with_stdin"))
        settings = load_settings(flags)
        from gatewright.cli.up import up

        return up(settings, ends_with_stdin=ends_with_stdin)
    finally:
        gc.enable()
