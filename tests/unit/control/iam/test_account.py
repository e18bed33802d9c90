"""Instance profiles, and the account as a whole.

Members and messages as AWS answered them (localstack, test_iam_instance_profiles.snapshot.json,
test_iam_account_summary.snapshot.json, test_iam_account_authorization_details.snapshot.json).
"""

import json
from typing import Any

from gatewright.control.context import Context
from tests.unit.control.iam.calls import ACCOUNT, BASIC, READ, call, create_policy, create_role, decoded, failure

PROFILE = {"InstanceProfileName": "profile"}


class TestInstanceProfiles:
    def test_life(self, context: Context) -> None:
        created = call(context, "CreateInstanceProfile", **PROFILE, Path="/p/")["InstanceProfile"]
        assert created["InstanceProfileId"].startswith("AIPA")
        assert created["Arn"] == f"arn:aws:iam::{ACCOUNT}:instance-profile/p/profile"
        assert (created["Roles"], created["Tags"]) == ([], None)
        twice = ("EntityAlreadyExists", "Instance Profile profile already exists.")
        assert failure(context, "CreateInstanceProfile", **PROFILE) == twice
        role = create_role(context, Description="not shown in profiles")
        call(context, "AddRoleToInstanceProfile", **PROFILE, RoleName="worker")
        profile = call(context, "GetInstanceProfile", **PROFILE)["InstanceProfile"]
        assert profile == {**created, "Roles": [role], "Tags": []}
        listed = {name: value for name, value in profile.items() if name != "Tags"}
        assert call(context, "ListInstanceProfiles")["InstanceProfiles"] == [listed]
        assert call(context, "ListInstanceProfiles", PathPrefix="/q/")["InstanceProfiles"] == []
        assert call(context, "ListInstanceProfilesForRole", RoleName="worker")["InstanceProfiles"] == [listed]
        text = "Cannot delete entity, must remove roles from instance profile first."
        assert failure(context, "DeleteInstanceProfile", **PROFILE) == ("DeleteConflict", text)
        create_role(context, "second")
        assert failure(context, "AddRoleToInstanceProfile", **PROFILE, RoleName="second") == (
            "LimitExceeded",
            "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
        )
        text = "Role second in Instance Profile profile cannot be found."
        not_in = failure(context, "RemoveRoleFromInstanceProfile", **PROFILE, RoleName="second")
        assert not_in == ("NoSuchEntity", text)
        call(context, "RemoveRoleFromInstanceProfile", **PROFILE, RoleName="worker")
        nothing = {"InstanceProfiles": [], "IsTruncated": False}
        assert call(context, "ListInstanceProfilesForRole", RoleName="worker") == nothing
        call(context, "DeleteInstanceProfile", **PROFILE)
        gone = ("NoSuchEntity", "Instance Profile profile cannot be found.")
        assert failure(context, "GetInstanceProfile", **PROFILE) == gone
        for operation in ("AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile"):
            assert failure(context, operation, **PROFILE, RoleName="worker") == gone
        assert failure(context, "DeleteInstanceProfile", **PROFILE) == gone


class TestAccount:
    def test_summary(self, context: Context) -> None:
        empty = call(context, "GetAccountSummary")["SummaryMap"]
        assert (empty["RolesQuota"], empty["VersionsPerPolicyQuota"], empty["Providers"]) == (1000, 5, 0)
        assert len(empty) == 34
        create_role(context)
        create_policy(context)
        call(context, "CreateUser", UserName="ann")
        call(context, "CreateGroup", GroupName="all")
        call(context, "CreateInstanceProfile", **PROFILE)
        after = call(context, "GetAccountSummary")["SummaryMap"]
        changed = {name: value for name, value in after.items() if value != empty[name]}
        names = ("Groups", "InstanceProfiles", "Policies", "PolicyVersionsInUse", "Roles", "Users")
        assert changed == dict.fromkeys(names, 1)

    def test_alias(self, context: Context) -> None:
        assert call(context, "ListAccountAliases") == {"AccountAliases": [], "IsTruncated": False}
        for alias in ("first", "second"):
            call(context, "CreateAccountAlias", AccountAlias=alias)
        assert call(context, "ListAccountAliases")["AccountAliases"] == ["second"]
        assert failure(context, "DeleteAccountAlias", AccountAlias="first")[0] == "NoSuchEntity"
        call(context, "DeleteAccountAlias", AccountAlias="second")
        assert call(context, "ListAccountAliases")["AccountAliases"] == []


class TestAuthorizationDetails:
    def fill(self, context: Context) -> str:
        arn = create_policy(context)
        create_role(context, Tags=[{"Key": "somekey", "Value": "somevalue"}])
        call(context, "CreateInstanceProfile", **PROFILE)
        call(context, "AddRoleToInstanceProfile", **PROFILE, RoleName="worker")
        call(context, "CreateUser", UserName="ann")
        call(context, "CreateGroup", GroupName="all")
        call(context, "AddUserToGroup", UserName="ann", GroupName="all")
        for operation, members in (
            ("{}RolePolicy", {"RoleName": "worker"}),
            ("{}UserPolicy", {"UserName": "ann"}),
            ("{}GroupPolicy", {"GroupName": "all"}),
        ):
            call(context, operation.format("Attach"), **members, PolicyArn=arn)
            call(context, operation.format("Put"), **members, PolicyName="inline", PolicyDocument=READ)
        call(context, "AttachRolePolicy", RoleName="worker", PolicyArn=BASIC)
        return arn

    def test_everything(self, context: Context) -> None:
        arn = self.fill(context)
        details = call(context, "GetAccountAuthorizationDetails")
        (role,), (user,), (group,) = (details[f"{kind}DetailList"] for kind in ("Role", "User", "Group"))
        attached = {"PolicyName": "reader", "PolicyArn": arn}
        for principal, inline in ((role, "Role"), (user, "User"), (group, "Group")):
            assert attached in principal["AttachedManagedPolicies"]
            (policy,) = principal[f"{inline}PolicyList"]
            assert (policy["PolicyName"], decoded(policy["PolicyDocument"])) == ("inline", json.loads(READ))
        assert (user["GroupList"], user["Tags"]) == (["all"], [])
        assert role["Tags"] == [{"Key": "somekey", "Value": "somevalue"}]
        (profile,) = role["InstanceProfileList"]
        assert profile["Roles"][0]["RoleName"] == "worker"
        basic, reader = details["Policies"]
        assert [basic["Arn"], reader["Arn"]] == [BASIC, arn]
        assert (reader["AttachmentCount"], "Tags" in reader) == (3, False)
        (version,) = reader["PolicyVersionList"]
        assert (version["VersionId"], decoded(version["Document"])) == ("v1", json.loads(READ))

    def test_filters_and_pages(self, context: Context) -> None:
        self.fill(context)

        def counts(**members: Any) -> tuple[int, ...]:
            details = call(context, "GetAccountAuthorizationDetails", **members)
            lists = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
            return tuple(len(details[name]) for name in lists)

        assert counts(Filter=["User"]) == (1, 0, 0, 0)
        assert counts(Filter=["Group", "Role"]) == (0, 1, 1, 0)
        assert counts(Filter=["LocalManagedPolicy"]) == counts(Filter=["AWSManagedPolicy"]) == (0, 0, 0, 1)
        assert counts(MaxItems=2) == (1, 1, 0, 0)
        marker = call(context, "GetAccountAuthorizationDetails", MaxItems=2)["Marker"]
        assert counts(Marker=marker) == (0, 0, 1, 2)
