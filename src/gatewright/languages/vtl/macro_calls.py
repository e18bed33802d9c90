"""What compiled templates call to call a macro."""

from gatewright.languages.vtl.contexts import Argument, Context, Halt, MacroContext
from gatewright.languages.vtl.errors import TemplateFault, TemplateLimitFault
from gatewright.languages.vtl.run import Body, Definition, Run


def call_macro(
    context: Context,
    run: Run,
    output: list[str],
    called: "tuple[str, str, tuple[Argument, ...], Body | None, int]",
) -> None:
    """Call a macro; without one of the name, print the call."""
    name, literal, arguments, body, weight = called
    macro = run.macros.get(name)
    if macro is None:
        output.append(literal)
        return
    if any(argument.is_word for argument in arguments):
        raise TemplateFault(f"invalid argument in macro #{name}")
    run.step()
    run.work(macro.weight)
    inner = MacroContext(context, run)
    for parameter, argument in zip(macro.arguments, arguments, strict=False):
        inner.add(parameter, argument)
    if body is not None:
        inner.add_body(Definition(context, body, weight, 20))
    if run.is_depth_reached():
        raise TemplateLimitFault(f"the macro #{name} nests too deep")
    run.depth += 1
    try:
        macro.body(inner, run, output)
    except Halt as halt:
        if not halt.is_nearest:
            raise
    run.depth -= 1
