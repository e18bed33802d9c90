"""What a node loads: nothing at start that only some nodes need, and all of it whoever calls first.

Nodes run in processes of their own here, without sandboxes: that is about what is imported, and fast.
"""

import json
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest

from gatewright.server.services import SERVICES

# By the packages that nobody needs before something is called or deployed.
NOT_AT_START = (
    "boto3",
    "botocore",
    "cryptography",
    "regex",
    "samtranslator",
    "tomllib",
    "xml",
    "yaml",
    "gatewright.aws.endpoint",
    "gatewright.aws.protocols",
    "gatewright.base.policy",
    "gatewright.gateway.link",
    "gatewright.gateway.pipeline",
    "gatewright.gateway.rest_apis.link",
    "gatewright.gateway.rest_apis.serve",
    "gatewright.languages.json_schema",
    "gatewright.languages.jayway",
    "gatewright.languages.openapi",
    "gatewright.languages.patterns",
    "gatewright.languages.vtl",
    "gatewright.snapshot.compile",
    *SERVICES.values(),
)

NODE = """
import asyncio, http.client, io, json, os, sys
from concurrent.futures import ThreadPoolExecutor
from gatewright.settings import load_settings
from gatewright.server import Server

os.environ["GATEWRIGHT_FUNCTIONS_ISOLATION"] = "none"
CALLS = json.loads(sys.argv[1])


def call(port, service, target):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    scope = f"Credential=AKID/20261130/us-east-1/{service}/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}
    if target.startswith("/"):
        connection.request("GET", target, headers=headers)
    else:
        headers |= {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
        connection.request("POST", "/", "{}", headers=headers)
    response = connection.getresponse()
    return response.status, response.read().decode()


async def main():
    server = Server(load_settings({"port": "0", "is_ephemeral": True}), io.BytesIO())
    await server.start()
    at_start = sorted(sys.modules)
    port = int(server.url.rpartition(":")[2])
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max(len(CALLS), 1)) as clients:
        answers = await asyncio.gather(*(loop.run_in_executor(clients, call, port, *each) for each in CALLS))
    await server.stop()
    print(json.dumps({"at_start": at_start, "later": sorted(sys.modules), "answers": answers}))

asyncio.run(main())
"""


def node(*calls: tuple[str, str]) -> dict[str, Any]:
    """Run a node, make calls of it at once, and return the names of the modules before and after, and the answers."""
    done = subprocess.run(
        [sys.executable, "-c", NODE, json.dumps(calls)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_a_node_starts_without_what_only_some_need() -> None:
    loaded = set(node()["at_start"])
    assert "gatewright.server.node" in loaded
    assert [name for name in NOT_AT_START if name in loaded] == []


def test_the_first_calls_of_all_services_at_once() -> None:
    calls = [
        ("lambda", "/2015-03-31/functions"),
        ("lambda", "/2018-10-31/layers"),
        ("apigateway", "/restapis"),
        ("apigateway", "/apikeys"),
        ("apigateway", "/v2/apis"),
        ("apigateway", "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Fnone"),
        ("iam", "/?Action=ListRoles&Version=2010-05-08"),
        ("sts", "/?Action=GetCallerIdentity&Version=2011-06-15"),
        ("cloudformation", "/?Action=ListStacks&Version=2010-05-15"),
        ("logs", "Logs_20140328.DescribeLogGroups"),
        ("cloudcontrolapi", "CloudApiService.GetResource"),
    ]
    report = node(*calls * 4)
    statuses = [status for status, _ in report["answers"]]
    assert statuses == [200, 200, 200, 200, 200, 404, 200, 200, 200, 200, 400] * 4, report["answers"]
    assert {*SERVICES.values(), "gatewright.aws.endpoint"} <= set(report["later"])


def test_a_call_loads_its_service_and_no_other() -> None:
    report = node(("lambda", "/2015-03-31/functions"))
    assert SERVICES["lambda"] in report["later"]
    assert SERVICES["apigateway"] not in report["later"]
    assert "gatewright.languages.vtl" not in report["later"]


@pytest.mark.parametrize("package", SERVICES.values())
def test_a_service_is_a_package_with_operations(package: str) -> None:
    assert package.startswith(("gatewright.control.", "gatewright.stacks."))
    operations = import_module(package).OPERATIONS
    assert all(callable(operation) for operation in operations.values())
    assert len(operations) > 0
