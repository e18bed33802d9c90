"""The bucket that a Host field names: virtual-hosted-style requests.

Sources: "Virtual hosting of general purpose buckets" (Amazon S3 User Guide); SDKs make `BUCKET.HOST` of any endpoint
whose host is a name (recorded: the JavaScript and Go SDKs with `http://localhost:4566`).
"""

import re
from typing import Final

_S3_LABEL: Final = re.compile(r"(?:^|\.)s3(?:-[a-z0-9-]+)?\.")
"""`s3.`, `s3-website.` or `s3-eu-west-1.`, at the beginning or behind a bucket's name."""
_LOCAL: Final = ".localhost"


def bucket_of_host(domain: str) -> str | None:
    """Return the bucket that a domain names, or None where the path does: `bucket.s3.localhost`, `bucket.localhost`."""
    found = _S3_LABEL.search(domain)
    if found is not None:
        return domain[: found.start()] or None
    return domain.removesuffix(_LOCAL) if domain.endswith(_LOCAL) else None


def with_bucket(path: str, bucket: str) -> str:
    """Return the path-style path of a virtual-hosted-style one."""
    return f"/{bucket}{path}"
