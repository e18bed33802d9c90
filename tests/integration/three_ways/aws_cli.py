"""The AWS CLI as a process that runs one command after the other, since its start takes longer than its commands."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.integration.nodes import Node

# What `aws` runs, but for the process: https://github.com/aws/aws-cli/blob/develop/bin/aws
PROGRAM = """
import contextlib, io, json, sys
from awscli.clidriver import create_clidriver
driver = create_clidriver()
for line in sys.stdin:
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            status = driver.main(json.loads(line))
        except SystemExit as end:
            status = end.code
    print(json.dumps([status, output.getvalue(), errors.getvalue()]), flush=True)
"""


@dataclass
class AwsCli:
    """A running CLI."""

    process: subprocess.Popen[str]

    def run(self, service: str, operation: str, *arguments: str, **members: Any) -> Any:
        """Run `aws SERVICE OPERATION`; `members` are its `--cli-input-json`. Return its JSON output."""
        command = [service, operation, *arguments]
        if members:
            command += ["--cli-input-json", json.dumps(members)]
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        status, output, errors = json.loads(self.process.stdout.readline())
        assert status == 0, f"aws {' '.join(command)}: {errors}"
        return json.loads(output) if output.strip() else None


@contextmanager
def aws_cli(node: Node) -> Iterator[AwsCli]:
    """The AWS CLI for the length of a block."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=node.environment,
        text=True,
    )
    with process:
        yield AwsCli(process)
