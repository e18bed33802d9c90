"""TLS for a listener."""

import ssl
from pathlib import Path

from gatewright.base.errors import SettingsError


def server_context(certificate: Path, key: Path | None = None) -> ssl.SSLContext:
    """Build the context of a listener from PEM files: the chain, leaf first, and its key (in the same file if None).

    TLS 1.2 and later with OpenSSL's own choice of ciphers. Raises `SettingsError`.
    """
    for path in (certificate, key):
        if path is not None and not path.is_file():
            raise SettingsError(f"TLS file not found: {path}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    # A renegotiation costs the server more than the client (CVE-2011-1473).
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    try:
        # Without the function OpenSSL would ask the terminal for the passphrase, and wait.
        context.load_cert_chain(certificate, key, password=_refuse_passphrase)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise SettingsError(f"TLS certificate {certificate} cannot be used: {_explain(error)}") from error
    return context


def _refuse_passphrase() -> str:
    raise ValueError("its key is protected by a passphrase")


def _explain(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        if error.reason == "KEY_VALUES_MISMATCH":
            return "the key belongs to another certificate"
        return error.reason or "no PEM certificate and key in it"
    return str(error)
