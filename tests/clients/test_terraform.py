"""Terraform and its AWS provider on an application over many services, and the wrapper tflocal.

A plan after an application must find nothing to do: all that was declared is read back as it was declared. What the
provider asks of single services is in tests/integration/test_terraform_*.py.

Sources: "Docs overview | hashicorp/aws" (Terraform Registry), whose examples the configuration follows; "Terraform"
(README of localstack/terraform-local).
"""

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.clients.tools import APPLICATIONS, REGION, Client, client_in, program
from tests.integration.nodes import Node, running, wait_until, zip_of
from tests.integration.terraformed import kinds_of_documents, mirrors_of_the_provider

pytestmark = [pytest.mark.clients, pytest.mark.timeout(1200)]

UNATTENDED = ("-auto-approve", "-no-color")
APPLY_SECONDS = 600
"""The provider waits for half a minute at every change of a queue's attributes."""
NEVER_GONE = {"lambda/layer", "lambda/version-counter"}
"""Documents that say which numbers of versions have been used."""


def initialized(node: Node, path: Path, home: Path, environment: Mapping[str, str] = MappingProxyType({})) -> Client:
    """Return Terraform, or its wrapper, with the application and its packages."""
    mirrors = mirrors_of_the_provider()
    client = client_in(node, path, home, APPLICATIONS / "terraform")
    told = {
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_VAR_region": REGION,
        "TF_VAR_runtime": f"python3.{sys.version_info.minor}",
        "TF_VAR_packages": str(client.directory),
    }
    client.environment.update({**told, **environment})
    for name, source in (("shop", "functions/shop"), ("worker", "functions/worker"), ("layer", "layer")):
        pack(client, name, source)
    client.run("init", "-input=false", "-no-color", *mirrors)
    return client


def pack(client: Client, name: str, source: str) -> None:
    """Make the package of a directory, as a build does."""
    folder = client.directory / source
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.py")}
    (client.directory / f"{name}.zip").write_bytes(zip_of(files))


def outputs(client: Client) -> dict[str, Any]:
    printed = json.loads(client.run("output", "-json"))
    return {name: output["value"] for name, output in printed.items()}


def check_answers(node: Node, made: dict[str, Any], greeting: str, version: str) -> None:
    """The REST API, the HTTP API and the function URL answer with what the services keep."""
    rest, key = made["rest_api"], {"X-Api-Key": made["api_key"]}
    expected = {
        "greeting": f"{greeting}, 7",
        "is_ordered": True,
        "currency": "EUR",
        "paid_by": "shop",
        "version": version,
    }
    assert node.call(rest, "PUT", "/live/orders/7", key).status == 202
    wait_until(lambda: node.call(rest, "GET", "/live/orders/7", key).json()["is_ordered"], "the queue's message", 60)
    assert node.call(rest, "GET", "/live/orders/7", key).json() == expected
    assert node.call(rest, "GET", "/live/orders/7").status == 403
    assert node.call(rest, "GET", "/live/health").json() == {"healthy": True, "greeting": greeting}
    missing = node.call(rest, "GET", "/live/nowhere")
    assert (missing.status, missing.json()) == (404, {"error": "no such page"})
    by_http = node.call(made["http_api"], "GET", "/orders/7", {"Origin": "https://shop.example.com"})
    assert by_http.json() == expected
    assert by_http.get_all("access-control-allow-origin") == ["https://shop.example.com"]
    host = urlsplit(made["function_url"]).netloc
    assert node.request("GET", "/", [("Host", host)]).json()["version"] == version


def check_events(node: Node, made: dict[str, Any]) -> None:
    """What is published, stored, put on the bus and run comes to the worker, as far as it is asked for."""
    topic, bucket = node.client("sns", REGION), node.client("s3", REGION)
    for kind in ("news", "price"):
        attributes = {"kind": {"DataType": "String", "StringValue": kind}}
        topic.publish(TopicArn=made["topic"], Message=kind, MessageAttributes=attributes)
    for key in ("a.txt", "incoming/a.pdf", "incoming/an invoice.txt"):
        bucket.put_object(Bucket=made["bucket"], Key=key, Body=b"1 EUR")
    bus = node.client("events", REGION)
    for kind in ("refused", "paid"):
        entry = {"Source": "shop.payments", "DetailType": kind, "Detail": json.dumps({"order": kind})}
        assert bus.put_events(Entries=[entry])["FailedEntryCount"] == 0
    node.client("stepfunctions", REGION).start_execution(
        stateMachineArn=made["machine"], input=json.dumps({"detail": {"order": "refund"}})
    )
    expected = {"bus refund", "queue 7", "topic price", "bucket incoming/an invoice.txt", "bus paid"}
    wait_until(lambda: expected <= noted(node, made), "the events", 60)
    assert noted(node, made) == expected


def noted(node: Node, made: dict[str, Any]) -> set[str]:
    items = node.client("dynamodb", REGION).scan(TableName=made["table"])["Items"]
    return {item["id"]["S"] for item in items}


def check_kept(node: Node) -> None:
    """What no request shows is there as it was declared."""
    groups = node.client("logs", REGION).describe_log_groups()["logGroups"]
    kept = {group["logGroupName"]: group["retentionInDays"] for group in groups}
    assert kept == {"/aws/lambda/shop": 14, "/aws/lambda/shop-worker": 7}
    wait_until(lambda: "looked for 7" in logged(node), "the log of the function", 60)
    pin = node.client("ssm", REGION).get_parameter(Name="/shop/pin", WithDecryption=True)["Parameter"]
    assert (pin["Type"], pin["Value"]) == ("SecureString", "1234")
    attached = node.client("iam").list_attached_role_policies(RoleName="shop-function")["AttachedPolicies"]
    assert {policy["PolicyName"] for policy in attached} == {"AWSLambdaBasicExecutionRole", "shop-keys"}
    assert node.client("lambda", REGION).get_function(FunctionName="shop")["Tags"] == {"application": "shop"}


def logged(node: Node) -> str:
    events = node.client("logs", REGION).filter_log_events(logGroupName="/aws/lambda/shop")["events"]
    return "".join(event["message"] for event in events)


def check_gone(node: Node) -> None:
    """Nothing is left in any service. A key of KMS's goes later, as always; numbers of versions are remembered."""

    def listed(service: str, operation: str, member: str) -> list[Any]:
        found: list[Any] = getattr(node.client(service, REGION), operation)().get(member, [])
        return found

    assert listed("lambda", "list_functions", "Functions") == []
    assert listed("lambda", "list_layers", "Layers") == []
    assert listed("lambda", "list_event_source_mappings", "EventSourceMappings") == []
    assert listed("apigateway", "get_rest_apis", "items") == []
    assert listed("apigateway", "get_usage_plans", "items") == []
    assert listed("apigateway", "get_api_keys", "items") == []
    assert listed("apigatewayv2", "get_apis", "Items") == []
    assert listed("logs", "describe_log_groups", "logGroups") == []
    assert listed("iam", "list_roles", "Roles") == []
    assert listed("dynamodb", "list_tables", "TableNames") == []
    assert listed("sqs", "list_queues", "QueueUrls") == []
    assert listed("sns", "list_topics", "Topics") == []
    assert listed("sns", "list_subscriptions", "Subscriptions") == []
    assert listed("s3", "list_buckets", "Buckets") == []
    assert listed("events", "list_rules", "Rules") == []
    assert listed("stepfunctions", "list_state_machines", "stateMachines") == []
    assert listed("ssm", "describe_parameters", "Parameters") == []
    assert listed("secretsmanager", "list_secrets", "SecretList") == []
    kms = node.client("kms", REGION)
    states = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    assert {key["KeyState"] for key in states if key["KeyManager"] == "CUSTOMER"} == {"PendingDeletion"}


def test_an_application(tmp_path: Path) -> None:
    path = shutil.which("terraform")
    if path is None:
        pytest.skip("terraform is not installed")
    data = tmp_path / "data"
    with running("--data-dir", str(data)) as node:
        client = initialized(node, Path(path), tmp_path)
        assert "Apply complete!" in client.run("apply", *UNATTENDED, seconds=APPLY_SECONDS)
        made = outputs(client)
        assert made["rest_url"] == f"https://{made['rest_api']}.execute-api.{REGION}.amazonaws.com/live"
        check_answers(node, made, "hello", "1")
        check_events(node, made)
        check_kept(node)
        assert "No changes" in client.run("plan", "-detailed-exitcode", "-no-color")

        change(client)
        assert "Apply complete!" in client.run("apply", *UNATTENDED, seconds=APPLY_SECONDS)
        changed = outputs(client)
        assert {name for name in made if made[name] != changed[name]} == {"version"}
        check_answers(node, changed, "welcome", "2")
        assert "No changes" in client.run("plan", "-detailed-exitcode", "-no-color")

        assert "Destroy complete!" in client.run("destroy", *UNATTENDED, seconds=APPLY_SECONDS)
        check_gone(node)
    assert set(kinds_of_documents(data)) <= NEVER_GONE


def change(client: Client) -> None:
    """Make the next release: other code, and another greeting in a variable and a mapping template."""
    client.change("functions/shop/shop.py", '"is_ordered": found is not None', '"is_ordered": bool(found)')
    pack(client, "shop", "functions/shop")
    client.environment["TF_VAR_greeting"] = "welcome"


def test_tflocal(tmp_path: Path) -> None:
    """It writes the endpoints of a provider itself, and wants a host of S3 that does not have to be resolved."""
    path = program("tflocal", "tflocal")
    with running("--ephemeral") as node:
        client = initialized(node, path, tmp_path, {"S3_HOSTNAME": "127.0.0.1", "DISABLE_DEPRECATION_NOTICE": "1"})
        assert "Apply complete!" in client.run("apply", *UNATTENDED, seconds=APPLY_SECONDS)
        made = outputs(client)
        check_answers(node, made, "hello", "1")
        check_events(node, made)
        change(client)
        assert "Apply complete!" in client.run("apply", *UNATTENDED, seconds=APPLY_SECONDS)
        check_answers(node, outputs(client), "welcome", "2")
        assert "No changes" in client.run("plan", "-detailed-exitcode", "-no-color")
        assert "Destroy complete!" in client.run("destroy", *UNATTENDED, seconds=APPLY_SECONDS)
        check_gone(node)
    assert list(client.directory.glob("*override*")) == []
