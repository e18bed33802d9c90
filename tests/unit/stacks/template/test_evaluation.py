"""Which resources there are to be, and in which order.

AWS CloudFormation Template Reference Guide, "Resource attribute reference"; references to resources whose condition
does not hold as recorded in localstack's engine/test_conditions.snapshot.json and engine/test_references.snapshot.json.
"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewright.stacks.template import TemplateError
from gatewright.stacks.template.dependencies import refuse_cycles
from tests.unit.stacks.template.surroundings import LOOKUP, FakeLookup, evaluation_of, properties_of

TEMPLATE = """
Parameters: {Create: {Type: String, Default: "no"}}
Conditions: {IsCreated: !Equals [!Ref Create, "yes"]}
Resources:
  Z:
    Type: T::Z::Z
    DependsOn: [B, Optional]
    Properties: {V: !If [IsCreated, !Ref Optional, !Ref A]}
  A:
    Type: T::A::A
    DeletionPolicy: Retain
    CreationPolicy: {ResourceSignal: {Count: !Ref Create}}
    UpdatePolicy: {CodeDeployLambdaAliasUpdate: {ApplicationName: !Ref B}}
    Metadata: {Init: !Sub "${C.Arn}"}
    Properties: {W: !Sub ["${x}", {x: !GetAtt B.Arn}]}
  B: {Type: T::B::B, DeletionPolicy: RetainExceptOnCreate, UpdateReplacePolicy: Snapshot}
  C: {Type: T::C::C}
  Optional: {Type: T::O::O, Condition: IsCreated, Properties: {V: !Ref A}}
Outputs:
  O: {Condition: IsCreated, Value: !Ref Optional}
"""


def test_only_resources_whose_condition_holds_are_there_in_the_templates_order() -> None:
    evaluation = evaluation_of(TEMPLATE)
    assert list(evaluation.resources) == ["Z", "A", "B", "C"]
    assert dict(evaluation.conditions) == {"IsCreated": False}
    assert list(evaluation_of(TEMPLATE, {"Create": "yes"}).resources) == ["Z", "A", "B", "C", "Optional"]


def test_what_is_needed_first() -> None:
    assert evaluation_of(TEMPLATE).dependencies == {
        "Z": frozenset({"A", "B"}),
        "A": frozenset({"B", "C"}),
        "B": frozenset(),
        "C": frozenset(),
    }
    with_all = evaluation_of(TEMPLATE, {"Create": "yes"}).dependencies
    assert (with_all["Z"], with_all["Optional"]) == (frozenset({"B", "Optional"}), frozenset({"A"}))


def test_a_resource_has_its_attributes() -> None:
    evaluation = evaluation_of(TEMPLATE)
    a, b, z = (evaluation.resources[name] for name in "ABZ")
    assert (a.type, a.deletion_policy, a.update_replace_policy) == ("T::A::A", "Retain", "Delete")
    assert (b.deletion_policy, b.update_replace_policy, b.depends_on) == ("RetainExceptOnCreate", "Snapshot", ())
    assert z.depends_on == ("B",)
    assert evaluation.evaluate(a.creation_policy, LOOKUP) == {"ResourceSignal": {"Count": "no"}}
    assert evaluation.evaluate(a.update_policy, LOOKUP) == {
        "CodeDeployLambdaAliasUpdate": {"ApplicationName": "id-of-B"}
    }
    assert evaluation.evaluate(a.metadata, LOOKUP) == {"Init": "Arn-of-C"}
    assert evaluation.evaluate({"Ref": "AWS::NoValue"}, LOOKUP) is None
    assert evaluation.properties("Z", LOOKUP) == {"V": "id-of-A"}
    assert evaluation.properties("B", LOOKUP) == {}


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        ("{A: {Type: T, DependsOn: [B, C]}}", "[B, C] in the Resources block of the template"),
        (
            "{A: {Type: T, Properties: {V: !Ref Off1}}, Off1: {Type: T, Condition: Off0}}",
            "[Off1] in the Resources block of the template",
        ),
        (
            "{A: {Type: T, Properties: {V: !GetAtt Off1.Arn}}, Off1: {Type: T, Condition: Off0}}",
            "[Off1] in the Resources block of the template",
        ),
        (
            "{A: {Type: T, Properties: {V: !Sub '${Off1}'}}, Off1: {Type: T, Condition: Off0}}",
            "[Off1] in the Resources block of the template",
        ),
        # A branch that is not taken must name something that the template has, all the same.
        (
            "{A: {Type: T, Properties: {V: !If [Off0, !Ref Nothing, x]}}}",
            "[Nothing] in the Resources block of the template",
        ),
    ],
)
def test_names_that_lead_nowhere(resources: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        evaluation_of(f"Conditions: {{Off0: !Equals [a, b]}}\nResources: {resources}")
    assert caught.value.message == f"Template format error: Unresolved resource dependencies {message}"


def test_outputs_cannot_name_a_resource_that_is_not_made() -> None:
    with pytest.raises(TemplateError) as caught:
        evaluation_of(
            "Conditions: {Off0: !Equals [a, b]}\nResources: {A: {Type: T}, MyTopic: {Type: T, Condition: Off0}}\n"
            "Outputs: {O: {Value: !Ref MyTopic}}"
        )
    # So recorded, without `Template format error: `.
    assert caught.value.message == ("Unresolved resource dependencies [MyTopic] in the Outputs block of the template")


def test_a_resource_whose_condition_is_not_there() -> None:
    with pytest.raises(TemplateError) as caught:
        evaluation_of("Resources: {A: {Type: T, Condition: Maybe}}")
    assert caught.value.message == (
        "Template format error: Unresolved condition dependency Maybe in the Resources block of the template"
    )


@pytest.mark.parametrize(
    ("resources", "names"),
    [
        ("{A: {Type: T, DependsOn: A}}", "A"),
        ("{B: {Type: T, DependsOn: A}, A: {Type: T, Properties: {V: !Ref B}}}", "B, A"),
        (
            "{A: {Type: T, DependsOn: B}, B: {Type: T, DependsOn: C}, C: {Type: T, DependsOn: B}, D: {Type: T}}",
            "B, C",
        ),
        ("{A: {Type: T, Metadata: {V: !Sub '${B.Arn}'}}, B: {Type: T, Properties: {V: [{W: !GetAtt A.Arn}]}}}", "A, B"),
    ],
)
def test_resources_that_wait_for_each_other(resources: str, names: str) -> None:
    with pytest.raises(TemplateError) as caught:
        evaluation_of(f"Resources: {resources}")
    assert caught.value.message == f"Circular dependency between resources: [{names}]"


def test_a_cycle_through_a_branch_that_is_not_taken_is_none() -> None:
    resources = "{A: {Type: T, Properties: {V: !If [Off0, !Ref B, x]}}, B: {Type: T, DependsOn: A}}"
    assert (
        evaluation_of(f"Conditions: {{Off0: !Equals [a, b]}}\nResources: {resources}").dependencies["A"] == frozenset()
    )


@settings(deadline=None)
@given(st.data())
def test_cycles_are_found_where_there_are_some(data: st.DataObject) -> None:
    names = [f"R{number}" for number in range(data.draw(st.integers(1, 8)))]
    ranks = {name: number for number, name in enumerate(data.draw(st.permutations(names)))}
    graph = {
        name: frozenset(other for other in data.draw(st.sets(st.sampled_from(names))) if ranks[other] < ranks[name])
        for name in names
    }
    refuse_cycles(graph)
    first, second = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
    cyclic = graph | {first: graph[first] | {second}, second: graph[second] | {first}}
    with pytest.raises(TemplateError) as caught:
        refuse_cycles(cyclic)
    assert first in caught.value.message
    assert second in caught.value.message


def test_policies_and_properties_by_functions() -> None:
    text = """
Transform: AWS::LanguageExtensions
Parameters: {Policy: {Type: String, Default: Retain}}
Resources:
  A:
    Type: T::T::T
    DeletionPolicy: !Ref Policy
    UpdateReplacePolicy: !If [IsKept, Snapshot, Delete]
    Properties: !If [IsKept, {V: 1}, !Ref AWS::NoValue]
Conditions: {IsKept: !Equals [!Ref Policy, Retain]}
"""
    found = evaluation_of(text.replace("Properties: !If", "Metadata: !If")).resources["A"]
    assert (found.deletion_policy, found.update_replace_policy) == ("Retain", "Snapshot")
    assert properties_of(text) == {"V": 1}
    with pytest.raises(TemplateError, match="Unrecognized DeletionPolicy Keep for resource A"):
        evaluation_of(text, {"Policy": "Keep"})
    with pytest.raises(TemplateError, match=r"Template format error: Every DeletionPolicy member must be a string\."):
        evaluation_of(text.replace("Transform: AWS::LanguageExtensions", ""))


def test_two_hundred_resources() -> None:
    resources = {
        f"R{number}": {"Type": "T::T::T", "DependsOn": f"R{number - 1}"} if number else {"Type": "T::T::T"}
        for number in range(200)
    }
    evaluation = evaluation_of(json.dumps({"Resources": resources}))
    assert evaluation.dependencies["R199"] == frozenset({"R198"})


def test_a_lookup_may_refuse_an_attribute() -> None:
    class Refusing(FakeLookup):
        def attribute(self, logical_id: str, name: str) -> object:
            raise TemplateError(f"{logical_id} has no {name}")

    evaluation = evaluation_of("Resources: {B: {Type: T}, A: {Type: T, Properties: {V: !GetAtt B.Foo}}}")
    with pytest.raises(TemplateError, match="B has no Foo"):
        evaluation.properties("A", Refusing())
