"""Objects of S3 by their URLs, in all forms that clients send as a TemplateURL. The host says nothing of where S3 is.

Source: "Methods for accessing a general purpose bucket" (Amazon S3 User Guide); what clients send is in the tests.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Services

# `s3.amazonaws.com`, `s3.eu-west-1.amazonaws.com`, `s3-eu-west-1.amazonaws.com`, `s3.dualstack.…`.
_S3_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?")
_OWN_HOST = re.compile(r"(?P<bucket>.+?)\.(?:s3\.[a-z0-9.-]+|localhost)")


@dataclass(frozen=True, slots=True)
class ObjectName:
    """An object of S3."""

    bucket: str
    key: str
    version: str | None = None


def parse_object_url(location: str) -> ObjectName | None:
    """Return the object that a URL names: `s3://bucket/key`, by path or by virtual host; None for anything else."""
    parts = urlsplit(location)
    path = unquote(parts.path.removeprefix("/"))
    version = parse_qs(parts.query).get("versionId", [None])[0]
    host = parts.hostname or ""
    if parts.scheme == "s3":
        # urlsplit lowers a host's letters, and buckets of old may have capital ones.
        return ObjectName(parts.netloc, path, version) if parts.netloc and path else None
    if parts.scheme not in {"http", "https"}:
        return None
    match = _S3_HOST.fullmatch(host) or _OWN_HOST.fullmatch(host)
    if match is not None and match["bucket"] and match["bucket"] != "s3":
        return ObjectName(match["bucket"], path, version) if path else None
    bucket, _, key = path.partition("/")
    return ObjectName(bucket, key, version) if bucket and key else None


def read_template_object(services: Services, url: str) -> str:
    """Return the template that a TemplateURL names: by https, as recorded of AWS (localstack, test_templates.py).

    Raises AwsError.
    """
    parts = urlsplit(url)
    if parts.scheme == "s3":
        raise AwsError("ValidationError", f"S3 error: Domain name specified in {parts.netloc} is not a valid S3 domain")
    if parse_object_url(url) is None:
        raise AwsError("ValidationError", "TemplateURL must be a supported URL.")
    return read_object(services, url).decode("utf-8", "replace")


def read_object(services: Services, location: str) -> bytes:
    """Return the content of an object. Raises AwsError with the words of CloudFormation."""
    name = parse_object_url(location)
    if name is None:
        raise AwsError("ValidationError", f"S3 error: Domain name specified in {location} is not a valid S3 domain")
    request = {"Bucket": name.bucket, "Key": name.key}
    if name.version is not None:
        request["VersionId"] = name.version
    try:
        body: Any = services.call("s3", "GetObject", request)["Body"]
    except AwsError as error:
        if error.code == "NotImplemented":
            raise
        more = "http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"
        raise AwsError("ValidationError", f"S3 error: {error.message}\nFor more information check {more}") from error
    if isinstance(body, bytes):
        return body
    content: bytes = body.read()
    return content
