"""A compiled path and its steps. Each step is one of Jayway's path tokens and does what its token does.

A path is definite when it can select one place only; it then yields that value, and `MISSING` where there is nothing.
Any other path yields the list of all that it selects: below a wildcard, a scan or a filter whatever does not fit is
passed over.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gatewright.languages.jayway.errors import PathLimitError
from gatewright.languages.json_path import MISSING
from gatewright.languages.patterns import SearchTime

# Some tenths of a second of Python; a document of 10 MiB rarely has as many values.
STEP_LIMIT = 500_000
EXPRESSION_STEPS = 4


class Failed(Exception):
    """The path as a whole selects nothing, whatever it has found."""


class NotFound(Failed):
    """Jayway's PathNotFoundException: the definite part of a path meets nothing. A wildcard passes it over."""


class Visit:
    """One reading of one document: what has been found, how many steps and how much time for patterns are left."""

    __slots__ = ("found", "root", "search_time", "steps_left")

    def __init__(self, root: object, steps_left: int) -> None:
        self.root = root
        self.found: list[object] = []
        self.steps_left = steps_left
        self.search_time = SearchTime()

    def step(self, count: int = 1) -> None:
        """Count steps. Raises `PathLimitError`."""
        self.steps_left -= count
        if self.steps_left < 0:
            raise PathLimitError(f"the path takes more than {STEP_LIMIT} steps")


Continue = Callable[[object, Visit], None]
"""What follows a step: it is given each value that the step selects."""


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled path. `plain` are the names and subscripts of a path that has nothing else."""

    text: str
    is_definite: bool
    plain: tuple[str | int, ...] | None
    _walk: Continue

    def read(self, document: object) -> object:
        """Return what the path selects, `MISSING` if it leads nowhere. Raises `PathLimitError`."""
        if self.plain is None:
            return self.read_within(document, Visit(document, STEP_LIMIT))
        for step in self.plain:
            if isinstance(step, str):
                if not isinstance(document, dict) or step not in document:
                    return MISSING
                document = document[step]
            else:
                if not isinstance(document, list) or not -len(document) <= step < len(document):
                    return MISSING
                document = document[step]
        return document

    def read_within(self, start: object, visit: Visit) -> object:
        """Read from `start` as a part of another visit, whose steps are counted on."""
        found, visit.found = visit.found, []
        try:
            self._walk(start, visit)
            selected = visit.found
        except Failed:
            return MISSING
        finally:
            visit.found = found
        if self.is_definite:
            return selected[-1] if selected else MISSING
        return selected


def collect(value: object, visit: Visit) -> None:
    """End a path: keep the value."""
    visit.step()
    visit.found.append(value)


def property_step(names: tuple[str, ...], following: Continue | None, is_upstream_definite: bool) -> Continue:
    """`.name`, `['name']`; several names give one object at the end of a path, and one value each within."""
    if len(names) > 1 and following is None:
        return _merge_step(names, is_upstream_definite)
    then = following or collect
    # A missing member within a path is an error of a definite path only; at its end it is no result.
    is_required = is_upstream_definite and len(names) == 1 and following is not None

    def walk(value: object, visit: Visit) -> None:
        visit.step()
        if not isinstance(value, dict):
            if is_upstream_definite:
                raise NotFound
            return
        for name in names:
            if name in value:
                then(value[name], visit)
            elif is_required:
                raise NotFound

    return walk


def _merge_step(names: tuple[str, ...], is_upstream_definite: bool) -> Continue:
    def walk(value: object, visit: Visit) -> None:
        if isinstance(value, dict):
            collect({name: value[name] for name in names if name in value}, visit)
        elif is_upstream_definite:
            raise NotFound

    return walk


def index_step(indexes: tuple[int, ...], following: Continue | None, is_upstream_definite: bool) -> Continue:
    """`[n]`, `[-n]`, `[n,m]`."""
    then = following or collect

    def walk(value: object, visit: Visit) -> None:
        visit.step()
        if not isinstance(value, list):
            if is_upstream_definite:
                raise NotFound
            return
        for index in indexes:
            if -len(value) <= index < len(value):
                then(value[index], visit)

    return walk


def slice_step(start: int | None, end: int | None, following: Continue | None, is_upstream_definite: bool) -> Continue:
    """`[n:]`, `[:n]`, `[n:m]`."""
    then = following or collect

    def walk(value: object, visit: Visit) -> None:
        visit.step()
        if not isinstance(value, list):
            if is_upstream_definite:
                raise NotFound
            return
        for element in _sliced(value, start, end):
            then(element, visit)

    return walk


def _sliced(value: list[object], start: int | None, end: int | None) -> Iterator[object]:
    length = len(value)
    if start is None or end is None:
        yield from value[start:end]
        return
    # With both ends Jayway counts up from the first as it is written: [-1:1] is the last and then the first.
    for index in range(max(start, -length), min(end, length)):
        yield value[index]


def wildcard_step(following: Continue | None) -> Continue:
    """`.*`, `[*]`."""
    then = following or collect

    def walk(value: object, visit: Visit) -> None:
        visit.step()
        children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for child in children:
            try:
                then(child, visit)
            except NotFound:
                continue

    return walk


def scan_step(walk: Continue, fits: Callable[[object, Visit], bool] | None) -> Continue:
    """`..`: apply what follows to each object and array that fits, from the outside in, in the document's order."""

    def scan(value: object, visit: Visit) -> None:
        stack = [value]
        while stack:
            node = stack.pop()
            if isinstance(node, (dict, list)):
                visit.step(1 + len(node))
                if fits is None or fits(node, visit):
                    walk(node, visit)
                children = node.values() if isinstance(node, dict) else node
                stack.extend(reversed([child for child in children if isinstance(child, (dict, list))]))

    return scan


def filter_step(
    accepts: Callable[[object, Visit], bool], following: Continue | None, is_upstream_definite: bool
) -> Continue:
    """`[?(…)]`: the elements of an array, or an object itself, for which an expression holds."""
    then = following or collect

    def walk(value: object, visit: Visit) -> None:
        visit.step()
        if isinstance(value, dict):
            if accepts(value, visit):
                then(value, visit)
        elif isinstance(value, list):
            visit.step(EXPRESSION_STEPS * len(value))
            for element in value:
                if accepts(element, visit):
                    then(element, visit)
        elif is_upstream_definite:
            raise NotFound

    return walk


def function_step(apply: Callable[[object, Visit], object]) -> Continue:
    """`.length()` and its like, at the end of a path."""

    def walk(value: object, visit: Visit) -> None:
        result = apply(value, visit)
        if result is MISSING:
            raise Failed
        collect(result, visit)

    return walk
