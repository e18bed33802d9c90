"""Deployment packages: is it a zip archive with files in it, whole, and small enough?

The archive is somebody else's. Its directory is measured before it is read, since a small file can list millions of
entries; content is decompressed in pieces and counted, so that neither what it declares nor what it really holds can
exceed the limit. Where its entries may be put is judged when they are extracted.

Source: "Lambda quotas" (AWS Lambda Developer Guide).
"""

import io
import struct
import zipfile
import zlib

from gatewright.base.errors import AwsError
from gatewright.control.lambda_.errors import invalid_parameter

LARGEST_ZIPPED_BYTES = 50 * 1024 * 1024
LARGEST_UNZIPPED_BYTES = 262_144_000

_UNREADABLE = "Could not unzip uploaded file. Please check your file, then try to upload again."
_LARGEST_DIRECTORY_BYTES = 16 * 1024 * 1024
_PIECE_BYTES = 1024 * 1024
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_IS_ENCRYPTED = 1

# APPNOTE.TXT 4.3.16 (end of central directory), 4.3.15 and 4.3.14 (their Zip64 forms, just before it).
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_LONGEST_COMMENT = 65_535
_ZIP64_LOCATOR_BYTES = 20
_ZIP64_END = struct.Struct("<4sQ2H2L4Q")
_ZIP64_END_SIGNATURE = b"PK\x06\x06"


def check_package(content: bytes, *, is_uploaded: bool = True) -> None:
    """Raise the error that CreateFunction answers for a package that cannot be used.

    The limit of what is zipped holds for what is uploaded with the request, not for what is in S3.
    """
    if not content:
        raise invalid_parameter("Uploaded file must be a non-empty zip")
    if is_uploaded and len(content) > LARGEST_ZIPPED_BYTES:
        raise AwsError(
            "RequestEntityTooLargeException",
            f"Zipped size must be smaller than {LARGEST_ZIPPED_BYTES} bytes",
            status=413,
        )
    if _directory_bytes(content) > _LARGEST_DIRECTORY_BYTES:
        raise invalid_parameter(_UNREADABLE)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive)
    # RuntimeError: encrypted or of a later version. The rest: fields that contradict each other.
    except (zipfile.BadZipFile, RuntimeError, zlib.error, EOFError, ValueError, OSError, struct.error) as error:
        raise invalid_parameter(_UNREADABLE) from error


def _check_archive(archive: zipfile.ZipFile) -> None:
    files = [entry for entry in archive.infolist() if not entry.is_dir()]
    if not files:
        raise invalid_parameter("Uploaded file must be a non-empty zip")
    if sum(entry.file_size for entry in files) > LARGEST_UNZIPPED_BYTES:
        raise _too_large()
    remaining = LARGEST_UNZIPPED_BYTES
    for entry in files:
        if entry.compress_type not in _METHODS or entry.flag_bits & _IS_ENCRYPTED:
            raise invalid_parameter(_UNREADABLE)
        remaining -= _unzipped_bytes(archive, entry, remaining)


def _unzipped_bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> int:
    """Return the real size of an entry. Raises BadZipFile when its checksum is wrong."""
    size = 0
    with archive.open(entry) as file:
        while piece := file.read(_PIECE_BYTES):
            size += len(piece)
            if size > limit:
                raise _too_large()
    if size != entry.file_size:
        raise zipfile.BadZipFile(f"{entry.filename} ends early")
    return size


def _too_large() -> AwsError:
    return invalid_parameter(f"Unzipped size must be smaller than {LARGEST_UNZIPPED_BYTES} bytes")


def _directory_bytes(content: bytes) -> int:
    """Return the size of the central directory as the archive declares it; 0 when there is none."""
    position = content.rfind(_END_SIGNATURE, -(_END.size + _LONGEST_COMMENT))
    if position < 0 or position + _END.size > len(content):
        return 0
    size: int = _END.unpack_from(content, position)[5]
    start = position - _ZIP64_LOCATOR_BYTES - _ZIP64_END.size
    if start >= 0 and content.startswith(_ZIP64_END_SIGNATURE, start):
        zip64_size: int = _ZIP64_END.unpack_from(content, start)[8]
        size = max(size if size != 0xFFFFFFFF else 0, zip64_size)
    return size
