"""What compiled templates call around and in their loops."""

from collections.abc import Sized
from typing import Any

from gatewright.languages.vtl.contexts import Context, Halt
from gatewright.languages.vtl.errors import TemplateFault
from gatewright.languages.vtl.run import Run
from gatewright.languages.vtl.values import Collected, Cursor, ForeachScope, StringArray


def loop(run: Run, source: Any) -> tuple[list[object], int] | None:
    """Return what a loop goes over, as far as it may, and how many elements there are."""
    items = _elements(run, source)
    if items is None:
        return None
    size = len(items)
    return items[: run.loop_limit], size


def elements(run: Run, source: Any) -> list[object]:
    """Return all that a loop goes over, nothing where there is nothing."""
    items = _elements(run, source)
    return [] if items is None else items


def _elements(run: Run, source: Any) -> list[object] | None:
    kind = source.__class__
    if kind is list or kind is StringArray or kind is Collected:
        items = list(source)
    elif kind is dict:
        items = list(source.values())
    elif isinstance(source, Cursor):
        items = []
        while source.has_next():
            items.append(source.next())
    else:
        return None
    run.charge(len(items))
    return items


def live(source: object) -> Sized | None:
    """Return what may not change while a loop goes over it."""
    if isinstance(source, Collected):
        return source.origin
    return source if isinstance(source, list | dict) else None


def check_unchanged(source: Sized, position: int, size: int) -> bool:
    """Return False where the loop's list or map lost elements at its very end; a fault where it changed otherwise."""
    now = len(source)
    if now == position:
        return False
    raise TemplateFault(f"ConcurrentModificationException: {size} elements became {now}")


def check_end(source: Sized | None, position: int, size: int) -> None:
    """Fault where a list changed while its last element was looked at: Java then looks for another one."""
    if isinstance(source, list) and position == size and len(source) != size:
        raise TemplateFault(f"ConcurrentModificationException: {size} elements became {len(source)}")


def restore(context: Context, name: str, value: object) -> None:
    """Give a variable the value that it had before a loop."""
    if value is None:
        context.pop(name, None)
    else:
        context[name] = value


def leave_scope(context: Context) -> None:
    """Remove `$foreach` after a loop, or give it back to the loop around."""
    scope = context.get("foreach")
    if isinstance(scope, ForeachScope):
        restore(context, "foreach", scope.parent if scope.parent is not None else scope.replaced)


def break_scope(scope: object) -> None:
    """Carry out `#break($scope)`."""
    if not isinstance(scope, ForeachScope):
        raise TemplateFault("#break: not a scope")
    raise Halt(scope=scope)
