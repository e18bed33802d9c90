import ssl
from pathlib import Path

import pytest

from gatewright.base.errors import SettingsError
from gatewright.wire.tls import server_context
from tests.wire.certificates import make_certificate


def test_certificate_and_key_in_two_files_or_in_one(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    context = server_context(certificate, key)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    both = tmp_path / "both.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    server_context(both)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    certificate, _ = make_certificate(tmp_path)
    with pytest.raises(SettingsError, match=r"TLS file not found: .*absent\.pem"):
        server_context(certificate, tmp_path / "absent.pem")
    with pytest.raises(SettingsError, match="not found"):
        server_context(tmp_path)


def test_a_file_that_is_no_certificate(tmp_path: Path) -> None:
    _, key = make_certificate(tmp_path)
    empty = tmp_path / "empty.pem"
    empty.write_bytes(b"hello")
    with pytest.raises(SettingsError, match=r"empty\.pem cannot be used") as failed:
        server_context(empty, key)
    assert "\n" not in str(failed.value)


def test_a_key_of_another_certificate(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    certificate, _ = make_certificate(tmp_path)
    _, other_key = make_certificate(tmp_path / "other")
    with pytest.raises(SettingsError, match="the key belongs to another certificate"):
        server_context(certificate, other_key)


def test_a_key_with_a_passphrase_does_not_ask_the_terminal(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, passphrase=b"secret")
    with pytest.raises(SettingsError, match="passphrase"):
        server_context(certificate, key)
