"""STS: who calls, and temporary credentials.

Members and messages as AWS answered them (localstack, test_sts.snapshot.json).
"""

import base64
import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

import botocore.session
import pytest
from botocore.model import ServiceModel

from gatewright.base.errors import AwsError
from gatewright.control.context import Context
from gatewright.control.principals import PrincipalKind, calling_principal
from gatewright.control.sts import OPERATIONS
from gatewright.store.types import Document
from tests.unit.control.contexts import START, Contexts
from tests.unit.control.iam import calls as iam

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
INVALID = "InvalidParameterValue"
ASKED = {"RoleArn": ROLE, "RoleSessionName": "s"}


@lru_cache
def model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("sts")


def call(context: Context, operation: str, **request: Any) -> dict[str, Any]:
    output = dict(OPERATIONS[operation](context, request))
    shape = model().operation_model(operation).output_shape
    assert shape is not None
    assert set(output) <= set(shape.members)
    return output


def failure(context: Context, operation: str, **request: Any) -> tuple[str, str]:
    with pytest.raises(AwsError) as caught:
        OPERATIONS[operation](context, request)
    return caught.value.code, caught.value.message


def assume(context: Context, name: str = "session", role: str = ROLE, **members: Any) -> dict[str, Any]:
    return call(context, "AssumeRole", RoleArn=role, RoleSessionName=name, **members)


def signing_with(context: Context, credentials: dict[str, Any]) -> Context:
    """Return a context of a call that is signed with credentials."""
    caller = replace(
        context.caller, access_key_id=credentials["AccessKeyId"], session_token=credentials.get("SessionToken")
    )
    return replace(context, caller=caller)


@pytest.fixture
def contexts() -> Contexts:
    return Contexts()


@pytest.fixture
def context(contexts: Contexts) -> Context:
    return contexts.context()


def session_of(context: Context, credentials: dict[str, Any]) -> Document:
    with context.store.read() as reader:
        caller = calling_principal(signing_with(context, credentials), reader)
    assert caller.session is not None
    return caller.session


class TestGetCallerIdentity:
    def test_a_key_that_nobody_knows_is_the_root_users(self, context: Context) -> None:
        root = {"UserId": ACCOUNT, "Account": ACCOUNT, "Arn": ROOT}
        assert call(context, "GetCallerIdentity") == root
        assert call(signing_with(context, {"AccessKeyId": "test"}), "GetCallerIdentity") == root
        forged = {"AccessKeyId": "ASIAQAAAAAAAAAAAAAAA", "SessionToken": "gatewright"}
        assert call(signing_with(context, forged), "GetCallerIdentity") == root

    def test_a_user(self, context: Context) -> None:
        user = iam.call(context, "CreateUser", UserName="ann", Path="/team/")["User"]
        key = iam.call(context, "CreateAccessKey", UserName="ann")["AccessKey"]
        own = signing_with(context, key)
        assert call(own, "GetCallerIdentity") == {"UserId": user["UserId"], "Account": ACCOUNT, "Arn": user["Arn"]}
        iam.call(context, "UpdateUser", UserName="ann", NewUserName="eve")
        assert call(own, "GetCallerIdentity")["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/team/eve"

    def test_a_session_of_a_role(self, context: Context) -> None:
        role = iam.create_role(context, Path="/p/")
        credentials = assume(context, role=role["Arn"])["Credentials"]
        assert call(signing_with(context, credentials), "GetCallerIdentity") == {
            "UserId": f"{role['RoleId']}:session",
            "Account": ACCOUNT,
            "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/session",
        }

    def test_in_another_partition(self, contexts: Contexts) -> None:
        china = contexts.context(region="cn-north-1", partition="aws-cn")
        assert call(china, "GetCallerIdentity")["Arn"] == f"arn:aws-cn:iam::{ACCOUNT}:root"

    def test_credentials_of_the_past(self, context: Context, contexts: Contexts) -> None:
        credentials = assume(context, DurationSeconds=900)["Credentials"]
        contexts.clock.advance(900)
        expired = ("ExpiredToken", "The security token included in the request is expired")
        assert failure(signing_with(context, credentials), "GetCallerIdentity") == expired


class TestAssumeRole:
    def test_what_it_answers(self, context: Context) -> None:
        role = iam.create_role(context)
        answer = assume(context)
        credentials = answer.pop("Credentials")
        assert credentials["AccessKeyId"].startswith("ASIA")
        assert credentials["Expiration"] == "2026-01-01T01:00:00Z"
        assert set(credentials) == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/session"
        assert answer == {"AssumedRoleUser": {"AssumedRoleId": f"{role['RoleId']}:session", "Arn": arn}}

    def test_each_time_others(self, context: Context) -> None:
        first, second = (assume(context)["Credentials"] for _ in range(2))
        assert all(first[name] != second[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"))

    def test_a_role_that_is_not_known_has_always_the_same_id(self, context: Context) -> None:
        """Open mode: AWS would answer AccessDenied. See docs/differences.md."""
        other = "arn:aws:iam::999999999999:role/x/other"
        answer = assume(context, role=other)
        assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::999999999999:assumed-role/other/session"
        assert answer["AssumedRoleUser"]["AssumedRoleId"].startswith("AROA")
        assert assume(context, role=other)["AssumedRoleUser"] == answer["AssumedRoleUser"]
        own = signing_with(context, answer["Credentials"])
        assert call(own, "GetCallerIdentity")["Account"] == "999999999999"
        assert call(own, "GetAccessKeyInfo", AccessKeyId=own.caller.access_key_id) == {"Account": "999999999999"}

    @pytest.mark.parametrize(
        "arn",
        [
            "nothing-valid-in-here",
            "arn::b:::something/test-role",
            "arn:a::::something/test-role",
            "arn:a:::something/test-role",
            "arn:a:a::aaaaaaaaaa:",
            f"arn:aws:iam::{ACCOUNT}:user/ann",
        ],
    )
    def test_what_is_no_role(self, context: Context, arn: str) -> None:
        assert failure(context, "AssumeRole", RoleArn=arn, RoleSessionName="s") == (
            "ValidationError",
            f"{arn} is invalid",
        )

    def test_how_long(self, context: Context) -> None:
        iam.create_role(context)
        asked = {"RoleArn": ROLE, "RoleSessionName": "s", "DurationSeconds": 7200}
        text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        assert failure(context, "AssumeRole", **asked) == ("ValidationError", text)
        iam.call(context, "UpdateRole", RoleName="worker", MaxSessionDuration=7200)
        credentials = call(context, "AssumeRole", **asked)["Credentials"]
        assert credentials["Expiration"] == "2026-01-01T02:00:00Z"
        text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        assert failure(signing_with(context, credentials), "AssumeRole", **asked) == ("ValidationError", text)

    def test_session_policies(self, context: Context) -> None:
        answer = assume(context, Policy=iam.READ, PolicyArns=[{"arn": iam.BASIC}])
        assert 1 <= answer["PackedPolicySize"] <= 100
        session = session_of(context, answer["Credentials"])
        assert (session["Policy"], session["PolicyArns"]) == (iam.READ, [iam.BASIC])
        asked = {"RoleArn": ROLE, "RoleSessionName": "s"}
        assert failure(context, "AssumeRole", **asked, Policy="{") == (
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
        )
        large = iam.READ.replace('"*"', json.dumps("arn:aws:s3:::" + "x" * 2000))
        assert failure(context, "AssumeRole", **asked, Policy=large)[0] == "PackedPolicyTooLarge"

    def test_a_session_policy_needs_no_version(self, context: Context) -> None:
        """As in the PHP example of "Making requests using federated user temporary credentials" (Amazon S3)."""
        unversioned = json.dumps({"Statement": json.loads(iam.READ)["Statement"]})
        assert session_of(context, assume(context, Policy=unversioned)["Credentials"])["Policy"] == unversioned
        answer = call(context, "GetFederationToken", Name="Bob", Policy=unversioned)
        assert session_of(context, answer["Credentials"])["Policy"] == unversioned

    def test_tags(self, context: Context) -> None:
        tags = [{"Key": "team", "Value": "a"}, {"Key": "cost", "Value": "b"}]
        first = assume(context, Tags=tags, TransitiveTagKeys=["team"])
        assert session_of(context, first["Credentials"])["Tags"] == tags
        chained = signing_with(context, first["Credentials"])
        second = assume(chained, Tags=[{"Key": "own", "Value": "c"}])
        session = session_of(context, second["Credentials"])
        assert session["Tags"] == [tags[0], {"Key": "own", "Value": "c"}]
        assert session["TransitiveTagKeys"] == ["team"]
        third = assume(signing_with(context, second["Credentials"]))
        assert session_of(context, third["Credentials"])["Tags"] == [tags[0]]
        asked = {"RoleArn": ROLE, "RoleSessionName": "s"}
        conflict = (
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from "
            "the calling session."
        )
        assert failure(chained, "AssumeRole", **asked, Tags=[{"Key": "TEAM", "Value": "x"}]) == (INVALID, conflict)
        assert failure(context, "AssumeRole", **asked, Tags=tags, TransitiveTagKeys=["other"]) == (
            INVALID,
            "The specified transitive tag key must be included in the requested tags.",
        )
        twice = [*tags, {"Key": "Team", "Value": "c"}]
        assert failure(context, "AssumeRole", **asked, Tags=twice) == (
            INVALID,
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        )

    def test_the_source_identity_goes_on(self, context: Context) -> None:
        first = assume(context, SourceIdentity="ann")
        assert first["SourceIdentity"] == "ann"
        chained = signing_with(context, first["Credentials"])
        assert assume(chained)["SourceIdentity"] == "ann"
        asked = {"RoleArn": ROLE, "RoleSessionName": "s", "SourceIdentity": "bob"}
        assert failure(chained, "AssumeRole", **asked)[0] == INVALID

    @pytest.mark.parametrize("member", ["SerialNumber", "TokenCode"])
    def test_mfa_is_not_built(self, context: Context, member: str) -> None:
        code, text = failure(context, "AssumeRole", RoleArn=ROLE, RoleSessionName="s", **{member: "123456"})
        assert (code, member in text) == ("NotImplemented", True)

    def test_what_is_kept(self, context: Context, contexts: Contexts) -> None:
        revision = contexts.store.revision()
        first = assume(context, DurationSeconds=900)["Credentials"]
        assert contexts.store.revision() == revision  # nothing is compiled from sessions
        contexts.clock.advance(901)
        second = assume(context)["Credentials"]
        with contexts.store.read() as reader:
            sessions = [key.id for key, _ in reader.scan("sts", "session")]
            expiries = [document["AccessKeyId"] for _, document in reader.scan("sts", "expiry")]
            texts = json.dumps([document for _, document in reader.scan("sts", "session")])
        assert sessions == expiries == [second["AccessKeyId"]]
        assert first["AccessKeyId"] not in sessions
        assert second["SecretAccessKey"] not in texts


def token(**claims: Any) -> str:
    whole = {"iss": "https://idp.example.com", "sub": "ann", "aud": "app", "exp": START + 60, **claims}
    parts = [{"alg": "RS256"}, {name: value for name, value in whole.items() if value is not None}]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c2ln"])


class TestAssumeRoleWithWebIdentity:
    def test_what_it_answers(self, context: Context) -> None:
        answer = call(context, "AssumeRoleWithWebIdentity", **ASKED, WebIdentityToken=token())
        credentials = answer.pop("Credentials")
        assert answer.pop("AssumedRoleUser")["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/s"
        assert answer == {
            "SubjectFromWebIdentityToken": "ann",
            "Audience": "app",
            "Provider": "https://idp.example.com",
        }
        identity = session_of(context, credentials)["WebIdentity"]
        assert identity == {"Provider": "https://idp.example.com", "Subject": "ann"}

    def test_one_of_several_audiences(self, context: Context) -> None:
        shown = token(aud=["one", "two"])
        assert call(context, "AssumeRoleWithWebIdentity", **ASKED, WebIdentityToken=shown)["Audience"] == "one"

    @pytest.mark.parametrize("text", ["token", "a.b.c", "..", "é.é.é", f"{'W10'}.{'W10'}.x", "bnVsbA.e30.x"])
    def test_what_is_no_token(self, context: Context, text: str) -> None:
        code, message = failure(context, "AssumeRoleWithWebIdentity", **ASKED, WebIdentityToken=text)
        assert (code, message.startswith("The ID Token provided is not a valid JWT.")) == ("InvalidIdentityToken", True)

    def test_a_token_without_a_claim(self, context: Context) -> None:
        refused = failure(context, "AssumeRoleWithWebIdentity", **ASKED, WebIdentityToken=token(sub=None))
        assert refused == ("InvalidIdentityToken", "Missing a required claim: sub")

    def test_a_token_of_the_past(self, context: Context) -> None:
        refused = failure(context, "AssumeRoleWithWebIdentity", **ASKED, WebIdentityToken=token(exp=START - 1))
        assert refused[0] == "ExpiredTokenException"


class TestTokens:
    def test_session_token(self, context: Context) -> None:
        iam.call(context, "CreateUser", UserName="ann")
        key = iam.call(context, "CreateAccessKey", UserName="ann")["AccessKey"]
        own = signing_with(context, key)
        answer = call(own, "GetSessionToken")
        assert answer["Credentials"]["Expiration"] == "2026-01-01T12:00:00Z"
        session = signing_with(context, answer["Credentials"])
        assert call(session, "GetCallerIdentity") == call(own, "GetCallerIdentity")
        with context.store.read() as reader:
            assert calling_principal(session, reader).kind is PrincipalKind.USER_SESSION
        for operation, members in (("GetSessionToken", {}), ("GetFederationToken", {"Name": "bob"})):
            refused = failure(session, operation, **members)
            assert refused == ("AccessDenied", f"Cannot call {operation} with session credentials")

    def test_of_the_root_user(self, context: Context) -> None:
        credentials = call(context, "GetSessionToken", DurationSeconds=900)["Credentials"]
        assert credentials["Expiration"] == "2026-01-01T00:15:00Z"
        assert call(signing_with(context, credentials), "GetCallerIdentity")["Arn"] == ROOT

    def test_federation_token(self, context: Context) -> None:
        answer = call(context, "GetFederationToken", Name="bob")
        arn = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
        assert answer["FederatedUser"] == {"FederatedUserId": f"{ACCOUNT}:bob", "Arn": arn}
        assert answer["PackedPolicySize"] == 0
        identity = call(signing_with(context, answer["Credentials"]), "GetCallerIdentity")
        assert identity == {"UserId": f"{ACCOUNT}:bob", "Account": ACCOUNT, "Arn": arn}


def test_access_key_info(context: Context) -> None:
    iam.call(context, "CreateUser", UserName="ann")
    key = iam.call(context, "CreateAccessKey", UserName="ann")["AccessKey"]["AccessKeyId"]
    assert call(context, "GetAccessKeyInfo", AccessKeyId=key) == {"Account": ACCOUNT}
    assert call(context, "GetAccessKeyInfo", AccessKeyId="AKIAIOSFODNN7EXAMPLE") == {"Account": ACCOUNT}
