"""AWS CDK v2: bootstrap, deploy, no change, diff, update, hotswap, drift and destroy, and the wrapper cdklocal.

AWS documentation: "AWS CDK CLI reference", "AWS CDK bootstrapping" (AWS CDK v2 Developer Guide).
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.clients.tools import APPLICATIONS, CLIENTS, REGION, Client, client_in, program
from tests.integration.nodes import Answer, Node

pytestmark = [pytest.mark.clients, pytest.mark.timeout(1800)]

DEPLOY = ("deploy", "--require-approval", "never", "--outputs-file", "outputs.json")


def cdk(node: Node, home: Path, name: str = "cdk") -> Client:
    """Return the CDK with a copy of the application, whose modules are those of the installation."""
    client = client_in(node, program("cdk", name), home, APPLICATIONS / "cdk")
    (client.directory / "node_modules").symlink_to(CLIENTS / "cdk" / "node_modules")
    quiet = {"NODE_NO_WARNINGS": "1", "CDK_DISABLE_VERSION_CHECK": "1", "CDK_DISABLE_CLI_TELEMETRY": "1"}
    return replace(client, environment={**client.environment, **quiet})


def outputs(client: Client) -> dict[str, str]:
    read: dict[str, Any] = json.loads((client.directory / "outputs.json").read_text())
    return dict(read["items"])


def greeted(node: Node, made: dict[str, str]) -> Answer:
    return node.call(made["HttpApiId"], "GET", "/greet/bob")


def check_answers(node: Node, made: dict[str, str]) -> None:
    api_id = made["RestApiId"]
    assert node.call(api_id, "GET", "/live/").json() == {"mock": True}
    assert node.call(api_id, "GET", "/live/items/first").body == b"by CDK"
    assert node.call(api_id, "GET", "/live/items/second").status == 404
    assert node.call(api_id, "PUT", "/live/items/second", body=b"by hand").status == 201
    assert node.call(api_id, "GET", "/live/items/second").body == b"by hand"
    stored = node.client("s3", REGION).get_object(Bucket=made["Bucket"], Key="second")
    assert stored["Body"].read() == b"by hand"
    assert greeted(node, made).body == b"hello bob"
    url = urlsplit(made["Url"])
    assert node.request("GET", "/", [("Host", url.netloc)]).body == b"hello nobody"


def check_gone(node: Node) -> None:
    """Nothing is left but what the CDK lets stay: its own bootstrapping, and the role of API Gateway's log."""
    assert node.client("lambda", REGION).list_functions()["Functions"] == []
    assert node.client("apigateway", REGION).get_rest_apis()["items"] == []
    assert node.client("apigatewayv2", REGION).get_apis()["Items"] == []
    assert node.client("dynamodb", REGION).list_tables()["TableNames"] == []
    buckets = [bucket["Name"] for bucket in node.client("s3", REGION).list_buckets()["Buckets"]]
    assert [name for name in buckets if not name.startswith("cdk-")] == []
    roles = [role["RoleName"] for role in node.client("iam").list_roles()["Roles"]]
    kept = [name for name in roles if not name.startswith("cdk-")]
    assert all(name.startswith("items-RestApiCloudWatchRole") for name in kept)


def test_an_application(node: Node, tmp_path: Path) -> None:
    client = cdk(node, tmp_path)
    assert "bootstrapped" in client.run("bootstrap")
    client.run(*DEPLOY)
    made = outputs(client)
    check_answers(node, made)
    synthesized = ("--app", "cdk.out")
    assert "no changes" in client.run(*synthesized, *DEPLOY)
    assert "There were no differences" in client.run(*synthesized, "diff")

    howdy = ("-c", "greeting=howdy")
    client.change("function/items.js", "Item.made.S }", "`${Item.made.S}!` }")
    shown = client.run("diff", *howdy)
    assert "[+] howdy" in shown
    assert "Number of stacks with differences: 1" in shown
    client.run(*DEPLOY, *howdy)
    assert greeted(node, made).body == b"howdy bob"
    assert node.call(made["RestApiId"], "GET", "/live/items/first").body == b"by CDK!"

    client.change("greet/greet.py", '{"statusCode"', '{"headers": {"x-hot": "1"}, "statusCode"')
    assert "hotswapped" in client.run("deploy", "--hotswap", *howdy)
    assert greeted(node, made).get_all("x-hot") == ["1"]

    assert "with drift: 0" in client.run(*synthesized, "drift")
    function = node.client("lambda", REGION)
    function.update_function_configuration(FunctionName=made["Greet"], Environment={"Variables": {"GREETING": "?"}})
    assert "/Environment/Variables/GREETING" in client.run(*synthesized, "drift")

    assert "destroyed" in client.run(*synthesized, "destroy", "--force")
    check_gone(node)


def test_cdklocal(node: Node, tmp_path: Path) -> None:
    """It asks for an endpoint of S3 besides, and takes the Region from AWS_REGION only where it is told to."""
    client = cdk(node, tmp_path, "cdklocal")
    told = {"AWS_ENDPOINT_URL_S3": node.url, "AWS_ENVAR_ALLOWLIST": "AWS_REGION,AWS_DEFAULT_REGION"}
    client = replace(client, environment={**client.environment, **told})
    assert "bootstrapped" in client.run("bootstrap")
    client.run(*DEPLOY)
    check_answers(node, outputs(client))
    assert "destroyed" in client.run("--app", "cdk.out", "destroy", "--force")
    check_gone(node)
