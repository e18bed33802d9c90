"""Tags. Source: TagResource, UntagResource, ListTags in the "API reference", "Using tags on Lambda functions"."""

from dataclasses import replace

import pytest

from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, call, create, failure


def test_tags_are_added_replaced_and_removed(contexts: Contexts) -> None:
    context = contexts.context()
    create(context, Tags={"a": "1", "b": "2"})
    assert call(context, "TagResource", Resource=ARN, Tags={"b": "3", "c": ""}) == {}
    assert call(context, "ListTags", Resource=ARN) == {"Tags": {"a": "1", "b": "3", "c": ""}}
    assert call(context, "UntagResource", Resource=ARN, TagKeys=["a", "c", "unknown"]) == {}
    assert call(context, "ListTags", Resource=ARN) == {"Tags": {"b": "3"}}
    call(context, "UntagResource", Resource=ARN, TagKeys=["b"])
    assert call(context, "ListTags", Resource=ARN) == {"Tags": {}}
    assert contexts.document("lambda", "function-tags", "my-function") is None
    call(context, "UntagResource", Resource=ARN, TagKeys=["b"])
    assert "Tags" not in call(context, "GetFunction", FunctionName=ARN)


def test_50_tags_and_no_more(context: Context) -> None:
    create(context)
    call(context, "TagResource", Resource=ARN, Tags={f"key-{number}": "x" for number in range(50)})
    call(context, "TagResource", Resource=ARN, Tags={"key-7": "y"})
    assert failure(context, "TagResource", Resource=ARN, Tags={"key-50": "x"}) == (
        "InvalidParameterValueException",
        "Number of tags exceeds resource tag limit.",
    )
    assert len(call(context, "ListTags", Resource=ARN)["Tags"]) == 50


@pytest.mark.parametrize(
    ("operation", "members"),
    [("TagResource", {"Tags": {"a": "b"}}), ("UntagResource", {"TagKeys": ["a"]}), ("ListTags", {})],
)
class TestResources:
    def test_a_function_that_is_not_there(self, context: Context, operation: str, members: dict[str, object]) -> None:
        assert failure(context, operation, Resource=ARN, **members) == (
            "ResourceNotFoundException",
            f"Function not found: {ARN}",
        )

    def test_versions_have_no_tags(self, context: Context, operation: str, members: dict[str, object]) -> None:
        assert failure(context, operation, Resource=f"{ARN}:$LATEST", **members) == (
            "InvalidParameterValueException",
            "Tags on function aliases and versions are not supported. Please specify a function ARN.",
        )

    def test_other_resources_are_not_built(self, context: Context, operation: str, members: dict[str, object]) -> None:
        resource = "arn:aws:lambda:us-east-1:123456789012:capacity-provider:mine"
        assert failure(context, operation, Resource=resource, **members) == (
            "NotImplemented",
            f"Lambda {operation}: tags of a capacity-provider are not implemented by gatewright.",
        )


def test_code_signing_configurations_have_tags(contexts: Contexts) -> None:
    context = contexts.context()
    publishers = {"SigningProfileVersionArns": ["arn:aws:signer:us-east-1:123456789012:/signing-profiles/p/1"]}
    made = call(context, "CreateCodeSigningConfig", AllowedPublishers=publishers, Tags={"a": "1"})["CodeSigningConfig"]
    arn = made["CodeSigningConfigArn"]
    call(context, "TagResource", Resource=arn, Tags={"b": "2"})
    call(context, "UntagResource", Resource=arn, TagKeys=["a"])
    assert call(context, "ListTags", Resource=arn) == {"Tags": {"b": "2"}}
    call(context, "DeleteCodeSigningConfig", CodeSigningConfigArn=arn)
    assert failure(context, "ListTags", Resource=arn)[0] == "ResourceNotFoundException"
    assert contexts.document("lambda", "code-signing-config-tags", made["CodeSigningConfigId"]) is None


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({}, "An error occurred and the request cannot be processed."),
        ({"AWS:x": "y"}, "aws: prefixed tag key names are not allowed for external use."),
    ],
)
def test_sets_that_lambda_refuses(context: Context, tags: dict[str, str], message: str) -> None:
    create(context)
    assert failure(context, "TagResource", Resource=ARN, Tags=tags) == ("InvalidParameterValueException", message)


def test_the_function_gets_a_new_revision(context: Context) -> None:
    """As AWS was recorded to (localstack, TestLambdaTags.test_tag_lifecycle)."""

    def revision() -> str:
        return str(call(context, "GetFunctionConfiguration", FunctionName="my-function")["RevisionId"])

    create(context)
    seen = [revision()]
    for operation, members in (
        ("TagResource", {"Tags": {"a": "b"}}),
        ("TagResource", {"Tags": {"a": "c"}}),
        ("UntagResource", {"TagKeys": ["a"]}),
    ):
        call(context, operation, Resource=ARN, **members)
        seen.append(revision())
        # Also when there is nothing to change.
        call(context, operation, Resource=ARN, **members)
        seen.append(revision())
    assert len(set(seen)) == 7


def test_what_calls_for_somebody_may_tag_as_aws_does(context: Context) -> None:
    """ "Resource tags" (AWS CloudFormation User Guide): stacks tag what they make; nobody else can."""
    of_stack = {"aws:cloudformation:stack-name": "shop", "aws:cloudformation:logical-id": "Job"}
    stack = replace(context, caller=replace(context.caller, called_via="cloudformation.amazonaws.com"))
    create(stack, Tags=of_stack | {f"key{number}": "x" for number in range(50)})
    assert failure(context, "TagResource", Resource=ARN, Tags={"one": "more"}) == (
        "InvalidParameterValueException",
        "Number of tags exceeds resource tag limit.",
    )
    call(context, "UntagResource", Resource=ARN, TagKeys=["key0"])
    call(context, "TagResource", Resource=ARN, Tags={"one": "more"})
    tags = call(context, "ListTags", Resource=ARN)["Tags"]
    assert len(tags) == 52
    assert tags.items() >= of_stack.items()
