"""What runs in the companion's process: moto's server on a socket that its parent has bound.

    python moto_server.py FD NODE_URL

Standard output says `ready` when it serves; then it goes where standard error does. The end of standard input ends it:
that comes with the end of its parent, however its parent ends. Events reach the functions of the node at NODE_URL
(`gatewright.companion`, which is all of gatewright that it imports).

A PUT of `application/x-www-form-urlencoded`, which is what urllib and curl call any content, would come to S3 without
its content: Flask reads it as a form. It comes as `binary/octet-stream`.

A service or an operation that moto lacks raises where moto's own server lets werkzeug make a page of it. Here the
response names the reason in the field `x-gatewright-fault`, of which the node makes an error of the caller's protocol.
"""

import gc
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

FAULT_FIELD = "x-gatewright-fault"

_FORM = "application/x-www-form-urlencoded"
_MAX_FAULT = 500
"""Characters of a reason."""

_log = logging.getLogger("moto_server")


def main(descriptor: int, node_url: str) -> None:
    """Serve until standard input ends."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from moto.core.config import default_user_config
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.exceptions import NotFound
    from werkzeug.serving import make_server

    from gatewright.companion.apply import Events

    events = Events(node_url)
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line for each request
    # Modules live as long as the process; collections need not look through them.
    gc.collect()
    gc.freeze()

    def create_app(service: Any) -> Any:
        if service is None:
            raise NotImplementedError("moto does not have this service")
        app = create_backend_app(service)
        # Of routing only: errors of services are classes of their own.
        app.register_error_handler(NotFound, _unknown_path)
        events.service_used(service)
        return app

    application = _with_reasons(DomainDispatcherApplication(create_app))
    host, port = socket.socket(fileno=os.dup(descriptor)).getsockname()[:2]
    server = make_server(host, port, application, threaded=True, request_handler=MotoRequestHandler, fd=descriptor)
    os.write(1, b"ready\n")
    os.dup2(2, 1)
    server.serve_forever()


def _end_with_parent() -> None:
    while os.read(0, 64):
        pass
    os._exit(0)


def _with_reasons(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "PUT" and environ.get("CONTENT_TYPE", "").startswith(_FORM):
            environ["CONTENT_TYPE"] = "binary/octet-stream"
        try:
            return application(environ, start_response)
        except NotImplementedError as error:
            return _refuse(start_response, "501 Not Implemented", str(error) or "not implemented by moto")
        except Exception as error:  # noqa: BLE001 — the top of a request: whatever it is, the client gets an answer
            _log.exception("%s %s failed", environ["REQUEST_METHOD"], environ.get("PATH_INFO"))
            return _refuse(start_response, "500 Internal Server Error", f"{type(error).__name__}: {error}")

    return answer


def _unknown_path(_: Exception) -> tuple[str, int, dict[str, str]]:
    reason = "moto has no such operation"
    return reason, 501, {"Content-Type": "text/plain", FAULT_FIELD: reason}


def _refuse(start_response: Callable[..., Any], status: str, reason: str) -> Iterable[bytes]:
    text = reason.encode("ascii", "replace").decode()[:_MAX_FAULT]
    value = "".join(character if character.isprintable() else " " for character in text)
    start_response(status, [("Content-Type", "text/plain"), (FAULT_FIELD, value)])
    return [value.encode()]


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
