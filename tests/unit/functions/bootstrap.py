"""A custom runtime for tests: speaks the Runtime API with nothing but the standard library."""

import http.client
import os
import sys

ROOT = "/2018-06-01/runtime"


def main() -> None:
    """Echo events; what the event names is done instead."""
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def call(
        method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection.request(method, ROOT + path, body, {name.replace("_", "-"): text for name, text in headers.items()})
        response = connection.getresponse()
        return response.status, response.headers, response.read()

    if os.environ.get("INIT") == "error":
        call(
            "POST",
            "/init/error",
            b'{"errorType":"Runtime.NoSuchHandler"}',
            Lambda_Runtime_Function_Error_Type="Runtime.NoSuchHandler",
        )
        sys.exit(1)
    while True:
        _, headers, event = call("GET", "/invocation/next")
        path = f"/invocation/{headers['Lambda-Runtime-Aws-Request-Id']}"
        if event == b'"error"':
            call("POST", f"{path}/error", b'{"errorType":"Odd"}', Lambda_Runtime_Function_Error_Type="Function.Odd")
        elif event == b'"large"':
            status, _, body = call("POST", f"{path}/response", b"x" * 6_291_557)
            print(status, body.decode(), flush=True)
        elif event == b'"exit"':
            sys.exit(4)
        else:
            print("deadline", headers["Lambda-Runtime-Deadline-Ms"], flush=True)
            call("POST", f"{path}/response", event)


if __name__ == "__main__":
    main()
