"""What compiled templates call to make, to compare and to add values."""

from typing import Any, Final

from gatewright.languages.vtl import arithmetic
from gatewright.languages.vtl.arithmetic import is_number
from gatewright.languages.vtl.errors import TemplateFault, TemplateLimitFault
from gatewright.languages.vtl.run import FREE, LINE, SIZED, Definition, Run
from gatewright.languages.vtl.texts import as_key, equal
from gatewright.languages.vtl.tokens import Kind

_RANGE: Final = 1_000_000


def make_map(run: Run, items: tuple[tuple[object, object], ...]) -> dict[object, object]:
    """Return a map; of equal keys the last value counts, at the first's place."""
    run.charge(len(items))
    return {as_key(key): value for key, value in items}


def make_list(run: Run, items: list[object]) -> list[object]:
    """Return a list of the template's own."""
    if len(items) > FREE:
        run.charge(LINE * len(items))  # it is one line of compiled code, however long
    run.note_made(items)
    return items


def make_range(run: Run, first: Any, last: Any) -> list[object] | None:
    """Return the integers of a range, descending where the first is larger."""
    if not is_number(first) or not is_number(last):
        return None
    begin, end = arithmetic.truncated(first), arithmetic.truncated(last)
    # An integer takes as much memory as thirty characters.
    run.charge(16 * (abs(end - begin) + 1))
    if abs(end - begin) >= _RANGE:
        raise TemplateLimitFault("a range is too large")
    return make_list(run, list(range(begin, end + 1) if begin < end else range(begin, end - 1, -1)))


def is_true(run: Run, value: object) -> bool:
    """Return whether a value counts as true where there may be definitions, whose text may be null."""
    if isinstance(value, Definition):
        return value.text(run) is not None
    return value is not None and value is not False


def equals(run: Run, left: Any, right: Any) -> bool:
    """Return `left == right`: numbers by value, values of one class by `equals`, all else by their texts."""
    if is_number(left) and is_number(right):
        return arithmetic.compare(left, right) == 0
    if left.__class__ is not right.__class__:
        left = left.text(run) if isinstance(left, Definition) else left
        right = right.text(run) if isinstance(right, Definition) else right
    if left is None or right is None:
        return left is right
    if left.__class__ is right.__class__:
        if isinstance(left, SIZED) and len(left) > FREE:
            run.watch()
        return left is right if hasattr(left, "vtl_call") else equal(left, right)
    return run.text(left) == run.text(right)


def compared(operator: int, left: Any, right: Any) -> bool:
    """Return what <, <=, > or >= says; False for what are no numbers."""
    if not is_number(left) or not is_number(right):
        return False
    order = arithmetic.compare(left, right)
    if operator == Kind.LOGICAL_LT:
        return order < 0
    if operator == Kind.LOGICAL_GT:
        return order > 0
    return order <= 0 if operator == Kind.LOGICAL_LE else order >= 0


def plus(run: Run, left: Any, right: Any, left_literal: object, right_literal: object) -> object:
    """Return a sum, or texts joined: a null is then joined as it stands in the template."""
    if left.__class__ is int and right.__class__ is int:
        return arithmetic.add(left, right)
    if left.__class__ is str or right.__class__ is str:
        if left is None:
            left = str(left_literal)
        elif right is None:
            right = str(right_literal)
        return run.glue([_joined(run, left), _joined(run, right)])
    if is_number(left) and is_number(right):
        return arithmetic.add(left, right)
    return None


def _joined(run: Run, value: object) -> str:
    text = value.text(run) if isinstance(value, Definition) else run.text(value)
    if text is None:
        raise TemplateFault("a definition within itself has no text to join")
    return text
