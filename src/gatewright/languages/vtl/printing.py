"""What compiled templates call to print what references hold."""

from typing import Any

from gatewright.languages.doubles import double_text
from gatewright.languages.vtl.contexts import Context
from gatewright.languages.vtl.run import Definition, Run


def show(context: Context, run: Run, output: list[str], value: object, null_text: str) -> None:
    """Print a value that is no text."""
    if value.__class__ is Definition:
        assert isinstance(value, Definition)
        if value.render(context, run, output):
            return
        value = value.text(run)
    if value is None:
        output.append(null_text if isinstance(context, dict) else _calling_argument(context, null_text))
    else:
        output.append(run.text(value))


def show_escaped(context: Context, output: list[str], value: object, reference: tuple[str, str]) -> None:
    """Print a reference behind an odd number of backslashes: one is dropped only if the reference has a value."""
    prefix, null_text = reference
    output.append(prefix + ("\\" if value is None else "") + _calling_argument(context, null_text))


def show_prefixed(
    context: Context, run: Run, output: list[str], value: object, reference: tuple[str, str, str]
) -> None:
    """Print a reference with backslashes or dollars before it."""
    escapes, more, null_text = reference
    if isinstance(value, Definition):
        if value.render(context, run, output):
            return
        value = value.text(run)
    if value is None:
        # The backslashes are printed twice then, for they escape nothing.
        output += (escapes, escapes, more, _calling_argument(context, null_text))
    else:
        output += (escapes, more, run.text(value))


def _calling_argument(context: Context, null_text: str) -> str:
    """Return what stood for a macro's argument where the macro was called."""
    literal = context.get(f".literal.{null_text}")
    return null_text if literal is None else str(literal)


def text_of(context: Context, run: Run, value: object, null_text: str) -> str:
    """Return what is printed of a value that is no text."""
    output: list[str] = []
    show(context, run, output, value, null_text)
    return output[0] if len(output) == 1 else run.glue(output)


def plain_text(run: Run, value: Any, null_text: str) -> str:
    """Return what is printed of a value that is no text, where there are neither definitions nor macros."""
    if value is None:
        return null_text
    return double_text(value) if value.__class__ is float else run.text(value)
