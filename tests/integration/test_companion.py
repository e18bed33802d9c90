"""The companion that a node starts for itself: AWS's clients reach it through the node.

Sources: "Virtual hosting of general purpose buckets", "Sharing objects with presigned URLs" (Amazon S3 User Guide);
"Signature calculations: Including trailing headers (chunked upload)" (Amazon S3 API Reference).
"""

import hashlib
import io
import json
import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.deployed import function
from tests.integration.nodes import Node, kill, running, start, stop, wait_until

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def beside() -> Iterator[Node]:
    """A node with its companion; each test uses names of its own."""
    with running("--ephemeral") as started:
        yield started


def companions(node: Node) -> list[int]:
    """Return the process ids of a node's companions."""
    listed = subprocess.run(
        ["pgrep", "-P", str(node.process.pid), "-f", "moto_server.py"], capture_output=True, text=True
    ).stdout
    return [int(line) for line in listed.split()]


def rss_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


def after_it_is_gone(call: Callable[[], Any]) -> Any:
    """Call until a process that is just dying does not take connections any more, as SDKs do."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return call()
        except ClientError as error:
            if error.response["Error"]["Code"] != "ServiceUnavailable" or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def bucket(node: Node, name: str) -> Any:
    s3 = node.client("s3")
    s3.create_bucket(Bucket=name)
    return s3


def test_it_is_started_once_by_who_comes_first() -> None:
    with running("--ephemeral", environment={"GATEWRIGHT_ACCOUNT_ID": "000000000042"}) as node:
        node.client("lambda").list_functions()
        assert companions(node) == []
        clients = [node.client("sqs", region) for region in ("us-east-1", "eu-west-1")] * 4
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda client: client.create_queue(QueueName="jobs")["QueueUrl"], clients))
        assert set(answers) == {f"{node.url}/000000000042/jobs"}
        attributes = node.client("sqs", "eu-west-1").get_queue_attributes(QueueUrl=answers[0], AttributeNames=["All"])
        assert attributes["Attributes"]["QueueArn"] == "arn:aws:sqs:eu-west-1:000000000042:jobs"
        (process,) = companions(node)
    assert not Path(f"/proc/{process}").exists()


def test_it_ends_with_a_node_that_is_killed() -> None:
    node = start("--ephemeral")
    node.client("sqs").list_queues()
    (process,) = companions(node)
    kill(node)
    wait_until(lambda: not Path(f"/proc/{process}").exists(), "the companion ends")


def test_one_that_dies_is_started_again_and_the_log_says_what_is_lost() -> None:
    with tempfile.TemporaryFile() as errors:
        node = start("--ephemeral", errors=errors)
        try:
            sqs = node.client("sqs")
            sqs.create_queue(QueueName="lost")
            (process,) = companions(node)
            os.kill(process, signal.SIGKILL)
            wait_until(lambda: not companions(node) or companions(node) != [process], "it is gone")
            assert after_it_is_gone(sqs.list_queues).get("QueueUrls", []) == []
        finally:
            assert stop(node) == 0
        errors.seek(0)
        log = errors.read().decode()
    assert "moto ended by itself (status -9): what it kept is lost; it is started again" in log
    assert log.count("moto serves at http://127.0.0.1:") == 2


def test_a_large_object_goes_through_without_being_held(beside: Node) -> None:
    """Both ways; with AWS's SDK the body announces itself by Expect: 100-continue."""
    s3 = bucket(beside, "large")
    content = os.urandom(MIB) * 100
    digest = hashlib.sha256(content).hexdigest()
    before = rss_mib(beside.process.pid)
    s3.put_object(Bucket="large", Key="object", Body=io.BytesIO(content))
    read = s3.get_object(Bucket="large", Key="object")["Body"]
    found = hashlib.sha256()
    for piece in read.iter_chunks(MIB):
        found.update(piece)
    assert found.hexdigest() == digest
    assert rss_mib(beside.process.pid) - before < 30


def test_a_redrive_policy_is_given_back_in_the_form_of_sqs(beside: Node) -> None:
    """ "get-queue-attributes" (AWS CLI Command Reference): compact, and the count is a number."""
    sqs = beside.client("sqs")
    arn = "arn:aws:sqs:us-east-1:123456789012:dead"
    sqs.create_queue(QueueName="dead")
    given = json.dumps({"maxReceiveCount": "1000", "deadLetterTargetArn": arn}, indent=2)
    url = sqs.create_queue(QueueName="alive", Attributes={"RedrivePolicy": given})["QueueUrl"]
    asked = {"QueueUrl": url, "AttributeNames": ["RedrivePolicy"]}
    expected = f'{{"deadLetterTargetArn":"{arn}","maxReceiveCount":1000}}'
    assert sqs.get_queue_attributes(**asked)["Attributes"] == {"RedrivePolicy": expected}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
    assert "RedrivePolicy" not in sqs.get_queue_attributes(**asked).get("Attributes", {})


def test_policies_of_a_queue_are_kept_until_they_are_taken_back(beside: Node) -> None:
    """ "SetQueueAttributes" (Amazon SQS API Reference): attributes that are not named stay."""
    sqs = beside.client("sqs")
    allowed = '{"redrivePermission":"denyAll"}'
    url = sqs.create_queue(QueueName="kept", Attributes={"RedriveAllowPolicy": allowed})["QueueUrl"]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    for attributes in ({"Policy": policy}, {"VisibilityTimeout": "60"}):
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    names = ["Policy", "RedriveAllowPolicy", "VisibilityTimeout"]

    def kept() -> dict[str, str]:
        found: dict[str, str] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return found

    assert kept() == {"Policy": policy, "RedriveAllowPolicy": allowed, "VisibilityTimeout": "60"}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": "", "RedriveAllowPolicy": ""})
    assert kept() == {"VisibilityTimeout": "60"}


def test_state_machines_are_validated_and_their_versions_listed(beside: Node) -> None:
    """As Terraform asks for. A definition that is refused must not spoil the next."""
    states = beside.client("stepfunctions")
    task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True}
    good = {"StartAt": "A", "States": {"A": {**task, "Parameters": {"QueueUrl": "u", "MessageBody": "m"}}}}
    downgrade = {"Type": "Pass", "QueryLanguage": "JSONPath", "End": True}
    bad = {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": downgrade}}

    def validated(definition: object, kind: str = "STANDARD") -> Any:
        return states.validate_state_machine_definition(definition=json.dumps(definition), type=kind)

    refused = validated(bad)
    assert (refused["result"], refused["diagnostics"][0]["code"]) == ("FAIL", "SCHEMA_VALIDATION_FAILED")
    answer = validated(good)
    assert (answer["result"], answer["diagnostics"], answer["truncated"]) == ("OK", [], False)
    assert validated(good, "EXPRESS")["result"] == "FAIL"  # nobody waits for a token there
    role = "arn:aws:iam::123456789012:role/states"
    made = states.create_state_machine(name="good", definition=json.dumps(good), roleArn=role, publish=True)
    listed = states.list_state_machine_versions(stateMachineArn=made["stateMachineArn"])["stateMachineVersions"]
    assert [version["stateMachineVersionArn"] for version in listed] == [made["stateMachineVersionArn"]]
    with pytest.raises(ClientError, match="InvalidArn"):
        states.list_state_machine_versions(stateMachineArn=made["stateMachineArn"] + "x")
    with pytest.raises(ClientError, match="InvalidToken"):
        states.list_state_machine_versions(stateMachineArn=made["stateMachineArn"], nextToken="x")


def test_parts_of_objects(beside: Node) -> None:
    s3 = bucket(beside, "parts")
    s3.put_object(Bucket="parts", Key="a/b c", Body=b"0123456789", ContentType="text/plain")
    answer = s3.get_object(Bucket="parts", Key="a/b c", Range="bytes=2-4")
    assert (answer["Body"].read(), answer["ContentRange"]) == (b"234", "bytes 2-4/10")
    head = s3.head_object(Bucket="parts", Key="a/b c")
    assert (head["ContentLength"], head["ContentType"]) == (10, "text/plain")
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket="parts", Key="missing")
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket="parts", Key="missing")


def test_chunks_and_trailers_stay_as_they_are(beside: Node) -> None:
    """aws-chunked, with the checksum in its trailer."""
    s3 = bucket(beside, "chunked")
    body = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
    headers = [
        ("Authorization", "AWS4-HMAC-SHA256 Credential=a/20261130/us-east-1/s3/aws4_request, SignedHeaders=host"),
        ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
        ("Content-Encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", "5"),
        ("x-amz-trailer", "x-amz-checksum-crc32"),
    ]
    answer = beside.request("PUT", "/chunked/key", headers, body)
    assert answer.status == 200, answer.body
    read = s3.get_object(Bucket="chunked", Key="key", ChecksumMode="ENABLED")
    assert read["Body"].read() == b"hello"


@pytest.mark.parametrize(
    "host",
    [
        "{bucket}.s3.localhost",
        "{bucket}.localhost:{port}",
        "{bucket}.s3.eu-west-1.amazonaws.com",
        "{bucket}.s3.localhost.localstack.cloud:{port}",
    ],
)
def test_buckets_of_hosts(beside: Node, host: str) -> None:
    name = "hosted.by-name"
    s3 = bucket(beside, name)
    s3.put_object(Bucket=name, Key="a/key", Body=b"content", ACL="public-read")
    field = ("Host", host.format(bucket=name, port=beside.port))
    answer = beside.request("GET", "/a/key", [field])
    assert (answer.status, answer.body) == (200, b"content")


@pytest.mark.parametrize("host", ["s3.localhost:{port}", "localhost:{port}", "s3.us-east-1.amazonaws.com"])
def test_buckets_of_paths(beside: Node, host: str) -> None:
    s3 = bucket(beside, "pathed")
    s3.put_object(Bucket="pathed", Key="a/key", Body=b"content", ACL="public-read")
    answer = beside.request("GET", "/pathed/a/key", [("Host", host.format(port=beside.port))])
    assert (answer.status, answer.body) == (200, b"content")


def test_presigned_urls(beside: Node) -> None:
    s3 = bucket(beside, "presigned")
    put = s3.generate_presigned_url("put_object", Params={"Bucket": "presigned", "Key": "k"})
    request = urllib.request.Request(put, data=b"by a link", method="PUT")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    get = s3.generate_presigned_url("get_object", Params={"Bucket": "presigned", "Key": "k"})
    with urllib.request.urlopen(get) as read:
        assert read.read() == b"by a link"
    late = s3.generate_presigned_url("get_object", Params={"Bucket": "presigned", "Key": "k"}, ExpiresIn=0)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(late)


def test_a_policy_that_wants_tls_lets_clients_in(beside: Node) -> None:
    """SAM CLI and CDK put this on the buckets of theirs; "Security best practices for Amazon S3"."""
    s3 = bucket(beside, "guarded")
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::guarded/*"}
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Condition": insecure}]}
    s3.put_bucket_policy(Bucket="guarded", Policy=json.dumps(policy))
    s3.put_object(Bucket="guarded", Key="k", Body=b"content")
    s3.put_bucket_policy(Bucket="guarded", Policy=json.dumps({**policy, "Statement": [statement]}))
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket="guarded", Key="k", Body=b"changed")


def test_logging_is_set_before_the_policy_of_the_bucket_that_logs_go_to(beside: Node) -> None:
    """As stacks do: the policy of the bucket that logs go to is made beside the bucket that is logged."""
    bucket(beside, "log-target")
    s3 = bucket(beside, "logged")
    enabled = {"LoggingEnabled": {"TargetBucket": "log-target", "TargetPrefix": "a/"}}
    s3.put_bucket_logging(Bucket="logged", BucketLoggingStatus=enabled)
    assert s3.get_bucket_logging(Bucket="logged")["LoggingEnabled"]["TargetBucket"] == "log-target"
    assert s3.list_objects_v2(Bucket="log-target")["KeyCount"] == 0
    statement = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::log-target/*"}
    service = {"Principal": {"Service": "logging.s3.amazonaws.com"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **service}]})
    s3.put_bucket_policy(Bucket="log-target", Policy=policy)
    s3.put_object(Bucket="logged", Key="k", Body=b"")
    assert [each["Key"][:2] for each in s3.list_objects_v2(Bucket="log-target")["Contents"]] == ["a/"]


def test_a_service_that_nobody_serves(beside: Node) -> None:
    """In the caller's protocol: the SDK finds code and message."""
    with pytest.raises(ClientError) as refused:
        beside.client("gamelift").list_builds()
    error = refused.value.response["Error"]
    assert error["Code"] == "NotImplemented"
    assert error["Message"] == "The service 'gamelift' is served by the companion: moto does not have this service."


def test_an_operation_that_nobody_serves(beside: Node) -> None:
    with pytest.raises(ClientError) as refused:
        beside.client("sns").list_origination_numbers()
    assert refused.value.response["Error"]["Code"] == "NotImplemented"
    assert "has not been implemented" in refused.value.response["Error"]["Message"]


def test_no_companion() -> None:
    with running("--ephemeral", environment={"GATEWRIGHT_COMPANION": "none"}) as alone:
        with pytest.raises(ClientError) as refused:
            alone.client("sqs").list_queues()
        assert refused.value.response["Error"]["Code"] == "NotImplemented"
        with pytest.raises(ClientError, match="companion"):
            alone.client("lambda").create_function(
                FunctionName="f",
                Role="arn:aws:iam::123456789012:role/r",
                Runtime="python3.13",
                Handler="a.b",
                Code={"S3Bucket": "code", "S3Key": "k"},
            )


def test_a_page_of_another_site_cannot_call(beside: Node) -> None:
    """Fetch Metadata Request Headers (W3C): Sec-Fetch-Site. A page may show what a bucket holds."""
    target = "/?Action=CreateTopic&Name=t&X-Amz-Credential=a%2F20261130%2Fus-east-1%2Fsns%2Faws4_request"
    assert beside.request("GET", target, [("Sec-Fetch-Site", "cross-site")]).status == 403
    assert beside.client("sns").list_topics()["Topics"] == []
    s3 = bucket(beside, "shown")
    s3.put_object(Bucket="shown", Key="image", Body=b"png", ACL="public-read")
    assert beside.request("GET", "/shown/image", [("Sec-Fetch-Site", "cross-site")]).body == b"png"


def test_a_page_writes_to_a_bucket_that_lets_it(beside: Node) -> None:
    """Using cross-origin resource sharing (CORS), Amazon S3 User Guide; what a browser sends."""
    s3, origin = bucket(beside, "uploads"), ("Origin", "http://localhost:3000")
    link = s3.generate_presigned_url("put_object", Params={"Bucket": "uploads", "Key": "photo"})
    target = link.removeprefix(beside.url)
    content = [origin, ("Content-Type", "image/png")]
    assert beside.request("PUT", target, content, b"photo").status == 403
    rule = {"AllowedMethods": ["PUT"], "AllowedOrigins": [origin[1]], "AllowedHeaders": ["*"]}
    s3.put_bucket_cors(Bucket="uploads", CORSConfiguration={"CORSRules": [rule]})
    preflight = beside.request("OPTIONS", target, [origin, ("Access-Control-Request-Method", "PUT")])
    assert preflight.get_all("Access-Control-Allow-Origin") == [origin[1]]
    written = beside.request("PUT", target, content, b"photo")
    assert (written.status, written.get_all("Access-Control-Allow-Origin")) == (200, [origin[1]])
    assert s3.get_object(Bucket="uploads", Key="photo")["Body"].read() == b"photo"
    assert beside.request("PUT", target, [("Origin", "http://evil.example")], b"").status == 403


def test_a_page_signs_in(beside: Node) -> None:
    """InitiateAuth, Amazon Cognito user pools API Reference: not signed, from any origin."""
    cognito, origin = beside.client("cognito-idp"), ("Origin", "http://localhost:3000")
    pool = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="page", ExplicitAuthFlows=flows)
    client_id = client["UserPoolClient"]["ClientId"]
    cognito.admin_create_user(UserPoolId=pool, Username="ada")
    cognito.admin_set_user_password(UserPoolId=pool, Username="ada", Password="Passw0rd!", Permanent=True)
    parameters = {"USERNAME": "ada", "PASSWORD": "Passw0rd!"}
    body = {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": client_id, "AuthParameters": parameters}
    fields = [
        origin,
        ("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth"),
        ("Content-Type", "application/x-amz-json-1.1"),
    ]
    answer = beside.request("POST", "/", fields, json.dumps(body).encode())
    assert (answer.status, answer.get_all("Access-Control-Allow-Origin")) == (200, ["*"])
    assert "IdToken" in answer.json()["AuthenticationResult"]
    keys = beside.request("GET", f"/{pool}/.well-known/jwks.json")
    assert keys.status == 200
    assert keys.json()["keys"]


def test_code_comes_from_its_buckets_and_functions_call_it(beside: Node) -> None:
    """AWS_ENDPOINT_URL of a function leads to the node."""
    s3 = bucket(beside, "of-functions")
    body = """
    import os, urllib.request
    url = os.environ["AWS_ENDPOINT_URL"] + "/of-functions/written"
    urllib.request.urlopen(urllib.request.Request(url, data=b"by a function", method="PUT")).read()
    return "done"
"""
    made = function(beside, body)
    answer = beside.client("lambda").invoke(FunctionName=made.name)
    assert json.loads(answer["Payload"].read()) == "done"
    assert s3.get_object(Bucket="of-functions", Key="written")["Body"].read() == b"by a function"


def test_state_machines_invoke_functions_of_the_node(beside: Node) -> None:
    """StartExecution, AWS Step Functions API Reference: the companion runs the definition, a task is our function."""
    made = function(beside, "return {'doubled': 2 * event['n']}")
    definition = {"StartAt": "Double", "States": {"Double": {"Type": "Task", "Resource": made.arn, "End": True}}}
    states = beside.client("stepfunctions")
    machine = states.create_state_machine(
        name="doubling", definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/r"
    )["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine, input='{"n":21}')["executionArn"]
    deadline = time.monotonic() + 30
    while (found := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert (found["status"], json.loads(found["output"])) == ("SUCCEEDED", {"doubled": 42})
