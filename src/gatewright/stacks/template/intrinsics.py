"""The values of functions.

A value is worked out from the inside out. UNKNOWN goes through: a function over it is UNKNOWN, but for those that
choose (Fn::If, Fn::Select) and lists and objects that are no arguments. AWS::NoValue is `NO_VALUE` until the list or
object around it drops it.

What a template may make is bounded, since small templates can ask for terabytes (`Fn::Join` of long texts): a text,
and all texts of one evaluation together.

Source: AWS CloudFormation Template Reference Guide, "Intrinsic function reference".
"""

import base64
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from gatewright.stacks.template import functions
from gatewright.stacks.template.errors import TemplateError
from gatewright.stacks.template.functions import check_arguments, function_of, substitute, unsupported
from gatewright.stacks.template.json_text import write_json
from gatewright.stacks.template.scalars import is_unknown, text_of
from gatewright.stacks.template.types import UNKNOWN, Environment, Json, JsonObject, Lookup, Seams, Unknown

LONGEST_TEXT = 1_000_000
ALL_TEXTS = 20_000_000
"""Characters that functions may give in one evaluation."""
MOST_SUBNETS = 256

_INDEX = re.compile(r"-?[0-9]{1,9}")


class NoValue(Enum):
    """AWS::NoValue: what is given this value is not there."""

    NO_VALUE = "AWS::NoValue"


NO_VALUE = NoValue.NO_VALUE


class NamesResource(TemplateError):
    """A value that depends on a resource where none may be named."""


@dataclass(slots=True)
class Budget:
    """Characters that functions may still give."""

    left: int = ALL_TEXTS

    def spend(self, length: int) -> None:
        """Take a text's length off. Raises TemplateError when it, or all of them, are too long."""
        self.left -= length
        if length > LONGEST_TEXT:
            raise TemplateError(f"Template error: a function gives a text longer than {LONGEST_TEXT} characters.")
        if self.left < 0:
            raise TemplateError(f"Template error: functions give texts longer than {ALL_TEXTS} characters together.")


@dataclass(frozen=True, slots=True)
class Scope:
    """What the functions of a template look things up in."""

    parameters: Mapping[str, str | list[str]]
    environment: Environment
    mappings: JsonObject
    is_met: Callable[[str], bool]
    """Whether a condition holds. Raises TemplateError for one that is not there."""
    seams: Seams
    lookup: Lookup | None = None
    """None where no resource may be named: in conditions, rules and transforms."""
    variables: Mapping[str, Json] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)


def evaluate(value: Json, scope: Scope) -> Json:
    """Return the value of a part of a template; NO_VALUE when it is AWS::NoValue itself. Raises TemplateError."""
    if isinstance(value, list):
        items = [evaluate(item, scope) for item in value]
        return [item for item in items if item is not NO_VALUE]
    if not isinstance(value, dict):
        return value
    call = function_of(value)
    if call is None:
        for name in value:
            if name.startswith("Fn::"):
                raise unsupported(name)
        members = {name: evaluate(item, scope) for name, item in value.items()}
        return {name: item for name, item in members.items() if item is not NO_VALUE}
    name, argument = call
    if name not in _FUNCTIONS:
        raise unsupported(name)
    check_arguments(name, argument)
    return _FUNCTIONS[name](argument, scope)


def text_argument(value: Json, scope: Scope, message: str) -> str | Unknown:
    """Return the text that an argument evaluates to, or UNKNOWN. Raises TemplateError with the message."""
    found = evaluate(value, scope)
    if is_unknown(found):
        return UNKNOWN
    text = text_of(found)
    if text is None:
        raise TemplateError(message)
    return text


def _ref(name: str, scope: Scope) -> Json:
    if name in functions.PSEUDO_PARAMETERS:
        return pseudo_parameter(name, scope.environment)
    if name in scope.parameters:
        return scope.parameters[name]
    if scope.lookup is None:
        raise NamesResource(f"Template error: {name} is no parameter, and no resource can be named here.")
    return scope.lookup.ref(name)


def pseudo_parameter(name: str, environment: Environment) -> Json:
    """Return the value of a pseudo parameter: "Pseudo parameters reference"."""
    match name:
        case "AWS::AccountId":
            return environment.account_id
        case "AWS::NotificationARNs":
            return list(environment.notification_arns)
        case "AWS::Partition":
            return environment.partition
        case "AWS::Region":
            return environment.region
        case "AWS::StackId":
            return environment.stack_id
        case "AWS::StackName":
            return environment.stack_name
        case "AWS::URLSuffix":
            return environment.url_suffix
        case _:
            return NO_VALUE


def _get_att(argument: list[Json], scope: Scope) -> Json:
    logical_id = text_argument(argument[0], scope, functions.GET_ATT)
    attribute = text_argument(argument[1], scope, functions.GET_ATT)
    if isinstance(logical_id, Unknown) or isinstance(attribute, Unknown):
        return UNKNOWN
    return _attribute(logical_id, attribute, scope)


def _attribute(logical_id: str, attribute: str, scope: Scope) -> Json:
    if scope.lookup is None:
        raise NamesResource(f"Template error: the attribute {logical_id}.{attribute} cannot be had here.")
    return scope.lookup.attribute(logical_id, attribute)


def _sub(argument: Json, scope: Scope) -> Json:
    text, variables = (argument, {}) if isinstance(argument, str) else (argument[0], dict(*argument[1:]))
    values: dict[str, str | Unknown] = {}
    for name in functions.variables_of(text):
        if name not in values:
            values[name] = _variable(name, variables, scope)
    if any(isinstance(value, Unknown) for value in values.values()):
        return UNKNOWN
    known = {name: value for name, value in values.items() if isinstance(value, str)}
    scope.budget.spend(len(text) + sum(len(known[name]) for name in functions.variables_of(text)))
    return substitute(text, known.__getitem__)


def _variable(name: str, variables: Mapping[str, Json], scope: Scope) -> str | Unknown:
    if name in variables:
        return text_argument(variables[name], scope, functions.SUB_VALUE)
    if "." in name and name not in scope.parameters:
        logical_id, _, attribute = name.partition(".")
        found = _attribute(logical_id, attribute, scope)
    else:
        found = _ref(name, scope)
    if is_unknown(found):
        return UNKNOWN
    if found is NO_VALUE:
        return ""
    text = text_of(found)
    if text is None:
        raise TemplateError(f"Template error: variable {name} in Fn::Sub expression does not resolve to a string")
    return text


def _join(argument: list[Json], scope: Scope) -> Json:
    delimiter = text_argument(argument[0], scope, functions.JOIN)
    items = evaluate(argument[1], scope)
    if isinstance(delimiter, Unknown) or is_unknown(items):
        return UNKNOWN
    if not isinstance(items, list):
        raise TemplateError(functions.JOIN)
    texts = []
    for item in items:
        text = text_of(item)
        if text is None:
            raise TemplateError(functions.JOIN)
        texts.append(text)
    scope.budget.spend(sum(map(len, texts)) + len(delimiter) * max(0, len(texts) - 1))
    return delimiter.join(texts)


def _split(argument: list[Json], scope: Scope) -> Json:
    text = text_argument(argument[1], scope, functions.SPLIT)
    if isinstance(text, Unknown):
        return UNKNOWN
    scope.budget.spend(len(text))
    return text.split(argument[0])


def _select(argument: list[Json], scope: Scope) -> Json:
    index = text_argument(argument[0], scope, functions.SELECT)
    items = evaluate(argument[1], scope)
    if isinstance(index, Unknown) or isinstance(items, Unknown):
        return UNKNOWN
    if not isinstance(items, list) or not _INDEX.fullmatch(index):
        raise TemplateError(functions.SELECT)
    if not 0 <= int(index) < len(items):
        raise TemplateError(f"Template error: Fn::Select cannot select nonexistent value at index {index}")
    return items[int(index)]


def _find_in_map(argument: list[Json], scope: Scope) -> Json:
    keys = [text_argument(item, scope, functions.FIND_IN_MAP) for item in argument[:3]]
    texts = [key for key in keys if isinstance(key, str)]
    if len(texts) < len(keys):
        return UNKNOWN
    name, first, second = texts
    try:
        return scope.mappings[name][first][second]
    except KeyError:
        pass
    if len(argument) == 4:
        return evaluate(argument[3]["DefaultValue"], scope)
    if name not in scope.mappings:
        raise TemplateError(
            f"Template error: Mapping named '{name}' is not present in the 'Mappings' section of template."
        )
    raise TemplateError(f"Template error: Unable to get mapping for {name}::{first}::{second}")


def _if(argument: list[Json], scope: Scope) -> Json:
    return evaluate(argument[1] if scope.is_met(argument[0]) else argument[2], scope)


def _base64(argument: Json, scope: Scope) -> Json:
    text = text_argument(argument, scope, functions.BASE64)
    if isinstance(text, Unknown):
        return UNKNOWN
    encoded = base64.b64encode(text.encode(errors="surrogatepass")).decode()
    scope.budget.spend(len(encoded))
    return encoded


def _cidr(argument: Json, scope: Scope) -> Json:
    arguments = evaluate(argument, scope)
    if is_unknown(arguments):
        return UNKNOWN
    texts = [text_of(item) for item in arguments] if isinstance(arguments, list) else []
    block, count, bits = texts if len(texts) == 3 else (*texts, None) if len(texts) == 2 else (None, None, None)
    try:
        network = ipaddress.ip_network(block or "", strict=False)
        wanted = int(count or "")
        # Without cidrBits: a subnet of /24 or /64, as in the examples.
        host_bits = int(bits) if bits is not None else {4: 8, 6: 64}[network.version]
        if not 1 <= wanted <= MOST_SUBNETS or not 1 <= host_bits <= network.max_prefixlen - network.prefixlen:
            raise ValueError("out of range")
    except ValueError:
        raise TemplateError(functions.CIDR) from None
    size = 1 << host_bits
    if wanted * size > network.num_addresses:
        raise TemplateError(f"Template error: Fn::Cidr cannot make {wanted} subnets of {host_bits} bits of {block}")
    prefix = network.max_prefixlen - host_bits
    return [f"{network.network_address + size * number}/{prefix}" for number in range(wanted)]


def _get_azs(argument: Json, scope: Scope) -> Json:
    region = text_argument(argument, scope, functions.GET_AZS)
    if isinstance(region, Unknown):
        return UNKNOWN
    return list(scope.seams.availability_zones(region or scope.environment.region))


def _get_stack_output(argument: JsonObject, scope: Scope) -> Json:
    given = {name: text_argument(item, scope, functions.GET_STACK_OUTPUT) for name, item in argument.items()}
    texts = {name: text for name, text in given.items() if isinstance(text, str)}
    if len(texts) < len(given):
        return UNKNOWN
    stack, name = texts["StackName"], texts["OutputName"]
    region = texts.get("Region", scope.environment.region)
    value = scope.seams.stack_output(stack, name, region, texts.get("RoleArn"))
    if value is None:
        raise TemplateError(f"Template error: there is no output {name} of a stack {stack} in {region}")
    return value


def _import_value(argument: Json, scope: Scope) -> Json:
    name = text_argument(argument, scope, functions.IMPORT_VALUE)
    if isinstance(name, Unknown):
        return UNKNOWN
    value = scope.seams.export(name)
    if value is None:
        raise TemplateError(f"No export named {name} found")
    return value


def _length(argument: Json, scope: Scope) -> Json:
    items = evaluate(argument, scope)
    if isinstance(items, Unknown):
        return UNKNOWN
    if not isinstance(items, list):
        raise TemplateError(functions.LENGTH)
    return len(items)


def _to_json_string(argument: Json, scope: Scope) -> Json:
    value = evaluate(argument, scope)
    if is_unknown(value):
        return UNKNOWN
    if not isinstance(value, dict | list):
        raise TemplateError(functions.TO_JSON_STRING)
    text = write_json(value)
    scope.budget.spend(len(text))
    return text


_FUNCTIONS: Mapping[str, Callable[[Json, Scope], Json]] = MappingProxyType(
    {
        "Fn::Base64": _base64,
        "Fn::Cidr": _cidr,
        "Fn::FindInMap": _find_in_map,
        "Fn::GetAZs": _get_azs,
        "Fn::GetAtt": _get_att,
        "Fn::GetStackOutput": _get_stack_output,
        "Fn::If": _if,
        "Fn::ImportValue": _import_value,
        "Fn::Join": _join,
        "Fn::Length": _length,
        "Fn::Select": _select,
        "Fn::Split": _split,
        "Fn::Sub": _sub,
        "Fn::ToJsonString": _to_json_string,
        "Ref": _ref,
    }
)
