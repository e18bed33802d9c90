"""The values of functions.

AWS CloudFormation Template Reference Guide, a page for each; Fn::Join over AWS::NoValue and Fn::Sub as recorded in
localstack's test_template_engine.snapshot.json and engine/test_references.snapshot.json; mappings in
engine/test_mappings.snapshot.json.
"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewright.stacks.template import UNKNOWN, Json, TemplateError
from tests.unit.stacks.template.surroundings import (
    ENVIRONMENT,
    FakeLookup,
    FakeSeams,
    evaluation_of,
    properties_of,
    value_of,
)

JOIN = (
    "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of "
    "strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined."
)
SPLIT = (
    "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to "
    "be split or a function that returns a string to be split."
)
SUB = (
    "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string "
    "as first argument, and an optional second argument to specify a mapping of values to replace in the string"
)
SUB_NAME = (
    "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, "
    "periods, and colons"
)
GET_ATT = (
    "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the "
    "resource attribute"
)
FIND_IN_MAP = (
    "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the "
    "attribute for return value"
)
SELECT = "Template error: Fn::Select requires a list argument with two elements: an integer index and a list"
CIDR = "Template error: every Fn::Cidr object requires two or three parameters, ipBlock, count and cidrBits"
IMPORT = (
    "Template error: the attribute in Fn::ImportValue must not depend on any resources, imported values, or Fn::GetAZs"
)
NO_MAPPING = "Template error: Mapping named 'TopicSuffixMap' is not present in the 'Mappings' section of template."
NOT_TEXT = (
    "Template format error: Output O is malformed. The Value field of every Outputs member must evaluate to a String."
)
EXPORT = (
    "Template format error: Output O is malformed.  The Name field of Export must not depend on any resources, "
    "imported values, or Fn::GetAZs."
)
NO_PSEUDO = (
    "Template format error: Unresolved resource dependencies [AWS::Nothing] in the Resources block of the template"
)
NO_NAMES = "Template format error: Unresolved resource dependencies [C, D] in the Resources block of the template"
NO_CONDITION = "Template format error: Unresolved condition dependency Maybe in the Outputs block of the template"
HEAD = """
Transform: AWS::LanguageExtensions
Parameters:
  Word: {Type: String, Default: word}
  Words: {Type: CommaDelimitedList, Default: "a, b,c"}
  Number: {Type: Number, Default: 1.50}
Mappings:
  Map: {eu-central-1: {Size: 2, Names: [x, y]}, word: {Size: big}}
Conditions: {On1: !Equals [1, "1"], Off0: !Equals [a, b]}
"""


@pytest.mark.parametrize(
    ("function", "value"),
    [
        ("!Ref Word", "word"),
        ("!Ref Words", ["a", "b", "c"]),
        ("!Ref Number", "1.50"),
        ("!Ref B", "id-of-B"),
        ("!Ref AWS::AccountId", "012345678901"),
        ("!Ref AWS::NotificationARNs", list(ENVIRONMENT.notification_arns)),
        ("!Ref AWS::Partition", "aws"),
        ("!Ref AWS::Region", "eu-central-1"),
        ("!Ref AWS::StackId", ENVIRONMENT.stack_id),
        ("!Ref AWS::StackName", "shop"),
        ("!Ref AWS::URLSuffix", "amazonaws.com"),
        ("!Ref AWS::NoValue", None),
        ("!GetAtt B.Arn", "Arn-of-B"),
        ("!GetAtt B.Outputs.Url", "Outputs.Url-of-B"),
        ("!GetAtt [B, !Ref Word]", "word-of-B"),
        ("!Sub 'plain'", "plain"),
        ("!Sub '${Word}/${AWS::Region}/${B}/${B.Arn}'", "word/eu-central-1/id-of-B/Arn-of-B"),
        ("!Sub '${!Word} $${Word} $Word ${ Word }'", "${Word} $word $Word word"),
        ("!Sub ['${x}-${Word}-${n}', {x: !Ref AWS::Region, n: 1.10, Word: mine}]", "eu-central-1-mine-1.10"),
        ("!Sub ['${x}', {x: !Join ['', [a, b]]}]", "ab"),
        ("!Sub '${AWS::NoValue}.'", "."),
        ("!Join ['-', [a, !Ref Word, 1, true, 1.10]]", "a-word-1-true-1.10"),
        ("!Join [',', !Ref Words]", "a,b,c"),
        ("!Join [',', [Sample, !Ref AWS::NoValue]]", "Sample"),
        ("!Join [',', [!Ref AWS::NoValue]]", ""),
        ("!Join [',', [!If [Off0, x, !Ref AWS::NoValue]]]", ""),
        ("!Join ['', !Split [b, abcba]]", "acba".replace("b", "")),
        ("!Split ['|', 'a|b||']", ["a", "b", "", ""]),
        ("!Select [1, [a, b]]", "b"),
        ("!Select ['0', !Ref Words]", "a"),
        ("!Select [!If [On1, 1, 0], !GetAtt B.List]", "two"),
        ("!Select [1, !GetAZs '']", "eu-central-1b"),
        ("!GetAZs us-east-1", ["us-east-1a", "us-east-1b"]),
        ("!GetAZs {Ref: 'AWS::Region'}", ["eu-central-1a", "eu-central-1b"]),
        ("!FindInMap [Map, !Ref AWS::Region, Size]", 2),
        ("!FindInMap [Map, !Ref Word, Size]", "big"),
        ("!FindInMap [Map, eu-central-1, Names]", ["x", "y"]),
        ("!FindInMap [Map, nowhere, Size, {DefaultValue: !Ref Word}]", "word"),
        ("!FindInMap [Map, eu-central-1, Size, {DefaultValue: 9}]", 2),
        ("!If [On1, a, !Ref Word]", "a"),
        ("!If [Off0, a, !Ref AWS::NoValue]", None),
        ("!Base64 héllo", "aMOpbGxv"),
        ("!Base64 {Fn::Sub: '${Word}'}", "d29yZA=="),
        ("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("!Cidr [10.0.0.0/16, '1', '5']", ["10.0.0.0/27"]),
        ("!Cidr [10.0.0.0/16, 1]", ["10.0.0.0/24"]),
        ("!Select [0, !Cidr ['2001:db8::/56', 1, 64]]", "2001:db8::/64"),
        ("!Length [a, b, c]", 3),
        ("!Length {Ref: Words}", 3),
        ("!Length {Fn::GetAtt: [B, List]}", 2),
        ("!ToJsonString {a: [1, !Ref Word, true], b: !Ref AWS::NoValue, c: 1.10}", '{"a":[1,"word",true],"c":1.10}'),
        ("!ToJsonString [!Ref B, é]", '["id-of-B","é"]'),
        ("[a, !Ref AWS::NoValue, {b: !Ref AWS::NoValue, c: !Ref B}]", ["a", {"c": "id-of-B"}]),
        (
            "{Statement: [{Condition: {StringEquals: {a: !Ref Word}}}]}",
            {"Statement": [{"Condition": {"StringEquals": {"a": "word"}}}]},
        ),
        ("{Condition: {Bool: {x: true}}}", {"Condition": {"Bool": {"x": True}}}),
    ],
)
def test_a_function_has_its_value(function: str, value: Json) -> None:
    assert value_of(function, HEAD) == value


@pytest.mark.parametrize(
    ("function", "value"),
    [
        ("!Ref B", UNKNOWN),
        ("!GetAtt B.Arn", UNKNOWN),
        ("!Sub 'x-${B}'", UNKNOWN),
        ("!Join ['-', [a, !Ref B]]", UNKNOWN),
        ("!Select [0, !Split ['-', !Ref B]]", UNKNOWN),
        ("!Select [0, [a, !Ref B]]", "a"),
        ("!Select [1, [a, !Ref B]]", UNKNOWN),
        ("!Select [1, !GetAtt B.List]", UNKNOWN),
        ("!Base64 {Ref: B}", UNKNOWN),
        ("!Length {Fn::GetAtt: [B, List]}", UNKNOWN),
        ("!ToJsonString {a: !Ref B}", UNKNOWN),
        ("!If [On1, known, !Ref B]", "known"),
        ("!Cidr [!Ref B, 1, 8]", UNKNOWN),
        ("{a: [known, !Ref B]}", {"a": ["known", UNKNOWN]}),
    ],
)
def test_what_is_not_known_goes_through(function: str, value: Json) -> None:
    assert value_of(function, HEAD, lookup=FakeLookup(unknown={"B"})) == value


def test_unknown_is_shown_as_in_change_sets() -> None:
    assert str(UNKNOWN) == "{{changeSet:KNOWN_AFTER_APPLY}}"


def test_values_of_other_stacks() -> None:
    seams = FakeSeams(exports={"net-Vpc": "vpc-1"}, stack_outputs={("net", "Vpc"): "vpc-2"})
    assert (
        value_of("!ImportValue {Fn::Sub: 'net-${Word}'}", HEAD.replace("Default: word", "Default: Vpc"), seams)
        == "vpc-1"
    )
    function = "{Fn::GetStackOutput: {StackName: !Sub net, OutputName: Vpc}}"
    assert value_of(function, HEAD, seams) == "vpc-2"
    function = "!GetStackOutput {StackName: net, OutputName: Vpc, Region: us-east-1, RoleArn: arn}"
    assert value_of(function, HEAD, seams) == "vpc-2"
    assert seams.asked == [("net", "Vpc", "eu-central-1", None), ("net", "Vpc", "us-east-1", "arn")]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("!FindInMap [TopicSuffixMap, C, Suffix]", NO_MAPPING),
        ("!FindInMap [Map, C, Suffix]", "Template error: Unable to get mapping for Map::C::Suffix"),
        ("!FindInMap [Map, word, Suffix]", "Template error: Unable to get mapping for Map::word::Suffix"),
        ("!Select [2, [a, b]]", "Template error: Fn::Select cannot select nonexistent value at index 2"),
        ("!Select [-1, [a, b]]", "Template error: Fn::Select cannot select nonexistent value at index -1"),
        ("!Select [x, [a, b]]", SELECT),
        ("!Select [0, !Ref Word]", SELECT),
        ("!ImportValue nothing", "No export named nothing found"),
        ("!Sub '${Words}'", "Template error: variable Words in Fn::Sub expression does not resolve to a string"),
        ("!Cidr [10.0.0.0/24, 300, 4]", CIDR),
        ("!Cidr [10.0.0.0/24, 10, 7]", "Template error: Fn::Cidr cannot make 10 subnets of 7 bits of 10.0.0.0/24"),
        ("!Cidr [house, 1, 7]", CIDR),
        ("!Base64 {Ref: Words}", "Template error: every Fn::Base64 object must have a String-typed value."),
        (
            "!Length {Ref: Word}",
            "Template error: every Fn::Length object requires a list or a function that returns a list.",
        ),
        (
            "{Fn::GetStackOutput: {StackName: s, OutputName: o}}",
            "Template error: there is no output o of a stack s in eu-central-1",
        ),
    ],
)
def test_what_has_no_value_is_refused_when_it_is_asked_for(function: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        value_of(function, HEAD)
    assert caught.value.message.removeprefix("Transform AWS::LanguageExtensions failed with: ") == message


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("!Join ['-', a]", JOIN),
        ("!Join [a, b, c]", JOIN),
        ("!Split [a]", SPLIT),
        ("!Split ['', a]", SPLIT),
        ("!Sub [a, b]", SUB),
        ("!Sub '${a b}'", SUB_NAME),
        ("!Sub '${B.x$}'", SUB_NAME),
        ("!GetAtt B", GET_ATT),
        ("{Ref: [B]}", "Template error: every Ref object must have a single String value."),
        ("!FindInMap [Map, a]", FIND_IN_MAP),
        ("!If [On1, a]", "Template error: Fn::If requires a list argument with three elements"),
        ("!If [Maybe, a, b]", "Template error: unresolved condition dependency Maybe in Fn::If"),
        ("!GetAtt C.Arn", "Template error: instance of Fn::GetAtt references undefined resource C"),
        ("!GetAtt Word.Arn", "Template error: instance of Fn::GetAtt references undefined resource Word"),
        ("!Sub '${C.Arn}'", "Template error: instance of Fn::Sub references invalid resource attribute C.Arn"),
        (
            "!Ref C",
            "Template format error: Unresolved resource dependencies [C] in the Resources block of the template",
        ),
        ("!Ref AWS::Nothing", NO_PSEUDO),
        ("!Sub '${C}-${D}-${C}'", NO_NAMES),
        ("!ImportValue {Ref: B}", IMPORT),
        ("!ImportValue {Fn::Sub: '${B.Arn}'}", IMPORT),
        ("!ImportValue {Fn::ImportValue: x}", IMPORT),
    ],
)
def test_arguments_of_another_form_are_refused_before_there_is_a_stack(function: str, message: str) -> None:
    plain = HEAD.replace("Transform: AWS::LanguageExtensions\n", "")
    with pytest.raises(TemplateError) as caught:
        value_of(function, plain)
    assert caught.value.message == message


@pytest.mark.parametrize(
    "function", ["{Fn::Foo: x}", "{Fn::Equals: [a, b]}", "{Fn::Contains: [[a], a]}", "{Fn::If: [On1, a, b], x: y}"]
)
def test_functions_that_are_not_there_are_refused(function: str) -> None:
    with pytest.raises(
        TemplateError,
        match=r"Template error: Encountered unsupported function: Fn::.* Supported functions are: \[Fn::Base64, ",
    ):
        value_of(function, HEAD)


words = st.text(st.characters(exclude_characters="${}"), min_size=1, max_size=8)


def value_in_json(function: Json) -> Json:
    document = {"Resources": {"A": {"Type": "T::T::T", "Properties": {"V": function}}}}
    return properties_of(json.dumps(document))["V"]


@settings(deadline=None)
@given(st.lists(words, min_size=1, max_size=5))
def test_split_takes_apart_what_join_put_together(items: list[str]) -> None:
    items = [item.replace("|", "") for item in items]
    assert value_in_json({"Fn::Split": ["|", {"Fn::Join": ["|", items]}]}) == items


@settings(deadline=None)
@given(words, words)
def test_sub_puts_in_what_it_is_given_and_does_not_read_it_again(before: str, inner: str) -> None:
    function = {"Fn::Sub": [before + "${x}", {"x": "${" + inner + "}"}]}
    assert value_in_json(function) == before + "${" + inner + "}"


def test_outputs_are_text() -> None:
    evaluation = evaluation_of(
        HEAD
        + """
Resources: {B: {Type: T::T::T}}
Outputs:
  Number: {Value: 1.10}
  Yes: {Value: true, Condition: On1}
  No: {Value: !Ref B, Condition: Off0}
  Named: {Value: !GetAtt B.Arn, Description: d, Export: {Name: !Sub "${AWS::StackName}:B"}}
  Length: {Value: !Length [1]}
"""
    )
    found = {output.key: output for output in evaluation.outputs(FakeLookup())}
    assert {key: output.value for key, output in found.items()} == {
        "Number": "1.10",
        "Yes": "true",
        "Named": "Arn-of-B",
        "Length": "1",
    }
    assert (found["Named"].description, found["Named"].export_name) == ("d", "shop:B")
    (unknown,) = [output for output in evaluation.outputs(FakeLookup(unknown={"B"})) if output.key == "Named"]
    assert unknown.value == "{{changeSet:KNOWN_AFTER_APPLY}}"


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("{Value: [a]}", NOT_TEXT),
        ("{Value: !Ref Words}", NOT_TEXT),
        ("{Value: x, Export: {Name: !Ref B}}", EXPORT),
        (
            "{Value: !Ref C}",
            "Template format error: Unresolved resource dependencies [C] in the Outputs block of the template",
        ),
        ("{Value: !GetAtt C.Arn}", "Template error: instance of Fn::GetAtt references undefined resource C"),
        ("{Value: x, Condition: Maybe}", NO_CONDITION),
        (
            f"{{Value: {'x' * 1368}, Export: {{Name: e}}}}",
            "Cannot export output O with length 1368. Max length of 1024 exceeded.",
        ),
    ],
)
def test_outputs_that_cannot_be_are_refused(output: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        evaluation_of(f"{HEAD}\nResources: {{B: {{Type: T::T::T}}}}\nOutputs: {{O: {output}}}").outputs(FakeLookup())
    assert caught.value.message == message
