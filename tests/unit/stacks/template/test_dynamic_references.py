"""Dynamic references in properties.

AWS CloudFormation User Guide, "Get values stored in other services using dynamic references" and its pages on `ssm`,
`ssm-secure` and `secretsmanager`.
"""

import pytest

from gatewright.stacks.template import TemplateError
from tests.unit.stacks.template.surroundings import LOOKUP, FakeSeams, evaluation_of

ARN = "arn:aws:secretsmanager:eu-central-1:012345678901:secret:db-AbCdEf"


BINARY = "{{resolve:secretsmanager:db:SecretBinary}}"
BOTH = "{{resolve:secretsmanager:db:SecretString:user:AWSCURRENT:v-1}}"


def seams() -> FakeSeams:
    return FakeSeams(
        ssm={"/app/host": "h1", "plain": "{{resolve:ssm:/app/host}}", "secure": "s3cret"},
        secrets={"db": '{"user": "u1", "port": 5432, "more": {"a": 1}}', ARN: "whole", "text": "no json"},
    )


def properties(value: str, account: FakeSeams, resource_type: str = "T::T::T", name: str = "V") -> object:
    text = f"""
Parameters:
  Key: {{Type: String, Default: user}}
  Reference: {{Type: String, Default: "{{{{resolve:ssm:/app/host}}}}"}}
Resources: {{A: {{Type: "{resource_type}", Properties: {{{name}: {value}}}}}}}
"""
    return evaluation_of(text, seams=account).properties("A", LOOKUP)[name]


@pytest.mark.parametrize(
    ("value", "resolved", "asked"),
    [
        ("'{{resolve:ssm:/app/host}}'", "h1", ("/app/host", None, False)),
        ("'{{resolve:ssm:/app/host:3}}'", "h1", ("/app/host", 3, False)),
        (
            "'http://{{resolve:ssm:/app/host}}:80/{{resolve:ssm:/app/host}}'",
            "http://h1:80/h1",
            ("/app/host", None, False),
        ),
        ("!Ref Reference", "h1", ("/app/host", None, False)),
        ("'{{resolve:secretsmanager:db:SecretString:user}}'", "u1", ("db", None, None)),
        ("!Sub '{{resolve:secretsmanager:db:SecretString:${Key}}}'", "u1", ("db", None, None)),
        ("'{{resolve:secretsmanager:db:SecretString:port}}'", "5432", ("db", None, None)),
        ("'{{resolve:secretsmanager:db:SecretString:more}}'", '{"a":1}', ("db", None, None)),
        ("'{{resolve:secretsmanager:db:SecretString:user:AWSPREVIOUS}}'", "u1", ("db", "AWSPREVIOUS", None)),
        ("'{{resolve:secretsmanager:db:SecretString:user::v-1}}'", "u1", ("db", None, "v-1")),
        ("'{{resolve:secretsmanager:text}}'", "no json", ("text", None, None)),
        ("'{{resolve:secretsmanager:text:SecretString}}'", "no json", ("text", None, None)),
        (f"'{{{{resolve:secretsmanager:{ARN}}}}}'", "whole", (ARN, None, None)),
        (f"'{{{{resolve:secretsmanager:{ARN}:SecretString:::v-1}}}}'", "whole", (ARN, None, "v-1")),
        # What comes in place of a reference is not read again.
        ("'{{resolve:ssm:plain}}'", "{{resolve:ssm:/app/host}}", ("plain", None, False)),
    ],
)
def test_a_reference_has_its_value(value: str, resolved: str, asked: tuple[object, ...]) -> None:
    account = seams()
    assert properties(value, account) == resolved
    assert account.asked == [asked]


def test_references_stay_where_they_are_compared_and_shown() -> None:
    account = seams()
    evaluation = evaluation_of(
        "Resources: {A: {Type: T::T::T, Properties: {V: ['{{resolve:ssm:/app/host}}']}}}", seams=account
    )
    assert evaluation.properties("A", LOOKUP, dynamic_references=False) == {"V": ["{{resolve:ssm:/app/host}}"]}
    assert account.asked == []


def test_secure_parameters_only_where_aws_has_them() -> None:
    account = seams()
    value = "{UserName: u, MasterUserPassword: '{{resolve:ssm-secure:secure:1}}'}"
    text = f"Resources: {{A: {{Type: AWS::RDS::DBInstance, Properties: {value}}}}}"
    assert evaluation_of(text, seams=account).properties("A", LOOKUP)["MasterUserPassword"] == "s3cret"
    assert account.asked == [("secure", 1, True)]
    with pytest.raises(TemplateError) as caught:
        properties("{W: '{{resolve:ssm-secure:secure:1}}'}", account, "AWS::SQS::Queue", "Tags")
    assert caught.value.message == "SSM Secure reference is not supported in: [AWS::SQS::Queue/Properties/Tags/W]"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("{{resolve:ssm:/nothing:1}}", "Parameters: [ssm:/nothing:1] cannot be found."),
        ("{{resolve:ssm:}}", "Incorrect format is used in the following SSM reference: [{{resolve:ssm:}}]"),
        ("{{resolve:ssm:a b}}", "Incorrect format is used in the following SSM reference: [{{resolve:ssm:a b}}]"),
        ("{{resolve:ssm:a:b}}", "Incorrect format is used in the following SSM reference: [{{resolve:ssm:a:b}}]"),
        ("{{resolve:secretsmanager:nothing}}", "Secrets Manager can't find the specified secret."),
        ("{{resolve:secretsmanager:text:SecretString:user}}", "Could not parse SecretString JSON"),
        (
            "{{resolve:secretsmanager:db:SecretString:nobody}}",
            "Could not find a value associated with JSONKey in SecretString",
        ),
        (
            BINARY,
            f"Incorrect format is used in the following Secrets Manager reference: [{BINARY}]",
        ),
        (
            BOTH,
            f"Template error: {BOTH} may have a version-stage or a version-id, but not both of them.",
        ),
        ("{{resolve:vault:x}}", "Template error: {{resolve:vault:x}} is no dynamic reference: no service vault"),
    ],
)
def test_references_that_lead_nowhere(reference: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        properties(f"'{reference}'", seams())
    assert caught.value.message == message


def test_custom_resources_and_outputs_have_no_secrets() -> None:
    reference = "{{resolve:secretsmanager:db:SecretString:user}}"
    assert properties(f"'{reference}'", seams(), "Custom::Thing") == reference
    assert properties("'{{resolve:ssm:/app/host}}'", seams(), "Custom::Thing") == "h1"
    text = f"Resources: {{A: {{Type: T}}}}\nOutputs: {{O: {{Value: '{reference}'}}}}"
    assert evaluation_of(text, seams=seams()).outputs(LOOKUP)[0].value == reference


def test_outputs_resolve_parameters_of_ssm() -> None:
    text = "Resources: {A: {Type: T}}\nOutputs: {O: {Value: 'at {{resolve:ssm:/app/host}}'}}"
    (output,) = evaluation_of(text, seams=seams()).outputs(LOOKUP)
    assert output.value == "at h1"
    with pytest.raises(TemplateError, match=r"SSM Secure reference is not supported in: \[Outputs/O\]"):
        evaluation_of(text.replace(":ssm:", ":ssm-secure:"), seams=seams()).outputs(LOOKUP)
