"""Self-signed X.509 certificates, as API Gateway makes them for its calls to HTTP back ends.

Source: "Generate and configure an SSL certificate for backend authentication in API Gateway" (API Gateway Developer
Guide): self-signed, RSA with 2048 bits, valid for a year.
"""

from dataclasses import dataclass
from datetime import datetime

_KEY_BITS = 2048
_PUBLIC_EXPONENT = 65537
_COMMON_NAME = "ApiGateway"


@dataclass(frozen=True, slots=True)
class SelfSigned:
    """A certificate and its key, in PEM."""

    certificate: str
    private_key: str


def generate(serial_number: int, not_before: datetime, not_after: datetime) -> SelfSigned:
    """Generate a key and a certificate for it that is valid between two times."""
    # Imported here: whoever generates no certificate need not load the library (decision 14).
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    private_key = rsa.generate_private_key(_PUBLIC_EXPONENT, _KEY_BITS)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _COMMON_NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key.public_key())
        .serial_number(serial_number)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private_key, hashes.SHA256())
    )
    return SelfSigned(
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
        private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
    )
