"""`docs/differences.md` and the code say the same of what is not built."""

import re
from collections.abc import Mapping
from pathlib import Path

import botocore.session
import pytest

from gatewright.control import apigateway, apigatewayv2, iam, lambda_, logs, sts
from gatewright.control.lambda_.options import NOT_BUILT
from gatewright.stacks import operations as stack_operations

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "differences.md"

DATA_PLANE = {"Invoke", "InvokeAsync", "InvokeWithResponseStream"}
"""What the data plane serves; tests/integration calls them."""


def table(heading: str) -> list[tuple[str, set[str]]]:
    """Return the rows of the table under a heading: the first cell, and the names in the second one."""
    return rows_of(section(heading))


def section(heading: str) -> str:
    return PAGE.read_text().partition(f"\n### {heading}\n")[2].partition("\n#")[0]


def rows_of(text: str) -> list[tuple[str, set[str]]]:
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", text, re.MULTILINE)[2:]
    assert rows
    return [(first, set(re.findall(r"`([\w-]+)`", second))) for first, second in rows]


def test_lambdas_operations_are_built_or_listed() -> None:
    model = botocore.session.get_session().get_service_model("lambda")
    rows = table("Operations of Lambda that are not built")
    listed = [operation for _, operations in rows for operation in operations]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(model.operation_names) - set(lambda_.OPERATIONS) - DATA_PLANE


def test_only_what_may_be_left_out_is_listed() -> None:
    """The issue "Lambda in full" names what may stay unbuilt; code signing and images are options of operations."""
    assert {first for first, _ in table("Operations of Lambda that are not built")} == {
        "durable executions",
        "managed instances and capacity providers",
    }


def test_options_that_are_refused_are_listed() -> None:
    listed = {name for _, names in table("Options of Lambda's operations that are not built") for name in names}
    assert set(NOT_BUILT) <= listed


def test_operations_of_logs_are_built_or_listed() -> None:
    model = botocore.session.get_session().get_service_model("logs")
    rows = table("Operations of CloudWatch Logs that are not built")
    listed = [operation for _, operations in rows for operation in operations]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(model.operation_names) - set(logs.OPERATIONS)


API_GATEWAY = {"apigateway": apigateway.OPERATIONS, "apigatewayv2": apigatewayv2.OPERATIONS}
REST_DATA_PLANE = {"TestInvokeMethod"}


@pytest.mark.parametrize("service", API_GATEWAY)
def test_api_gateways_operations_are_built_or_listed(service: str) -> None:
    model = botocore.session.get_session().get_service_model(service)
    text = section("Operations of API Gateway that are not built")
    rows = rows_of(text.partition(f"\nOf `{service}`:\n")[2].partition("\nOf `")[0])
    listed = [operation for _, operations in rows for operation in operations]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(model.operation_names) - set(API_GATEWAY[service]) - REST_DATA_PLANE


@pytest.mark.parametrize(("name", "built"), [("IAM", iam.OPERATIONS), ("STS", sts.OPERATIONS)])
def test_operations_of_iam_and_sts_are_built_or_listed(name: str, built: Mapping[str, object]) -> None:
    model = botocore.session.get_session().get_service_model(name.lower())
    rows = table(f"Operations of {name} that are not built")
    listed = [operation for _, operations in rows for operation in operations]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(model.operation_names) - set(built)


def test_cloudformations_operations_are_built_or_listed() -> None:
    model = botocore.session.get_session().get_service_model("cloudformation")
    rows = table("Operations of CloudFormation that are not built")
    listed = [operation for _, operations in rows for operation in operations]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(model.operation_names) - set(stack_operations.OPERATIONS)


def test_only_what_later_issues_build_is_left_of_rest_apis() -> None:
    """The issue "REST APIs, complete": all operations but those of authorizers and domain names, and GetSdk."""
    text = section("Operations of API Gateway that are not built").partition("\nOf `apigatewayv2`:\n")[0]
    assert {first for first, _ in rows_of(text)} == {
        "authorizers",
        "custom domain names",
        "client SDKs",
    }


def test_options_of_api_gateway_that_are_refused_are_listed() -> None:
    """Whatever the control plane refuses as not built, by the name that its error begins with."""
    refused = set()
    for service in API_GATEWAY:
        for file in (ROOT / "src" / "gatewright" / "control" / service).glob("*.py"):
            refused |= set(re.findall(r'not_built\(f?"(\w+) (?:\S+ )?(?:of|with) ', file.read_text()))
    listed = {name for _, names in table("Options of API Gateway's operations that are not built") for name in names}
    assert len(refused) > 8
    assert refused <= listed
