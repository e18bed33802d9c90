"""A stage's client certificate, shown to HTTPS endpoints that ask for it.

Source: "Generate and configure an SSL certificate for backend authentication in API Gateway" (API Gateway Developer
Guide); `clientCertificateId` of TestInvokeMethod and `tlsConfig.insecureSkipVerification` of PutIntegration (API
Reference).
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.nodes import Node
from tests.wire.certificates import make_certificate


@contextlib.contextmanager
def endpoint(directory: Path, trusted: str) -> Iterator[int]:
    """An HTTPS endpoint for the length of a block: it asks for a certificate, and answers which one it got."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*make_certificate(directory))
    context.load_verify_locations(cadata=trusted)
    context.verify_mode = ssl.CERT_OPTIONAL

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(65_536)
            shown: Any = secured.getpeercert()
            body = str(shown["serialNumber"] if shown else "none").encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            secured.sendall(head.encode() + body)

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def serial_number(pem: str, directory: Path) -> str:
    """Return what Python's TLS calls the serial number of a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_verify_locations(cadata=pem)
    (found,) = context.get_ca_certs()
    return str(found["serialNumber"])


@pytest.mark.parametrize("kind", ["HTTP_PROXY", "HTTP"])
def test_an_endpoint_knows_the_stage_by_its_certificate(node: Node, tmp_path: Path, kind: str) -> None:
    client = node.client("apigateway")
    certificate = client.generate_client_certificate()
    certificate_id = certificate["clientCertificateId"]
    with endpoint(tmp_path, certificate["pemEncodedCertificate"]) as port:
        api = client.create_rest_api(name="certified")
        where: Any = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
        client.put_method(**where, authorizationType="NONE")
        client.put_integration(
            **where,
            type=kind,
            integrationHttpMethod="GET",
            uri=f"https://127.0.0.1:{port}/",
            tlsConfig={"insecureSkipVerification": True},
        )
        if kind == "HTTP":
            client.put_method_response(**where, statusCode="200")
            client.put_integration_response(**where, statusCode="200")
        client.create_deployment(restApiId=api["id"], stageName="prod")
        assert node.call(api["id"], "GET", "/prod").body == b"none"

        change = [{"op": "replace", "path": "/clientCertificateId", "value": certificate_id}]
        client.update_stage(restApiId=api["id"], stageName="prod", patchOperations=change)
        expected = serial_number(certificate["pemEncodedCertificate"], tmp_path)
        assert node.call(api["id"], "GET", "/prod").body.decode() == expected

        assert client.test_invoke_method(**where)["body"] == "none"
        assert client.test_invoke_method(**where, clientCertificateId=certificate_id)["body"] == expected
    client.delete_rest_api(restApiId=api["id"])
    client.delete_client_certificate(clientCertificateId=certificate_id)
