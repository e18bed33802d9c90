"""Aliases of functions.

Sources: CreateAlias, UpdateAlias, GetAlias, ListAliases, DeleteAlias in the "API reference", "Implement Lambda canary
deployments using a weighted alias" (AWS Lambda). The texts of errors are AWS's answers.
"""

from typing import Any

import pytest

from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, call, create, failure

NOT_FOUND = "ResourceNotFoundException"
INVALID = "InvalidParameterValueException"


@pytest.fixture
def published(context: Context) -> Context:
    """Give a function with versions 1 and 2, alike, 3 with another role and 4 with a dead-letter queue."""
    create(context, Publish=True)
    for change in (
        {"Timeout": 4},
        {"Role": "arn:aws:iam::123456789012:role/other"},
        {
            "Role": "arn:aws:iam::123456789012:role/lambda-role",
            "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
        },
    ):
        call(context, "UpdateFunctionConfiguration", FunctionName="my-function", **change)
        call(context, "PublishVersion", FunctionName="my-function")
    return context


def create_alias(context: Context, name: str = "prod", version: str = "1", **members: Any) -> dict[str, Any]:
    request = {"FunctionName": "my-function", "Name": name, "FunctionVersion": version, **members}
    return call(context, "CreateAlias", **request)


def update_alias(context: Context, **members: Any) -> dict[str, Any]:
    return call(context, "UpdateAlias", FunctionName="my-function", Name="prod", **members)


def weights(**by_version: float) -> dict[str, Any]:
    return {"AdditionalVersionWeights": {version.lstrip("v"): weight for version, weight in by_version.items()}}


class TestCreateAlias:
    def test_an_alias_points_to_a_version(self, published: Context, contexts: Contexts) -> None:
        alias = create_alias(published, Description="what users see")
        assert alias.pop("RevisionId")
        assert alias == {
            "AliasArn": f"{ARN}:prod",
            "Name": "prod",
            "FunctionVersion": "1",
            "Description": "what users see",
        }
        stored = contexts.document("lambda", "alias", "my-function/prod")
        assert call(published, "GetAlias", FunctionName=ARN, Name="prod") == stored
        assert create_alias(published, "newest", "$LATEST")["Description"] == ""

    def test_two_versions_can_share_the_invocations(self, published: Context) -> None:
        assert create_alias(published, RoutingConfig=weights(v2=0.25))["RoutingConfig"] == weights(v2=0.25)
        for routing in ({}, {"AdditionalVersionWeights": {}}):
            assert "RoutingConfig" not in create_alias(published, f"a{len(routing)}", RoutingConfig=routing)

    def test_names_are_unique(self, published: Context) -> None:
        create_alias(published)
        request = {"FunctionName": ARN, "Name": "prod", "FunctionVersion": "2"}
        expected = ("ResourceConflictException", f"Alias already exists: {ARN}:prod")
        assert failure(published, "CreateAlias", **request) == expected

    @pytest.mark.parametrize(
        ("members", "code", "message"),
        [
            (
                {"FunctionName": "other"},
                NOT_FOUND,
                "Function not found: " + ARN.replace("my-function", "other") + ":1",
            ),
            ({"FunctionVersion": "10"}, NOT_FOUND, f"Function not found: {ARN}:10"),
            ({"FunctionVersion": "$LATEST.PUBLISHED"}, NOT_FOUND, f"Function not found: {ARN}:$LATEST.PUBLISHED"),
            ({"RoutingConfig": weights(v10=0.5)}, NOT_FOUND, f"Function not found: {ARN}:10"),
            (
                {"RoutingConfig": weights(v2=0.5, v3=0.1)},
                INVALID,
                "Number of items in AdditionalVersionWeights cannot be greater than 1",
            ),
            (
                {"RoutingConfig": weights(v1=0.5)},
                INVALID,
                "Invalid function version 1. Function version 1 is already included in routing configuration.",
            ),
            (
                {"FunctionVersion": "$LATEST", "RoutingConfig": weights(v1=0.5)},
                INVALID,
                "$LATEST is not supported for an alias pointing to more than 1 version",
            ),
            (
                {"RoutingConfig": weights(v3=0.5)},
                INVALID,
                "Specified versions must be associated with the same execution role",
            ),
            (
                {"RoutingConfig": weights(v4=0.5)},
                INVALID,
                "Specified versions must have the same dead-letter queue configuration",
            ),
        ],
    )
    def test_what_lambda_refuses(self, published: Context, members: dict[str, Any], code: str, message: str) -> None:
        request = {"FunctionName": "my-function", "Name": "prod", "FunctionVersion": "1", **members}
        assert failure(published, "CreateAlias", **request) == (code, message)
        assert call(published, "ListAliases", FunctionName=ARN)["Aliases"] == []


class TestUpdateAlias:
    def test_only_what_the_request_has_changes(self, published: Context) -> None:
        created = create_alias(published, Description="d", RoutingConfig=weights(v2=0.5))
        updated = update_alias(published, FunctionVersion="1")
        assert updated == {**created, "RevisionId": updated["RevisionId"]}
        assert updated["RevisionId"] != created["RevisionId"]
        assert update_alias(published, Description="")["Description"] == ""
        assert update_alias(published)["RoutingConfig"] == weights(v2=0.5)

    def test_an_empty_routing_config_ends_routing(self, published: Context) -> None:
        create_alias(published, RoutingConfig=weights(v2=0.5))
        assert "RoutingConfig" not in update_alias(published, RoutingConfig={})
        assert "RoutingConfig" not in call(published, "GetAlias", FunctionName=ARN, Name="prod")

    def test_the_routing_that_stays_must_suit_the_new_version(self, published: Context) -> None:
        create_alias(published, RoutingConfig=weights(v2=0.5))
        request = {"FunctionName": ARN, "Name": "prod", "FunctionVersion": "2"}
        assert failure(published, "UpdateAlias", **request) == (
            INVALID,
            "Invalid function version 2. Function version 2 is already included in routing configuration.",
        )
        assert update_alias(published, FunctionVersion="2", RoutingConfig={})["FunctionVersion"] == "2"

    def test_revisions_are_preconditions(self, published: Context) -> None:
        first = create_alias(published)["RevisionId"]
        second = update_alias(published, Description="x", RevisionId=first)["RevisionId"]
        assert failure(published, "UpdateAlias", FunctionName=ARN, Name="prod", RevisionId=first) == (
            "PreconditionFailedException",
            (
                "The Revision Id provided does not match the latest Revision Id. "
                "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
            ),
        )
        update_alias(published, RevisionId=second)

    def test_what_is_not_there(self, published: Context) -> None:
        expected = (NOT_FOUND, f"Alias not found: {ARN}:prod")
        assert failure(published, "UpdateAlias", FunctionName=ARN, Name="prod") == expected
        create_alias(published)
        expected = (NOT_FOUND, f"Function not found: {ARN}:9")
        assert failure(published, "UpdateAlias", FunctionName=ARN, Name="prod", FunctionVersion="9") == expected


class TestReading:
    def test_aliases_are_listed_by_name_and_by_version(self, published: Context) -> None:
        for name, version in (("c", "2"), ("a", "1"), ("b", "1"), ("d", "$LATEST")):
            create_alias(published, name, version)

        def names(**members: Any) -> list[str]:
            found: list[str] = []
            marker: dict[str, Any] = {}
            while True:
                page = call(published, "ListAliases", FunctionName="my-function", MaxItems=1, **members, **marker)
                found += [alias["Name"] for alias in page["Aliases"]]
                if page["NextMarker"] is None:
                    return found
                marker = {"Marker": page["NextMarker"]}

        assert names() == ["a", "b", "c", "d"]
        assert names(FunctionVersion="1") == ["a", "b"]
        assert names(FunctionVersion="$LATEST") == ["d"]
        assert names(FunctionVersion="7") == []

    def test_pages_are_not_limited_to_50(self, published: Context) -> None:
        """As AWS was recorded to (radkawar/stackd, testdata/aws/lambda/alias_pagination.json)."""
        for number in range(60):
            create_alias(published, f"alias-{number}")
        for members in ({}, {"MaxItems": 60}):
            page = call(published, "ListAliases", FunctionName=ARN, **members)
            assert len(page["Aliases"]) == 60

    def test_what_is_not_there(self, context: Context) -> None:
        assert failure(context, "ListAliases", FunctionName="my-function") == (NOT_FOUND, f"Function not found: {ARN}")
        expected = (NOT_FOUND, f"Cannot find alias arn: {ARN}:prod")
        assert failure(context, "GetAlias", FunctionName="my-function", Name="prod") == expected
        create(context)
        assert failure(context, "GetAlias", FunctionName="my-function", Name="prod") == expected

    def test_aliases_have_no_qualifiers(self, published: Context) -> None:
        for operation, members in (
            ("CreateAlias", {"Name": "a", "FunctionVersion": "1"}),
            ("ListAliases", {}),
            ("GetAlias", {"Name": "a"}),
            ("DeleteAlias", {"Name": "a"}),
        ):
            code, message = failure(published, operation, FunctionName=f"{ARN}:1", **members)
            assert (code, message.partition(".")[0]) == (
                INVALID,
                "This operation is permitted on Lambda functions only",
            )


class TestDeleteAlias:
    def test_it_goes_with_its_policy_and_configurations(self, published: Context, contexts: Contexts) -> None:
        create_alias(published)
        with contexts.store.write() as writer:
            for kind in ("function-policy", "function-url", "event-invoke-config", "provisioned-concurrency"):
                writer.put(published.key("lambda", kind, "my-function/prod"), {})
        revision = contexts.store.revision()
        assert call(published, "DeleteAlias", FunctionName=ARN, Name="prod") == {}
        assert contexts.store.revision() == revision + 1
        assert len(contexts.store.changes(revision)) == 4
        # The URL outlives its alias, and answers again with an alias of the same name.
        assert contexts.document("lambda", "function-url", "my-function/prod") is not None
        call(published, "DeleteFunction", FunctionName=ARN, Qualifier="1")
        call(published, "DeleteFunction", FunctionName=ARN)
        assert contexts.document("lambda", "function-url", "my-function/prod") is None

    def test_one_that_is_not_there_is_no_error(self, published: Context) -> None:
        call(published, "DeleteAlias", FunctionName=ARN, Name="nobody")
        assert failure(published, "DeleteAlias", FunctionName="other", Name="x")[0] == NOT_FOUND
