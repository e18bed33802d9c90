"""Deployment packages, the broken and the hostile. Source: "Lambda quotas" (AWS Lambda Developer Guide)."""

import io
import struct
import zipfile
import zlib

import pytest

from gatewright.base.errors import AwsError
from gatewright.control.lambda_.packages import check_package
from tests.unit.control.lambda_.calls import CODE, zip_of

UNREADABLE = "Could not unzip uploaded file. Please check your file, then try to upload again."
EMPTY = "Uploaded file must be a non-empty zip"
TOO_LARGE = "Unzipped size must be smaller than 262144000 bytes"
MEBIBYTE = b"\0" * (1024 * 1024)


def refusal(content: bytes) -> str:
    with pytest.raises(AwsError) as caught:
        check_package(content)
    return caught.value.message


def zeros(mebibytes: int, files: int = 1) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(files):
            with archive.open(f"file-{number}", "w") as file:
                for _ in range(mebibytes):
                    file.write(MEBIBYTE)
    return target.getvalue()


def replaced(content: bytes, old: bytes, new: bytes) -> bytes:
    assert old in content
    return content.replace(old, new)


@pytest.mark.parametrize(
    "content",
    [
        CODE,
        zip_of({"a.py": ""}),
        zip_of({"dir/": "", "dir/a.py": "x"}, zipfile.ZIP_STORED),
        zip_of({f"file-{number}": str(number) for number in range(2000)}),
        b"#!/usr/bin/env python3\n" + CODE,
    ],
    ids=["deflated", "empty file", "stored", "many files", "with a preamble"],
)
def test_packages_that_can_be_used(content: bytes) -> None:
    check_package(content)


def test_a_comment_does_no_harm() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.py", "x")
        archive.comment = b"c" * 65_535
    check_package(target.getvalue())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", EMPTY),
        (zip_of({}), EMPTY),
        (zip_of({"dir/": "", "dir/sub/": ""}), EMPTY),
        (b"x", UNREADABLE),
        (b"PK\x05\x06", UNREADABLE),
        (b"PK\x03\x04" + b"\xff" * 1000, UNREADABLE),
        (CODE[:-1], UNREADABLE),
        (CODE[: len(CODE) // 2], UNREADABLE),
        (CODE[40:], UNREADABLE),
        (b"\x1f\x8b" + zlib.compress(b"x" * 100), UNREADABLE),
    ],
)
def test_packages_that_cannot(content: bytes, message: str) -> None:
    assert refusal(content) == message


def test_a_wrong_checksum_is_found_out() -> None:
    content = zip_of({"a.py": "unmistakable"}, zipfile.ZIP_STORED)
    assert refusal(replaced(content, b"unmistakable", b"unmistakably")) == UNREADABLE


def test_every_truncation_is_refused_and_every_flipped_octet_survived() -> None:
    content = zip_of({"a.py": "print('a')\n" * 10, "b.py": "x"})
    for length in range(len(content)):
        assert refusal(content[:length])
    for position in range(len(content)):
        damaged = bytearray(content)
        damaged[position] ^= 0xFF
        try:
            check_package(bytes(damaged))
        except AwsError as error:
            # A length that grew too large is as true a reason as any.
            assert error.message in (UNREADABLE, TOO_LARGE, EMPTY)  # noqa: PT017


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_lambda_has_not(method: int) -> None:
    assert refusal(zip_of({"a.py": "x" * 1000}, method)) == UNREADABLE


def test_encrypted_packages() -> None:
    content = bytearray(zip_of({"a.py": "x"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    assert refusal(bytes(content)) == UNREADABLE


class TestSizes:
    def test_50_mib_zipped(self) -> None:
        code, message = "RequestEntityTooLargeException", "Zipped size must be smaller than 52428800 bytes"
        with pytest.raises(AwsError) as caught:
            check_package(CODE + b"\0" * (50 * 1024 * 1024))
        assert (caught.value.code, caught.value.message, caught.value.status) == (code, message, 413)

    def test_250_mb_unzipped_in_one_file(self) -> None:
        """About 250 KiB that would become 251 MiB: refused by what it declares, without decompressing it."""
        content = zeros(251)
        assert len(content) < 300_000
        assert refusal(content) == TOO_LARGE

    def test_250_mb_unzipped_in_many_files(self) -> None:
        assert refusal(zeros(26, files=10)) == TOO_LARGE

    def test_a_declared_size_that_is_too_small_is_found_out(self) -> None:
        """A bomb that declares 1,000 octets: no more than those are ever read, and the checksum tells."""
        content = zeros(16)
        size = struct.pack("<L", 16 * 1024 * 1024)
        assert refusal(replaced(content, size, struct.pack("<L", 1000))) == UNREADABLE

    def test_a_declared_size_that_is_too_large_is_found_out(self) -> None:
        content = zip_of({"a.py": "x" * 54_321})
        assert refusal(replaced(content, struct.pack("<L", 54_321), struct.pack("<L", 60_000))) == UNREADABLE

    def test_a_directory_of_millions_is_not_read(self) -> None:
        """500,000 directory entries in 24 MiB would take a gigabyte as objects."""
        entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
        directory = entry * 500_000
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(directory), 0, 0)
        assert refusal(directory + end) == UNREADABLE
        zip64_end = struct.pack(
            "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 500_000, 500_000, len(directory), 0
        ) + struct.pack("<4sLQL", b"PK\x06\x07", 0, len(directory), 1)
        for declared in (0, 0xFFFFFFFF):
            end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, declared, 0, 0)
            assert refusal(directory + zip64_end + end) == UNREADABLE
