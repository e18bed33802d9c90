"""What the tests of templates put in the place of the outside, and a way from text to what a stack gets."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from gatewright.base.errors import AwsError
from gatewright.stacks.template import (
    UNKNOWN,
    Environment,
    Evaluation,
    Json,
    JsonObject,
    ParameterValues,
    TransformError,
    check,
    expand,
    read_template,
    resolve_parameters,
)

ENVIRONMENT = Environment(
    account_id="012345678901",
    region="eu-central-1",
    partition="aws",
    url_suffix="amazonaws.com",
    stack_name="shop",
    stack_id="arn:aws:cloudformation:eu-central-1:012345678901:stack/shop/1f2e",
    notification_arns=("arn:aws:sns:eu-central-1:012345678901:news",),
)


@dataclass
class FakeSeams:
    """An account with what a test puts into it."""

    exports: Mapping[str, str] = field(default_factory=dict)
    stack_outputs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    ssm: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    objects: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    asked: list[tuple[object, ...]] = field(default_factory=list)

    def export(self, name: str) -> str | None:
        return self.exports.get(name)

    def stack_output(self, stack_name: str, output_name: str, region: str, role_arn: str | None) -> str | None:
        self.asked.append((stack_name, output_name, region, role_arn))
        return self.stack_outputs.get((stack_name, output_name))

    def ssm_parameter(self, name: str, version: int | None, *, with_decryption: bool) -> tuple[str, int] | None:
        self.asked.append((name, version, with_decryption))
        return (self.ssm[name], version or 7) if name in self.ssm else None

    def secret(self, secret_id: str, stage: str | None, version_id: str | None) -> str | None:
        self.asked.append((secret_id, stage, version_id))
        return self.secrets.get(secret_id)

    def object(self, location: str) -> bytes:
        if location not in self.objects:
            raise AwsError("NoSuchKey", "The specified key does not exist.", status=404)
        return self.objects[location].encode()

    def availability_zones(self, region: str) -> list[str]:
        return [f"{region}a", f"{region}b"]

    def managed_policies(self) -> Mapping[str, str]:
        return {"OurPolicy": "arn:aws:iam::aws:policy/OurPolicy"}

    def parameter_attribute(self, parameter_type: str, value: str, attribute: str) -> str | None:
        return self.attributes.get(f"{parameter_type}/{value}/{attribute}")


@dataclass
class FakeMacros:
    """The macros of an account: functions of a part of a template, the macro's parameters and the template's."""

    macros: Mapping[str, Callable[[Json, JsonObject, JsonObject], Json]] = field(default_factory=dict)

    def call(self, name: str, fragment: Json, parameters: JsonObject, values: JsonObject) -> Json:
        if name not in self.macros:
            raise TransformError(f"No transform named {ENVIRONMENT.account_id}::{name} found.")
        return self.macros[name](fragment, parameters, values)


@dataclass
class FakeLookup:
    """Resources that are there, but for those in `unknown`."""

    unknown: Collection[str] = ()

    def ref(self, logical_id: str) -> Json:
        return UNKNOWN if logical_id in self.unknown else f"id-of-{logical_id}"

    def attribute(self, logical_id: str, name: str) -> Json:
        if logical_id in self.unknown:
            return UNKNOWN
        return ["one", "two"] if name == "List" else f"{name}-of-{logical_id}"


SEAMS = FakeSeams()
LOOKUP = FakeLookup()


def parameters_of(text: str, given: Mapping[str, str] | None = None, seams: FakeSeams = SEAMS) -> ParameterValues:
    return resolve_parameters(read_template(text).document, given or {}, {}, [], seams)


def evaluation_of(
    text: str,
    given: Mapping[str, str] | None = None,
    seams: FakeSeams = SEAMS,
    macros: FakeMacros | None = None,
) -> Evaluation:
    """Return what a stack of a template evaluates, after all that CreateStack does with it."""
    template = read_template(text)
    parameters = resolve_parameters(template.document, given or {}, {}, [], seams)
    expanded = expand(template, parameters, ENVIRONMENT, seams, macros or FakeMacros())
    check(expanded, parameters, ENVIRONMENT, seams)
    return Evaluation(expanded, parameters, ENVIRONMENT, seams)


def properties_of(
    text: str, logical_id: str = "A", given: Mapping[str, str] | None = None, seams: FakeSeams = SEAMS
) -> JsonObject:
    return evaluation_of(text, given, seams).properties(logical_id, LOOKUP)


def value_of(function: str, head: str = "", seams: FakeSeams = SEAMS, lookup: FakeLookup = LOOKUP) -> Json:
    """Return what a function in YAML evaluates to, in the property V of a resource A beside a resource B."""
    text = (
        f"{head}\nResources:\n  B: {{Type: T::T::T}}\n  A:\n    Type: T::T::T\n    Properties:\n      V: {function}\n"
    )
    return evaluation_of(text, seams=seams).properties("A", lookup).get("V")
