"""What AWS Lambda refuses, and in which words; what is not built, and says so.

AWS documentation: the errors of the operations of these names in the "API reference" (AWS Lambda); "Lambda quotas".
"""

import io
import os
import uuid
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from tests.integration.deployed import ACCOUNT, RUNTIME, Function, fails, function, package
from tests.integration.nodes import ROLE, Node, zip_of
from tests.unit.test_differences import table


def test_errors_of_missing_functions(node: Node) -> None:
    client = node.client("lambda")
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:absent"
    expected = (404, "ResourceNotFoundException", f"Function not found: {arn}")
    calls: Mapping[str, Mapping[str, Any]] = {
        "get_function": {},
        "get_function_configuration": {},
        "invoke": {},
        "delete_function": {},
        "update_function_code": {"ZipFile": package("pass")},
        "update_function_configuration": {"Timeout": 3},
        "add_permission": {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "*"},
        "get_function_concurrency": {},
        "list_versions_by_function": {},
    }
    answers = {name: fails(getattr(client, name), FunctionName="absent", **more) for name, more in calls.items()}
    of_latest = (404, "ResourceNotFoundException", f"Function not found: {arn}:$LATEST")
    assert answers == {**dict.fromkeys(calls, expected), "invoke": of_latest}


def test_the_type_of_an_error_is_in_the_header_and_the_body(node: Node) -> None:
    answer = node.request("GET", "/2015-03-31/functions/absent")
    assert answer.get_all("x-amzn-ErrorType") == ["ResourceNotFoundException"]
    assert answer.get_all("Content-Type") == ["application/json"]
    assert len(answer.get_all("x-amzn-RequestId")) == 1
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:absent"
    assert answer.json() == {"Type": "User", "Message": f"Function not found: {arn}"}


NEW = {"Runtime": RUNTIME, "Role": ROLE, "Handler": "app.handler", "Code": {"ZipFile": package("pass")}}

# (what differs from a good request, code, message)
REFUSED: Mapping[str, tuple[Mapping[str, Any], str, str]] = {
    "runtime": (
        {"Runtime": "cobol85"},
        "InvalidParameterValueException",
        "Value cobol85 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: ",
    ),
    "old runtime": (
        {"Runtime": "python2.7"},
        "InvalidParameterValueException",
        (
            "The runtime parameter of python2.7 is no longer supported for creating or updating AWS Lambda functions. "
            "We recommend you use "
        ),
    ),
    "role": (
        {"Role": "arn:aws:iam::123456789012:user/me"},
        "ValidationException",
        (
            "1 validation error detected: Value 'arn:aws:iam::123456789012:user/me' at 'role' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: "
        ),
    ),
    "no runtime": (
        {"Runtime": None},
        "InvalidParameterValueException",
        "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
    ),
    "timeout": (
        {"Timeout": 901},
        "ValidationException",
        (
            "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: "
            "Member must have value less than or equal to 900"
        ),
    ),
    "no time": (
        {"Timeout": 0},
        "ValidationException",
        (
            "1 validation error detected: Value '0' at 'timeout' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1"
        ),
    ),
    "memory": (
        {"MemorySize": 127},
        "ValidationException",
        (
            "1 validation error detected: Value '127' at 'memorySize' failed to satisfy constraint: "
            "Member must have value greater than or equal to 128"
        ),
    ),
    "no zip": (
        {"Code": {"ZipFile": b"PK but not really"}},
        "InvalidParameterValueException",
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
    ),
    "empty zip": (
        {"Code": {"ZipFile": zip_of({})}},
        "InvalidParameterValueException",
        "Uploaded file must be a non-empty zip",
    ),
    "reserved variable": (
        {"Environment": {"Variables": {"AWS_REGION": "mars"}}},
        "InvalidParameterValueException",
        (
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. Reserved keys used in "
            "this request: AWS_REGION"
        ),
    ),
    "name": (
        {"FunctionName": "no name"},
        "ValidationException",
        (
            "1 validation error detected: Value 'no name' at 'functionName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: "
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_functions_that_are_refused(node: Node, case: str) -> None:
    difference, code, message = REFUSED[case]
    request = {"FunctionName": f"f-{uuid.uuid4().hex[:12]}", **NEW, **difference}
    found = fails(
        node.client("lambda", is_checking=False).create_function,
        **{name: value for name, value in request.items() if value is not None},
    )
    assert found[:2] == (400, code)
    assert found[2].startswith(message)
    if difference.keys() != {"FunctionName"}:
        assert fails(node.client("lambda").get_function, FunctionName=request["FunctionName"])[0] == 404


def test_a_function_that_exists(node: Node) -> None:
    made = function(node, "return 1")
    conflict = fails(made.client.create_function, FunctionName=made.name, **NEW)
    assert conflict == (409, "ResourceConflictException", f"Function already exist: {made.name}")
    assert made.invoke() == 1


def test_many_clients_create_one_function(node: Node) -> None:
    name = f"f-{uuid.uuid4().hex[:12]}"
    client = node.client("lambda")

    def create(_: int) -> int:
        try:
            client.create_function(FunctionName=name, **NEW)
        except client.exceptions.ResourceConflictException:
            return 0
        return 1

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(create, range(16))) == 1


def test_another_revision(node: Node) -> None:
    made = function(node, "return 1")
    refusal = (
        412,
        "PreconditionFailedException",
        (
            "The Revision Id provided does not match the latest Revision Id. "
            "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
        ),
    )
    wrong = {"FunctionName": made.name, "RevisionId": str(uuid.uuid4())}
    assert fails(made.client.update_function_configuration, Timeout=4, **wrong) == refusal
    assert fails(made.client.update_function_code, ZipFile=package("return 2"), **wrong) == refusal
    right = made.client.get_function_configuration(FunctionName=made.name)["RevisionId"]
    made.client.update_function_code(FunctionName=made.name, ZipFile=package("return 2"), RevisionId=right)
    assert made.invoke() == 2


def test_errors_without_a_type(node: Node) -> None:
    """Most errors have a Type; these were recorded of AWS without one.

    localstack/localstack, tests/aws/services/lambda_/test_lambda_api.snapshot.json (test_code_signing_not_found_excs,
    test_notfound_and_invalid_routingconfigs, test_function_concurrency_limits, test_provisioned_concurrency_limits).
    """
    made = function(node, "return 1")
    made.client.publish_version(FunctionName=made.name)
    absent = f"arn:aws:lambda:us-east-1:{ACCOUNT}:code-signing-config:csc-{'0' * 17}"
    routing = {"AdditionalVersionWeights": {"1": 0.5}}
    with pytest.raises(ClientError) as of_config:
        made.client.get_code_signing_config(CodeSigningConfigArn=absent)
    with pytest.raises(ClientError) as of_alias:
        made.client.create_alias(FunctionName=made.name, Name="a", FunctionVersion="$LATEST", RoutingConfig=routing)
    with pytest.raises(ClientError) as of_reserved:
        made.client.put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=10**6)
    with pytest.raises(ClientError) as of_provisioned:
        made.client.put_provisioned_concurrency_config(
            FunctionName=made.name, Qualifier="1", ProvisionedConcurrentExecutions=10**6
        )
    with pytest.raises(ClientError) as usual:
        made.client.get_alias(FunctionName=made.name, Name="none")
    assert usual.value.response["Type"] == "User"
    for caught in (of_config, of_alias, of_reserved, of_provisioned):
        assert "Type" not in caught.value.response


ENUM = "Member must satisfy enum value set: [{}]"


def test_the_order_of_values_is_that_of_aws(node: Node) -> None:
    """Not that of the models. localstack/localstack, tests/aws/services/lambda_.

    test_lambda_api.snapshot.json (test_put_function_recursion_config_invalid_value),
    event_source_mapping/test_api.snapshot.json (test_create_starting_position_validation_exceptions).
    """
    made = function(node, "return 1")
    looped = fails(made.client.put_function_recursion_config, FunctionName=made.name, RecursiveLoop="Other")
    assert looped[2].endswith("at 'recursiveLoop' failed to satisfy constraint: " + ENUM.format("Terminate, Allow"))
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
    begun = fails(
        made.client.create_event_source_mapping, FunctionName=made.name, EventSourceArn=queue, StartingPosition="0"
    )
    assert begun == (
        400,
        "ValidationException",
        (
            "1 validation error detected: Value '0' at 'startingPosition' failed to satisfy constraint: "
            + ENUM.format("LATEST, AT_TIMESTAMP, TRIM_HORIZON")
        ),
    )


BAD_EVENTS = {"no JSON": b"{", "trailing": b"{} {}", "NaN": b"NaN", "not UTF-8": b'"\xff"', "bare word": b"yes"}


@pytest.mark.parametrize("case", BAD_EVENTS)
def test_events_that_are_no_json(node: Node, case: str) -> None:
    made = function(node, "return 1")
    found = fails(made.client.invoke, FunctionName=made.name, Payload=BAD_EVENTS[case])
    assert found[:2] == (400, "InvalidRequestContentException")
    assert found[2].startswith("Could not parse request body into json: ")
    assert node.logs(made.name) == ""


MODEL = botocore.session.get_session().get_service_model("lambda")
FILLED: Mapping[str, object] = {"string": "x", "integer": 1, "boolean": True, "blob": b"x", "list": [], "map": {}}
NOT_BUILT = sorted(name for _, names in table("Operations of Lambda that are not built") for name in names)


def answer_of(node: Node, operation: str) -> tuple[int, str, str]:
    """Call an operation with a request that has what is required; return the error, (200, "", "") without one."""
    shape = MODEL.operation_model(operation).input_shape
    request = {name: FILLED.get(shape.members[name].type_name, {}) for name in shape.required_members}
    client = node.client("lambda", is_checking=False)
    try:
        getattr(client, xform_name(operation))(**request)
    except ClientError as error:
        details = error.response["Error"]
        return error.response["ResponseMetadata"]["HTTPStatusCode"], details["Code"], details["Message"]
    return 200, "", ""


@pytest.mark.parametrize("operation", NOT_BUILT)
def test_operations_that_are_not_built(node: Node, operation: str) -> None:
    """They are those that `docs/differences.md` lists."""
    status, code, message = answer_of(node, operation)
    assert (status, code) == (501, "NotImplemented")
    assert operation in message
    assert "Lambda" in message


@pytest.mark.parametrize("operation", sorted(set(MODEL.operation_names) - set(NOT_BUILT)))
def test_all_others_are_built(node: Node, operation: str) -> None:
    status, code, _ = answer_of(node, operation)
    assert status < 500, code
    assert code != "NotImplemented"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("PublishTo", "LATEST_PUBLISHED"),
        ("DurableConfig", {"ExecutionTimeout": 60}),
        ("SnapStart", {"ApplyOn": "PublishedVersions"}),
        ("PackageType", "Image"),
    ],
)
def test_options_that_are_not_built(node: Node, member: str, value: object) -> None:
    name = f"f-{uuid.uuid4().hex[:12]}"
    request = {"FunctionName": name, **NEW, member: value}
    status, code, message = fails(node.client("lambda").create_function, **request)
    assert (status, code) == (501, "NotImplemented")
    assert member in message or "S3Bucket" in message
    assert fails(node.client("lambda").get_function, FunctionName=name)[0] == 404


def zip_of_size(size: int) -> bytes:
    """Build a package of exactly this many bytes that nothing compresses."""

    def build(filling: int) -> bytes:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("app.py", "import os\ndef handler(event, context): return os.path.getsize('filling')\n")
            archive.writestr("filling", os.urandom(filling))
        return content.getvalue()

    return build(size - len(build(0)))


@pytest.mark.slow
def test_packages_up_to_50_mib(node: Node) -> None:
    limit = 50 * 1024 * 1024
    client = node.client("lambda")
    name = f"f-{uuid.uuid4().hex[:12]}"
    largest = zip_of_size(limit)
    created = client.create_function(FunctionName=name, **(NEW | {"Code": {"ZipFile": largest}, "MemorySize": 512}))
    assert created["CodeSize"] == limit
    assert limit - 1000 < Function(node, name, created["FunctionArn"]).invoke() < limit
    too_large = zip_of_size(limit + 1)
    found = fails(client.update_function_code, FunctionName=name, ZipFile=too_large)
    assert found[:2] == (413, "RequestEntityTooLargeException")
    found = fails(client.create_function, FunctionName="larger", **(NEW | {"Code": {"ZipFile": too_large}}))
    assert found[:2] == (413, "RequestEntityTooLargeException")
    assert client.get_function(FunctionName=name)["Configuration"]["CodeSize"] == limit
    client.delete_function(FunctionName=name)
