"""The functions of templates: which there are, what their arguments must be, and how AWS says that they are not.

Messages: every Fn::Equals is recorded by localstack (tests/aws/services/cloudformation/engine/
test_conditions.snapshot.json); the others are those that users cite. Source of the forms: AWS CloudFormation Template
Reference Guide, "Intrinsic function reference" and "Rule-specific intrinsic functions".
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from gatewright.stacks.template.errors import TemplateError
from gatewright.stacks.template.scalars import text_of
from gatewright.stacks.template.types import Json

VALUE_FUNCTIONS = (
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::FindInMap",
    "Fn::GetAtt",
    "Fn::GetAZs",
    "Fn::GetStackOutput",
    "Fn::If",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Length",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
    "Fn::ToJsonString",
    "Ref",
)
"""Functions that give values, in resources, outputs and conditions."""
BOOLEAN_FUNCTIONS = ("Condition", "Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or")
RULE_FUNCTIONS = (
    "Fn::Contains",
    "Fn::EachMemberEquals",
    "Fn::EachMemberIn",
    "Fn::RefAll",
    "Fn::ValueOf",
    "Fn::ValueOfAll",
)
EXTENSIONS = frozenset({"Fn::Length", "Fn::ToJsonString"})
"""Functions that a template has only with AWS::LanguageExtensions."""
PSEUDO_PARAMETERS = frozenset(
    {
        "AWS::AccountId",
        "AWS::NoValue",
        "AWS::NotificationARNs",
        "AWS::Partition",
        "AWS::Region",
        "AWS::StackId",
        "AWS::StackName",
        "AWS::URLSuffix",
    }
)

_VARIABLE = re.compile(r"\$\{\s*([^}]*?)\s*\}")
_VARIABLE_NAME = re.compile(r"[a-zA-Z0-9_.:]+")


def function_of(value: Json) -> tuple[str, Json] | None:
    """Return name and argument of a function call, or None for any other value.

    A call is an object with one member. `Condition` is none here: policies have objects like it.
    """
    if isinstance(value, dict) and len(value) == 1:
        name, argument = next(iter(value.items()))
        if name == "Ref" or name.startswith("Fn::"):
            return name, argument
    return None


def unsupported(name: str) -> TemplateError:
    """Return the error of a function that is not there, or not in this place."""
    supported = ", ".join((*VALUE_FUNCTIONS, *BOOLEAN_FUNCTIONS, *RULE_FUNCTIONS))
    return TemplateError(
        f"Template error: Encountered unsupported function: {name} Supported functions are: [{supported}]"
    )


JOIN = (
    "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings "
    "to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined."
)
SPLIT = (
    "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be "
    "split or a function that returns a string to be split."
)
SELECT = "Template error: Fn::Select requires a list argument with two elements: an integer index and a list"
SUB = (
    "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as "
    "first argument, and an optional second argument to specify a mapping of values to replace in the string"
)
SUB_NAME = (
    "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, "
    "and colons"
)
SUB_VALUE = (
    "Template error: every value of the context object of every Fn::Sub object must be a string or a function that "
    "returns a string"
)
GET_ATT = (
    "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource "
    "attribute"
)
FIND_IN_MAP = (
    "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for "
    "return value"
)
REF = "Template error: every Ref object must have a single String value."
BASE64 = "Template error: every Fn::Base64 object must have a String-typed value."
CIDR = "Template error: every Fn::Cidr object requires two or three parameters, ipBlock, count and cidrBits"
GET_AZS = "Template error: every Fn::GetAZs object must have a String-typed value."
GET_STACK_OUTPUT = (
    "Template error: every Fn::GetStackOutput object requires StackName and OutputName, and may have Region and "
    "RoleArn."
)
IMPORT_VALUE = "Template error: every Fn::ImportValue object must have a String-typed value."
IMPORT_DEPENDS = (
    "Template error: the attribute in Fn::ImportValue must not depend on any resources, imported values, or Fn::GetAZs"
)
IF = "Template error: Fn::If requires a list argument with three elements"
EQUALS = "Template error: every Fn::Equals object requires a list of 2 string parameters."
NOT = "Template error: every Fn::Not object requires a list of 1 boolean parameter."
LENGTH = "Template error: every Fn::Length object requires a list or a function that returns a list."
TO_JSON_STRING = "Template error: every Fn::ToJsonString object requires an object or a list."


def _and_or(name: str) -> str:
    return f"Template error: every {name} object requires a list of at least 2 and at most 10 boolean parameters."


def _is_text(value: Json) -> bool:
    return text_of(value) is not None


def _is_call(value: Json) -> bool:
    return function_of(value) is not None


def _is_pair(argument: Json, first: Callable[[Json], bool], second: type) -> bool:
    return (
        isinstance(argument, list)
        and len(argument) == 2
        and first(argument[0])
        and (isinstance(argument[1], second) or _is_call(argument[1]))
    )


def _text_or_call(value: Json) -> bool:
    return _is_text(value) or _is_call(value)


def _is_sub(argument: Json) -> bool:
    if isinstance(argument, str):
        return True
    if not isinstance(argument, list) or not 1 <= len(argument) <= 2:
        return False
    return isinstance(argument[0], str) and (len(argument) == 1 or isinstance(argument[1], dict))


def _is_get_att(argument: Json) -> bool:
    return (
        isinstance(argument, list)
        and len(argument) == 2
        and all(_text_or_call(item) for item in argument)
        and all(argument)
    )


def _is_find_in_map(argument: Json) -> bool:
    if not isinstance(argument, list) or not 3 <= len(argument) <= 4:
        return False
    if len(argument) == 4 and not (isinstance(argument[3], dict) and argument[3].keys() == {"DefaultValue"}):
        return False
    return all(_text_or_call(item) for item in argument[:3])


def _is_get_stack_output(argument: Json) -> bool:
    return (
        isinstance(argument, dict)
        and {"StackName", "OutputName"} <= argument.keys() <= {"StackName", "OutputName", "Region", "RoleArn"}
        and all(_text_or_call(item) for item in argument.values())
    )


def _is_list_of(least: int, most: int) -> Callable[[Json], bool]:
    return lambda argument: isinstance(argument, list) and least <= len(argument) <= most


_ARGUMENTS: Mapping[str, tuple[Callable[[Json], bool], str]] = MappingProxyType(
    {
        "Condition": (lambda argument: isinstance(argument, str), "Template error: every Condition must be a string."),
        "Fn::And": (_is_list_of(2, 10), _and_or("Fn::And")),
        "Fn::Base64": (_text_or_call, BASE64),
        "Fn::Cidr": (lambda argument: _is_call(argument) or _is_list_of(2, 3)(argument), CIDR),
        "Fn::Equals": (_is_list_of(2, 2), EQUALS),
        "Fn::FindInMap": (_is_find_in_map, FIND_IN_MAP),
        "Fn::GetAZs": (_text_or_call, GET_AZS),
        "Fn::GetAtt": (_is_get_att, GET_ATT),
        "Fn::GetStackOutput": (_is_get_stack_output, GET_STACK_OUTPUT),
        "Fn::If": (
            lambda argument: isinstance(argument, list) and len(argument) == 3 and isinstance(argument[0], str),
            IF,
        ),
        "Fn::ImportValue": (_text_or_call, IMPORT_VALUE),
        "Fn::Join": (lambda argument: _is_pair(argument, _text_or_call, list), JOIN),
        "Fn::Length": (lambda argument: isinstance(argument, list) or _is_call(argument), LENGTH),
        "Fn::Not": (_is_list_of(1, 1), NOT),
        "Fn::Or": (_is_list_of(2, 10), _and_or("Fn::Or")),
        "Fn::Select": (lambda argument: _is_pair(argument, _text_or_call, list), SELECT),
        "Fn::Split": (
            lambda argument: (
                isinstance(argument, list)
                and len(argument) == 2
                and isinstance(argument[0], str)
                and argument[0] != ""
                and _text_or_call(argument[1])
            ),
            SPLIT,
        ),
        "Fn::Sub": (_is_sub, SUB),
        "Fn::ToJsonString": (lambda argument: isinstance(argument, dict | list), TO_JSON_STRING),
        "Ref": (lambda argument: isinstance(argument, str) and argument != "", REF),
    }
)


def check_arguments(name: str, argument: Json) -> None:
    """Refuse a function that is not there, or whose argument has another form. Raises TemplateError."""
    if name not in _ARGUMENTS:
        raise unsupported(name)
    is_right, message = _ARGUMENTS[name]
    if not is_right(argument):
        raise TemplateError(message)
    if name == "Fn::Sub":
        for _ in variables_of(argument if isinstance(argument, str) else argument[0]):
            pass


def variables_of(text: str) -> Iterator[str]:
    """Yield the names in the `${…}` of a text for Fn::Sub, but for literals (`${!Literal}`). Raises TemplateError."""
    for match in _VARIABLE.finditer(text):
        name = match[1]
        if name.startswith("!"):
            continue
        if not _VARIABLE_NAME.fullmatch(name):
            raise TemplateError(SUB_NAME)
        yield name


def substitute(text: str, value: Callable[[str], str]) -> str:
    """Return a text for Fn::Sub with its variables' values; `${!Literal}` becomes `${Literal}`."""

    def replaced(match: "re.Match[str]") -> str:
        name = match[1]
        return "${" + name[1:] + "}" if name.startswith("!") else value(name)

    return _VARIABLE.sub(replaced, text)
