"""Which runtimes a function can be created with, and which ones a layer can be for.

Source: "Lambda runtimes" (AWS Lambda Developer Guide), its columns of June 2026 as cfn-lint 1.58 has them. Which of
them this machine can run is the node's to say.
"""

from collections.abc import Sequence

from gatewright.control.context import Context
from gatewright.control.lambda_.errors import constraint_violation, constraint_violations, invalid_parameter

SUPPORTED = (
    *("nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x", "nodejs26.x"),
    *("python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14", "python3.15"),
    *("java8.al2", "java8.al2023", "java11", "java11.al2023", "java17", "java17.al2023", "java21", "java25"),
    *("dotnet8", "dotnet10"),
    *("ruby3.2", "ruby3.3", "ruby3.4", "ruby4.0"),
    *("provided.al2", "provided.al2023"),
)

STILL_TAKEN = ("nodejs16.x", "python3.8", "dotnet6")
"""Deprecated ones, whose column "Block function create" says February 1, 2027."""

DEPRECATED = frozenset(
    {
        *("nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10"),
        *("nodejs10.x", "nodejs12.x", "nodejs14.x"),
        *("python2.7", "python3.6", "python3.7"),
        *("dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1"),
        *("java8", "go1.x", "ruby2.5", "ruby2.7", "provided"),
    }
)
"""Lambda refuses to create or update functions with these ("Deprecated runtimes")."""

_ARCHITECTURES = ("x86_64", "arm64")
_EVER_KNOWN = frozenset({*SUPPORTED, *STILL_TAKEN, *DEPRECATED})


def check_runtime(context: Context, runtime: str) -> None:
    """Raise InvalidParameterValueException for a runtime that Lambda or this machine does not have."""
    if runtime in DEPRECATED:
        raise invalid_parameter(
            f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. "
            "We recommend you use a supported runtime while creating or updating functions."
        )
    if runtime not in SUPPORTED and runtime not in STILL_TAKEN:
        raise invalid_parameter(
            f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
            f"[{', '.join(SUPPORTED)}] or be a valid ARN"
        )
    problem = context.node.runtime_problem(runtime)
    if problem is not None:
        raise invalid_parameter(problem)


def check_compatibility(runtimes: Sequence[str], architectures: Sequence[str]) -> None:
    """Raise ValidationException for a runtime that Lambda never had, and for an architecture that it does not have.

    A layer may be for a deprecated runtime; the message names those that are supported, nevertheless. The texts are
    AWS's answers (localstack, TestLambdaLayer.test_layer_exceptions).
    """
    violations: list[tuple[object, str, str]] = []
    if any(runtime not in _EVER_KNOWN for runtime in runtimes):
        violations.append((f"[{', '.join(runtimes)}]", "compatibleRuntimes", _one_of(SUPPORTED)))
    if any(architecture not in _ARCHITECTURES for architecture in architectures):
        constraint = f"Member must satisfy constraint: [{_one_of(_ARCHITECTURES)}]"
        violations.append((f"[{', '.join(architectures)}]", "compatibleArchitectures", constraint))
    if violations:
        raise constraint_violations(violations)


def check_runtime_filter(runtime: str | None) -> None:
    """Raise ValidationException when layers are to be listed for a runtime that Lambda never had."""
    if runtime is not None and runtime not in _EVER_KNOWN:
        known = (*SUPPORTED, *sorted({*STILL_TAKEN, *DEPRECATED}))
        raise constraint_violation(runtime, "compatibleRuntime", _one_of(known))


def _one_of(values: Sequence[str]) -> str:
    return f"Member must satisfy enum value set: [{', '.join(values)}]"
