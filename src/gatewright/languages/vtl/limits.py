"""What a template may use of the machine, and the dialect it is written in."""

from dataclasses import dataclass
from enum import Enum


class Dialect(Enum):
    """Velocity 1.7, or what API Gateway is known to make of it: docs/concepts/mapping-templates.md.

    On API Gateway a reference without a value is an empty text, macros cannot be defined, and #evaluate, #include and
    #parse are no directives; the lists of payloads print as JSON.
    """

    API_GATEWAY = "API_GATEWAY"
    VELOCITY = "VELOCITY"

    @property
    def directives(self) -> frozenset[str]:
        """Return the names of directives besides #if and #set."""
        known = frozenset({"foreach", "macro", "literal", "define", "break", "stop"})
        return known | {"include", "parse", "evaluate"} if self is Dialect.VELOCITY else known

    @property
    def is_null_empty(self) -> bool:
        """Return whether a reference without a value is an empty text."""
        return self is Dialect.API_GATEWAY

    @property
    def has_json_lists(self) -> bool:
        """Return whether lists that are not of the template's making print as JSON."""
        return self is Dialect.API_GATEWAY

    @property
    def has_macros(self) -> bool:
        """Return whether a template may define macros."""
        return self is Dialect.VELOCITY


@dataclass(frozen=True, slots=True)
class Limits:
    """The budget of one rendering. Work is counted rather than timed where it can be.

    loop_iterations    each #foreach ends silently after so many, as Velocity's directive.foreach.maxloops has it
    steps              iterations of all loops, calls of macros, uses of arguments by name and #evaluates together
    output_characters  what is rendered, and any single text in between
    work_characters    all texts and elements that are made on the way
    depth              macros within macros, and #evaluate within #evaluate
    pattern_seconds    all searches with regular expressions together
    seconds            of the processor's time, looked at before what goes through long texts and lists
    """

    loop_iterations: int | None = 1000
    steps: int = 100_000
    output_characters: int = 10_485_760
    work_characters: int = 100_000_000
    depth: int = 20
    pattern_seconds: float = 0.2
    seconds: float = 0.5
