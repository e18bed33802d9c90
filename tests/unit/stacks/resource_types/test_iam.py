"""The resource types of IAM. Source: "Return values" of their pages in the AWS CloudFormation User Guide.

Ids as stacks of others had them: inline policies like `nzshm-ApiGa-1INIKWVV0NBA3`.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import pytest

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Resource
from tests.unit.stacks.resource_types.stack import Stack, known

PREFIX = "AWS::IAM::"
ROLE = f"{PREFIX}Role"
USER = f"{PREFIX}User"
GROUP = f"{PREFIX}Group"
TRUST: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
ALLOW: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}],
}
OTHER: Mapping[str, Any] = {**ALLOW, "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
NAME = "shop-Thing-a1B2c3D4e5F6"


def read(stack: Stack, operation: str, **parameters: Any) -> dict[str, Any]:
    return stack.services.call("iam", operation, parameters)


def document(text: str) -> Any:
    """Return a policy document as operations answer it."""
    return json.loads(unquote(text))


def attached(stack: Stack, noun: str, name: str) -> list[str]:
    policies = read(stack, f"ListAttached{noun}Policies", **{f"{noun}Name": name})["AttachedPolicies"]
    return sorted(policy["PolicyArn"] for policy in policies)


def inline(stack: Stack, noun: str, name: str) -> list[str]:
    names: list[str] = read(stack, f"List{noun}Policies", **{f"{noun}Name": name})["PolicyNames"]
    return sorted(names)


class TestRole:
    def test_return_values(self, stack: Stack) -> None:
        made = stack.create(ROLE, AssumeRolePolicyDocument=TRUST)
        role = read(stack, "GetRole", RoleName=NAME)["Role"]
        assert made == Resource(NAME, {"Arn": f"arn:aws:iam::123456789012:role/{NAME}", "RoleId": role["RoleId"]})
        assert document(role["AssumeRolePolicyDocument"]) == TRUST
        assert role["Description"] == ""
        assert not role.get("Tags")

    def test_every_property_comes_and_goes(self, stack: Stack) -> None:
        stack.tags = {"cost": "7"}
        rich = {
            "AssumeRolePolicyDocument": TRUST,
            "Description": "Jobs",
            "ManagedPolicyArns": [BASIC],
            "MaxSessionDuration": "7200",
            "Path": "/jobs/",
            "PermissionsBoundary": READ_ONLY,
            "Policies": [{"PolicyName": "logs", "PolicyDocument": ALLOW}],
            "RoleName": "jobs",
            "Tags": [{"Key": "team", "Value": "a"}],
        }
        made = stack.create(ROLE, **rich)
        assert made.attributes["Arn"] == "arn:aws:iam::123456789012:role/jobs/jobs"
        role = read(stack, "GetRole", RoleName="jobs")["Role"]
        assert (role["Description"], role["MaxSessionDuration"]) == ("Jobs", 7200)
        assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == READ_ONLY
        assert {tag["Key"]: tag["Value"] for tag in role["Tags"]} == {"cost": "7", "team": "a"}
        assert (attached(stack, "Role", "jobs"), inline(stack, "Role", "jobs")) == ([BASIC], ["logs"])
        trust = {**TRUST, "Statement": [*TRUST["Statement"], *TRUST["Statement"]]}
        less = {
            "AssumeRolePolicyDocument": trust,
            "ManagedPolicyArns": [READ_ONLY],
            "Path": "/jobs/",
            "Policies": [{"PolicyName": "more", "PolicyDocument": json.dumps(OTHER)}],
            "RoleName": "jobs",
        }
        assert stack.update(ROLE, made, rich, less) == made
        role = read(stack, "GetRole", RoleName="jobs")["Role"]
        assert (role.get("Description", ""), role["MaxSessionDuration"]) == ("", 3600)
        assert document(role["AssumeRolePolicyDocument"]) == trust
        assert "PermissionsBoundary" not in role
        assert role["Tags"] == [{"Key": "cost", "Value": "7"}]
        assert (attached(stack, "Role", "jobs"), inline(stack, "Role", "jobs")) == ([READ_ONLY], ["more"])
        stack.delete(ROLE, made, **less)
        with pytest.raises(AwsError, match="NoSuchEntity"):
            read(stack, "GetRole", RoleName="jobs")

    def test_what_others_attached_keeps_it(self, stack: Stack) -> None:
        made = stack.create(ROLE, AssumeRolePolicyDocument=TRUST)
        read(stack, "AttachRolePolicy", RoleName=NAME, PolicyArn=BASIC)
        with pytest.raises(AwsError, match="Cannot delete entity, must detach all policies first"):
            stack.delete(ROLE, made, AssumeRolePolicyDocument=TRUST)

    def test_a_repeated_create_adopts_its_own_only(self, stack: Stack) -> None:
        made = stack.create(ROLE, AssumeRolePolicyDocument=TRUST)
        assert stack.repeat(ROLE, AssumeRolePolicyDocument=TRUST, ManagedPolicyArns=[BASIC]) == made
        assert attached(stack, "Role", NAME) == [BASIC]
        stack.create(ROLE, AssumeRolePolicyDocument=TRUST, RoleName="jobs")
        for make in (stack.create, stack.repeat):
            with pytest.raises(AwsError, match="Role with name jobs already exists"):
                make(ROLE, AssumeRolePolicyDocument=TRUST, RoleName="jobs")

    def test_what_fails_later_can_be_deleted(self, stack: Stack) -> None:
        role = {
            "AssumeRolePolicyDocument": TRUST,
            "ManagedPolicyArns": [BASIC, "arn:aws:iam::123456789012:policy/none"],
        }
        with pytest.raises(AwsError):
            stack.create(ROLE, **role)
        stack.delete(ROLE, Resource(stack.kept["Thing"]), **role)
        assert NAME not in [one["RoleName"] for one in read(stack, "ListRoles")["Roles"]]

    def test_read(self, stack: Stack) -> None:
        made = stack.create(ROLE, AssumeRolePolicyDocument=TRUST, ManagedPolicyArns=[BASIC])
        reader = known(ROLE)[0].read
        assert reader is not None
        now = reader(stack.call(), made)
        assert now is not None
        assert (now["ManagedPolicyArns"], now["Path"]) == ([BASIC], "/")
        assert reader(stack.call(), Resource("none")) is None


class TestUsers:
    def test_life(self, stack: Stack) -> None:
        stack.create(GROUP, "Staff", GroupName="staff")
        stack.create(GROUP, "Admins", GroupName="admins")
        rich = {
            "Groups": ["staff"],
            "ManagedPolicyArns": [READ_ONLY],
            "Path": "/people/",
            "PermissionsBoundary": READ_ONLY,
            "Policies": [{"PolicyName": "logs", "PolicyDocument": ALLOW}],
            "Tags": [{"Key": "team", "Value": "a"}],
        }
        made = stack.create(USER, **rich)
        assert made == Resource(NAME, {"Arn": f"arn:aws:iam::123456789012:user/people/{NAME}"})
        assert stack.repeat(USER, **rich) == made
        assert (attached(stack, "User", NAME), inline(stack, "User", NAME)) == ([READ_ONLY], ["logs"])
        assert self.groups(stack) == ["staff"]
        less = {"Groups": ["admins"], "Policies": [{"PolicyName": "logs", "PolicyDocument": OTHER}]}
        changed = stack.update(USER, made, rich, less)
        assert changed.attributes == {"Arn": f"arn:aws:iam::123456789012:user/{NAME}"}
        assert self.groups(stack) == ["admins"]
        assert attached(stack, "User", NAME) == []
        policy = read(stack, "GetUserPolicy", UserName=NAME, PolicyName="logs")
        assert document(policy["PolicyDocument"]) == OTHER
        user = read(stack, "GetUser", UserName=NAME)["User"]
        assert "PermissionsBoundary" not in user
        assert not user.get("Tags")
        stack.delete(USER, made, **less)
        assert read(stack, "ListUsers")["Users"] == []

    def test_passwords(self, stack: Stack) -> None:
        stack.services.scripted = {
            name: [{"LoginProfile": {}}] for name in ("CreateLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile")
        }
        old = {"LoginProfile": {"Password": "secret-1", "PasswordResetRequired": "true"}}
        made = stack.create(USER, **old)
        assert stack.services.sent("CreateLoginProfile") == {
            "UserName": NAME,
            "Password": "secret-1",
            "PasswordResetRequired": True,
        }
        new = {"LoginProfile": {"Password": "secret-2"}}
        stack.update(USER, made, old, new)
        assert stack.services.sent("UpdateLoginProfile") == {"UserName": NAME, "Password": "secret-2"}
        stack.delete(USER, made, **new)
        assert stack.services.sent("DeleteLoginProfile") == {"UserName": NAME}

    def test_groups(self, stack: Stack) -> None:
        rich = {
            "ManagedPolicyArns": [READ_ONLY],
            "Path": "/teams/",
            "Policies": [{"PolicyName": "logs", "PolicyDocument": ALLOW}],
        }
        made = stack.create(GROUP, **rich)
        assert made == Resource(NAME, {"Arn": f"arn:aws:iam::123456789012:group/teams/{NAME}"})
        changed = stack.update(GROUP, made, rich, {})
        assert changed.attributes == {"Arn": f"arn:aws:iam::123456789012:group/{NAME}"}
        assert (attached(stack, "Group", NAME), inline(stack, "Group", NAME)) == ([], [])
        stack.delete(GROUP, made)

    def test_users_of_groups(self, stack: Stack) -> None:
        kind = f"{PREFIX}UserToGroupAddition"
        for name in ("ann", "ben", "cid"):
            stack.create(USER, name.title(), UserName=name)
        for name in ("one", "two"):
            stack.create(GROUP, name.title(), GroupName=name)
        old = {"GroupName": "one", "Users": ["ann", "ben"]}
        made = stack.create(kind, **old)
        assert made.attributes == {"Id": made.physical_id}
        stack.update(kind, made, old, {"GroupName": "one", "Users": ["ben", "cid"]})
        assert self.users(stack, "one") == ["ben", "cid"]
        moved = {"GroupName": "two", "Users": ["ben"]}
        stack.update(kind, made, {"GroupName": "one", "Users": ["ben", "cid"]}, moved)
        assert (self.users(stack, "one"), self.users(stack, "two")) == ([], ["ben"])
        stack.delete(kind, made, **moved)
        assert self.users(stack, "two") == []

    def test_access_keys(self, stack: Stack) -> None:
        kind = f"{PREFIX}AccessKey"
        stack.create(USER, "Ann", UserName="ann")
        old = {"UserName": "ann", "Status": "Inactive"}
        made = stack.create(kind, **old)
        assert made.attributes.keys() == {"Id", "SecretAccessKey"}
        assert self.keys(stack) == {made.physical_id: "Inactive"}
        assert stack.update(kind, made, old, {"UserName": "ann"}) == made
        assert self.keys(stack) == {made.physical_id: "Active"}
        typed, schema = known(kind)
        again = typed.create(
            stack.call(is_repeated=True, earlier_id=made.physical_id), schema.coerce({"UserName": "ann"})
        )
        assert self.keys(stack) == {again.physical_id: "Active"}
        stack.delete(kind, again, UserName="ann")
        assert self.keys(stack) == {}

    @staticmethod
    def groups(stack: Stack) -> list[str]:
        return [group["GroupName"] for group in read(stack, "ListGroupsForUser", UserName=NAME)["Groups"]]

    @staticmethod
    def users(stack: Stack, group: str) -> list[str]:
        return sorted(user["UserName"] for user in read(stack, "GetGroup", GroupName=group)["Users"])

    @staticmethod
    def keys(stack: Stack) -> dict[str, str]:
        listed = read(stack, "ListAccessKeys", UserName="ann")["AccessKeyMetadata"]
        return {key["AccessKeyId"]: key["Status"] for key in listed}


@pytest.fixture
def roles(stack: Stack) -> Stack:
    """Return a stack with the roles one and two, the user ann and the group staff."""
    for name in ("one", "two"):
        stack.create(ROLE, name.title(), RoleName=name, AssumeRolePolicyDocument=TRUST)
    stack.create(USER, "Ann", UserName="ann")
    stack.create(GROUP, "Staff", GroupName="staff")
    return stack


class TestPolicies:
    def test_inline_policies_of_several(self, roles: Stack) -> None:
        kind = f"{PREFIX}Policy"
        old = {"PolicyName": "logs", "PolicyDocument": ALLOW, "Roles": ["one"], "Users": ["ann"], "Groups": ["staff"]}
        made = roles.create(kind, "Policy", **old)
        assert made == Resource("shop-Polic-A1B2C3D4E5F6", {"Id": "shop-Polic-A1B2C3D4E5F6"})
        assert (inline(roles, "Role", "one"), inline(roles, "User", "ann"), inline(roles, "Group", "staff")) == (
            ["logs"],
            ["logs"],
            ["logs"],
        )
        moved = {"PolicyName": "logs", "PolicyDocument": OTHER, "Roles": ["one", "two"]}
        roles.update(kind, made, old, moved, "Policy")
        assert (inline(roles, "Role", "two"), inline(roles, "User", "ann")) == (["logs"], [])
        policy = read(roles, "GetRolePolicy", RoleName="one", PolicyName="logs")
        assert document(policy["PolicyDocument"]) == OTHER
        renamed = {**moved, "PolicyName": "more"}
        roles.update(kind, made, moved, renamed, "Policy")
        assert inline(roles, "Role", "one") == ["more"]
        roles.delete(kind, made, "Policy", **renamed)
        assert inline(roles, "Role", "two") == []

    def test_inline_policies_belong_to_somebody(self, stack: Stack) -> None:
        with pytest.raises(AwsError, match=r"At least one of \[Groups,Roles,Users\] must be non-empty"):
            stack.create(f"{PREFIX}Policy", PolicyName="logs", PolicyDocument=ALLOW)

    @pytest.mark.parametrize(("noun", "owner"), [("Role", "one"), ("User", "ann"), ("Group", "staff")])
    def test_inline_policies_of_one(self, roles: Stack, noun: str, owner: str) -> None:
        kind = f"{PREFIX}{noun}Policy"
        old = {f"{noun}Name": owner, "PolicyName": "logs", "PolicyDocument": ALLOW}
        made = roles.create(kind, **old)
        assert made == Resource(f"logs|{owner}")
        roles.update(kind, made, old, {**old, "PolicyDocument": OTHER})
        policy = read(roles, f"Get{noun}Policy", **{f"{noun}Name": owner, "PolicyName": "logs"})
        assert document(policy["PolicyDocument"]) == OTHER
        roles.delete(kind, made, **old)
        assert inline(roles, noun, owner) == []
        with pytest.raises(AwsError, match="PolicyDocument is required"):
            roles.create(kind, **{f"{noun}Name": owner, "PolicyName": "logs"})

    def test_managed_policies(self, roles: Stack) -> None:
        kind = f"{PREFIX}ManagedPolicy"
        old = {"PolicyDocument": ALLOW, "Description": "Logs", "Path": "/jobs/", "Roles": ["one"], "Users": ["ann"]}
        made = roles.create(kind, **old)
        arn = f"arn:aws:iam::123456789012:policy/jobs/{NAME}"
        assert made.physical_id == made.attributes["PolicyArn"] == arn
        assert (made.attributes["AttachmentCount"], made.attributes["DefaultVersionId"]) == (2, "v1")
        assert roles.repeat(kind, **old).physical_id == arn
        new = {**old, "PolicyDocument": OTHER, "Roles": ["two"], "Users": []}
        changed = roles.update(kind, made, old, new)
        assert (changed.attributes["AttachmentCount"], changed.attributes["DefaultVersionId"]) == (1, "v2")
        assert (attached(roles, "Role", "one"), attached(roles, "Role", "two")) == ([], [arn])
        roles.delete(kind, made, **new)
        with pytest.raises(AwsError, match="NoSuchEntity"):
            read(roles, "GetPolicy", PolicyArn=arn)

    def test_old_versions_make_room(self, stack: Stack) -> None:
        kind = f"{PREFIX}ManagedPolicy"
        properties: dict[str, Any] = {"PolicyDocument": ALLOW}
        made = stack.create(kind, **properties)
        for number in range(6):
            changed = {"PolicyDocument": {**ALLOW, "Id": str(number)}}
            made = stack.update(kind, made, properties, changed)
            properties = changed
        assert made.attributes["DefaultVersionId"] == "v7"
        versions = read(stack, "ListPolicyVersions", PolicyArn=made.physical_id)["Versions"]
        assert sorted(version["VersionId"] for version in versions) == ["v3", "v4", "v5", "v6", "v7"]
        stack.delete(kind, made, **properties)

    def test_a_managed_policy_is_read(self, stack: Stack) -> None:
        kind = f"{PREFIX}ManagedPolicy"
        made = stack.create(kind, PolicyDocument=ALLOW, Description="Logs")
        reader = known(kind)[0].read
        assert reader is not None
        assert reader(stack.call(), made) == {"Description": "Logs", "Path": "/"}
        stack.delete(kind, made, PolicyDocument=ALLOW)
        assert reader(stack.call(), made) is None


class TestOthers:
    def test_instance_profiles(self, roles: Stack) -> None:
        kind = f"{PREFIX}InstanceProfile"
        old = {"Roles": ["one"], "Path": "/web/"}
        made = roles.create(kind, **old)
        assert made == Resource(NAME, {"Arn": f"arn:aws:iam::123456789012:instance-profile/web/{NAME}"})
        assert roles.repeat(kind, **old) == made
        new = {"Roles": ["two"], "Path": "/web/"}
        roles.update(kind, made, old, new)
        profile = read(roles, "GetInstanceProfile", InstanceProfileName=NAME)["InstanceProfile"]
        assert [role["RoleName"] for role in profile["Roles"]] == ["two"]
        roles.delete(kind, made, **new)
        assert read(roles, "ListInstanceProfiles")["InstanceProfiles"] == []

    def test_service_linked_roles(self, stack: Stack) -> None:
        kind = f"{PREFIX}ServiceLinkedRole"
        service = {"AWSServiceName": "ecs.amazonaws.com"}
        made = stack.create(kind, **service, Description="Containers")
        assert made == Resource("AWSServiceRoleForECS", {"RoleName": "AWSServiceRoleForECS"})
        stack.update(kind, made, {**service, "Description": "Containers"}, {**service, "Description": "Mine"})
        role = read(stack, "GetRole", RoleName=made.physical_id)["Role"]
        assert role["Description"] == "Mine"
        stack.delete(kind, made, **service)

    def test_a_service_linked_role_in_use_stays(self, stack: Stack) -> None:
        stack.services.scripted = {
            "DeleteServiceLinkedRole": [{"DeletionTaskId": "task-1234567890123456789012345678901234567890"}],
            "GetServiceLinkedRoleDeletionStatus": [
                {"Status": "IN_PROGRESS"},
                {"Status": "FAILED", "Reason": {"Reason": "A cluster uses it"}},
            ],
        }
        with pytest.raises(AwsError, match="A cluster uses it"):
            stack.delete(f"{PREFIX}ServiceLinkedRole", Resource("AWSServiceRoleForECS"))
        assert len(stack.waits) == 1

    def test_identity_providers(self, stack: Stack) -> None:
        """CreateOpenIDConnectProvider and its relatives ("API Reference", IAM) are not built."""
        kind = f"{PREFIX}OIDCProvider"
        arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
        operations = (
            "AddClientIDToOpenIDConnectProvider",
            "RemoveClientIDFromOpenIDConnectProvider",
            "UpdateOpenIDConnectProviderThumbprint",
            "ListOpenIDConnectProviderTags",
            "TagOpenIDConnectProvider",
            "DeleteOpenIDConnectProvider",
        )
        stack.services.scripted = {name: [{}] for name in operations}
        stack.services.scripted["CreateOpenIDConnectProvider"] = [{"OpenIDConnectProviderArn": arn}]
        github = {"Url": "https://token.actions.githubusercontent.com", "ClientIdList": ["sts.amazonaws.com"]}
        made = stack.create(kind, **github)
        assert made == Resource(arn, {"Arn": arn})
        changed = {**github, "ClientIdList": ["other"], "Tags": [{"Key": "a", "Value": "b"}]}
        stack.services.names()
        stack.update(kind, made, github, {**changed, "ThumbprintList": ["0" * 40]})
        assert stack.services.names() == list(operations[:5])
        stack.delete(kind, made, **github)
