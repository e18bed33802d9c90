"""STS by boto3 and the AWS CLI, and by functions with the credentials that they get."""

import base64
import json
import time
import uuid
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError

from tests.integration.deployed import package
from tests.integration.nodes import Node, kill, start

ACCOUNT = "123456789012"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}],
}
# A function may be without an SDK, so it forms the request itself; open mode reads a signature's scope and no more.
ASKS_WHO_IT_IS = """
key, region = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_REGION"]
scope = f"Credential={key}/20260101/{region}/sts/aws4_request"
request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], b"Action=GetCallerIdentity&Version=2011-06-15", {
    "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
    "X-Amz-Security-Token": os.environ["AWS_SESSION_TOKEN"],
    "Content-Type": "application/x-www-form-urlencoded",
})
answer = urllib.request.urlopen(request).read().decode()
secrets = {name: os.environ[f"AWS_{name}"] for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")}
return {"answer": answer, **secrets}
"""


def client(node: Node, service: str, credentials: dict[str, Any]) -> Any:
    return boto3.client(
        service,
        endpoint_url=node.url,
        region_name="us-east-1",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials.get("SessionToken"),
    )


def make_role(node: Node, name: str, path: str = "/") -> dict[str, Any]:
    made = node.client("iam").create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(TRUST))
    role: dict[str, Any] = made["Role"]
    return role


def test_who_calls(node: Node) -> None:
    identity = node.client("sts").get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")
    assert identity["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "text/xml"


def test_a_role_is_assumed(node: Node) -> None:
    role = make_role(node, f"deploy-{uuid.uuid4().hex[:8]}")
    answer = node.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="ann", DurationSeconds=900)
    assert 800 < (answer["Credentials"]["Expiration"].timestamp() - time.time()) <= 900
    assumed = client(node, "sts", answer["Credentials"])
    identity = assumed.get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{role['RoleName']}/ann"
    assert identity["UserId"] == f"{role['RoleId']}:ann"
    assert client(node, "lambda", answer["Credentials"]).list_functions()["Functions"] is not None
    with pytest.raises(ClientError) as refused:
        assumed.get_session_token()
    assert refused.value.response["Error"] == {
        "Type": "Sender",
        "Code": "AccessDenied",
        "Message": "Cannot call GetSessionToken with session credentials",
    }


def test_a_web_identity_needs_no_credentials(node: Node) -> None:
    claims = {"iss": "https://idp.example.com", "sub": "ann", "aud": "app", "exp": time.time() + 60}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims)]
    unsigned = boto3.client(
        "sts",
        endpoint_url=node.url,
        region_name="us-east-1",
        config=botocore.config.Config(signature_version=UNSIGNED),
    )
    asked = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/web", "RoleSessionName": "session"}
    answer = unsigned.assume_role_with_web_identity(**asked, WebIdentityToken=".".join([*parts, "c2ln"]))
    assert answer["SubjectFromWebIdentityToken"] == "ann"
    identity = client(node, "sts", answer["Credentials"]).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/web/session"


def ask_function(node: Node, role_arn: str) -> tuple[str, dict[str, Any]]:
    """Deploy a function that asks who it is; return its name and what it found."""
    name = f"who-{uuid.uuid4().hex[:8]}"
    lambda_ = node.client("lambda")
    lambda_.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Handler="app.handler",
        Role=role_arn,
        Timeout=20,
        Code={"ZipFile": package("import urllib.request", *ASKS_WHO_IT_IS.strip().splitlines())},
    )
    answer = lambda_.invoke(FunctionName=name)
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, found
    return name, found


def test_a_function_is_a_session_of_its_role(node: Node) -> None:
    role = make_role(node, f"worker-{uuid.uuid4().hex[:8]}", "/service-role/")
    name, found = ask_function(node, role["Arn"])
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role['RoleName']}/{name}"
    assert f"<Arn>{arn}</Arn>" in found["answer"]
    assert f"<UserId>{role['RoleId']}:{name}</UserId>" in found["answer"]
    assert found["ACCESS_KEY_ID"].startswith("ASIA")
    assert len(found["SECRET_ACCESS_KEY"]) == 40


def test_a_function_whose_role_is_not_there(node: Node) -> None:
    name, found = ask_function(node, f"arn:aws:iam::{ACCOUNT}:role/nowhere")
    assert f"<Arn>arn:aws:sts::{ACCOUNT}:assumed-role/nowhere/{name}</Arn>" in found["answer"]


def test_sessions_survive_the_node(tmp_path: Path) -> None:
    arguments = ("--data-dir", str(tmp_path / "data"))
    node = start(*arguments)
    try:
        role_arn = f"arn:aws:iam::{ACCOUNT}:role/kept"
        credentials = node.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="session")["Credentials"]
    finally:
        kill(node)
    node = start(*arguments)
    try:
        identity = client(node, "sts", credentials).get_caller_identity()
        assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/kept/session"
    finally:
        kill(node)


@pytest.mark.slow
def test_the_aws_cli(node: Node) -> None:
    role = make_role(node, f"cli-{uuid.uuid4().hex[:8]}")
    assert node.aws("sts", "get-caller-identity")["Account"] == ACCOUNT
    assumed = node.aws("sts", "assume-role", "--role-arn", role["Arn"], "--role-session-name", "cli")
    assert assumed["AssumedRoleUser"]["AssumedRoleId"] == f"{role['RoleId']}:cli"
    key = assumed["Credentials"]["AccessKeyId"]
    assert node.aws("sts", "get-access-key-info", "--access-key-id", key) == {"Account": ACCOUNT}
