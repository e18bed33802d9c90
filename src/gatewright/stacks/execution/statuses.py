"""The statuses of stacks, and what each of them allows.

Source: "Understand stack creation events" and "Stack status codes" (AWS CloudFormation User Guide).
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final


class Phase(Enum):
    """A part of an operation on a stack. A node that was killed takes the operation up at the phase it was in."""

    CREATE = "CREATE"
    ROLLBACK = "ROLLBACK"
    UPDATE = "UPDATE"
    CLEANUP = "CLEANUP"
    UPDATE_ROLLBACK = "UPDATE_ROLLBACK"
    ROLLBACK_CLEANUP = "ROLLBACK_CLEANUP"
    DELETE = "DELETE"


STATUS_OF_PHASE: Final[Mapping[Phase, str]] = MappingProxyType(
    {
        Phase.CREATE: "CREATE_IN_PROGRESS",
        Phase.ROLLBACK: "ROLLBACK_IN_PROGRESS",
        Phase.UPDATE: "UPDATE_IN_PROGRESS",
        Phase.CLEANUP: "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        Phase.UPDATE_ROLLBACK: "UPDATE_ROLLBACK_IN_PROGRESS",
        Phase.ROLLBACK_CLEANUP: "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        Phase.DELETE: "DELETE_IN_PROGRESS",
    }
)

FAILED_STATUS_OF_PHASE: Final[Mapping[Phase, str]] = MappingProxyType(
    {
        Phase.CREATE: "CREATE_FAILED",
        Phase.ROLLBACK: "ROLLBACK_FAILED",
        Phase.UPDATE: "UPDATE_FAILED",
        Phase.CLEANUP: "UPDATE_COMPLETE",
        Phase.UPDATE_ROLLBACK: "UPDATE_ROLLBACK_FAILED",
        Phase.ROLLBACK_CLEANUP: "UPDATE_ROLLBACK_COMPLETE",
        Phase.DELETE: "DELETE_FAILED",
    }
)

DELETED: Final = "DELETE_COMPLETE"
IN_REVIEW: Final = "REVIEW_IN_PROGRESS"

UPDATABLE: Final = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
        # Stacks whose failed operation was kept as it was (--disable-rollback).
        "CREATE_FAILED",
        "UPDATE_FAILED",
    }
)
"""Statuses in which UpdateStack and change sets of type UPDATE may be used."""

DELETABLE_IN_PROGRESS: Final = frozenset({"CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", IN_REVIEW})
"""Statuses in which a stack may be deleted although something is under way."""


def is_in_progress(status: str) -> bool:
    """Say whether an operation is under way."""
    return status.endswith("_IN_PROGRESS") and status != IN_REVIEW
