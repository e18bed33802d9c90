"""The main job on a node of its own: two functions, an HTTP API in front of them, and curl.

Every step is printed as the command that it is; README.md has the same to paste. Run it with `make demo`.
"""

import http.client
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

EXAMPLES = Path(__file__).parent
BIN = Path(sys.executable).parent
# What npm installs. Some systems have Node.js without npm.
NODE_RUNTIME = EXAMPLES.parent / "src" / "gatewright" / "functions" / "runtimes" / "node" / "node_modules"
ROLE = "arn:aws:iam::123456789012:role/lambda-role"
ACCOUNT = "123456789012"
REGION = "us-east-2"


class Demo:
    """One run. Whatever fails ends it with a non-zero status."""

    def __init__(self, port: int) -> None:
        self._port = port
        foreign = re.compile("aws_.*|.*_proxy", re.IGNORECASE)
        self._environment = {
            # The user's own profiles, endpoints and proxies lead elsewhere.
            **{name: value for name, value in os.environ.items() if not foreign.fullmatch(name)},
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_PAGER": "",
        }

    def aws(self, *arguments: str) -> dict[str, str]:
        """Run the AWS CLI and return what it printed."""
        print("$", shlex.join(["aws", *arguments]), flush=True)
        # By its interpreter: the script's first line cannot name one whose path has a space.
        command = [sys.executable, str(BIN / "aws"), *arguments]
        done = subprocess.run(command, env=self._environment, stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def create_function(self, name: str, runtime: str, handler: str, source: Path) -> str:
        """Zip a file and create a function from it; return its ARN."""
        package = source.with_suffix(".zip")
        print("$", shlex.join(["zip", "-j", package.name, source.name]), flush=True)
        with zipfile.ZipFile(package, "w") as archive:
            archive.write(source, source.name)
        function = self.aws(
            "lambda", "create-function", "--function-name", name, "--runtime", runtime, "--handler", handler,
            "--role", ROLE, "--zip-file", f"fileb://{package}",
        )  # fmt: skip
        return function["FunctionArn"]

    def route(self, api_id: str, key: str, function: str, payload_format: str) -> None:
        """Put a route in front of a function, and let this route alone call it."""
        integration = self.aws(
            "apigatewayv2", "create-integration", "--api-id", api_id, "--integration-type", "AWS_PROXY",
            "--integration-uri", function, "--payload-format-version", payload_format,
        )  # fmt: skip
        target = f"integrations/{integration['IntegrationId']}"
        self.aws("apigatewayv2", "create-route", "--api-id", api_id, "--route-key", key, "--target", target)
        method, path = key.split(" ")
        source = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}/*/{method}{path}"
        self.aws(
            "lambda", "add-permission", "--function-name", function, "--statement-id", "apigateway-get",
            "--action", "lambda:InvokeFunction", "--principal", "apigateway.amazonaws.com", "--source-arn", source,
        )  # fmt: skip

    def get(self, api_id: str, path: str) -> str:
        """Call the API with curl (which finds *.localhost by itself) and return what it printed."""
        host = f"{api_id}.execute-api.localhost:{self._port}"
        print(f"\n$ curl -i http://{host}{path}", flush=True)
        if curl := shutil.which("curl"):
            command = [curl, "-sS", "-i", "--max-time", "30", f"http://{host}{path}"]
            shown = subprocess.run(command, env=self._environment, stdout=subprocess.PIPE, check=True).stdout.decode()
        else:
            shown = self._get_without_curl(host, path)
        print(shown.replace("\r", ""), end="\n\n", flush=True)
        return shown

    def _get_without_curl(self, host: str, path: str) -> str:
        print("(curl is not installed: this is Python's http.client)")
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        connection.request("GET", path, headers={"Host": host})
        response = connection.getresponse()
        lines = [f"HTTP/1.1 {response.status} {response.reason}", *(f"{n}: {v}" for n, v in response.getheaders())]
        return "\n".join([*lines, "", response.read().decode()])

    def run(self, work: Path) -> None:
        """Deploy, call, and check what came back."""
        for name in ("index.mjs", "app.py"):
            shutil.copy(EXAMPLES / "hello" / name, work)
        api_id = self.aws("apigatewayv2", "create-api", "--name", "demo", "--protocol-type", "HTTP")["ApiId"]
        has_node = shutil.which("node") is not None and NODE_RUNTIME.is_dir()
        if has_node:
            node = self.create_function("hello-node", "nodejs22.x", "index.handler", work / "index.mjs")
            self.route(api_id, "GET /", node, "1.0")
        python = self.create_function("hello-python", "python3.13", "app.handler", work / "app.py")
        self.route(api_id, "GET /hello/{name}", python, "2.0")
        self.aws("apigatewayv2", "create-stage", "--api-id", api_id, "--stage-name", "$default", "--auto-deploy")
        if has_node:
            shown = self.get(api_id, "/")
            assert shown.startswith("HTTP/1.1 200"), "the Node.js function did not answer"
            assert shown.count("X-Custom-Header") + shown.count("x-custom-header") == 2, "one header is missing"
            assert '"FunctionCount": 26' in shown
        else:
            print("(Node.js or npm is not installed: the Node.js function is left out)")
        assert "Hello, Ada!" in self.get(api_id, "/hello/Ada"), "the Python function did not answer"


def main() -> None:
    """Start a node, run the demo, stop the node."""
    print("$ gatewright up --ephemeral", flush=True)
    node = subprocess.Popen([BIN / "gatewright", "up", "--ephemeral", "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert node.stdout is not None
        line = node.stdout.readline().strip()
        print(line, flush=True)
        if not line.startswith("gatewright listens on"):
            sys.exit("the node did not start")
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as work:
            Demo(int(line.rsplit(":", 1)[1])).run(Path(work))
        print(f"Done in {time.monotonic() - started:.1f} s. `gatewright up` is what you start yourself.")
    finally:
        node.send_signal(signal.SIGTERM)
        node.wait(timeout=40)


if __name__ == "__main__":
    main()
