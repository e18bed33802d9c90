"""TLS contexts of the upstream client: which are shared, how many are kept, what client certificates they show."""

import ssl

import pytest

from gatewright.wire.client_errors import TlsFailed
from gatewright.wire.client_request import ClientCertificate, Origin
from gatewright.wire.client_tls import MOST_CONTEXTS, TlsContexts
from tests.wire.certificates import make_certificate


def origin(host: str = "a.test", *, verifies: bool = True, certificate: ClientCertificate | None = None) -> Origin:
    return Origin("https", host, 443, verifies_certificate=verifies, client_certificate=certificate)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ClientCertificate:
    written, key = make_certificate(tmp_path_factory.mktemp("certificate"))
    return ClientCertificate(written.read_text(), key.read_text())


async def test_origins_that_are_alike_share_a_context(certificate: ClientCertificate) -> None:
    contexts = TlsContexts(ssl.create_default_context)
    first = await contexts.context(origin())
    assert await contexts.context(origin("b.test")) is first
    unverified = await contexts.context(origin(verifies=False))
    assert (unverified.verify_mode, unverified.check_hostname) == (ssl.CERT_NONE, False)
    shown = await contexts.context(origin(certificate=certificate))
    assert len({first, unverified, shown}) == 3
    assert await contexts.context(origin("b.test", certificate=certificate)) is shown


async def test_a_certificate_that_is_none_fails() -> None:
    contexts = TlsContexts(ssl.create_default_context)
    with pytest.raises(TlsFailed, match="client certificate cannot be used"):
        await contexts.context(origin(certificate=ClientCertificate("none", "none")))


async def test_the_least_recently_used_context_goes_first(certificate: ClientCertificate) -> None:
    made: list[ssl.SSLContext] = []

    def make() -> ssl.SSLContext:
        made.append(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        return made[-1]

    contexts = TlsContexts(make)
    first = await contexts.context(origin())
    for number in range(MOST_CONTEXTS):
        another = ClientCertificate(certificate.certificate + "\n" * number, certificate.private_key)
        await contexts.context(origin(certificate=another))
        assert await contexts.context(origin()) is first
    assert len(made) == MOST_CONTEXTS + 1


def test_a_key_is_in_no_message(certificate: ClientCertificate) -> None:
    assert certificate.private_key not in repr(origin(certificate=certificate))
