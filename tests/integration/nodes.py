"""A started node and its clients: what an integration test talks to. Everything is as a user has it."""

import http.client
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import boto3
from botocore.config import Config

BIN = Path(sys.executable).parent
ROLE = "arn:aws:iam::123456789012:role/lambda-role"
START_SECONDS = 30
STOP_SECONDS = 40


@dataclass
class Answer:
    """An HTTP response, header case kept."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def get_all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass
class Node:
    """A running `gatewright up` and its standard output so far."""

    process: subprocess.Popen[bytes]
    port: int
    lines: list[str] = field(default_factory=list)
    _clients: dict[tuple[str, str, bool], Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Return what a user exports to point AWS's tools here."""
        return {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "HOME": os.environ.get("HOME", "/"),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_PAGER": "",
        }

    def client(self, service: str, region: str = "us-east-1", *, is_checking: bool = True) -> Any:
        """Return a boto3 client that reports the first answer instead of trying again; one for each use.

        One that does not check sends requests as they are given, so that the node has to.
        """
        found = self._clients.get((service, region, is_checking))
        if found is None:
            config = Config(
                retries={"total_max_attempts": 1},
                read_timeout=60,
                max_pool_connections=64,
                parameter_validation=is_checking,
                inject_host_prefix=False,
            )
            found = self._clients[service, region, is_checking] = boto3.client(
                service,
                endpoint_url=self.url,
                region_name=region,
                aws_access_key_id="test",
                aws_secret_access_key="test",
                config=config,
            )
        return found

    def close(self) -> None:
        """Close the clients' connections."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def aws(self, *arguments: str) -> Any:
        """Run the AWS CLI; return its JSON output, or None when it printed nothing."""
        command = [sys.executable, str(BIN / "aws"), *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{' '.join(arguments)}: {done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def call(
        self,
        api_id: str,
        method: str,
        target: str,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
    ) -> Answer:
        """Send a request to an API by its Host name. The target is sent as it is."""
        fields = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
        return self.request(method, target, [("Host", f"{api_id}.execute-api.localhost:{self.port}"), *fields], body)

    def request(
        self,
        method: str,
        target: str,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        *,
        encoded_body: bytes | None = None,
    ) -> Answer:
        """Send a request to the node with exactly these header fields (plus Content-Length for `body`)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            has_host = any(name.lower() == "host" for name, _ in headers)
            connection.putrequest(method, target, skip_host=has_host, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body if encoded_body is None else encoded_body)
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def logs(self, function_name: str) -> str:
        """Return the log of a function as `aws logs tail` shows it; nothing when there is none yet."""
        return "".join(
            f"{datetime.fromtimestamp(event['timestamp'] / 1000, UTC).isoformat()} {event['logStreamName']} "
            f"{event['message']}"
            for event in self.log_events(f"/aws/lambda/{function_name}")
        )

    def log_events(self, group: str) -> list[dict[str, Any]]:
        """Return the events of a log group; none when there is no such group. (A client of boto3 is slow to make.)"""
        found: list[dict[str, Any]] = []
        asked = {"logGroupName": group}
        headers = [("X-Amz-Target", "Logs_20140328.FilterLogEvents"), ("Content-Type", "application/x-amz-json-1.1")]
        while True:
            answer = self.request("POST", "/", headers, json.dumps(asked).encode()).json()
            if answer.get("__type") == "ResourceNotFoundException":
                return []
            found += answer["events"]
            if "nextToken" not in answer:
                return found
            asked["nextToken"] = answer["nextToken"]


def zip_of(files: Mapping[str, str | bytes], executable: Sequence[str] = ()) -> bytes:
    """Build a deployment package."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if name in executable else 0o644) << 16
            archive.writestr(entry, text)
    return content.getvalue()


def wait_until(condition: Callable[[], object], what: str, seconds: float = 20) -> None:
    """Wait for something that comes by itself; fail when it does not."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.01)


def start(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    errors: BinaryIO | None = None,
    program: Sequence[str] = (str(BIN / "gatewright"),),
    user: int | None = None,
) -> Node:
    """Start a node on a free port (unless the arguments name one) and wait for the line that says it listens.

    Standard error is ours, or goes to the file `errors`. A `user` is somebody else to run it as.
    """
    port = () if "--port" in arguments else ("--port", "0")
    process = subprocess.Popen(
        [*program, "up", *port, *arguments],
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**os.environ, **(environment or {})},
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )
    node = Node(process, 0)
    listening = threading.Event()
    threading.Thread(target=_collect, args=(node, listening), daemon=True).start()
    if not listening.wait(START_SECONDS) or node.port == 0:
        process.kill()
        process.wait()
        raise AssertionError(f"the node did not start: {node.lines}")
    return node


def _collect(node: Node, listening: threading.Event) -> None:
    """Read standard output to its end, so that the node never waits for us."""
    assert node.process.stdout is not None
    with node.process.stdout as output:
        for line in output:
            text = line.decode(errors="replace").rstrip("\n")
            if match := re.fullmatch(r"gatewright listens on http://\S+:(\d+)", text):
                node.port = int(match[1])
                listening.set()
            elif len(node.lines) < 10_000:
                node.lines.append(text)
    listening.set()


def stop(node: Node) -> int:
    """End a node as an init system does; return its exit status."""
    node.close()
    if node.process.poll() is None:
        node.process.send_signal(signal.SIGTERM)
    try:
        return node.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        node.process.kill()
        node.process.wait()
        raise


def kill(node: Node) -> None:
    """End a node as a crash does."""
    node.process.kill()
    node.process.wait()
    node.close()


@contextmanager
def running(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    errors: BinaryIO | None = None,
    program: Sequence[str] = (str(BIN / "gatewright"),),
    user: int | None = None,
) -> Iterator[Node]:
    """A node for the length of a block. It must end cleanly."""
    node = start(*arguments, environment=environment, errors=errors, program=program, user=user)
    try:
        yield node
    finally:
        status = stop(node)
    assert status == 0
