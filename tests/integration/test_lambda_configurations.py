"""What a function is configured with besides its code and settings, through boto3 and the AWS CLI.

AWS documentation: the operations of these names in the "API reference" (AWS Lambda).
"""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integration.deployed import ACCOUNT, fails, function
from tests.integration.nodes import Node, kill, start, stop, zip_of

PROFILE = f"arn:aws:signer:us-east-1:{ACCOUNT}:/signing-profiles/test/0123456789"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:failures"


def test_reserved_concurrency(node: Node) -> None:
    made = function(node, "return 1")
    client = made.client
    before = client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    reserved = client.put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=7)
    assert reserved["ReservedConcurrentExecutions"] == 7
    assert client.get_function_concurrency(FunctionName=made.name)["ReservedConcurrentExecutions"] == 7
    assert client.get_function(FunctionName=made.name)["Concurrency"] == {"ReservedConcurrentExecutions": 7}
    limits = client.get_account_settings()["AccountLimit"]
    assert limits["UnreservedConcurrentExecutions"] == before - 7
    status, code, message = fails(
        client.put_function_concurrency, FunctionName=made.name, ReservedConcurrentExecutions=before
    )
    assert (status, code) == (400, "InvalidParameterValueException")
    assert message.endswith("below its minimum value of [100].")
    answer = client.delete_function_concurrency(FunctionName=made.name)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert "ReservedConcurrentExecutions" not in client.get_function_concurrency(FunctionName=made.name)


def test_provisioned_concurrency_that_is_asked_for_and_given_back(node: Node) -> None:
    made = function(node, "return 1", Publish=True)
    client = made.client
    put = client.put_provisioned_concurrency_config(
        FunctionName=made.name, Qualifier="1", ProvisionedConcurrentExecutions=1
    )
    assert put["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert put["Status"] == "IN_PROGRESS"
    got = client.get_provisioned_concurrency_config(FunctionName=made.name, Qualifier="1")
    assert got["RequestedProvisionedConcurrentExecutions"] == 1
    listed = client.list_provisioned_concurrency_configs(FunctionName=made.name)["ProvisionedConcurrencyConfigs"]
    assert [config["FunctionArn"] for config in listed] == [f"{made.arn}:1"]
    client.delete_provisioned_concurrency_config(FunctionName=made.name, Qualifier="1")
    absent = fails(client.get_provisioned_concurrency_config, FunctionName=made.name, Qualifier="1")
    assert absent[:2] == (404, "ProvisionedConcurrencyConfigNotFoundException")


def test_asynchronous_invocation(node: Node) -> None:
    made, other = function(node, "return 1"), function(node, "return 2")
    put = made.client.put_function_event_invoke_config(
        FunctionName=made.name,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnSuccess": {"Destination": other.arn}, "OnFailure": {"Destination": QUEUE}},
    )
    assert abs(put["LastModified"] - datetime.now(UTC)) < timedelta(seconds=60)
    del put["ResponseMetadata"]
    got = node.aws("lambda", "get-function-event-invoke-config", "--function-name", made.name)
    assert got["DestinationConfig"] == put["DestinationConfig"]
    assert (got["FunctionArn"], got["MaximumRetryAttempts"]) == (f"{made.arn}:$LATEST", 0)
    listed = made.client.list_function_event_invoke_configs(FunctionName=made.name)
    assert listed["FunctionEventInvokeConfigs"] == [put]
    bucket = {"Destination": "arn:aws:s3:::bucket"}
    made.client.update_function_event_invoke_config(FunctionName=made.name, DestinationConfig={"OnFailure": bucket})
    status, code, _ = fails(
        made.client.put_function_event_invoke_config,
        FunctionName=made.name,
        DestinationConfig={"OnSuccess": bucket},
    )
    assert (status, code) == (400, "InvalidParameterValueException")
    made.client.delete_function_event_invoke_config(FunctionName=made.name)
    assert fails(made.client.get_function_event_invoke_config, FunctionName=made.name)[0] == 404


@pytest.mark.parametrize(
    ("operation", "members", "constraint"),
    [
        (
            "put_function_event_invoke_config",
            {"MaximumRetryAttempts": 3},
            (
                "Value '3' at 'maximumRetryAttempts' failed to satisfy constraint: "
                "Member must have value less than or equal to 2"
            ),
        ),
        (
            "put_function_event_invoke_config",
            {"MaximumEventAgeInSeconds": 59},
            (
                "Value '59' at 'maximumEventAgeInSeconds' failed to satisfy constraint: "
                "Member must have value greater than or equal to 60"
            ),
        ),
        (
            "put_function_concurrency",
            {"ReservedConcurrentExecutions": -1},
            (
                "Value '-1' at 'reservedConcurrentExecutions' failed to satisfy constraint: "
                "Member must have value greater than or equal to 0"
            ),
        ),
        (
            "put_provisioned_concurrency_config",
            {"Qualifier": "1", "ProvisionedConcurrentExecutions": 0},
            (
                "Value '0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: "
                "Member must have value greater than or equal to 1"
            ),
        ),
    ],
)
def test_ranges(node: Node, operation: str, members: dict[str, Any], constraint: str) -> None:
    client = node.client("lambda", is_checking=False)
    status, code, message = fails(getattr(client, operation), FunctionName="any", **members)
    assert (status, code) == (400, "ValidationException")
    assert message == f"1 validation error detected: {constraint}"


def test_code_signing(node: Node) -> None:
    made = function(node, "return 1")
    client = made.client
    created = client.create_code_signing_config(AllowedPublishers={"SigningProfileVersionArns": [PROFILE]})
    arn = created["CodeSigningConfig"]["CodeSigningConfigArn"]
    attached = client.put_function_code_signing_config(CodeSigningConfigArn=arn, FunctionName=made.name)
    assert attached["CodeSigningConfigArn"] == arn
    assert client.list_functions_by_code_signing_config(CodeSigningConfigArn=arn)["FunctionArns"] == [made.arn]
    enforce = {"UntrustedArtifactOnDeployment": "Enforce"}
    status, code, _ = fails(client.update_code_signing_config, CodeSigningConfigArn=arn, CodeSigningPolicies=enforce)
    assert (status, code) == (501, "NotImplemented")
    assert fails(client.delete_code_signing_config, CodeSigningConfigArn=arn)[:2] == (409, "ResourceConflictException")
    client.delete_function_code_signing_config(FunctionName=made.name)
    client.delete_code_signing_config(CodeSigningConfigArn=arn)
    assert made.invoke() == 1


def test_runtime_management_and_recursion(node: Node) -> None:
    made = function(node, "return 1")
    client = made.client
    client.put_runtime_management_config(FunctionName=made.name, UpdateRuntimeOn="FunctionUpdate")
    got = client.get_runtime_management_config(FunctionName=made.name)
    assert (got["UpdateRuntimeOn"], got["FunctionArn"]) == ("FunctionUpdate", f"{made.arn}:$LATEST")
    command = ("lambda", "put-function-recursion-config", "--function-name", made.name)
    assert node.aws(*command, "--recursive-loop", "Allow") == {"RecursiveLoop": "Allow"}
    assert client.get_function_recursion_config(FunctionName=made.name)["RecursiveLoop"] == "Allow"


def test_versions_of_a_layer_published_at_once(node: Node) -> None:
    name = f"l-{uuid.uuid4().hex[:12]}"
    client = node.client("lambda")

    def publish(number: int) -> int:
        content = {"ZipFile": zip_of({"number": str(number)})}
        version: int = client.publish_layer_version(LayerName=name, Content=content)["Version"]
        return version

    with ThreadPoolExecutor(8) as executor:
        assert sorted(executor.map(publish, range(24))) == list(range(1, 25))


def test_a_crash_loses_nothing_of_it(tmp_path: Path) -> None:
    node = start("--data-dir", str(tmp_path))
    try:
        made = function(node, "return 1", name="kept", Publish=True)
        made.client.put_function_concurrency(FunctionName="kept", ReservedConcurrentExecutions=5)
        made.client.put_function_event_invoke_config(FunctionName="kept", Qualifier="1", MaximumEventAgeInSeconds=60)
        made.client.put_provisioned_concurrency_config(
            FunctionName="kept", Qualifier="1", ProvisionedConcurrentExecutions=1
        )
        made.client.put_function_recursion_config(FunctionName="kept", RecursiveLoop="Allow")
        kill(node)
        node = start("--data-dir", str(tmp_path))
        client = node.client("lambda")
        assert client.get_function_concurrency(FunctionName="kept")["ReservedConcurrentExecutions"] == 5
        asynchronous = client.get_function_event_invoke_config(FunctionName="kept", Qualifier="1")
        assert asynchronous["MaximumEventAgeInSeconds"] == 60
        assert client.get_function_recursion_config(FunctionName="kept")["RecursiveLoop"] == "Allow"
        provisioned = client.get_provisioned_concurrency_config(FunctionName="kept", Qualifier="1")
        assert provisioned["RequestedProvisionedConcurrentExecutions"] == 1
        assert stop(node) == 0
    finally:
        if node.process.poll() is None:
            kill(node)
