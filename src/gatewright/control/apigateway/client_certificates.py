"""Client certificates: how an HTTP back end knows that a request comes from API Gateway.

Source: the ClientCertificate type and its operations in the "Amazon API Gateway REST API Reference".
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from gatewright.base.clock import utc
from gatewright.base.operations import Shape
from gatewright.control.apigateway import self_signed
from gatewright.control.apigateway.constraints import CLIENT_CERTIFICATES_PER_REGION
from gatewright.control.apigateway.documents import (
    CLIENT_CERTIFICATE,
    PART_ID_LENGTH,
    REST_API,
    STAGE,
    key,
    list_documents,
    list_parts,
    listed,
    page_of_documents,
    require,
)
from gatewright.control.apigateway.errors import bad_request, limit_exceeded
from gatewright.control.apigateway.patch import PatchPath, PatchTable, name_paths_of_op, patched
from gatewright.control.apigatewayv2.tag_sets import checked_tags
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader

_PRIVATE_KEY = "privateKey"
"""The member of the document that no operation returns; the data plane reads it."""

_VALIDITY = timedelta(days=365)
_CERTIFICATE_PATCH = PatchTable((PatchPath("/description"),), name_paths_of_op)


def generate_client_certificate(context: Context, request: Shape) -> Shape:
    """Generate a key and a self-signed certificate for it."""
    created = utc(int(context.clock.now()))
    expiration = created + _VALIDITY
    tags = checked_tags(context.caller, request.get("tags") or {})
    generated = self_signed.generate(context.ids.uuid().int >> 1, created, expiration)
    certificate: Document = {
        "clientCertificateId": context.ids.resource_id(PART_ID_LENGTH),
        "pemEncodedCertificate": generated.certificate,
        "createdDate": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "expirationDate": expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
        _PRIVATE_KEY: generated.private_key,
    }
    if request.get("description"):
        certificate["description"] = request["description"]
    if tags:
        certificate["tags"] = tags
    with context.store.write() as writer:
        if len(list_documents(context, writer, CLIENT_CERTIFICATE)) >= CLIENT_CERTIFICATES_PER_REGION:
            raise limit_exceeded("Client Certificates")
        writer.put(key(context, CLIENT_CERTIFICATE, certificate["clientCertificateId"]), certificate)
    return _public(certificate)


def get_client_certificate(context: Context, request: Shape) -> Shape:
    """Return a certificate, without its key."""
    with context.store.read() as reader:
        return _presented(_require_certificate(context, reader, request["clientCertificateId"]))


def get_client_certificates(context: Context, request: Shape) -> Shape:
    """List the certificates."""
    with context.store.read() as reader:
        certificates, position = page_of_documents(context, reader, request, CLIENT_CERTIFICATE)
    return listed([_public(certificate) for certificate in certificates], position)


def update_client_certificate(context: Context, request: Shape) -> Shape:
    """Change the description of a certificate."""
    with context.store.write() as writer:
        certificate = _require_certificate(context, writer, request["clientCertificateId"])
        certificate = patched(certificate, request.get("patchOperations", []), _CERTIFICATE_PATCH)
        writer.put(key(context, CLIENT_CERTIFICATE, certificate["clientCertificateId"]), certificate)
    return _presented(certificate)


def delete_client_certificate(context: Context, request: Shape) -> Shape:
    """Delete a certificate that no stage uses."""
    certificate_id = request["clientCertificateId"]
    with context.store.write() as writer:
        _require_certificate(context, writer, certificate_id)
        for api in list_documents(context, writer, REST_API):
            for stage in list_parts(context, writer, STAGE, api["id"]):
                if stage.get("clientCertificateId") == certificate_id:
                    raise bad_request(
                        f"Client Certificate {certificate_id} is in use by the stage {api['id']}:{stage['stageName']}"
                    )
        writer.delete(key(context, CLIENT_CERTIFICATE, certificate_id))
    return {}


def _require_certificate(context: Context, reader: Reader, certificate_id: str) -> Document:
    return require(
        context, reader, CLIENT_CERTIFICATE, certificate_id, "Invalid Client Certificate identifier specified"
    )


def _presented(certificate: Document) -> Document:
    return {**_public(certificate), "tags": certificate.get("tags", {})}


def _public(certificate: Document) -> Document:
    return {member: value for member, value in certificate.items() if member != _PRIVATE_KEY}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "GenerateClientCertificate": generate_client_certificate,
        "GetClientCertificate": get_client_certificate,
        "GetClientCertificates": get_client_certificates,
        "UpdateClientCertificate": update_client_certificate,
        "DeleteClientCertificate": delete_client_certificate,
    }
)
