"""Recursive loops. AWS documentation: "Use Lambda recursive loop detection to prevent infinite loops"."""

from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, call, create, failure

FUNCTION = {"FunctionName": "my-function"}


def test_loops_are_ended_unless_they_are_allowed(contexts: Contexts) -> None:
    context = contexts.context()
    create(context)
    assert call(context, "GetFunctionRecursionConfig", **FUNCTION) == {"RecursiveLoop": "Terminate"}
    for loop in ("Allow", "Terminate", "Allow"):
        answer = {"RecursiveLoop": loop}
        assert call(context, "PutFunctionRecursionConfig", **FUNCTION, RecursiveLoop=loop) == answer
        assert call(context, "GetFunctionRecursionConfig", FunctionName=ARN) == answer
    assert contexts.document("lambda", "recursion-config", "my-function") == {"RecursiveLoop": "Allow"}
    call(context, "DeleteFunction", **FUNCTION)
    create(context)
    assert call(context, "GetFunctionRecursionConfig", **FUNCTION) == {"RecursiveLoop": "Terminate"}


def test_functions_that_are_not_there(context: Context) -> None:
    expected = ("ResourceNotFoundException", f"Function not found: {ARN}")
    assert failure(context, "GetFunctionRecursionConfig", **FUNCTION) == expected
    assert failure(context, "PutFunctionRecursionConfig", **FUNCTION, RecursiveLoop="Allow") == expected
