"""TLS contexts of the upstream client: one for all origins that are verified alike and shown the same certificate."""

import asyncio
import ssl
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gatewright.wire.client_errors import TlsFailed
from gatewright.wire.client_request import ClientCertificate, Origin

TlsTrust = Callable[[], ssl.SSLContext]
"""Makes the TLS context of a client; called in a worker thread, once for each client certificate."""

MOST_CONTEXTS: Final = 128
"""A context with the system's trust store takes half a megabyte; the least recently used one goes first."""

_Kind = tuple[bool, ClientCertificate | None]


class TlsContexts:
    """Makes TLS contexts when they are first needed, and keeps them."""

    __slots__ = ("_by_kind", "_make_trust")

    def __init__(self, make_trust: TlsTrust) -> None:
        self._make_trust = make_trust
        self._by_kind: OrderedDict[_Kind, ssl.SSLContext] = OrderedDict()

    async def context(self, origin: Origin) -> ssl.SSLContext:
        """Return the context for an https origin. Raises `TlsFailed` for a client certificate that is none."""
        kind = (origin.verifies_certificate, origin.client_certificate)
        context = self._by_kind.get(kind)
        if context is None:
            # Loading the system's trust store takes some 20 ms, which no other request should wait for.
            context = await asyncio.to_thread(self._make, *kind)
            self._by_kind[kind] = context
            if len(self._by_kind) > MOST_CONTEXTS:
                self._by_kind.popitem(last=False)
        self._by_kind.move_to_end(kind)
        return context

    def _make(self, verifies: bool, certificate: ClientCertificate | None) -> ssl.SSLContext:
        context = self._make_trust() if verifies else _trusting_context()
        context.set_alpn_protocols(["http/1.1"])
        if certificate is not None:
            try:
                _show(context, certificate)
            except (ssl.SSLError, ValueError) as error:
                raise TlsFailed(f"the client certificate cannot be used: {error}") from error
        return context


def _show(context: ssl.SSLContext, certificate: ClientCertificate) -> None:
    # The standard library reads certificates from files only. This one is its maker's alone to read, and gone at once.
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(f"{certificate.certificate}\n{certificate.private_key}\n")
        file.flush()
        context.load_cert_chain(Path(file.name))


def _trusting_context() -> ssl.SSLContext:
    """Build the context of origins whose certificate is not verified."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
