"""The commands that speak to a running node: their arguments, and what runs them, which is imported when wanted."""

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING, TypeAlias

from gatewright.base.errors import SettingsError
from gatewright.cli.environment import SHELLS, client_environment, shell_lines

if TYPE_CHECKING:
    from gatewright.cli.calls import Call
    from gatewright.cli.target import Target

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 — it has no other name


def add_client_commands(commands: Commands) -> None:
    """Add them to the command line."""
    _add_deploy(commands)
    _add_env(commands)
    _add_invoke(commands)
    _add_logs(commands)
    _add_apis(commands)
    _add_stacks(commands)


def _text(flags: dict[str, object], name: str) -> str | None:
    """Return what was given for a flag."""
    value = flags[name]
    return None if value is None else str(value)


def _caller(flags: dict[str, object]) -> "tuple[Call, Target]":
    """Return what calls the node that the flags name, and the node."""
    from gatewright.cli.calls import caller
    from gatewright.cli.target import find_target

    target = find_target(flags)
    return caller(target.url, target.region), target


def _add_target(parser: argparse.ArgumentParser, url: str = "AWS_ENDPOINT_URL, or http://127.0.0.1:4566") -> None:
    parser.add_argument("--url", help=f"the node (default: {url})")
    parser.add_argument("--region", help="the region (default: AWS_REGION, or us-east-1)")


def _add_deploy(commands: Commands) -> None:
    deploy = commands.add_parser(
        "deploy",
        help="deploy an application",
        description="Package the local code of a CloudFormation or SAM template, and deploy it as a stack.",
    )
    deploy.set_defaults(command=_deploy)
    deploy.add_argument(
        "template", metavar="TEMPLATE", nargs="?", help="file or directory (default: template.yaml, .yml or .json here)"
    )
    deploy.add_argument("--stack-name", help="name of the stack (default: that of the template's directory)")
    deploy.add_argument(
        "--parameter-overrides",
        metavar="NAME=VALUE",
        nargs="+",
        default=[],
        help="parameters of the template; others keep their values, or have their defaults",
    )
    deploy.add_argument("--build", action="store_true", help="install requirements.txt and package.json into packages")
    deploy.add_argument("--watch", action="store_true", help="go on, and deploy what is saved")
    _add_target(deploy)


def _deploy(flags: dict[str, object]) -> int:
    from gatewright.cli.deploy.command import Request, deploy
    from gatewright.cli.target import find_target

    target = find_target(flags)
    parameters = flags["parameter_overrides"]
    assert isinstance(parameters, list)
    request = Request(
        _text(flags, "template"),
        _text(flags, "stack_name"),
        parameters,
        is_watching=bool(flags["watch"]),
        is_building=bool(flags["build"]),
    )
    return deploy(request, target, sys.stdout)


def _add_env(commands: Commands) -> None:
    env = commands.add_parser(
        "env",
        help="print what points AWS's tools here",
        description='Print what points AWS\'s tools at a node, to be evaluated: eval "$(gatewright env)".',
    )
    env.set_defaults(command=_env)
    _add_target(env, "http://127.0.0.1:4566")
    form = env.add_mutually_exclusive_group()
    form.add_argument("--shell", choices=SHELLS, default="sh", help="whose syntax to print (default sh)")
    form.add_argument("--json", dest="is_json", action="store_true", help="print a JSON object instead")


def _env(flags: dict[str, object]) -> int:
    from gatewright.cli.target import find_target
    from gatewright.settings import client_variables

    target = find_target(flags, reads_endpoint=False)
    variables = client_environment(target.url, target.region)
    if flags["is_json"]:
        print(json.dumps(variables, indent=2))
    else:
        print("\n".join(shell_lines(str(flags["shell"]), variables, client_variables().in_the_way)))
    return 0


def _add_invoke(commands: Commands) -> None:
    invoke = commands.add_parser(
        "invoke",
        help="run a function once",
        description="Run a function once and print what it returns. The exit status is 1 when it fails.",
    )
    invoke.set_defaults(command=_invoke)
    invoke.add_argument("function", metavar="FUNCTION", help="name or ARN, with a qualifier if wanted (NAME:ALIAS)")
    invoke.add_argument("--payload", "-p", help="the event: JSON, @FILE, or - for standard input (default {})")
    invoke.add_argument("--async", dest="is_async", action="store_true", help="queue the event, and do not wait for it")
    invoke.add_argument("--log", action="store_true", help="print the end of its log to standard error")
    invoke.add_argument("--json", dest="is_json", action="store_true", help="print all that is known of it as JSON")
    _add_target(invoke)


def _invoke(flags: dict[str, object]) -> int:
    from gatewright.cli.invoke import Wanted, invoke, read_payload

    wanted = Wanted(
        str(flags["function"]),
        read_payload(_text(flags, "payload"), sys.stdin.buffer),
        is_asynchronous=bool(flags["is_async"]),
        shows_log=bool(flags["log"]),
        is_json=bool(flags["is_json"]),
    )
    if wanted.is_asynchronous and wanted.shows_log:
        raise SettingsError(
            "--log shows what was logged until the end of an invocation, for which --async does not wait"
        )
    call, _ = _caller(flags)
    return invoke(call, wanted, sys.stdout, sys.stderr)


def _add_logs(commands: Commands) -> None:
    logs = commands.add_parser(
        "logs",
        help="show the log of a function",
        description="Show the log of a function or of a log group, as `aws logs tail` does.",
    )
    logs.set_defaults(command=_logs)
    logs.add_argument("name", metavar="NAME", help="a function, or a log group")
    logs.add_argument("--follow", "-f", action="store_true", help="go on with what comes, until interrupted")
    logs.add_argument(
        "--since", default="10m", help="from when on: 30s, 10m, 2h, 1d, 1w or an ISO 8601 time (default 10m)"
    )
    logs.add_argument("--filter-pattern", help="show only events that match this pattern")
    _add_target(logs)


def _logs(flags: dict[str, object]) -> int:
    from gatewright.cli.logs import Tail, parse_since, show

    since = str(flags["since"])
    try:
        since_ms = parse_since(since, time.time())
    except ValueError as error:
        raise SettingsError(f"--since must be such as 10m or 2026-11-30T12:00:00, not {since!r}") from error
    tail = Tail(str(flags["name"]), since_ms, bool(flags["follow"]), _text(flags, "filter_pattern"))
    call, _ = _caller(flags)
    return show(call, tail, sys.stdout)


def _add_apis(commands: Commands) -> None:
    apis = commands.add_parser(
        "apis",
        help="list APIs and function URLs",
        description="List the APIs and function URLs of a region: stages and their URLs, routes and what serves them.",
    )
    apis.set_defaults(command=_apis)
    apis.add_argument("--json", dest="is_json", action="store_true", help="print JSON")
    _add_target(apis)


def _apis(flags: dict[str, object]) -> int:
    from gatewright.cli.apis import show_apis

    call, target = _caller(flags)
    return show_apis(call, target, sys.stdout, is_json=bool(flags["is_json"]))


def _add_stacks(commands: Commands) -> None:
    stacks = commands.add_parser(
        "stacks",
        help="list stacks, or show one",
        description="List the stacks of a region, or show one: parameters, resources and outputs.",
    )
    stacks.set_defaults(command=_stacks)
    stacks.add_argument("name", metavar="STACK", nargs="?", help="name or ARN of a stack")
    stacks.add_argument("--json", dest="is_json", action="store_true", help="print JSON")
    _add_target(stacks)


def _stacks(flags: dict[str, object]) -> int:
    from gatewright.cli.stacks import show_stacks

    call, target = _caller(flags)
    return show_stacks(call, target, _text(flags, "name"), sys.stdout, is_json=bool(flags["is_json"]))
