"""Credentials that users cannot have here: passwords, MFA devices, certificates and keys of other services.

What makes them is not built, so that there are none of them, which is what is answered to who looks for them before
deleting a user (Terraform's `force_destroy`, for one).

Source: ListSSHPublicKeys and its relatives, DeleteLoginProfile in the "API Reference" (IAM); messages as recorded
(localstack, test_iam_users.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.documents import USER, require
from gatewright.control.iam.errors import no_such_entity
from gatewright.control.iam.users import named_user


def list_ssh_public_keys(context: Context, request: Shape) -> Shape:
    """Return no keys."""
    return _none(context, request, "SSHPublicKeys")


def list_signing_certificates(context: Context, request: Shape) -> Shape:
    """Return no certificates."""
    return _none(context, request, "Certificates")


def list_mfa_devices(context: Context, request: Shape) -> Shape:
    """Return no devices."""
    return _none(context, request, "MFADevices")


def list_virtual_mfa_devices(context: Context, request: Shape) -> Shape:
    """Return no devices."""
    return {"VirtualMFADevices": [], "IsTruncated": False}


def list_service_specific_credentials(context: Context, request: Shape) -> Shape:
    """Return no credentials."""
    if request.get("AllUsers"):
        return {"ServiceSpecificCredentials": [], "IsTruncated": False}
    return _none(context, request, "ServiceSpecificCredentials")


def get_login_profile(context: Context, request: Shape) -> Shape:
    """Find no password. Raises NoSuchEntity."""
    raise _no_login_profile(context, request)


def delete_login_profile(context: Context, request: Shape) -> Shape:
    """Find no password. Raises NoSuchEntity."""
    raise _no_login_profile(context, request)


def _none(context: Context, request: Shape, name: str) -> Shape:
    with context.store.read() as reader:
        named_user(context, reader, request)
    return {name: [], "IsTruncated": False}


def _no_login_profile(context: Context, request: Shape) -> AwsError:
    with context.store.read() as reader:
        user = require(context, reader, USER, request["UserName"])
    return no_such_entity(f"Login Profile for User {user['UserName']} cannot be found.")


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "ListSSHPublicKeys": list_ssh_public_keys,
        "ListSigningCertificates": list_signing_certificates,
        "ListMFADevices": list_mfa_devices,
        "ListVirtualMFADevices": list_virtual_mfa_devices,
        "ListServiceSpecificCredentials": list_service_specific_credentials,
        "GetLoginProfile": get_login_profile,
        "DeleteLoginProfile": delete_login_profile,
    }
)
