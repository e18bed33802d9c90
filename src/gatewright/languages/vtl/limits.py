"""What a template may use of the machine, and the dialect it is written in."""

from dataclasses import dataclass
from enum import Enum


class Dialect(Enum):
    """Where the mapping templates of API Gateway are known to differ from Velocity 1.7: docs/concepts/mapping-templates.md."""

    API_GATEWAY = "API_GATEWAY"
    VELOCITY = "VELOCITY"


@dataclass(frozen=True, slots=True)
class Limits:
    """The budget of one rendering. Work is counted, not timed, but for regular expressions.

    loop_iterations    each #foreach ends silently after so many, as Velocity's directive.foreach.maxloops has it
    steps              iterations of all loops, calls of macros, uses of arguments by name and #evaluates together
    output_characters  what is rendered, and any single text in between
    work_characters    all texts and elements that are made on the way
    depth              macros within macros, and #evaluate within #evaluate
    pattern_seconds    each search with a regular expression
    """

    loop_iterations: int | None = 1000
    steps: int = 100_000
    output_characters: int = 10_485_760
    work_characters: int = 100_000_000
    depth: int = 20
    pattern_seconds: float = 0.1
