"""An external extension for tests, with nothing but the standard library. A layer carries it under several names.

The variable `EXTENSION_<NAME>` says in words what it does; what it sees, it prints.
"""

import http.client
import http.server
import json
import os
import socketserver
import sys
import threading
import time

ROOT = "/2020-01-01/extension"
NAME = os.path.basename(sys.argv[0])
HABITS = os.environ.get(f"EXTENSION_{NAME.upper()}", "").split()


def say(*words: object) -> None:
    """Print a line that says whose it is."""
    print(f"{NAME}:", *words, flush=True)


class Api:
    """A connection to the Extensions API."""

    def __init__(self) -> None:
        self.connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        self.identifier = ""

    def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, object]]:
        """Send a request; return the status and the body."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.identifier:
            fields["Lambda-Extension-Identifier"] = self.identifier
        self.connection.request(method, path, None if body is None else json.dumps(body), fields)
        response = self.connection.getresponse()
        content = response.read()
        self.identifier = response.headers.get("Lambda-Extension-Identifier") or self.identifier
        return response.status, json.loads(content)


class Listener(http.server.BaseHTTPRequestHandler):
    """Prints the telemetry that it gets, a line for each event."""

    def do_POST(self) -> None:
        """Take a batch."""
        for event in json.loads(self.rfile.read(int(self.headers["Content-Length"]))):
            if event["type"] != "extension":  # it would hear itself
                say("telemetry", json.dumps(event))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def subscribe(api: Api) -> None:
    """Listen for telemetry, or for logs as the older API has them."""
    older = "logs" in HABITS
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    destination = {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{server.server_address[1]}/"}
    subscription = {
        "schemaVersion": "2021-03-18" if older else "2022-12-13",
        "types": ["platform", "function", "extension"],
        "destination": destination,
        "buffering": {"timeoutMs": 25},
    }
    say("subscribed", *api.call("PUT", "/2020-08-15/logs" if older else "/2022-07-01/telemetry", subscription))


def main() -> None:
    """Take part in the life of the environment."""
    if "crash-early" in HABITS:
        sys.exit(3)
    if "hang-early" in HABITS:
        time.sleep(1000)
    say(
        "variables",
        *sorted(name for name in ("_HANDLER", "LAMBDA_TASK_ROOT", "AWS_REGION", "HOME_MADE") if name in os.environ),
    )
    api = Api()
    events = ["SHUTDOWN"] if "no-invoke" in HABITS else ["INVOKE", "SHUTDOWN"]
    status, answer = api.call(
        "POST",
        f"{ROOT}/register",
        {"events": events},
        Lambda_Extension_Name=NAME,
        Lambda_Extension_Accept_Feature="accountId",
    )
    say("registered", status, json.dumps(answer))
    if "telemetry" in HABITS or "logs" in HABITS:
        subscribe(api)
    if "init-error" in HABITS:
        say(
            "init error",
            *api.call("POST", f"{ROOT}/init/error", {}, Lambda_Extension_Function_Error_Type="Extension.Odd"),
        )
        sys.exit(1)
    while True:
        status, event = api.call("GET", f"{ROOT}/event/next")
        say("event", status, json.dumps(event))
        if event["eventType"] == "SHUTDOWN":
            if "hang-late" in HABITS:
                time.sleep(1000)
            if "telemetry" in HABITS or "logs" in HABITS:
                time.sleep(0.3)
            say("goodbye")
            return
        if "crash" in HABITS:
            os.abort()
        if "slow" in HABITS:
            time.sleep(0.3)
            say("done")


if __name__ == "__main__":
    main()
