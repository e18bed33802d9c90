"""Conditions and rules.

AWS CloudFormation Template Reference Guide, "Condition functions" and "Rule-specific intrinsic functions"; a condition
that has arguments of another form as recorded in localstack's engine/test_conditions.snapshot.json.
"""

from collections.abc import Mapping

import pytest

from gatewright.stacks.template import TemplateError
from tests.unit.stacks.template.surroundings import FakeSeams, evaluation_of

HEAD = """
Parameters:
  Env: {Type: String, Default: prod}
  Words: {Type: CommaDelimitedList, Default: "a,b"}
Mappings: {Map: {prod: {Big: yes}}}
Resources: {A: {Type: T::T::T}}
"""


def conditions(text: str, given: Mapping[str, str] | None = None) -> Mapping[str, bool]:
    return evaluation_of(f"{HEAD}Conditions: {text}", given).conditions


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("!Equals [!Ref Env, prod]", True),
        ("!Equals [1, '1']", True),
        ("!Equals [true, 'true']", True),
        ("!Equals [1.10, '1.10']", True),
        ("!Equals [1.10, 1.1]", False),
        ("!Equals [!Join ['', !Ref Words], ab]", True),
        ("!Equals [!Ref Words, [a, b]]", True),
        ("!Equals [!FindInMap [Map, !Ref Env, Big], 'true']", True),
        ("!Equals [!Select [0, !Split [r, !Ref Env]], p]", True),
        ("!Not [!Equals [!Ref Env, prod]]", False),
        ("!And [!Equals [a, a], !Condition IsProd]", True),
        ("!Or [!Equals [a, b], {Condition: IsProd}]", True),
        ("!Or [!Equals [a, b], !Not [!Condition IsProd]]", False),
        ("{Condition: IsProd}", True),
    ],
)
def test_a_condition_holds_or_not(condition: str, value: bool) -> None:
    # Those that others need may come after them.
    assert conditions(f"{{X: {condition}, IsProd: !Equals [!Ref Env, prod]}}")["X"] is value


UNRESOLVED = (
    "Template format error: Unresolved dependencies [{}]. Cannot reference resources in the Conditions block of the "
    "template"
)
NOT_BOOLEAN = "Template format error: Conditions can only be boolean operations on parameters and other conditions"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{X: !Equals [a]}", "Template error: every Fn::Equals object requires a list of 2 string parameters."),
        ("{X: !Not [a, b]}", "Template error: every Fn::Not object requires a list of 1 boolean parameter."),
        (
            "{X: !And [!Equals [a, a]]}",
            "Template error: every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.",
        ),
        (
            f"{{X: !Or [{', '.join(['!Equals [a, a]'] * 11)}]}}",
            "Template error: every Fn::Or object requires a list of at least 2 and at most 10 boolean parameters.",
        ),
        ("{X: !Ref Env}", NOT_BOOLEAN),
        ("{X: !Not [!Ref Env]}", NOT_BOOLEAN),
        ("{X: !And [true, false]}", NOT_BOOLEAN),
        (
            "{X: !Condition Y}",
            "Template format error: Unresolved condition dependency Y in the Conditions block of the template",
        ),
        (
            "{X: !Condition Y, Y: !Not [!Condition X]}",
            "Template format error: Circular dependency between conditions: [X, Y]",
        ),
        (
            "{X: !Equals [!Ref A, a]}",
            UNRESOLVED.format("A"),
        ),
        (
            "{X: !Equals [!GetAtt A.Arn, !Ref Nothing]}",
            UNRESOLVED.format("A, Nothing"),
        ),
    ],
)  # fmt: skip
def test_conditions_that_cannot_be_are_refused(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        conditions(text)
    assert caught.value.message == message


def test_a_long_chain_of_conditions() -> None:
    chain = ", ".join(f"C{number}: !Not [!Condition C{number - 1}]" for number in range(1, 2001))
    assert conditions(f"{{C0: !Equals [a, a], {chain}}}")["C2000"] is True


RULES_HEAD = """
Parameters:
  Env: {Type: String, Default: prod}
  Version: {Type: String, Default: "5"}
  Subnet: {Type: "AWS::EC2::Subnet::Id", Default: s-1}
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>", Default: "s-1,s-2"}
  Vpc: {Type: "AWS::EC2::VPC::Id", Default: v-1}
  Words: {Type: CommaDelimitedList, Default: "a,a"}
Resources: {A: {Type: T::T::T}}
"""
SUBNETS = FakeSeams(
    attributes={
        "AWS::EC2::Subnet::Id/s-1/VpcId": "v-1",
        "AWS::EC2::Subnet::Id/s-2/VpcId": "v-2",
        "AWS::EC2::Subnet::Id/s-1/Tags.Department": "IT",
    }
)


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("!Contains [[a, b], a]", True),
        ("!Contains [[a, b], !Ref Env]", False),
        ("!Not [!Contains [['1', '2', '3', '4', '5'], !Ref Version]]", False),
        ("!Contains [[a, b], !Ref Words]", True),
        ("!EachMemberEquals [!Ref Words, a]", True),
        ("!EachMemberEquals [[a, b], a]", False),
        ("!EachMemberIn [!Ref Words, [a, c]]", True),
        ("!EachMemberIn [[a, b], [a, c]]", False),
        ("!Equals [!Ref AWS::Region, eu-central-1]", True),
        ("!And [!Equals [a, a], !Equals [a, b]]", False),
        ("!Or [!Equals [a, a], !Equals [a, b]]", True),
        ("!Equals [!ValueOf [Subnet, VpcId], v-1]", True),
        ("!Equals [!ValueOf [Subnet, Tags.Department], IT]", True),
        ("!EachMemberIn [!ValueOf [Subnets, VpcId], !RefAll 'AWS::EC2::VPC::Id']", False),
        ("!EachMemberEquals [!ValueOfAll ['AWS::EC2::Subnet::Id', VpcId], v-1]", False),
        ("!Contains [!RefAll 'AWS::EC2::Subnet::Id', s-2]", True),
    ],
)
def test_a_rule_holds_or_refuses_the_parameters(rule: str, holds: bool) -> None:
    text = f"{RULES_HEAD}Rules: {{Sound: {{Assertions: [{{Assert: {rule}, AssertDescription: must be so}}]}}}}"
    if holds:
        evaluation_of(text, seams=SUBNETS)
        return
    with pytest.raises(TemplateError) as caught:
        evaluation_of(text, seams=SUBNETS)
    assert caught.value.message == "Template validation error: Rules failed: [Sound: must be so]"


def test_a_rule_counts_when_its_condition_holds() -> None:
    text = RULES_HEAD + (
        "Rules: {Sound: {RuleCondition: !Equals [!Ref Env, prod], Assertions: [{Assert: !Equals [a, b]}, "
        "{Assert: !Equals [a, a]}]}}"
    )
    evaluation_of(text, {"Env": "test"})
    with pytest.raises(TemplateError, match=r"Rules failed: \[Sound: assertion 1 does not hold\]"):
        evaluation_of(text)


@pytest.mark.parametrize(
    "rule", ["x", "{Assertions: x}", "{Assertions: [{}]}", "{Assertions: [{Assert: true}]}", "{Foo: 1, Assertions: []}"]
)
def test_rules_of_another_form_are_refused(rule: str) -> None:
    with pytest.raises(TemplateError, match="Template format error: "):
        evaluation_of(f"{RULES_HEAD}Rules: {{Sound: {rule}}}")
