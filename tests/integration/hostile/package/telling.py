"""The function of the hostile suite that has an extension inside, which listens for telemetry and prints for it."""

import http.client
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PORT = 4243


def _call(method, path, body=None, headers=None):
    host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].rpartition(":")
    connection = http.client.HTTPConnection(host, int(port))
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    response.read()
    return response


class _Listener(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def _ask_for_events(identity):
    while True:
        _call("GET", "/2020-01-01/extension/event/next", None, identity)


def _subscribe():
    server = ThreadingHTTPServer(("127.0.0.1", _PORT), _Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    register = json.dumps({"events": ["INVOKE"]})
    registered = _call("POST", "/2020-01-01/extension/register", register, {"Lambda-Extension-Name": "inside"})
    identity = {"Lambda-Extension-Identifier": registered.headers["Lambda-Extension-Identifier"]}
    wanted = {
        "schemaVersion": "2022-12-13",
        "types": ["platform", "function"],
        "buffering": {"maxItems": 1000, "maxBytes": 262_144, "timeoutMs": 25},
        "destination": {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{_PORT}/"},
    }
    assert _call("PUT", "/2022-07-01/telemetry", json.dumps(wanted), identity).status == 200
    threading.Thread(target=_ask_for_events, args=(identity,), daemon=True).start()


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    _subscribe()


def handler(event, context):
    """Print what is to be told: many lines, or one that is hard to write again."""
    if event["kind"] == "deep":
        os.write(1, b'{"a":' + b"[" * 600 + b"]" * 600 + b"}\n")
        return []
    for _ in range(event["size_mb"] * 16):
        os.write(1, b"\n" * 65_536)
    return []
