"""SAM templates, by AWS's translator: what comes out, what is refused, and that it needs nothing from outside.

AWS SAM Developer Guide, "AWS SAM specification"; docs/decisions/0019-sam.md.
"""

import json
import subprocess
import sys
import textwrap
from collections.abc import Mapping

import pytest

from gatewright.base.errors import AwsError
from gatewright.stacks.template import Environment, TransformError, expand, read_template, resolve_parameters
from tests.unit.stacks.template.surroundings import ENVIRONMENT, SEAMS, FakeMacros, FakeSeams, evaluation_of

HEAD = "AWSTemplateFormatVersion: 2010-09-09\nTransform: AWS::Serverless-2016-10-31\n"
ONE_ERROR = "Invalid Serverless Application Specification document. Number of errors found: 1. "
CODE_URI = (
    ONE_ERROR + "Resource with id [F] is invalid. 'CodeUri' is not a valid S3 Uri of the form 's3://bucket/key' with "
    "optional versionId query parameter."
)
REPOSITORY = (
    "Resource with id [N] is invalid. Applications of the AWS Serverless Application Repository are not implemented: "
    "Location must be the URL of a template."
)
FUNCTION = "Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.13, CodeUri: s3://b/k"


def processed(text: str, environment: Environment = ENVIRONMENT) -> Mapping[str, dict[str, object]]:
    template = read_template(HEAD + text)
    parameters = resolve_parameters(template.document, {}, {}, [], SEAMS)
    found = expand(template, parameters, environment, SEAMS, FakeMacros())
    assert "Transform" not in found.document
    assert read_template(found.text).document == found.document
    resources: Mapping[str, dict[str, object]] = found.document["Resources"]
    return resources


def types(text: str) -> list[str]:
    return sorted(str(resource["Type"]) for resource in processed(text).values())


def test_a_function_with_an_api_and_globals(caplog: pytest.LogCaptureFixture) -> None:
    text = f"""
Globals: {{Function: {{Timeout: 10, Environment: {{Variables: {{VERSION: 1.10}}}}}}}}
Parameters: {{Stage: {{Type: String, Default: live}}}}
Resources:
  Hello: {{{FUNCTION}, Events: {{Get: {{Type: Api, Properties: {{Path: /x, Method: get}}}}}}}}}}
Outputs:
  Url: {{Value: !Sub "https://${{ServerlessRestApi}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/Prod"}}
"""
    assert types(text) == [
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Stage",
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
    ]
    properties = processed(text)["Hello"]["Properties"]
    assert isinstance(properties, dict)
    assert properties["Timeout"] == 10
    assert str(properties["Environment"]["Variables"]["VERSION"]) == "1.10"
    evaluation = evaluation_of(HEAD + text)
    assert "HelloRole" in evaluation.dependencies["Hello"]
    assert caplog.records == []


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (f"{{F: {{{FUNCTION}, AutoPublishAlias: live}}}}}}", {"AWS::Lambda::Alias", "AWS::Lambda::Version"}),
        (f"{{F: {{{FUNCTION}, FunctionUrlConfig: {{AuthType: NONE}}}}}}}}", {"AWS::Lambda::Url"}),
        (
            f"{{F: {{{FUNCTION}, Events: {{E: {{Type: HttpApi}}}}}}}}}}",
            {"AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage"},
        ),
        (
            f"{{F: {{{FUNCTION}, Events: {{E: {{Type: Schedule, Properties: {{Schedule: rate(1 minute)}}}}}}}}}}}}",
            {"AWS::Events::Rule"},
        ),
        (
            f"{{F: {{{FUNCTION}, Events: {{E: {{Type: SQS, Properties: {{Queue: arn}}}}}}}}}}}}",
            {"AWS::Lambda::EventSourceMapping"},
        ),
        ("{T: {Type: AWS::Serverless::SimpleTable}}", {"AWS::DynamoDB::Table"}),
        (
            "{L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: s3://b/k}}}",
            {"AWS::Lambda::LayerVersion"},
        ),
        (
            "{S: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {StartAt: A}, Role: r}}}",
            {"AWS::StepFunctions::StateMachine"},
        ),
        (
            "{N: {Type: AWS::Serverless::Application, Properties: {Location: https://b.s3.amazonaws.com/t}}}",
            {"AWS::CloudFormation::Stack"},
        ),
    ],
)
def test_each_kind_of_resource(resources: str, expected: set[str]) -> None:
    assert expected <= set(types(f"Resources: {resources}"))


def test_policies_by_name_come_from_the_account() -> None:
    role = processed(f"Resources: {{F: {{{FUNCTION}, Policies: [OurPolicy, AWSLambdaBasicExecutionRole]}}}}}}")["FRole"]
    properties = role["Properties"]
    assert isinstance(properties, dict)
    assert "arn:aws:iam::aws:policy/OurPolicy" in properties["ManagedPolicyArns"]


def test_the_region_is_that_of_the_stack() -> None:
    china = Environment("012345678901", "cn-north-1", "aws-cn", "amazonaws.com.cn", "shop", "arn")
    for environment, partition in ((china, "aws-cn"), (ENVIRONMENT, "aws"), (china, "aws-cn")):
        text = json.dumps(processed(f"Resources: {{F: {{{FUNCTION}}}}}}}", environment))
        assert f"arn:{partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole" in text


def test_extensions_and_included_parts_come_first() -> None:
    text = f"""
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Resources:
  Fn::ForEach::Functions:
    - Name
    - [One, Two]
    - "F${{Name}}": {{{FUNCTION}, Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: s3://b/name}}}}}}}}
"""
    resources = evaluation_of(text, seams=FakeSeams(objects={"s3://b/name": "FunctionName: !Ref Name"})).resources
    assert {"FOne", "FTwo", "FOneRole", "FTwoRole"} == set(resources)
    assert resources["FTwo"].raw["Properties"]["FunctionName"] == "Two"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Resources: {F: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, CodeUri: ./src}}}",
            CODE_URI,
        ),
        (
            "Resources: {F: {Type: AWS::Serverless::Function, Properties: x}}",
            ONE_ERROR + "Resource with id [F] is invalid. Attribute 'Properties' should be a map.",
        ),
        (
            "Resources: {}",
            ONE_ERROR + "Structure of the SAM template is invalid. 'Resources' section is required",
        ),
        (
            "Resources: {N: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: a}}}}",
            REPOSITORY,
        ),
    ],
)
def test_what_sam_refuses_is_said_in_its_words(text: str, message: str) -> None:
    with pytest.raises(TransformError) as caught:
        processed(text)
    assert caught.value.message == f"Transform AWS::Serverless-2016-10-31 failed with: {message}"


def test_what_the_translator_stumbles_over_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FakeSeams):
        def managed_policies(self) -> Mapping[str, str]:
            raise self.error

        error: Exception = KeyError("x")

    text = HEAD + f"Resources: {{F: {{{FUNCTION}, Policies: [Nobody]}}}}}}"
    with pytest.raises(TransformError) as caught:
        evaluation_of(text, seams=Broken())
    assert caught.value.message == "Transform AWS::Serverless-2016-10-31 failed with: Internal transform failure."
    Broken.error = AwsError("ServiceUnavailable", "no IAM today", status=503)
    with pytest.raises(AwsError, match="no IAM today"):
        evaluation_of(text, seams=Broken())
    assert "the SAM translator failed" in caplog.text


def test_it_needs_neither_a_network_nor_credentials_nor_a_region() -> None:
    """In a process without settings of AWS, in which nobody can open a socket."""
    program = f"""
        import socket
        def refuse(*arguments, **options):
            raise AssertionError("a socket")
        socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
        from tests.unit.stacks.template.surroundings import evaluation_of
        import sys
        assert "samtranslator" not in sys.modules and "boto3" not in sys.modules
        found = evaluation_of({HEAD + f"Resources: {{F: {{{FUNCTION}, Events: {{E: {{Type: HttpApi}}}}}}}}}}"!r})
        print(*found.resources)
    """
    environment = {
        "PATH": "/usr/bin",
        "HOME": "/nonexistent",
        "AWS_PROFILE": "nobody",
        "PYTHONPATH": ":".join(sys.path),
    }
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], env=environment, capture_output=True, text=True
    )
    assert run.stderr == ""
    assert "ServerlessHttpApi" in run.stdout.split()
