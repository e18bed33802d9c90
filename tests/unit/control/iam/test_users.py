"""Users, groups and access keys.

Members and messages as AWS answered them (localstack, test_iam_users.snapshot.json, test_iam_groups.snapshot.json).
"""

from dataclasses import replace
from typing import Any

import pytest

from gatewright.base.access_keys import account_of
from gatewright.control.context import AccessKeyUse, Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.iam.calls import ACCOUNT, BASIC, READ, call, create_policy, failure

NO_USER = ("NoSuchEntity", "The user with name missing cannot be found.")
NO_GROUP = ("NoSuchEntity", "The group with name missing cannot be found.")


def create_user(context: Context, name: str = "ann", **members: Any) -> dict[str, Any]:
    user = call(context, "CreateUser", UserName=name, **members)["User"]
    assert isinstance(user, dict)
    return user


def create_key(context: Context, name: str = "ann") -> dict[str, Any]:
    key = call(context, "CreateAccessKey", UserName=name)["AccessKey"]
    assert isinstance(key, dict)
    return key


def calling_with(context: Context, access_key_id: str) -> Context:
    return replace(context, caller=replace(context.caller, access_key_id=access_key_id))


class TestUsers:
    def test_life(self, context: Context) -> None:
        user = create_user(context, Path="/team/")
        assert user.pop("UserId").startswith("AIDA")
        assert user == {
            "Path": "/team/",
            "UserName": "ann",
            "Arn": f"arn:aws:iam::{ACCOUNT}:user/team/ann",
            "CreateDate": "2026-01-01T00:00:00Z",
        }
        create_user(context, "bob", Tags=[{"Key": "a", "Value": "b"}])
        assert call(context, "GetUser", UserName="bob")["User"]["Tags"] == [{"Key": "a", "Value": "b"}]
        listed = call(context, "ListUsers")
        assert [(each["UserName"], "Tags" in each) for each in listed["Users"]] == [("ann", False), ("bob", False)]
        assert [each["UserName"] for each in call(context, "ListUsers", PathPrefix="/te")["Users"]] == ["ann"]
        twice = ("EntityAlreadyExists", "User with name Bob already exists.")
        assert failure(context, "CreateUser", UserName="Bob") == twice
        call(context, "DeleteUser", UserName="bob")
        assert failure(context, "GetUser", UserName="bob")[0] == "NoSuchEntity"

    @pytest.mark.parametrize(
        ("operation", "members"),
        [
            ("GetUser", {}),
            ("UpdateUser", {}),
            ("DeleteUser", {}),
            ("CreateAccessKey", {}),
            ("ListAccessKeys", {}),
            ("ListGroupsForUser", {}),
            ("TagUser", {"Tags": []}),
            ("UntagUser", {"TagKeys": []}),
            ("ListUserTags", {}),
            ("PutUserPolicy", {"PolicyName": "p", "PolicyDocument": READ}),
            ("ListUserPolicies", {}),
            ("AttachUserPolicy", {"PolicyArn": BASIC}),
            ("ListAttachedUserPolicies", {}),
            ("PutUserPermissionsBoundary", {"PermissionsBoundary": BASIC}),
            ("DeleteUserPermissionsBoundary", {}),
        ],
    )
    def test_one_that_is_not_there(self, context: Context, operation: str, members: dict[str, Any]) -> None:
        assert failure(context, operation, UserName="missing", **members) == NO_USER

    def test_another_name(self, context: Context) -> None:
        user = create_user(context)
        boundary = create_policy(context)
        key = create_key(context)["AccessKeyId"]
        call(context, "CreateGroup", GroupName="all")
        call(context, "AddUserToGroup", UserName="ann", GroupName="all")
        call(context, "AttachUserPolicy", UserName="ann", PolicyArn=BASIC)
        call(context, "PutUserPermissionsBoundary", UserName="ann", PermissionsBoundary=boundary)
        create_user(context, "bob")
        taken = failure(context, "UpdateUser", UserName="ann", NewUserName="bob")
        assert taken == ("EntityAlreadyExists", "User with name bob already exists.")
        call(context, "UpdateUser", UserName="ann", NewUserName="eve", NewPath="/new/")
        assert failure(context, "GetUser", UserName="ann")[0] == "NoSuchEntity"
        renamed = call(context, "GetUser", UserName="eve")["User"]
        assert renamed["UserId"] == user["UserId"]
        assert renamed["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/new/eve"
        listed = call(context, "ListAccessKeys", UserName="eve")["AccessKeyMetadata"]
        assert [(each["AccessKeyId"], each["UserName"]) for each in listed] == [(key, "eve")]
        assert call(context, "GetAccessKeyLastUsed", AccessKeyId=key)["UserName"] == "eve"
        members = call(context, "GetGroup", GroupName="all")["Users"]
        assert [each["UserName"] for each in members] == ["eve"]
        for arn in (BASIC, boundary):
            entities = call(context, "ListEntitiesForPolicy", PolicyArn=arn)
            assert [each["UserName"] for each in entities["PolicyUsers"]] == ["eve"]
        call(context, "UpdateUser", UserName="eve", NewUserName="EVE")
        assert call(context, "GetUser", UserName="eve")["User"]["UserName"] == "EVE"

    def test_one_is_deleted_when_nothing_is_left(self, context: Context) -> None:
        create_user(context)
        key = create_key(context)["AccessKeyId"]
        call(context, "CreateGroup", GroupName="all")
        call(context, "AddUserToGroup", UserName="ann", GroupName="all")
        call(context, "AttachUserPolicy", UserName="ann", PolicyArn=BASIC)
        call(context, "PutUserPolicy", UserName="ann", PolicyName="p", PolicyDocument=READ)
        for reason, operation, members in (
            ("delete access keys", "DeleteAccessKey", {"AccessKeyId": key}),
            ("remove users from group", "RemoveUserFromGroup", {"GroupName": "all"}),
            ("detach all policies", "DetachUserPolicy", {"PolicyArn": BASIC}),
            ("delete policies", "DeleteUserPolicy", {"PolicyName": "p"}),
        ):
            text = f"Cannot delete entity, must {reason} first."
            assert failure(context, "DeleteUser", UserName="ann") == ("DeleteConflict", text)
            call(context, operation, UserName="ann", **members)
        call(context, "DeleteUser", UserName="ann")

    def test_who_calls(self, context: Context) -> None:
        """GetUser without a name, "API Reference": the user whose access key the request is signed with."""
        create_user(context)
        key = create_key(context)["AccessKeyId"]
        own = calling_with(context, key)
        assert call(own, "GetUser")["User"]["UserName"] == "ann"
        assert call(own, "CreateAccessKey")["AccessKey"]["UserName"] == "ann"
        assert len(call(own, "ListAccessKeys")["AccessKeyMetadata"]) == 2
        call(own, "DeleteAccessKey", AccessKeyId=key)
        root = call(calling_with(context, "AKIAUNKNOWN"), "GetUser")["User"]
        assert root["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
        text = "Must specify userName when calling with non-User credentials"
        assert failure(context, "CreateAccessKey") == ("ValidationError", text)


class TestAbsentCredentials:
    @pytest.mark.parametrize(
        ("operation", "name"),
        [
            ("ListSSHPublicKeys", "SSHPublicKeys"),
            ("ListSigningCertificates", "Certificates"),
            ("ListMFADevices", "MFADevices"),
            ("ListServiceSpecificCredentials", "ServiceSpecificCredentials"),
        ],
    )
    def test_there_are_none(self, context: Context, operation: str, name: str) -> None:
        create_user(context)
        assert call(context, operation, UserName="ann") == {name: [], "IsTruncated": False}
        assert failure(context, operation, UserName="missing") == NO_USER

    def test_there_are_no_virtual_devices(self, context: Context) -> None:
        assert call(context, "ListVirtualMFADevices") == {"VirtualMFADevices": [], "IsTruncated": False}

    @pytest.mark.parametrize("operation", ["GetLoginProfile", "DeleteLoginProfile"])
    def test_there_is_no_password(self, context: Context, operation: str) -> None:
        create_user(context)
        text = "Login Profile for User ann cannot be found."
        assert failure(context, operation, UserName="ann") == ("NoSuchEntity", text)
        assert failure(context, operation, UserName="missing") == NO_USER


class TestAccessKeys:
    def test_life(self, context: Context) -> None:
        create_user(context)
        assert call(context, "ListAccessKeys", UserName="ann") == {"AccessKeyMetadata": [], "IsTruncated": False}
        key = create_key(context)
        assert key["AccessKeyId"].startswith("AKIA")
        assert len(key["AccessKeyId"]) == 20
        assert account_of(key["AccessKeyId"]) == ACCOUNT
        assert len(key["SecretAccessKey"]) == 40
        assert (key["Status"], key["UserName"]) == ("Active", "ann")
        call(context, "UpdateAccessKey", UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Inactive")
        listed = call(context, "ListAccessKeys", UserName="ann")["AccessKeyMetadata"]
        shown = {name: key[name] for name in ("UserName", "AccessKeyId", "CreateDate")}
        assert listed == [{**shown, "Status": "Inactive"}]
        call(context, "DeleteAccessKey", UserName="ann", AccessKeyId=key["AccessKeyId"])
        text = f"The Access Key with id {key['AccessKeyId']} cannot be found."
        gone = failure(context, "UpdateAccessKey", UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Active")
        assert gone == ("NoSuchEntity", text)

    def test_two_at_most(self, context: Context) -> None:
        create_user(context)
        assert create_key(context)["AccessKeyId"] != create_key(context)["AccessKeyId"]
        text = "Cannot exceed quota for AccessKeysPerUser: 2"
        assert failure(context, "CreateAccessKey", UserName="ann") == ("LimitExceeded", text)

    def test_anothers_key(self, context: Context) -> None:
        create_user(context)
        create_user(context, "bob")
        key = create_key(context, "bob")["AccessKeyId"]
        assert failure(context, "DeleteAccessKey", UserName="ann", AccessKeyId=key)[0] == "NoSuchEntity"

    def test_last_use(self, context: Context) -> None:
        create_user(context)
        key = create_key(context)["AccessKeyId"]
        never = {"UserName": "ann", "AccessKeyLastUsed": {"Region": "N/A", "ServiceName": "N/A"}}
        assert call(context, "GetAccessKeyLastUsed", AccessKeyId=key) == never
        uses = {key: AccessKeyUse(1767225661.5, "us-east-1", "iam")}
        used = replace(context, node=replace(context.node, access_key_use=uses.get))
        assert call(used, "GetAccessKeyLastUsed", AccessKeyId=key)["AccessKeyLastUsed"] == {
            "LastUsedDate": "2026-01-01T00:01:01Z",
            "Region": "us-east-1",
            "ServiceName": "iam",
        }
        code, text = failure(context, "GetAccessKeyLastUsed", AccessKeyId="AKIAIOSFODNN7EXAMPLE")
        assert code == "AccessDenied"
        assert text.endswith(
            "is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key AKIAIOSFODNN7EXAMPLE"
        )


class TestGroups:
    def test_life(self, context: Context) -> None:
        group = call(context, "CreateGroup", GroupName="all", Path="/some/location/")["Group"]
        assert group.pop("GroupId").startswith("AGPA")
        assert group == {
            "Path": "/some/location/",
            "GroupName": "all",
            "Arn": f"arn:aws:iam::{ACCOUNT}:group/some/location/all",
            "CreateDate": "2026-01-01T00:00:00Z",
        }
        whole = call(context, "GetGroup", GroupName="all")
        assert (whole["Group"]["GroupName"], whole["Users"], whole["IsTruncated"]) == ("all", [], False)
        twice = ("EntityAlreadyExists", "Group with name ALL already exists.")
        assert failure(context, "CreateGroup", GroupName="ALL") == twice
        assert [each["GroupName"] for each in call(context, "ListGroups")["Groups"]] == ["all"]
        assert call(context, "ListGroups", PathPrefix="/other/")["Groups"] == []
        call(context, "DeleteGroup", GroupName="all")
        assert failure(context, "GetGroup", GroupName="all")[0] == "NoSuchEntity"

    @pytest.mark.parametrize("operation", ["GetGroup", "UpdateGroup", "DeleteGroup", "ListGroupPolicies"])
    def test_one_that_is_not_there(self, context: Context, operation: str) -> None:
        assert failure(context, operation, GroupName="missing") == NO_GROUP

    def test_members(self, context: Context) -> None:
        create_user(context)
        for name in ("writers", "all"):
            call(context, "CreateGroup", GroupName=name)
            for _ in range(2):
                call(context, "AddUserToGroup", UserName="ann", GroupName=name)
        assert [each["UserName"] for each in call(context, "GetGroup", GroupName="all")["Users"]] == ["ann"]
        groups = call(context, "ListGroupsForUser", UserName="ann")["Groups"]
        assert [each["GroupName"] for each in groups] == ["all", "writers"]
        text = "Cannot delete entity, must remove users from group first."
        assert failure(context, "DeleteGroup", GroupName="all") == ("DeleteConflict", text)
        for _ in range(2):
            call(context, "RemoveUserFromGroup", UserName="ann", GroupName="all")
        assert call(context, "GetGroup", GroupName="all")["Users"] == []
        for operation in ("AddUserToGroup", "RemoveUserFromGroup"):
            assert failure(context, operation, UserName="missing", GroupName="missing") == NO_USER
            assert failure(context, operation, UserName="ann", GroupName="missing") == NO_GROUP

    def test_another_name(self, context: Context, contexts: Contexts) -> None:
        create_user(context)
        call(context, "CreateGroup", GroupName="all")
        call(context, "CreateGroup", GroupName="other")
        call(context, "AddUserToGroup", UserName="ann", GroupName="all")
        call(context, "AttachGroupPolicy", GroupName="all", PolicyArn=BASIC)
        taken = failure(context, "UpdateGroup", GroupName="all", NewGroupName="other")
        assert taken == ("EntityAlreadyExists", "Group with name other already exists.")
        call(context, "UpdateGroup", GroupName="all", NewGroupName="everybody", NewPath="/new-path/")
        group = call(context, "GetGroup", GroupName="everybody")
        assert group["Group"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/new-path/everybody"
        assert [each["UserName"] for each in group["Users"]] == ["ann"]
        groups = call(context, "ListGroupsForUser", UserName="ann")["Groups"]
        assert [each["GroupName"] for each in groups] == ["everybody"]
        entities = call(context, "ListEntitiesForPolicy", PolicyArn=BASIC)["PolicyGroups"]
        assert [each["GroupName"] for each in entities] == ["everybody"]
        with contexts.store.read() as reader:
            assert [key.id for key, _ in reader.scan("iam", "membership")] == ["everybody/ann"]

    def test_its_policies_go_first(self, context: Context) -> None:
        call(context, "CreateGroup", GroupName="all")
        call(context, "AttachGroupPolicy", GroupName="all", PolicyArn=BASIC)
        call(context, "PutGroupPolicy", GroupName="all", PolicyName="p", PolicyDocument=READ)
        assert "detach all policies" in failure(context, "DeleteGroup", GroupName="all")[1]
        call(context, "DetachGroupPolicy", GroupName="all", PolicyArn=BASIC)
        assert "must delete policies" in failure(context, "DeleteGroup", GroupName="all")[1]
        call(context, "DeleteGroupPolicy", GroupName="all", PolicyName="p")
        call(context, "DeleteGroup", GroupName="all")
