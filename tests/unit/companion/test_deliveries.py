"""Deliveries to functions, on the wire: Invoke in the "API Reference" (AWS Lambda)."""

import http.server
import queue
import threading

from gatewright.aws.scope import scope_of_authorization
from gatewright.companion.deliveries import Deliveries

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:hears"


def test_they_are_signed_for_the_region_of_the_function() -> None:
    received: queue.Queue[tuple[str, str, bytes]] = queue.Queue()

    class Node(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.put((self.path, self.headers["Authorization"], body))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Node) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        Deliveries(f"http://127.0.0.1:{server.server_port}").to_function(ARN, {"text": "hé"})
        path, authorization, body = received.get(timeout=20)
        server.shutdown()
    scope = scope_of_authorization(authorization)
    assert scope is not None
    assert (scope.region, scope.service) == ("eu-west-1", "lambda")
    assert path == f"/2015-03-31/functions/{ARN.replace(':', '%3A')}/invocations"
    assert body == b'{"text": "h\\u00e9"}'
