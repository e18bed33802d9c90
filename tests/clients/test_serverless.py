"""Serverless Framework 3 with the plugin serverless-localstack, which points the framework's SDK at AWS_ENDPOINT_URL.

Documentation: "Serverless Framework - AWS Lambda Events", "AWS - CLI Reference" (serverless.com, version 3).
"""

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.clients.tools import APPLICATIONS, CLIENTS, REGION, Client, client_in, program
from tests.integration.deployed import ACCOUNT
from tests.integration.nodes import Node, wait_until

pytestmark = [pytest.mark.clients, pytest.mark.timeout(1800)]

FILES = f"orders-files-{ACCOUNT}"
"""The bucket that is there already."""


def serverless(node: Node, home: Path) -> Client:
    client = client_in(node, program("serverless", "serverless"), home, APPLICATIONS / "serverless")
    (client.directory / "node_modules").symlink_to(CLIENTS / "serverless" / "node_modules")
    quiet = {
        "SLS_TELEMETRY_DISABLED": "1",
        "SLS_NOTIFICATIONS_MODE": "off",
        "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1",
    }
    return replace(client, environment={**client.environment, **quiet})


def check_answers(node: Node, made: dict[str, str]) -> None:
    """Each way to a function works, and what comes by queue, bucket and schedule reaches the table."""
    rest_api, http_api = made["RestApi"], made["HttpApi"]
    assert node.call(rest_api, "POST", "/dev/orders", {}, b"one").status == 403  # it is private
    (key,) = node.client("apigateway", REGION).get_api_keys(includeValues=True)["items"]
    assert node.call(rest_api, "POST", "/dev/orders", {"x-api-key": key["value"]}, b"one").status == 202
    node.client("s3", REGION).put_object(Bucket=FILES, Key="two", Body=b"2")
    for order, source, seconds in (("one", "queue", 20), ("two", "bucket", 20), ("tick", "clock", 90)):
        wait_until(lambda order=order: order_of(node, rest_api, order), order, seconds)
        assert order_of(node, rest_api, order) == {"from": source}
    assert node.call(http_api, "GET", "/prices/tea").json() == {"item": "tea", "price": 10}
    url = urlsplit(made["Url"])
    assert node.request("GET", "/", [("Host", url.netloc)]).json() == {"item": "none", "price": 10}


def order_of(node: Node, rest_api: str, order: str) -> object:
    # The way that the plugin prints.
    answer = node.request("GET", f"/restapis/{rest_api}/dev/_user_request_/orders/{order}")
    return answer.json() if answer.status == 200 else None


def made_of(node: Node) -> dict[str, str]:
    """Return the ids and the URL of what the stack made."""
    resources = node.client("cloudformation", REGION).describe_stack_resources(StackName="orders-dev")["StackResources"]
    ids = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}
    url = node.client("lambda", REGION).get_function_url_config(FunctionName="orders-dev-prices")
    return {"RestApi": ids["ApiGatewayRestApi"], "HttpApi": ids["HttpApi"], "Url": url["FunctionUrl"]}


def test_an_application(node: Node, tmp_path: Path) -> None:
    node.client("s3", REGION).create_bucket(Bucket=FILES, CreateBucketConfiguration={"LocationConstraint": REGION})
    client = serverless(node, tmp_path)
    assert "Service deployed to stack orders-dev" in client.run("deploy")
    made = made_of(node)
    check_answers(node, made)

    client.change("prices.js", "price: 10", "price: 11")
    assert "Service deployed" in client.run("deploy")
    assert node.call(made["HttpApi"], "GET", "/prices/tea").json() == {"item": "tea", "price": 11}
    assert made_of(node) == made
    client.run("deploy")  # of nothing new
    client.change("prices.js", "price: 11", "price: 12")
    assert "Function code deployed" in client.run("deploy", "function", "--function", "prices")

    assert "orders-dev-clock" in client.run("info")
    printed = client.run("invoke", "--function", "prices", "--data", json.dumps({"pathParameters": {"item": "milk"}}))
    assert json.loads(printed[printed.index("{") :].rpartition("}")[0] + "}") == {"item": "milk", "price": 12}
    assert 'priced {"item":"milk"}' in client.run("logs", "--function", "prices")
    assert "custom-resources.zip" in client.run("deploy", "list")

    assert "has been successfully removed" in client.run("remove")
    check_gone(node)


def check_gone(node: Node) -> None:
    assert (
        node.client("cloudformation", REGION).list_stacks(StackStatusFilter=["CREATE_COMPLETE", "UPDATE_COMPLETE"])[
            "StackSummaries"
        ]
        == []
    )
    assert node.client("lambda", REGION).list_functions()["Functions"] == []
    assert node.client("apigateway", REGION).get_rest_apis()["items"] == []
    assert node.client("apigatewayv2", REGION).get_apis()["Items"] == []
    assert node.client("dynamodb", REGION).list_tables()["TableNames"] == []
    assert "QueueUrls" not in node.client("sqs", REGION).list_queues()
    assert node.client("events", REGION).list_rules()["Rules"] == []
    assert node.client("iam").list_roles()["Roles"] == []
    s3 = node.client("s3", REGION)
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [FILES]
    assert "LambdaFunctionConfigurations" not in s3.get_bucket_notification_configuration(Bucket=FILES)
