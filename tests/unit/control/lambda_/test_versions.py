"""Versions of functions.

Sources: PublishVersion, ListVersionsByFunction, DeleteFunction in the "API reference", "Manage Lambda function
versions" (AWS Lambda). The texts of errors are AWS's answers.
"""

from typing import Any

import pytest

from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, CODE, OTHER_CODE, call, create, creation, failure

STALE = (
    "PreconditionFailedException",
    (
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    ),
)


def publish(context: Context, **members: Any) -> dict[str, Any]:
    return call(context, "PublishVersion", **{"FunctionName": "my-function", **members})


def update(context: Context, **members: Any) -> dict[str, Any]:
    return call(context, "UpdateFunctionConfiguration", FunctionName="my-function", **members)


def numbers(context: Context, name: str = "my-function") -> list[str]:
    return [version["Version"] for version in call(context, "ListVersionsByFunction", FunctionName=name)["Versions"]]


class TestPublishVersion:
    def test_a_version_is_a_copy_of_latest(self, contexts: Contexts) -> None:
        context = contexts.context()
        latest = create(context, Description="of the function")
        contexts.clock.advance(5)
        version = publish(context)
        assert version["RevisionId"] != latest["RevisionId"]
        expected = {**latest, "Version": "1", "FunctionArn": f"{ARN}:1", "RevisionId": version["RevisionId"]}
        assert version == expected
        assert contexts.document("lambda", "version", "my-function/0000000001") == expected
        now = contexts.document("lambda", "function", "my-function")
        assert now == {**latest, "RevisionId": now["RevisionId"]}
        assert now["RevisionId"] not in (latest["RevisionId"], version["RevisionId"]), "as AWS has it"

    def test_a_version_can_have_a_description_of_its_own(self, context: Context) -> None:
        create(context, Description="of the function")
        assert publish(context, Description="of the version")["Description"] == "of the version"
        assert publish(context, Description="of another version")["Description"] == "of the version"
        update(context, Timeout=5)
        assert publish(context, Description="")["Description"] == ""

    def test_without_a_change_the_last_version_is_returned(self, context: Context) -> None:
        create(context)
        first = publish(context)
        assert publish(context) == first
        update(context, Description="changed")
        second = publish(context)
        assert second["Version"] == "2"
        call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=OTHER_CODE)
        assert publish(context)["Version"] == "3"
        # Back to what the second was: that is a change as well.
        call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=CODE)
        assert publish(context)["Version"] == "4"

    def test_every_update_is_a_change(self, context: Context) -> None:
        """Also one with the values there were: AWS does not compare."""
        create(context)
        publish(context)
        update(context, Timeout=3)
        assert publish(context)["Version"] == "2"
        call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=CODE)
        assert publish(context)["Version"] == "3"
        call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=CODE, DryRun=True)
        call(context, "TagResource", Resource=ARN, Tags={"a": "b"})
        assert publish(context)["Version"] == "3"

    def test_versions_do_not_change(self, context: Context) -> None:
        create(context)
        first = publish(context)
        update(context, Timeout=100, Environment={"Variables": {"A": "b"}})
        call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=OTHER_CODE)
        assert call(context, "GetFunctionConfiguration", FunctionName=ARN, Qualifier="1") == first

    def test_numbers_are_not_given_again(self, context: Context) -> None:
        create(context)
        publish(context)
        call(context, "DeleteFunction", FunctionName=ARN, Qualifier="1")
        # Nothing changed, but the version is gone.
        assert publish(context)["Version"] == "2"
        assert numbers(context) == ["$LATEST", "2"]
        call(context, "DeleteFunction", FunctionName=ARN)
        # Nor to another function of the same name.
        create(context)
        assert publish(context)["Version"] == "3"
        assert numbers(context) == ["$LATEST", "3"]

    def test_preconditions(self, contexts: Contexts) -> None:
        context = contexts.context()
        latest = create(context)
        assert failure(context, "PublishVersion", FunctionName=ARN, RevisionId="stale") == STALE
        assert failure(context, "PublishVersion", FunctionName=ARN, CodeSha256="other") == (
            "InvalidParameterValueException",
            (
                f"CodeSHA256 (other) is different from current CodeSHA256 in $LATEST ({latest['CodeSha256']}). "
                "Please try again with the CodeSHA256 in $LATEST."
            ),
        )
        assert contexts.store.revision() == 1
        publish(context, RevisionId=latest["RevisionId"], CodeSha256=latest["CodeSha256"])

    def test_what_cannot_be_published(self, context: Context) -> None:
        missing = ("ResourceNotFoundException", f"Function not found: {ARN}")
        assert failure(context, "PublishVersion", FunctionName="my-function") == missing
        create(context)
        publish(context)
        code, _ = failure(context, "PublishVersion", FunctionName=f"{ARN}:1")
        assert code == "InvalidParameterValueException"
        assert failure(context, "PublishVersion", FunctionName=ARN, PublishTo="LATEST_PUBLISHED") == (
            "NotImplemented",
            "Lambda PublishVersion: the option PublishTo is not implemented by gatewright.",
        )


class TestPublish:
    def test_on_create(self, context: Context) -> None:
        created = creation(context, Publish=True)
        assert (created["Version"], created["FunctionArn"]) == ("1", ARN)
        assert numbers(context) == ["$LATEST", "1"]
        assert publish(context)["Version"] == "1"

    def test_on_update_of_code(self, context: Context) -> None:
        create(context)
        updated = call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=OTHER_CODE, Publish=True)
        assert (updated["Version"], updated["FunctionArn"]) == ("1", f"{ARN}:1")
        again = call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=OTHER_CODE, Publish=True)
        assert again["Version"] == "2"
        call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=CODE, Publish=True, DryRun=True)
        assert numbers(context) == ["$LATEST", "1", "2"]


class TestQualifiers:
    def test_a_version_and_an_alias_are_read(self, context: Context) -> None:
        latest = create(context, Tags={"a": "b"})
        version = publish(context)
        call(context, "CreateAlias", FunctionName=ARN, Name="prod", FunctionVersion="1")
        call(context, "CreateAlias", FunctionName=ARN, Name="newest", FunctionVersion="$LATEST")
        update(context, Timeout=9)
        for name, qualifier in (("my-function", "1"), (f"{ARN}:1", None), ("my-function:1", "1")):
            members = {"FunctionName": name} | ({"Qualifier": qualifier} if qualifier else {})
            assert call(context, "GetFunctionConfiguration", **members) == version
            assert call(context, "GetFunction", **members)["Configuration"] == version
            assert "Tags" not in call(context, "GetFunction", **members)
        assert call(context, "GetFunction", FunctionName=ARN)["Tags"] == {"a": "b"}
        by_alias = call(context, "GetFunctionConfiguration", FunctionName=f"{ARN}:prod")
        assert by_alias == {**version, "FunctionArn": f"{ARN}:prod"}
        newest = call(context, "GetFunctionConfiguration", FunctionName=ARN, Qualifier="newest")
        assert (newest["Timeout"], newest["FunctionArn"]) == (9, f"{ARN}:newest")
        assert latest["Timeout"] == 3

    @pytest.mark.parametrize("number", ["0", "01", "2", "99999999999"])
    def test_versions_that_are_not_there(self, context: Context, number: str) -> None:
        create(context, Publish=True)
        expected = ("ResourceNotFoundException", f"Function not found: {ARN}:{number}")
        assert failure(context, "GetFunction", FunctionName=ARN, Qualifier=number) == expected

    def test_the_derived_qualifier_must_be_the_specified_one(self, context: Context) -> None:
        create(context, Publish=True)
        assert failure(context, "GetFunction", FunctionName=f"{ARN}:1", Qualifier="2") == (
            "InvalidParameterValueException",
            "The derived qualifier from the function name does not match the specified qualifier.",
        )

    def test_reserved_concurrency_is_shown(self, contexts: Contexts) -> None:
        context = contexts.context()
        create(context, Publish=True)
        with contexts.store.write() as writer:
            key = context.key("lambda", "function-concurrency", "my-function")
            writer.put(key, {"ReservedConcurrentExecutions": 0})
        answer = call(context, "GetFunction", FunctionName=ARN)
        assert answer["Concurrency"] == {"ReservedConcurrentExecutions": 0}
        # It is the function's, not the version's.
        assert "Concurrency" not in call(context, "GetFunction", FunctionName=ARN, Qualifier="1")


class TestListings:
    def test_versions_page_with_latest_first(self, context: Context) -> None:
        create(context)
        for timeout in range(1, 13):
            update(context, Timeout=timeout)
            publish(context)
        found: list[str] = []
        marker: dict[str, Any] = {}
        while True:
            page = call(context, "ListVersionsByFunction", FunctionName=ARN, MaxItems=5, **marker)
            found += [version["FunctionArn"].removeprefix(f"{ARN}:") for version in page["Versions"]]
            if page["NextMarker"] is None:
                break
            marker = {"Marker": page["NextMarker"]}
        assert found == ["$LATEST", *map(str, range(1, 13))]

    @pytest.mark.parametrize("limit", [1, 2, 3, 50])
    def test_versions_of_all_functions_page(self, context: Context, limit: int) -> None:
        """Names of which one begins with the other sort differently with what follows them in an id."""
        for name in ("a", "a-b", "ab"):
            create(context, name, Publish=True)
            call(context, "UpdateFunctionCode", FunctionName=name, ZipFile=OTHER_CODE, Publish=True)
        create(context, "b")
        found: list[tuple[str, str]] = []
        marker: dict[str, Any] = {}
        while True:
            page = call(context, "ListFunctions", FunctionVersion="ALL", MaxItems=limit, **marker)
            assert len(page["Functions"]) <= limit
            found += [(version["FunctionName"], version["Version"]) for version in page["Functions"]]
            if page["NextMarker"] is None:
                break
            marker = {"Marker": page["NextMarker"]}
        expected = [(name, version) for name in ("a", "a-b", "ab") for version in ("$LATEST", "1", "2")]
        assert found == [*expected, ("b", "$LATEST")]


class TestDeletion:
    def test_one_version_goes_with_what_belongs_to_it(self, contexts: Contexts) -> None:
        context = contexts.context()
        create(context, Publish=True)
        call(
            context,
            "AddPermission",
            FunctionName=f"{ARN}:1",
            StatementId="s",
            Action="lambda:InvokeFunction",
            Principal="*",
        )
        assert contexts.document("lambda", "function-policy", "my-function/1") is not None
        call(context, "DeleteFunction", FunctionName="my-function", Qualifier="1")
        assert contexts.document("lambda", "function-policy", "my-function/1") is None
        assert numbers(context) == ["$LATEST"]

    def test_with_the_last_version_latest_gets_a_new_revision(self, context: Context) -> None:
        create(context, Publish=True)
        call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=OTHER_CODE, Publish=True)

        def revision() -> str:
            return str(call(context, "GetFunctionConfiguration", FunctionName=ARN)["RevisionId"])

        before = revision()
        call(context, "DeleteFunction", FunctionName=ARN, Qualifier="1")
        assert revision() == before
        call(context, "DeleteFunction", FunctionName=ARN, Qualifier="2")
        assert revision() != before

    def test_a_version_that_is_not_there_is_no_error(self, contexts: Contexts) -> None:
        context = contexts.context()
        create(context)
        revision = contexts.store.revision()
        call(context, "DeleteFunction", FunctionName="my-function", Qualifier="99")
        assert contexts.store.revision() == revision

    def test_versions_that_aliases_use_stay(self, context: Context) -> None:
        create(context, Publish=True)
        call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=OTHER_CODE, Publish=True)
        weights = {"AdditionalVersionWeights": {"2": 0.0}}
        call(context, "CreateAlias", FunctionName=ARN, Name="b", FunctionVersion="1", RoutingConfig=weights)
        call(context, "CreateAlias", FunctionName=ARN, Name="a", FunctionVersion="1")
        for number, aliases in (("1", "a, b"), ("2", "b")):
            assert failure(context, "DeleteFunction", FunctionName=ARN, Qualifier=number) == (
                "ResourceConflictException",
                f"Unable to delete version because the following aliases reference it: [{aliases}]",
            )

    def test_a_function_goes_with_everything_in_one_transaction(self, contexts: Contexts) -> None:
        context = contexts.context()
        create(context, Publish=True, Tags={"a": "b"})
        create(context, "my-function-2", Publish=True)
        call(context, "CreateAlias", FunctionName=ARN, Name="prod", FunctionVersion="1")
        with contexts.store.write() as writer:
            for kind in ("function-concurrency", "recursion-config", "function-code-signing"):
                writer.put(context.key("lambda", kind, "my-function"), {})
            for kind in ("provisioned-concurrency", "event-invoke-config", "function-url", "runtime-management"):
                writer.put(context.key("lambda", kind, "my-function/prod"), {})
        revision = contexts.store.revision()
        call(context, "DeleteFunction", FunctionName=ARN)
        assert contexts.store.revision() == revision + 1
        left = {change.key.id for change in contexts.store.changes(0) if not change.is_deleted} - {
            change.key.id for change in contexts.store.changes(revision)
        }
        assert {identifier.partition("/")[0] for identifier in left} == {"my-function-2"}
        assert numbers(context, "my-function-2") == ["$LATEST", "1"]
