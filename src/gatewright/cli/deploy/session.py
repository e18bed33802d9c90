"""One template and its stack, deployed as often as wanted."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from gatewright.cli.apis import find_apis, find_urls
from gatewright.cli.calls import Call
from gatewright.cli.deploy.package_store import PackageStore
from gatewright.cli.deploy.packaging import FunctionCode, Packaged, Packager
from gatewright.cli.deploy.progress import Progress
from gatewright.cli.deploy.stacks import Deployment
from gatewright.cli.deploy.template_files import read_document
from gatewright.cli.stacks import output_lines
from gatewright.cli.tables import columns
from gatewright.cli.target import Target

_APIS: Final = frozenset({"AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to deploy."""

    template: Path
    stack_name: str
    overrides: Mapping[str, str]
    """Values of the template's parameters."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Where to show it."""

    output: TextIO
    is_terminal: bool
    has_color: bool

    def say(self, text: str) -> None:
        """Print a line."""
        print(text, file=self.output, flush=True)


class Session:
    """Deploys one template."""

    def __init__(
        self,
        wanted: Wanted,
        target: Target,
        call: Call,
        make_packager: Callable[[PackageStore], Packager],
        screen: Screen,
    ) -> None:
        self._wanted = wanted
        self._target = target
        self._call = call
        self._store = PackageStore(target.url)
        self._packager = make_packager(self._store)
        self._deployment = Deployment(call, self._store, wanted.stack_name)
        self._screen = screen
        self._keys: dict[tuple[str, ...], str] = {}
        """Of the code that functions have had from here."""

    def package(self) -> Packaged:
        """Package the template as it is now. Raises `DeployFailed`, `CallFailed`."""
        return self._packager.package(self._wanted.template)

    def deploy(self, packaged: Packaged) -> None:
        """Deploy it, show how it goes on and what came of it. Raises `DeployFailed`, `CallFailed`."""
        began = time.monotonic()
        screen, name = self._screen, self._wanted.stack_name
        declared = read_document(self._wanted.template)[1].get("Parameters", {})
        self._keys = {function.logical_ids: function.key for function in packaged.functions}
        plan = self._deployment.plan(packaged.text, declared, self._wanted.overrides, screen.say)
        if plan is None:
            screen.say(f"stack {name} is up to date: there is nothing to change")
            (stack,) = self._call("cloudformation", "DescribeStacks", StackName=name)["Stacks"]
        else:
            progress = Progress(
                screen.output, len(plan.changes), is_terminal=screen.is_terminal, has_color=screen.has_color
            )
            try:
                stack = self._deployment.execute(plan, progress.show)
            finally:
                progress.end()
            screen.say(f"stack {name} is {stack['StackStatus']} ({time.monotonic() - began:.1f} s)")
        for line in [*output_lines(stack), *self._address_lines(name)]:
            screen.say(line)

    def update(self, function: FunctionCode) -> bool:
        """Give a function the code that it has here now; False when that is what it has. Raises as `deploy`."""
        key = self._store.keep(self._packager.archive(function.artifact))
        if self._keys.get(function.logical_ids) == key:
            return False
        name = self._deployment.physical_id(function.logical_ids)
        code: dict[str, Any] = {"S3Bucket": "gatewright-packages", "S3Key": key}
        self._call("lambda", "UpdateFunctionCode", FunctionName=name, **code)
        self._keys[function.logical_ids] = key
        return True

    def _address_lines(self, stack_name: str) -> list[str]:
        """Return where the APIs and functions of the stack are called."""
        resources = list(self._deployment.resources(stack_name))
        ids = {each["ResourceType"]: set[str]() for each in resources}
        for each in resources:
            ids[each["ResourceType"]].add(each.get("PhysicalResourceId", ""))
        apis = set().union(*(ids.get(kind, set()) for kind in _APIS))
        rows = []
        if apis:
            for api in find_apis(self._call, self._target, apis):
                rows += [(stage.url, f"{api.protocol} API {api.name}, {stage.name}") for stage in api.stages]
        if "AWS::Lambda::Url" in ids:
            functions = ids.get("AWS::Lambda::Function", set())
            found = (url for url in find_urls(self._call) if url.function.split(":")[0] in functions)
            rows += [(url.url, f"function {url.function}") for url in found]
        return ["URLs", *columns(rows, "  ")] if rows else []
