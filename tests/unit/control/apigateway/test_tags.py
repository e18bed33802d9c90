"""Tags, as TagResource in the "Amazon API Gateway REST API Reference" and "Amazon API Gateway ARN reference" say."""

from dataclasses import replace

import pytest

from tests.unit.control.apigateway.calls import Calls


def arn(resource: str, region: str = "us-east-1", service: str = "apigateway") -> str:
    return f"arn:aws:{service}:{region}::{resource}"


def test_tags_of_an_api(calls: Calls) -> None:
    api_id = calls.api(tags={"team": "a"})
    api = arn(f"/restapis/{api_id}")
    assert calls("TagResource", resourceArn=api, tags={"team": "b", "stage": "dev"}) == {}
    assert calls("GetTags", resourceArn=api) == {"tags": {"team": "b", "stage": "dev"}}
    assert calls("GetRestApi", restApiId=api_id)["tags"] == {"team": "b", "stage": "dev"}
    assert calls("UntagResource", resourceArn=api, tagKeys=["team", "other"]) == {}
    assert calls("GetTags", resourceArn=api) == {"tags": {"stage": "dev"}}


@pytest.mark.parametrize(
    ("kind", "identifier", "resource"),
    [
        ("stage", "abc/dev", "/restapis/abc/stages/dev"),
        ("apikey", "abc", "/apikeys/abc"),
        ("usageplan", "abc", "/usageplans/abc"),
        ("clientcertificate", "abc", "/clientcertificates/abc"),
        ("vpclink", "abc", "/vpclinks/abc"),
    ],
)
def test_tags_of_others(calls: Calls, kind: str, identifier: str, resource: str) -> None:
    assert calls.refusal("GetTags", resourceArn=arn(resource))[0] == "NotFoundException"
    with calls.contexts.store.write() as writer:
        writer.put(calls.context.key("apigateway", kind, identifier), {"id": "abc"})
    calls("TagResource", resourceArn=arn(resource), tags={"team": "a"})
    assert calls("GetTags", resourceArn=arn(resource)) == {"tags": {"team": "a"}}


@pytest.mark.parametrize(
    ("resource_arn", "code"),
    [
        ("x", "BadRequestException"),
        (arn("/restapis/abc/resources/def"), "BadRequestException"),
        (arn("/restapis/abc", service="lambda"), "BadRequestException"),
        (arn("/restapis/abc", region="eu-west-1"), "BadRequestException"),
        (arn("/restapis/abc"), "NotFoundException"),
        (arn("/domainnames/example.com"), "NotImplemented"),
    ],
)
def test_arns_that_name_nothing_to_tag(calls: Calls, resource_arn: str, code: str) -> None:
    assert calls.refusal("TagResource", resourceArn=resource_arn, tags={"a": "b"})[0] == code


def test_tags_that_are_none(calls: Calls, api_id: str) -> None:
    """ "Tag restrictions" in "Tagging your API Gateway resources"."""
    api = arn(f"/restapis/{api_id}")
    assert calls.refusal("TagResource", resourceArn=api, tags={"aws:x": "y"})[0] == "BadRequestException"
    assert calls.refusal("CreateRestApi", name="pets", tags={"": "y"})[0] == "BadRequestException"


def test_what_calls_for_somebody_may_tag_as_aws_does(calls: Calls, api_id: str) -> None:
    """ "Resource tags" (AWS CloudFormation User Guide): stacks tag what they make; nobody else can."""
    api = arn(f"/restapis/{api_id}")
    stranger = calls.context.caller
    calls.context = replace(calls.context, caller=replace(stranger, called_via="cloudformation.amazonaws.com"))
    calls("TagResource", resourceArn=api, tags={"aws:cloudformation:logical-id": "Api"})
    calls.context = replace(calls.context, caller=stranger)
    calls("TagResource", resourceArn=api, tags={"team": "a"})
    assert calls("GetTags", resourceArn=api)["tags"] == {"aws:cloudformation:logical-id": "Api", "team": "a"}
