"""Client certificates: "Generate and configure an SSL certificate for backend authentication in API Gateway"."""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.unit.control.apigateway.calls import Calls

MISSING = ("NotFoundException", "Invalid Client Certificate identifier specified")


def test_a_certificate_is_real(calls: Calls) -> None:
    created = calls("GenerateClientCertificate", description="for the back end", tags={"team": "a"})
    certificate = x509.load_pem_x509_certificate(created["pemEncodedCertificate"].encode())
    public_key = certificate.public_key()
    assert isinstance(public_key, rsa.RSAPublicKey)
    assert public_key.key_size == 2048
    assert certificate.not_valid_before_utc.isoformat() == "2026-01-01T00:00:00+00:00"
    assert certificate.not_valid_after_utc.isoformat() == "2027-01-01T00:00:00+00:00"
    certificate.verify_directly_issued_by(certificate)
    assert created["createdDate"] == "2026-01-01T00:00:00Z"
    assert created["expirationDate"] == "2027-01-01T00:00:00Z"
    assert (created["description"], created["tags"]) == ("for the back end", {"team": "a"})
    kept = calls.contexts.document("apigateway", "clientcertificate", created["clientCertificateId"])
    assert kept is not None
    private_key = load_pem_private_key(kept["privateKey"].encode(), None)
    assert isinstance(private_key, rsa.RSAPrivateKey)
    assert private_key.public_key() == public_key
    assert certificate.signature_algorithm_parameters is not None
    assert isinstance(certificate.signature_algorithm_parameters, padding.PKCS1v15)


def test_the_key_is_never_returned(calls: Calls) -> None:
    created = calls("GenerateClientCertificate")
    where = {"clientCertificateId": created["clientCertificateId"]}
    assert created.keys() == {"clientCertificateId", "pemEncodedCertificate", "createdDate", "expirationDate"}
    assert calls("GetClientCertificate", **where) == {**created, "tags": {}}
    assert calls("GetClientCertificates") == {"items": [created]}
    changed = calls.patch("UpdateClientCertificate", ("replace", "/description", "new"), **where)
    assert changed == {**created, "description": "new", "tags": {}}
    assert calls.patch_refusal("UpdateClientCertificate", ("replace", "/privateKey", "x"), **where) == (
        "BadRequestException",
        "Invalid patch path  '/privateKey' specified for op 'replace'. Must be one of: [/description]",
    )


def test_delete_client_certificate(calls: Calls) -> None:
    where = {"clientCertificateId": calls("GenerateClientCertificate")["clientCertificateId"]}
    assert calls("DeleteClientCertificate", **where) == {}
    for operation in ("GetClientCertificate", "UpdateClientCertificate", "DeleteClientCertificate"):
        assert calls.refusal(operation, **where) == MISSING
