"""Where a request says that a function's code is: in the request itself, or in S3.

Source: FunctionCode in CreateFunction and UpdateFunctionCode in the "API reference" (AWS Lambda).
"""

import hashlib
import io
import zipfile
from typing import BinaryIO, Final

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import invalid_parameter
from gatewright.control.lambda_.options import refuse_unbuilt
from gatewright.store.types import Blobs

_OF_S3 = ("S3Bucket", "S3Key", "S3ObjectVersion")


def package_content(context: Context, operation: str, code: Shape) -> bytes:
    """Return the archive that a request brings or names. Raises AwsError; what is in it is not looked at."""
    refuse_unbuilt(operation, code)
    content = code.get("ZipFile")
    if content is not None:
        if any(code.get(name) for name in _OF_S3):
            raise invalid_parameter("Please do not provide other FunctionCode parameters when providing a ZipFile.")
        return bytes(content)
    bucket, key = code.get("S3Bucket"), code.get("S3Key")
    if not bucket or not key:
        raise invalid_parameter("Please provide a source for function code.")
    return context.node.fetch_object(context.caller, bucket, key, code.get("S3ObjectVersion"))


class PackageSizes:
    """The unzipped sizes of archives in the blob store; each is read once."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs: Final = blobs
        self._sizes: Final[dict[str, int]] = {}

    def add(self, content: bytes) -> None:
        """Measure an archive that may not be in the store yet."""
        self._sizes[hashlib.sha256(content).hexdigest()] = _unzipped_bytes(io.BytesIO(content))

    def unzipped_bytes(self, name: str) -> int:
        """Return what an archive holds, by its hex SHA-256. It was checked when it was published."""
        size = self._sizes.get(name)
        if size is None:
            with self._blobs.open(name) as file:
                size = self._sizes[name] = _unzipped_bytes(file)
        return size


def _unzipped_bytes(file: BinaryIO) -> int:
    with zipfile.ZipFile(file) as archive:
        return sum(entry.file_size for entry in archive.infolist())
