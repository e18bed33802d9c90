"""PATCH updates: one way of applying `patchOperations` for every resource, and a table per resource.

A table says which paths a resource has and which of add, remove, replace, copy, move and test each allows. A path is
a JSON Pointer (RFC 6901: `~1` is a slash, `~0` a tilde); a segment in braces stands for any text and is captured, one
like `{path+}` for several, since tools write a resource's path with and without escapes. The first row that fits is
the one. A patch is all or nothing: it is applied to a copy, which the operation then checks as a whole and writes.

Sources: "Patch operations" (one table for each Update operation) in the "Amazon API Gateway REST API Reference";
RFC 6902; the texts of errors as AWS answers them.
"""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.apigateway.errors import bad_request, not_found
from gatewright.store.types import Document

ADD, REMOVE, REPLACE, COPY, MOVE, TEST = "add", "remove", "replace", "copy", "move", "test"


@dataclass(frozen=True, slots=True)
class Change:
    """One patch operation that its table allows."""

    op: str
    path: str
    """The path as the caller wrote it, escapes and all."""
    segments: tuple[str, ...]
    """The segments of the path, unescaped."""
    captures: Mapping[str, str]
    """What the segments in braces of the row stand for, unescaped."""
    text: Any
    """The value: the text that the caller sent, or what `from` of a copy points at; None when there is none."""
    missing: str = ""
    """AWS's text when an entry that the path names is not there to be replaced or removed; empty: nobody minds."""

    @property
    def last(self) -> str:
        """Return the last segment."""
        return self.segments[-1]


_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(?:[eE][+-]?\d{1,2})?", re.ASCII)

Parse = Callable[[str | None, str], object]
"""`(text, path) -> value`; None takes the property away. Raises BadRequestException."""

Apply = Callable[[Document, Change, Parse], None]
"""Changes a document in place."""


def text(value: str | None, path: str) -> object:
    """Take a text as it is; an empty one takes the property away."""
    return value or None


def raw_text(value: str | None, path: str) -> object:
    """Take a text as it is, an empty one too."""
    return "" if value is None else value


def boolean(value: str | None, path: str) -> object:
    """Take `true` in any case for true, and anything else for false, as Java's Boolean.valueOf does."""
    # Recorded of AWS: an UpdateMethod of /apiKeyRequired to "whatever", and one without a value, answer false.
    return (value or "").lower() == "true"


def integer(value: str | None, path: str) -> object:
    """Take a whole number. Raises BadRequestException."""
    if not _INTEGER.fullmatch(value or ""):
        raise _not_a_number(value, path)
    return int(value or "")


def number(value: str | None, path: str) -> object:
    """Take a number. Raises BadRequestException."""
    if not _NUMBER.fullmatch(value or ""):
        raise _not_a_number(value, path)
    return float(value or "")


def _not_a_number(value: str | None, path: str) -> AwsError:
    return bad_request(f"Invalid value specified for patch path {path}: {value}")


def member(document: Document, change: Change, parse: Parse) -> None:
    """Set or take away the property that the path names, in the objects that lead to it."""
    *parents, name = change.segments
    if change.op == REMOVE:
        _remove(document, parents, name)
        return
    value = change.text if change.op == COPY else parse(change.text, change.path)
    if value is None:
        _remove(document, parents, name)
        return
    for parent in parents:
        document = document.setdefault(parent, {})
    document[name] = value


def entry(document: Document, change: Change, parse: Parse) -> None:
    """Set or take away the entry of a map (`/requestParameters/…`); what is replaced or removed must be there."""
    name, entry_name = change.segments
    if change.op != ADD and entry_name not in document.get(name, {}):
        raise not_found(change.missing)
    if change.op == REMOVE:
        _remove(document, [name], entry_name)
        return
    document.setdefault(name, {})[entry_name] = parse(change.text, change.path)


def element(document: Document, change: Change, parse: Parse) -> None:
    """Add, remove or replace the element of a list that the last segment names (`/binaryMediaTypes/image~1png`)."""
    *_, name, old = change.segments
    elements = [item for item in document.get(name, []) if item != old or change.op == ADD]
    # Recorded of AWS: what replaces an element comes last, not in its place.
    new = {ADD: old, REPLACE: change.text}.get(change.op)
    if new and new not in elements:
        elements.append(new)
    _put_list(document, name, elements)


def value_element(document: Document, change: Change, parse: Parse) -> None:
    """Add or remove the element of a list that the value gives (`/endpointConfiguration/vpcEndpointIds`)."""
    *parents, name = change.segments
    for parent in parents:
        document = document.setdefault(parent, {})
    value = parse(change.text, change.path)
    elements = [item for item in document.get(name, []) if item != value]
    if change.op != REMOVE and value is not None:
        elements.append(value)
    _put_list(document, name, elements)


def _put_list(document: Document, name: str, elements: list[Any]) -> None:
    if elements:
        document[name] = elements
    else:
        document.pop(name, None)


@dataclass(frozen=True, slots=True)
class PatchPath:
    """A row of a table: a path, what it allows, how a change is made."""

    path: str
    ops: tuple[str, ...] = (REPLACE,)
    parse: Parse = text
    apply: Apply = member
    missing: str = ""
    """AWS's text when the entry that a path names is not there."""
    shown: str = ""
    """The path as AWS's errors list it, where that is another notation."""
    shown_ops: tuple[str, ...] = ()
    """The operations as AWS's errors list them, where they are not those that it allows."""


PathError = Callable[["PatchTable", str, str], AwsError]

ValueAt = Callable[[Document, str], Any]
"""`(document, pointer) -> value` that a copy takes. Raises BadRequestException."""


def value_at(document: Document, pointer: str) -> Any:
    """Return a copy of what a pointer names in a document."""
    found: Any = document
    for segment in parse_pointer(pointer) or ("",):
        if not isinstance(found, Mapping) or segment not in found:
            raise bad_request(f"Invalid patch path {pointer}")
        found = found[segment]
    return copy.deepcopy(found)


@dataclass(frozen=True, slots=True)
class PatchTable:
    """What an Update operation can change."""

    rows: tuple[PatchPath, ...]
    refuse: PathError
    copied: ValueAt = value_at

    def row(self, op: str, path: str) -> tuple[PatchPath, tuple[str, ...], dict[str, str]]:
        """Return the row of a path, the path's segments and what they capture. Raises BadRequestException."""
        segments = parse_pointer(path)
        for row in self.rows:
            captures = _match(row.path, segments) if op in row.ops else None
            if captures is not None:
                return row, segments, captures
        raise self.refuse(self, op, path)

    def ops_of(self, path: str) -> tuple[str, ...]:
        """Return the operations that AWS's errors list for a path; none for a path that is in no row."""
        segments = parse_pointer(path)
        rows = [row for row in self.rows if _match(row.path, segments) is not None]
        return tuple(op for row in rows for op in row.shown_ops or row.ops)

    def paths_of(self, op: str) -> list[str]:
        """Return the paths that allow an operation, in the table's order."""
        return [row.shown or row.path for row in self.rows if op in row.ops]


def name_path_or_ops(table: PatchTable, op: str, path: str) -> AwsError:
    """Build the error of REST APIs, methods, integrations …: the path is unknown, or it allows other operations."""
    ops = table.ops_of(path)
    if not ops:
        return bad_request(f"Invalid patch path {path}")
    allowed = f"one of: [{ops[0]}]" if len(ops) == 1 else "|".join(f"'{allowed}'" for allowed in ops)
    return bad_request(f"Invalid patch operation specified. Must be {allowed}")


def name_path(table: PatchTable, op: str, path: str) -> AwsError:
    """Build the error of gateway responses, which names the path alone."""
    return bad_request(f"Invalid patch path {path}")


def name_paths_of_op(table: PatchTable, op: str, path: str) -> AwsError:
    """Build the error of resources, models, request validators …: the paths that the operation has."""
    paths = table.paths_of(op)
    # AWS's text has two spaces before the path.
    allowed = f"Must be one of: [{', '.join(paths)}]" if paths else "Please choose supported operations"
    return bad_request(f"Invalid patch path  '{path}' specified for op '{op}'. {allowed}")


def patched(document: Document, patch_operations: Sequence[Shape], table: PatchTable) -> Document:
    """Return a copy of a document with a patch applied. Raises BadRequestException; the document stays as it is."""
    result = copy.deepcopy(document)
    for operation in patch_operations:
        row, change = _change(result, operation, table)
        row.apply(result, change, row.parse)
    return result


def parse_pointer(path: str) -> tuple[str, ...]:
    """Return the unescaped segments of a JSON Pointer; none for what is no pointer."""
    if not path.startswith("/"):
        return ()
    return tuple(segment.replace("~1", "/").replace("~0", "~") for segment in path[1:].split("/"))


def _change(document: Document, operation: Shape, table: PatchTable) -> tuple[PatchPath, Change]:
    # What is left out is null to AWS, and named so.
    op, path = operation.get("op") or "null", operation.get("path") or "null"
    row, segments, captures = table.row(op, path)
    value = operation.get("value")
    if op == COPY:
        value = table.copied(document, operation.get("from") or "")
    return row, Change(op, path, segments, captures, value, row.missing)


def _match(pattern: str, segments: tuple[str, ...]) -> dict[str, str] | None:
    names = pattern[1:].split("/")
    segments = _joined(names, segments)
    if len(names) != len(segments):
        return None
    captures: dict[str, str] = {}
    for name, segment in zip(names, segments, strict=True):
        if name.startswith("{") and (segment or name.endswith("+}")):
            captures[name.strip("{+}")] = segment
        elif name != segment:
            return None
    return captures


def _joined(names: list[str], segments: tuple[str, ...]) -> tuple[str, ...]:
    """Return segments with those that a `{path+}` stands for made one."""
    surplus = len(segments) - len(names)
    for index, name in enumerate(names):
        if name.endswith("+}") and surplus > 0:
            end = index + surplus + 1
            return (*segments[:index], "/".join(segments[index:end]), *segments[end:])
    return segments


def _remove(document: Document, parents: list[str], name: str) -> None:
    # An object that has become empty goes with its last member, as AWS answers it.
    if not parents:
        document.pop(name, None)
        return
    child = document.get(parents[0])
    if isinstance(child, dict):
        _remove(child, parents[1:], name)
        if not child:
            del document[parents[0]]
