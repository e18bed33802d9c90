"""What a template, its parameters or its transforms do wrong.

GatewrightError
└── TemplateError            `ValidationError` of the operation that brought the template
    └── TransformError       a transform failed: CreateStack says so at once, a change set becomes FAILED
        └── MacroError       a macro of the account failed: the stack is there, and rolled back
"""

from gatewright.base.errors import GatewrightError


class TemplateError(GatewrightError):
    """A template that CloudFormation refuses; `message` is AWS's text."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class TransformError(TemplateError):
    """A transform that could not do its work; `message` begins with `Transform NAME failed with: ` as a rule."""


class MacroError(TransformError):
    """A macro of the account that could not do its work, or did not."""
