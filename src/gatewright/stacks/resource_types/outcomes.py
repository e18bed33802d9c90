"""Errors of services that are no errors to a resource type."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call

_NOT_THERE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist")


def is_absent(error: AwsError) -> bool:
    """Tell whether a service says that there is no such resource: `NotFoundException`, `NoSuchEntity` …"""
    return error.status == 404 or any(part in error.code for part in _NOT_THERE)


@contextmanager
def absence_is_done(*codes: str) -> Iterator[None]:
    """Pass over the error that there is no such resource, by its code or one of `codes`: nothing is left to delete."""
    try:
        yield
    except AwsError as error:
        if error.code not in codes and not is_absent(error):
            raise


def if_present(call: Call, service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    """Call an operation that reads; None when there is no such resource."""
    try:
        return call.services.call(service, operation, parameters)
    except AwsError as error:
        if not is_absent(error):
            raise
        return None
