"""What is wrong with a template.

ValueError
└── TemplateError            the text is no template: refused when it is compiled
Exception
└── TemplateFault            rendering failed: a method threw, #evaluate got text that does not parse, …
    └── TemplateLimitFault   the template asked for more than it may have: iterations, output, depth, time
"""


class TemplateError(ValueError):
    """The text does not parse; `line` and `column` count from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"{message} at line {line}, column {column}")
        self.message = message
        self.line = line
        self.column = column


class TemplateFault(Exception):
    """Rendering failed; there is no output."""


class TemplateLimitFault(TemplateFault):
    """The template exceeded one of its limits."""


def position_of(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column of an offset, both from 1."""
    before = text[:offset]
    line = before.count("\n") + 1
    return line, offset - (before.rfind("\n") + 1) + 1
