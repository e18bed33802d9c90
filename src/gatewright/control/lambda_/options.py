"""Options of a function that are not built, and those that can only mean something inside AWS.

The first answer NotImplemented, naming the option, unless their value asks for nothing (`DurableConfig: {}`). The
second are stored and returned; `docs/differences.md` lists them.
"""

import logging
import platform
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gatewright.base.errors import OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.control.lambda_.names import FunctionTarget

_log = logging.getLogger(__name__)


def _is_given(value: Any) -> bool:
    """Tell whether a value asks for anything: not when it is empty or holds only empty values."""
    if isinstance(value, Mapping):
        return any(map(_is_given, value.values()))
    return bool(value)


def _is_image(package_type: Any) -> bool:
    return bool(package_type == "Image")


def _is_reference(storage_mode: Any) -> bool:
    return bool(storage_mode == "REFERENCE")


def _is_snapshot(snap_start: Any) -> bool:
    return snap_start.get("ApplyOn") not in (None, "None")


NOT_BUILT: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "PublishTo": _is_given,
        "PackageType": _is_image,
        "ImageUri": _is_given,
        "ImageConfig": _is_given,
        "S3ObjectStorageMode": _is_reference,
        "SnapStart": _is_snapshot,
        "TenancyConfig": _is_given,
        "CapacityProviderConfig": _is_given,
        "DurableConfig": _is_given,
        "RuntimeConfig": _is_given,
        "AcceleratorConfig": _is_given,
    }
)
"""Option → whether a value asks for it. Sources: CreateFunction, UpdateFunctionCode, PublishVersion."""

_ARCHITECTURES: Mapping[str, str] = MappingProxyType({"aarch64": "arm64", "amd64": "x86_64", "AMD64": "x86_64"})

_RECORDS_ONLY = ("VpcConfig", "KMSKeyArn", "SourceKMSKeyArn", "FileSystemConfigs")


def refuse_unbuilt(operation: str, request: Shape) -> None:
    """Raise `OperationNotImplemented` for the first option of a request that is not built."""
    for name, value in request.items():
        asks = NOT_BUILT.get(name)
        if asks is not None and asks(value):
            raise OperationNotImplemented(f"Lambda {operation}: the option {name} is not implemented by gatewright.")


def log_records(target: FunctionTarget, request: Shape) -> None:
    """Say that an option was stored and has no effect."""
    for name in _RECORDS_ONLY:
        if _is_given(request.get(name)):
            _log.warning("%s: %s is kept as a record only; it has no effect outside AWS", target.arn, name)
    architecture = next(iter(request.get("Architectures") or ()), None)
    if architecture is not None and architecture != (own := _own_architecture()):
        _log.warning("%s: its code runs on this machine's architecture, %s, not on %s", target.arn, own, architecture)


def _own_architecture() -> str:
    machine = platform.machine()
    return _ARCHITECTURES.get(machine, machine)
