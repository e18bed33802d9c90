"""Roles. Members and messages as AWS answered them (localstack, test_iam_roles.snapshot.json)."""

import json
from typing import Any

import pytest

from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.iam.calls import (
    ACCOUNT,
    BASIC,
    MISSING,
    READ,
    TRUST,
    call,
    create_policy,
    create_role,
    decoded,
    failure,
)

NO_ROLE = ("NoSuchEntity", "The role with name missing cannot be found.")


def get(context: Context, name: str = "worker") -> dict[str, Any]:
    role = call(context, "GetRole", RoleName=name)["Role"]
    assert isinstance(role, dict)
    return role


class TestCreateRole:
    def test_what_it_answers_and_what_get_role_adds(self, context: Context) -> None:
        created = create_role(context, Description="works", Path="/a/b/", MaxSessionDuration=7200)
        assert created["RoleId"].startswith("AROA")
        assert len(created["RoleId"]) == 21
        assert decoded(created["AssumeRolePolicyDocument"]) == json.loads(TRUST)
        assert {
            name: value for name, value in created.items() if name not in {"RoleId", "AssumeRolePolicyDocument"}
        } == {
            "Path": "/a/b/",
            "RoleName": "worker",
            "Arn": f"arn:aws:iam::{ACCOUNT}:role/a/b/worker",
            "CreateDate": "2026-01-01T00:00:00Z",
        }
        more = {"Description": "works", "MaxSessionDuration": 7200, "RoleLastUsed": {}}
        assert get(context) == {**created, **more}

    def test_defaults(self, context: Context) -> None:
        create_role(context)
        role = get(context)
        assert (role["Path"], role["MaxSessionDuration"]) == ("/", 3600)
        assert not {"Description", "Tags", "PermissionsBoundary"} & set(role)

    def test_an_empty_description_is_one(self, context: Context) -> None:
        """CloudFormation gives it: recorded in localstack's cloudformation/resources/test_lambda.snapshot.json."""
        create_role(context, Description="")
        assert get(context)["Description"] == ""

    def test_a_document_is_given_back_as_it_was(self, context: Context) -> None:
        text = TRUST.replace(", ", " ,\n\t")
        role = create_role(context, AssumeRolePolicyDocument=text)
        assert "%0A%09" in role["AssumeRolePolicyDocument"]

    def test_tags_are_shown_where_there_are_some(self, context: Context) -> None:
        tags = [{"Key": "test", "Value": ""}]
        assert create_role(context, Tags=tags)["Tags"] == tags
        assert get(context)["Tags"] == tags
        assert "Tags" not in call(context, "ListRoles")["Roles"][0]

    def test_names_are_not_told_apart_by_case(self, context: Context) -> None:
        create_role(context, "Worker")
        twice = ("EntityAlreadyExists", "Role with name WORKER already exists.")
        assert failure(context, "CreateRole", RoleName="WORKER", AssumeRolePolicyDocument=TRUST) == twice
        assert get(context, "worker")["RoleName"] == "Worker"

    def test_regions_and_partitions(self, contexts: Contexts) -> None:
        create_role(contexts.context())
        assert get(contexts.context(region="eu-west-1"))["RoleName"] == "worker"
        china = contexts.context(region="cn-north-1", partition="aws-cn")
        assert failure(china, "GetRole", RoleName="worker")[0] == "NoSuchEntity"
        assert create_role(china)["Arn"] == f"arn:aws-cn:iam::{ACCOUNT}:role/worker"

    def test_a_trust_policy_has_a_size(self, context: Context) -> None:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": ["lambda.amazonaws.com"] * 100},
            "Action": "sts:AssumeRole",
        }
        text = json.dumps({"Version": "2012-10-17", "Statement": statement})
        refused = failure(context, "CreateRole", RoleName="x", AssumeRolePolicyDocument=text)
        assert refused == ("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048")

    def test_ids_differ(self, context: Context) -> None:
        assert create_role(context, "a")["RoleId"] != create_role(context, "b")["RoleId"]


class TestOtherOperations:
    @pytest.mark.parametrize(
        ("operation", "members"),
        [
            ("GetRole", {}),
            ("UpdateRole", {}),
            ("UpdateRoleDescription", {"Description": "d"}),
            ("UpdateAssumeRolePolicy", {"PolicyDocument": TRUST}),
            ("DeleteRole", {}),
            ("TagRole", {"Tags": []}),
            ("UntagRole", {"TagKeys": []}),
            ("ListRoleTags", {}),
            ("PutRolePolicy", {"PolicyName": "p", "PolicyDocument": READ}),
            ("GetRolePolicy", {"PolicyName": "p"}),
            ("DeleteRolePolicy", {"PolicyName": "p"}),
            ("ListRolePolicies", {}),
            ("AttachRolePolicy", {"PolicyArn": BASIC}),
            ("DetachRolePolicy", {"PolicyArn": BASIC}),
            ("ListAttachedRolePolicies", {}),
            ("PutRolePermissionsBoundary", {"PermissionsBoundary": BASIC}),
            ("DeleteRolePermissionsBoundary", {}),
            ("ListInstanceProfilesForRole", {}),
            ("DeleteServiceLinkedRole", {}),
        ],
    )
    def test_of_a_role_that_is_not_there(self, context: Context, operation: str, members: dict[str, Any]) -> None:
        assert failure(context, operation, RoleName="missing", **members) == NO_ROLE

    def test_update_role_changes_what_is_given(self, context: Context) -> None:
        create_role(context, Description="initial")
        call(context, "UpdateRole", RoleName="worker", Description="updated", MaxSessionDuration=7200)
        described = call(context, "UpdateRoleDescription", RoleName="worker", Description="again")["Role"]
        assert described["Description"] == "again"
        assert "MaxSessionDuration" not in described
        call(context, "UpdateRole", RoleName="worker")
        assert (get(context)["Description"], get(context)["MaxSessionDuration"]) == ("again", 7200)
        call(context, "UpdateRole", RoleName="worker", Description="")
        assert "Description" not in get(context)

    def test_update_assume_role_policy(self, context: Context) -> None:
        create_role(context)
        other = TRUST.replace("lambda.", "apigateway.")
        call(context, "UpdateAssumeRolePolicy", RoleName="worker", PolicyDocument=other)
        assert decoded(get(context)["AssumeRolePolicyDocument"]) == json.loads(other)
        assert failure(context, "UpdateAssumeRolePolicy", RoleName="worker", PolicyDocument="{") == (
            "MalformedPolicyDocument",
            "This policy contains invalid Json",
        )

    def test_list_roles(self, context: Context) -> None:
        for name, path in (("b", "/x/"), ("A", "/"), ("c", "/x/y/")):
            create_role(context, name, Path=path, Description=name)
        roles = call(context, "ListRoles")
        assert [role["RoleName"] for role in roles["Roles"]] == ["A", "b", "c"]
        assert roles["IsTruncated"] is False
        assert set(roles["Roles"][0]) == set(get(context, "a")) - {"RoleLastUsed"}
        below = call(context, "ListRoles", PathPrefix="/x")
        assert [role["RoleName"] for role in below["Roles"]] == ["b", "c"]
        assert call(context, "ListRoles", PathPrefix="/nothing/") == {"Roles": [], "IsTruncated": False}

    def test_pages(self, context: Context) -> None:
        for number in range(5):
            create_role(context, f"role-{number}")
        first = call(context, "ListRoles", MaxItems=2)
        assert first["IsTruncated"] is True
        create_role(context, "role-00")
        second = call(context, "ListRoles", MaxItems=2, Marker=first["Marker"])
        last = call(context, "ListRoles", Marker=second["Marker"])
        names = [role["RoleName"] for page in (first, second, last) for role in page["Roles"]]
        assert names == [f"role-{number}" for number in range(5)]
        assert (last["IsTruncated"], "Marker" in last) == (False, False)
        assert failure(context, "ListRoles", Marker="nonsense") == ("ValidationError", "Invalid Marker.")

    def test_a_role_is_deleted_when_nothing_is_left(self, context: Context) -> None:
        create_role(context)
        call(context, "CreateInstanceProfile", InstanceProfileName="profile")
        call(context, "AddRoleToInstanceProfile", InstanceProfileName="profile", RoleName="worker")
        call(context, "AttachRolePolicy", RoleName="worker", PolicyArn=BASIC)
        call(context, "PutRolePolicy", RoleName="worker", PolicyName="p", PolicyDocument=READ)
        call(context, "PutRolePermissionsBoundary", RoleName="worker", PermissionsBoundary=BASIC)

        def refused() -> tuple[str, str]:
            return failure(context, "DeleteRole", RoleName="worker")

        conflict, text = "DeleteConflict", "Cannot delete entity, must {} first."
        assert refused() == (conflict, text.format("remove roles from instance profile"))
        call(context, "RemoveRoleFromInstanceProfile", InstanceProfileName="profile", RoleName="worker")
        assert refused() == (conflict, text.format("detach all policies"))
        call(context, "DetachRolePolicy", RoleName="worker", PolicyArn=BASIC)
        assert refused() == (conflict, text.format("delete policies"))
        call(context, "DeleteRolePolicy", RoleName="worker", PolicyName="p")
        call(context, "DeleteRole", RoleName="worker")
        assert call(context, "ListRoles")["Roles"] == []
        assert call(context, "GetPolicy", PolicyArn=BASIC)["Policy"]["PermissionsBoundaryUsageCount"] == 0


class TestBoundaries:
    def test_life(self, context: Context) -> None:
        arn = create_policy(context)
        boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
        assert create_role(context, PermissionsBoundary=arn)["PermissionsBoundary"] == boundary
        assert get(context)["PermissionsBoundary"] == boundary
        assert "PermissionsBoundary" not in call(context, "ListRoles")["Roles"][0]
        assert call(context, "GetPolicy", PolicyArn=arn)["Policy"]["PermissionsBoundaryUsageCount"] == 1
        used = call(context, "ListEntitiesForPolicy", PolicyArn=arn, PolicyUsageFilter="PermissionsBoundary")
        assert [role["RoleName"] for role in used["PolicyRoles"]] == ["worker"]
        call(context, "DeleteRolePermissionsBoundary", RoleName="worker")
        assert "PermissionsBoundary" not in get(context)
        call(context, "PutRolePermissionsBoundary", RoleName="worker", PermissionsBoundary=arn)
        assert get(context)["PermissionsBoundary"] == boundary

    @pytest.mark.parametrize(
        ("arn", "error"),
        [
            (
                f"arn:aws:iam::{ACCOUNT}:not_a_policy/invalid",
                ("InvalidInput", f"ARN arn:aws:iam::{ACCOUNT}:not_a_policy/invalid is not valid."),
            ),
            (MISSING, ("NoSuchEntity", f"Scope ARN: {MISSING} does not exist or is not attachable.")),
        ],
    )
    def test_what_cannot_be_one(self, context: Context, arn: str, error: tuple[str, str]) -> None:
        create_role(context)
        assert failure(context, "PutRolePermissionsBoundary", RoleName="worker", PermissionsBoundary=arn) == error
        new = {"RoleName": "x", "AssumeRolePolicyDocument": TRUST, "PermissionsBoundary": arn}
        assert failure(context, "CreateRole", **new) == error


class TestServiceLinkedRoles:
    def test_life(self, context: Context) -> None:
        service = "ops.apigateway.amazonaws.com"
        role = call(context, "CreateServiceLinkedRole", AWSServiceName=service)["Role"]
        name = "AWSServiceRoleForAPIGateway"
        assert role["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{service}/{name}"
        attached = call(context, "ListAttachedRolePolicies", RoleName=name)["AttachedPolicies"]
        assert [each["PolicyName"] for each in attached] == ["APIGatewayServiceRolePolicy"]
        assert failure(context, "CreateServiceLinkedRole", AWSServiceName=service)[0] == "InvalidInput"
        assert failure(context, "DeleteRole", RoleName=name)[0] == "UnmodifiableEntity"
        assert failure(context, "UpdateRole", RoleName=name)[0] == "UnmodifiableEntity"
        task = call(context, "DeleteServiceLinkedRole", RoleName=name)["DeletionTaskId"]
        assert task.startswith(f"task/aws-service-role/{service}/{name}/")
        assert call(context, "GetServiceLinkedRoleDeletionStatus", DeletionTaskId=task) == {"Status": "SUCCEEDED"}
        assert failure(context, "GetRole", RoleName=name)[0] == "NoSuchEntity"
        assert failure(context, "GetServiceLinkedRoleDeletionStatus", DeletionTaskId=task + "x")[0] == "NoSuchEntity"

    def test_suffixes(self, context: Context) -> None:
        """As in "Service-linked roles for Amazon EC2 Auto Scaling"; others refuse one, as recorded (localstack)."""
        service = "autoscaling.amazonaws.com"
        for suffix, name in (("x", "AWSServiceRoleForAutoScaling_x"), ("y", "AWSServiceRoleForAutoScaling_y")):
            role = call(context, "CreateServiceLinkedRole", AWSServiceName=service, CustomSuffix=suffix)["Role"]
            assert role["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{service}/{name}"
        again = failure(context, "CreateServiceLinkedRole", AWSServiceName=service, CustomSuffix="x")
        assert again[1].startswith("Service role name AWSServiceRoleForAutoScaling_x has been taken in this account")
        call(context, "DeleteServiceLinkedRole", RoleName="AWSServiceRoleForAutoScaling_x")
        assert failure(context, "GetRole", RoleName="AWSServiceRoleForAutoScaling_x")[0] == "NoSuchEntity"
        assert call(context, "GetRole", RoleName="AWSServiceRoleForAutoScaling_y")["Role"]
        refused = failure(context, "CreateServiceLinkedRole", AWSServiceName="rds.amazonaws.com", CustomSuffix="x")
        assert refused == ("InvalidInput", "Custom suffix is not allowed for rds.amazonaws.com")

    def test_one_of_a_service_that_is_not_known(self, context: Context) -> None:
        code, text = failure(context, "CreateServiceLinkedRole", AWSServiceName="x.amazonaws.com")
        assert code == "NotImplemented"
        assert "x.amazonaws.com" in text

    def test_an_ordinary_role_is_none(self, context: Context) -> None:
        create_role(context)
        assert failure(context, "DeleteServiceLinkedRole", RoleName="worker")[0] == "NoSuchEntity"
