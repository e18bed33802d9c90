"""The command line: `gatewright up` and `gatewright runtimes`, and the commands that speak to a node."""

import argparse
import gc
import signal
import sys
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
    runtimes = commands.add_parser(
        "runtimes",
        help="what functions run on here",
        description="List the runtimes of Lambda and what runs them here.",
    )
    runtimes.set_defaults(command=_runtimes, action="list")
    actions = runtimes.add_subparsers(metavar="ACTION")
    install = actions.add_parser("install", help="install the AWS SDKs that functions find without packing them")
    install.set_defaults(action="install")
    return parser


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
