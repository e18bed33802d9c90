"""Errors of services that are no errors to a resource type."""

from collections.abc import Iterator
from contextlib import contextmanager

from gatewright.base.errors import AwsError

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
