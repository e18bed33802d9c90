"""Sources: the pages of the types of Amazon Cognito (AWS CloudFormation User Guide)."""

from typing import Any

import pytest

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.stacks.resource_types.contract import Resource
from tests.unit.stacks.resource_types.companion.companion_stack import Stack

POOL, CLIENT = "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient"


@pytest.fixture
def pool(stack: Stack) -> Resource:
    return stack.create(POOL, "Pool")


def test_a_user_pool(stack: Stack) -> None:
    old: dict[str, Any] = {
        "UsernameAttributes": ["email"],
        "AutoVerifiedAttributes": ["email"],
        "Policies": {"PasswordPolicy": {"MinimumLength": "10", "RequireSymbols": "false"}},
        "Schema": [{"Name": "team", "AttributeDataType": "String", "Mutable": True}],
        "LambdaConfig": {"PreSignUp": "arn:aws:lambda:eu-west-1:123456789012:function:f"},
        "UserPoolTags": {"a": "1"},
    }
    made = stack.create(POOL, **old)
    pool_id = made.physical_id
    assert pool_id.startswith("eu-west-1_")
    assert made.attributes == {
        "Arn": f"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/{pool_id}",
        "ProviderName": f"cognito-idp.eu-west-1.amazonaws.com/{pool_id}",
        "ProviderURL": f"https://cognito-idp.eu-west-1.amazonaws.com/{pool_id}",
        "UserPoolId": pool_id,
    }
    found = stack.ask("cognito-idp", "DescribeUserPool", UserPoolId=pool_id)["UserPool"]
    assert found["Name"] == f"Thing-{stack.random_part}"
    assert found["Policies"]["PasswordPolicy"]["MinimumLength"] == 10
    assert "custom:team" in [one["Name"] for one in found["SchemaAttributes"]]
    new = {
        **old,
        "Schema": [*old["Schema"], {"Name": "level", "AttributeDataType": "Number"}],
        "MfaConfiguration": "OPTIONAL",
    }
    new |= {"EnabledMfas": ["SOFTWARE_TOKEN_MFA"], "DeletionProtection": "INACTIVE"}
    stack.update(POOL, made, old, new)
    found = stack.ask("cognito-idp", "DescribeUserPool", UserPoolId=pool_id)["UserPool"]
    assert "custom:level" in [one["Name"] for one in found["SchemaAttributes"]]
    mfa = stack.ask("cognito-idp", "GetUserPoolMfaConfig", UserPoolId=pool_id)
    assert (mfa["MfaConfiguration"], mfa["SoftwareTokenMfaConfiguration"]) == ("OPTIONAL", {"Enabled": True})
    with pytest.raises(AwsError, match="Updates are not allowed for property - UsernameAttributes"):
        stack.update(POOL, made, new, {**new, "UsernameAttributes": ["phone_number"]})
    now = stack.read(POOL, made)
    assert now is not None
    assert now["UserPoolName"] == f"Thing-{stack.random_part}"
    stack.delete(POOL, made)
    assert stack.read(POOL, made) is None


def test_once_more_after_a_crash(stack: Stack) -> None:
    from gatewright.stacks.resource_types.cognito.user_pool import TYPE

    made = stack.create(POOL)
    assert TYPE.create(stack.call(earlier_id=made.physical_id, is_repeated=True), {}) == made


def test_a_client(stack: Stack, pool: Resource) -> None:
    old: dict[str, Any] = {
        "UserPoolId": pool.physical_id,
        "GenerateSecret": "true",
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    }
    made = stack.create(CLIENT, **old)
    assert made.attributes["ClientId"] == made.physical_id
    assert made.attributes["Name"] == f"Thing-{stack.random_part}"
    assert made.attributes["ClientSecret"]
    new = {**old, "CallbackURLs": ["https://example.com/"], "RefreshTokenValidity": 3}
    stack.update(CLIENT, made, old, new)
    found = stack.ask("cognito-idp", "DescribeUserPoolClient", UserPoolId=pool.physical_id, ClientId=made.physical_id)
    assert found["UserPoolClient"]["CallbackURLs"] == ["https://example.com/"]
    stack.delete(CLIENT, made, **new)


def test_a_domain(stack: Stack, pool: Resource) -> None:
    properties = {"UserPoolId": pool.physical_id, "Domain": f"shop-{stack.random_part.lower()}"}
    made = stack.create("AWS::Cognito::UserPoolDomain", **properties)
    assert made.physical_id == properties["Domain"]
    assert "CloudFrontDistribution" in made.attributes
    stack.delete("AWS::Cognito::UserPoolDomain", made, **properties)


def test_groups_and_users(stack: Stack, pool: Resource) -> None:
    group = {"UserPoolId": pool.physical_id, "GroupName": "admins"}
    admins = stack.create("AWS::Cognito::UserPoolGroup", "Group", **group)
    assert admins.physical_id == "admins"
    stack.update("AWS::Cognito::UserPoolGroup", admins, group, {**group, "Description": "d"}, "Group")
    user = {"UserPoolId": pool.physical_id, "Username": "ada"}
    ada = stack.create("AWS::Cognito::UserPoolUser", "User", **user)
    assert ada.physical_id == "ada"
    attachment = {**group, "Username": "ada"}
    attached = stack.create("AWS::Cognito::UserPoolUserToGroupAttachment", **attachment)
    listed = stack.ask("cognito-idp", "ListUsersInGroup", UserPoolId=pool.physical_id, GroupName="admins")["Users"]
    assert [one["Username"] for one in listed] == ["ada"]
    stack.delete("AWS::Cognito::UserPoolUserToGroupAttachment", attached, **attachment)
    stack.delete("AWS::Cognito::UserPoolUser", ada, **user)
    stack.delete("AWS::Cognito::UserPoolGroup", admins, **group)


def test_servers_and_providers(stack: Stack, pool: Resource) -> None:
    server = {
        "UserPoolId": pool.physical_id,
        "Identifier": "orders",
        "Name": "Orders",
        "Scopes": [{"ScopeName": "read", "ScopeDescription": "d"}],
    }
    made = stack.create("AWS::Cognito::UserPoolResourceServer", **server)
    assert made.physical_id == "orders"
    provider = {
        "UserPoolId": pool.physical_id,
        "ProviderName": "Google",
        "ProviderType": "Google",
        "ProviderDetails": {"client_id": "i", "client_secret": "s", "authorize_scopes": "email"},
    }
    google = stack.create("AWS::Cognito::UserPoolIdentityProvider", "Google", **provider)
    changed = {**provider, "AttributeMapping": {"email": "email"}}
    stack.update("AWS::Cognito::UserPoolIdentityProvider", google, provider, changed, "Google")
    stack.delete("AWS::Cognito::UserPoolIdentityProvider", google, **changed)


def test_an_identity_pool(stack: Stack) -> None:
    old = {"AllowUnauthenticatedIdentities": "true"}
    made = stack.create("AWS::Cognito::IdentityPool", **old)
    assert made.attributes == {"Id": made.physical_id, "Name": f"shop_Thing_{stack.random_part}"}
    stack.update("AWS::Cognito::IdentityPool", made, old, {"AllowUnauthenticatedIdentities": False})
    roles = {"IdentityPoolId": made.physical_id, "Roles": {"authenticated": "arn:aws:iam::123456789012:role/r"}}
    with pytest.raises(OperationNotImplemented, match="SetIdentityPoolRoles"):
        stack.create("AWS::Cognito::IdentityPoolRoleAttachment", "Roles", **roles)
    stack.delete("AWS::Cognito::IdentityPool", made)
