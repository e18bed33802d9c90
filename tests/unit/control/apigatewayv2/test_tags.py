"""Tags: the Tags resource in the API reference; "Amazon API Gateway ARN reference" (API Gateway Developer Guide)."""

import pytest

from tests.unit.control.apigatewayv2.calls import FUNCTION, Calls


@pytest.fixture(params=["api", "stage"])
def arn(request: pytest.FixtureRequest, calls: Calls) -> str:
    api_id = calls.api(Target=FUNCTION)
    api = f"arn:aws:apigateway:us-east-1::/apis/{api_id}"
    return api if request.param == "api" else f"{api}/stages/$default"


def test_tags_come_and_go(calls: Calls, arn: str) -> None:
    def tags() -> object:
        return calls("GetTags", ResourceArn=arn)["Tags"]

    assert tags() == {}
    assert calls("TagResource", ResourceArn=arn, Tags={"httpapi:createdBy": "SAM", "a": "1"}) == {}
    calls("TagResource", ResourceArn=arn, Tags={"a": "2", "größe": ""})
    assert tags() == {"httpapi:createdBy": "SAM", "a": "2", "größe": ""}
    assert calls("UntagResource", ResourceArn=arn, TagKeys=["a", "nosuch"]) == {}
    assert tags() == {"httpapi:createdBy": "SAM", "größe": ""}
    calls("TagResource", ResourceArn=arn)
    assert len(tags()) == 2  # type: ignore[arg-type]


def test_tags_are_returned_with_the_resource(calls: Calls) -> None:
    api_id = calls.api(Tags={"a": "1"})
    calls("CreateStage", ApiId=api_id, StageName="prod", Tags={"b": "2"})
    arn = f"arn:aws:apigateway:us-east-1::/apis/{api_id}"
    assert calls("GetTags", ResourceArn=f"{arn}/stages/prod")["Tags"] == {"b": "2"}
    calls("TagResource", ResourceArn=arn, Tags={"c": "3"})
    assert calls("GetApi", ApiId=api_id)["Tags"] == {"a": "1", "c": "3"}


def test_tagging_deploys_nothing(calls: Calls, arn: str) -> None:
    api_id = arn.split("/apis/")[1].split("/", maxsplit=1)[0]
    before = calls("GetDeployments", ApiId=api_id)
    calls("TagResource", ResourceArn=arn, Tags={"a": "1"})
    assert calls("GetDeployments", ApiId=api_id) == before


def test_fifty_tags_per_resource(calls: Calls, arn: str) -> None:
    calls("TagResource", ResourceArn=arn, Tags={f"k{number}": "v" for number in range(50)})
    calls("TagResource", ResourceArn=arn, Tags={"k0": "w"})
    error = calls.error("TagResource", ResourceArn=arn, Tags={"more": "v"})
    assert (error.code, error.message) == ("BadRequestException", "A resource can have at most 50 tags")


@pytest.mark.parametrize(
    ("arn", "code", "message"),
    [
        (
            "arn:aws:apigateway:us-east-1::/apis/nosuchapi1",
            "NotFoundException",
            "Invalid API identifier specified 123456789012:nosuchapi1",
        ),
        ("arn:aws:apigateway:us-east-1::/apis/{}/stages/no", "NotFoundException", "Invalid stage identifier specified"),
        ("arn:aws:apigateway:us-east-1::/apis/{}/routes/x", "BadRequestException", "Invalid ARN specified"),
        ("arn:aws:apigateway:us-east-1::/apis/", "BadRequestException", "Invalid ARN specified"),
        ("arn:aws:apigateway:us-east-1:210987654321:/apis/{}", "BadRequestException", "Invalid ARN specified"),
        ("arn:aws:apigateway:eu-west-1::/apis/{}", "BadRequestException", "Invalid region specified"),
        ("arn:aws:lambda:us-east-1::/apis/{}", "BadRequestException", "Invalid ARN specified"),
        ("{}", "BadRequestException", "Invalid ARN specified"),
        ("", "BadRequestException", "Invalid ARN specified"),
        ("arn:aws:apigateway:us-east-1::/domainnames/a.example", "NotImplemented", "Amazon API Gateway (apigatewayv2)"),
        ("arn:aws:apigateway:us-east-1::/vpclinks/abc", "NotImplemented", "Amazon API Gateway (apigatewayv2)"),
    ],
)
def test_arns_that_name_nothing_here(calls: Calls, api_id: str, arn: str, code: str, message: str) -> None:
    named = arn.format(api_id)
    for error in (
        calls.error("GetTags", ResourceArn=named),
        calls.error("TagResource", ResourceArn=named, Tags={"a": "1"}),
        calls.error("UntagResource", ResourceArn=named, TagKeys=["a"]),
    ):
        assert error.code == code
        assert error.message.startswith(message)
