"""Java functions on a started node: every form of handler, JSON, errors, class paths, and each tier.

AWS documentation: "Define Lambda function handler in Java", "Deploy Java Lambda functions with .zip or JAR file
archives", "Using the Lambda context object to retrieve Java function information", "Log and monitor Java Lambda
functions", "Customize Java runtime startup behavior for Lambda functions". The texts of errors are those of AWS's
runtime interface client (aws/aws-lambda-java-libs, `EventHandlerLoader`, `UserFault`).
"""

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.java_packages import classes, installed_majors, jar, needs_java, needs_version, package
from tests.integration.nodes import ROLE, Node, zip_of
from tests.integration.tiers import ALL_TIERS, node_on_tier

pytestmark = [needs_java, pytest.mark.slow]
RUNTIME = "java17"
NEWEST = "java25" if 25 in installed_majors() else RUNTIME


@dataclass
class Outcome:
    """What Invoke answered."""

    error: str | None
    payload: bytes
    log: str

    @property
    def value(self) -> Any:
        return json.loads(self.payload)


@dataclass
class Deployed:
    """A function on a node."""

    client: Any
    name: str

    def invoke(self, event: object = None, **members: Any) -> Outcome:
        answer = self.client.invoke(
            FunctionName=self.name, Payload=json.dumps(event).encode(), LogType="Tail", **members
        )
        log = base64.b64decode(answer["LogResult"]).decode()
        return Outcome(answer.get("FunctionError"), answer["Payload"].read(), log)


def deploy(node: Node, handler: str, code: bytes | None = None, runtime: str = RUNTIME, **settings: Any) -> Deployed:
    client, name = node.client("lambda"), f"java-{uuid.uuid4().hex[:8]}"
    client.create_function(
        FunctionName=name,
        Role=ROLE,
        Runtime=runtime,
        Handler=handler,
        Code={"ZipFile": package("example") if code is None else code},
        **({"MemorySize": 256, "Timeout": 20} | settings),
    )
    return Deployed(client, name)


def answer(node: Node, handler: str, event: object, code: bytes | None = None, **settings: Any) -> Any:
    outcome = deploy(node, handler, code, **settings).invoke(event)
    assert outcome.error is None, (outcome.payload, outcome.log)
    return outcome.value


METHODS: Mapping[str, tuple[object, object]] = {
    "text": ("Ada", "hello Ada"),
    "sum": ([1, 2, "3"], 6),
    "exact": (0.1000000000000000055, 0.1000000000000000055),
    "octets": ("AQID", "AQID"),
    "colors": (["RED", "GREEN", "BLUE"], ["RED", "GREEN", None]),
    "nothing": ({}, None),
    "onlyStatic": ({}, "static"),
    "overloaded": ("x", "long"),
    "streams": ({"a": "b"}, {"A": "B"}),
}


@pytest.mark.parametrize("method", METHODS)
def test_methods_as_handlers(node: Node, method: str) -> None:
    event, expected = METHODS[method]
    assert answer(node, f"example.Plain::{method}", event) == expected


def test_maps_keep_their_order_and_lose_what_is_null(node: Node) -> None:
    event = {"z": 1, "a": 2.5, "big": 1 << 40, "list": [1, None], "map": {"x": None, "y": "\u00fc\n"}, "none": None}
    assert answer(node, "example.Plain::object", event) == {
        "z": 1,
        "a": 2.5,
        "big": 1 << 40,
        "list": [1, None],
        "map": {"y": "\u00fc\n"},
        "types": ["Integer", "Double", "Long", "ArrayList", "LinkedHashMap", "null"],
    }


def test_objects_by_getters_setters_and_public_fields(node: Node) -> None:
    order = {
        "items": [{"count": 2, "label": "l", "hidden": 3, "unknown": 1}],
        "groups": {"a": [2, 1, 2]},
        "paid": True,
        "price": 1,
        "URL": "u",
        "at": "2026-01-02T03:04:05Z",
        "note": "n",
        "secret": "s",
        "Name": "another case",
        "name": "n",
    }
    assert answer(node, "example.Orders", order) == {
        "order": {
            "name": "n",
            "items": [{"count": 2, "label": "l"}],
            "groups": {"a": [2, 1]},
            "paid": True,
            "price": 1.0,
            "URL": "u",
            "at": 1767323045.0,
            "note": "n",
            "secret": "never set",
        },
        "first": 2,
    }


@needs_version(17)
def test_records(node: Node) -> None:
    line = {"points": [{"x": 1, "y": 2}, {"x": 3}], "name": "l"}
    assert answer(node, "records.Points", line, jar("records", 17)) == {
        "line": {"points": [{"x": 1, "y": 2}, {"x": 3, "y": 0}], "name": "l"},
        "length": 2,
    }


def test_a_stream_handler_whose_class_is_initialized_in_init(node: Node) -> None:
    outcome = deploy(node, "example.Streams").invoke({"a": 1})
    assert outcome.payload == b'[{"a": 1}]'
    assert outcome.log.index("initialized") < outcome.log.index("START")


def test_the_context_object(node: Node) -> None:
    deployed = deploy(node, "example.Plain::context", Timeout=9)
    context = base64.b64encode(json.dumps({"client": {"app_title": "t"}, "custom": {"k": "v"}}).encode()).decode()
    outcome = deployed.invoke({}, ClientContext=context)
    seen = outcome.value
    assert f"RequestId: {seen.pop('requestId')}" in outcome.log
    assert 0 < seen.pop("remaining") <= 9000
    assert seen.pop("trace").startswith("Root=1-")
    assert "[$LATEST]" in seen.pop("logStream")
    assert seen == {
        "logGroup": f"/aws/lambda/{deployed.name}",
        "name": deployed.name,
        "version": "$LATEST",
        "arn": f"arn:aws:lambda:us-east-1:123456789012:function:{deployed.name}",
        "memory": 256,
        "client": {"k": "v"},
        "title": "t",
    }


def test_what_is_printed_and_logged(node: Node) -> None:
    log = deploy(node, "example.Plain::logs").invoke({}).log
    printed = log.split("\n", 1)[1].split("END RequestId", 1)[0]
    assert printed.splitlines() == [
        "printed ä",
        "to standard error",
        "logged",
        "octets",
        "[DEBUG] unimportant",
        "[ERROR] important",
    ]


def test_the_logger_in_json(node: Node) -> None:
    settings = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO"}
    log = deploy(node, "example.Plain::logs", LoggingConfig=settings).invoke({}).log
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{") and '"message"' in line]
    assert [(line["level"], line["message"]) for line in lines] == [("UNDEFINED", "logged"), ("ERROR", "important")]
    assert all(line["AWSRequestId"] and line["timestamp"].endswith("Z") for line in lines)


def test_the_error_of_a_handler(node: Node) -> None:
    deployed = deploy(node, "example.Faults")
    outcome = deployed.invoke({"kind": "throw"})
    assert (outcome.error, list(outcome.value)) == ("Unhandled", ["errorMessage", "errorType", "stackTrace"])
    assert outcome.value["errorMessage"] == "not now"
    assert outcome.value["errorType"] == "java.lang.IllegalStateException"
    assert all(line.startswith("example.Faults.handleRequest(Faults.java:") for line in outcome.value["stackTrace"])
    assert "not now: java.lang.IllegalStateException\n" in outcome.log
    assert "Caused by: java.lang.RuntimeException: the cause\n" in outcome.log
    assert outcome.log.index("Caused by") < outcome.log.index("END RequestId")
    silent = deployed.invoke({"kind": "silent"}).value
    assert silent["errorMessage"] == silent["errorType"] == "java.lang.UnsupportedOperationException"
    unwritable = deployed.invoke({"kind": "unwritable"}).value
    assert unwritable["errorMessage"] == "An error occurred during JSON serialization of response"
    assert deployed.invoke({}).value == 4  # the same environment all the time


def test_the_error_of_a_method(node: Node) -> None:
    stack = deploy(node, "example.Faults::method").invoke({}).value["stackTrace"]
    assert stack[0].startswith("example.Faults.method(Faults.java:")
    assert stack[-1].startswith("java.base/java.lang.reflect.Method.invoke(")


FAULTS: Mapping[str, tuple[str, str | None]] = {
    "example.Nowhere": ("Class not found: example.Nowhere", "java.lang.ClassNotFoundException"),
    "example.Faults$Bare": ("Class does not implement an appropriate handler interface: example.Faults$Bare", None),
    "example.Faults::hidden": (
        "No public method named hidden with appropriate method signature found on class example.Faults",
        None,
    ),
    "example.Faults$Constructed": ("cannot be made", "java.lang.IllegalStateException"),
    "example.Faults$Initialized": (
        "Error loading class example.Faults$Initialized",
        "java.lang.ExceptionInInitializerError",
    ),
    "example.Faults::number": ("An error occurred during JSON parsing", "java.lang.RuntimeException"),
}
FAILS_INIT = {"example.Faults$Constructed", "example.Faults$Initialized"}


@pytest.mark.parametrize("handler", FAULTS)
def test_handlers_that_cannot_be_called(node: Node, handler: str) -> None:
    message, error_type = FAULTS[handler]
    outcome = deploy(node, handler).invoke({"a": 1, "b": 2})
    expected = {"errorMessage": message}
    if error_type is not None:
        expected["errorType"] = error_type
    if error_type == "java.lang.RuntimeException":
        expected["stackTrace"] = []
    assert (outcome.error, outcome.value) == ("Unhandled", expected)
    assert ("Error Type: Runtime.BadFunctionCode" in outcome.log) == (handler in FAILS_INIT)


def test_exits_and_memory(node: Node) -> None:
    deployed = deploy(node, "example.Faults", MemorySize=128)
    error = deployed.invoke({"kind": "exit"}).value
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith("Error: Runtime exited with error: exit status 3")
    error = deployed.invoke({"kind": "memory"}).value
    # Whichever limit is reached first: that of the heap, or that of the function.
    assert error["errorType"] in ("java.lang.OutOfMemoryError", "Runtime.ExitError")
    assert deployed.invoke({}).value == 1


def test_a_time_out(node: Node) -> None:
    outcome = deploy(node, "example.Faults", Timeout=1).invoke({"kind": "forever"})
    assert outcome.value["errorMessage"].endswith("Task timed out after 1.00 seconds")


def test_jars_in_lib_and_resources(node: Node) -> None:
    files = {**classes("example"), "lib/library.jar": jar("library"), "note.txt": "x"}
    assert answer(node, "example.Plain::resource", {}, zip_of(files)) == "true library no layered.Layered"


def test_jars_of_layers(node: Node) -> None:
    published = node.client("lambda").publish_layer_version(
        LayerName=f"layer-{uuid.uuid4().hex[:8]}", Content={"ZipFile": zip_of({"java/lib/l.jar": jar("layered")})}
    )
    seen = answer(node, "example.Plain::resource", {}, jar("example"), Layers=[published["LayerVersionArn"]])
    assert seen == "false no library.Library layered"


def test_java_tool_options_and_a_wrapper(node: Node) -> None:
    wrapper = '#!/bin/bash\nargs=("$@")\nexec "${args[@]:0:$#-1}" -Xmx99m "${args[@]: -1}"\n'
    code = zip_of({**classes("example"), "wrapper": wrapper}, executable=["wrapper"])
    variables = {"JAVA_TOOL_OPTIONS": "-XX:+UseParallelGC", "AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrapper"}
    seen = answer(node, "example.Plain::machine", {}, code, Environment={"Variables": variables})
    assert (seen["collector"][:3], seen["heapMb"] < 100) == ("PS ", True)


SQS = {"Records": [{"body": "b", "eventSourceARN": "arn:aws:sqs:::q"}]}
SNS = {"Records": [{"Sns": {"Message": "m", "Timestamp": "2026-01-01T00:00:00.000Z"}, "EventSource": "aws:sns"}]}
SCHEDULED = {"detail-type": "Scheduled Event", "detail": {"a": 1}, "time": "2026-01-01T00:00:00Z"}
S3 = {
    "Records": [
        {
            "eventName": "ObjectCreated:Put",
            "eventTime": "2026-01-01T00:00:00.5Z",
            "responseElements": {"x-amz-id-2": "i", "x-amz-request-id": "r"},
            "s3": {"object": {"key": "a+b", "size": 3, "eTag": "e"}},
        }
    ]
}
IMAGE = {"a": {"S": "s"}, "b": {"B": "AQID"}, "c": {"SS": ["x"]}, "d": {"NULL": True}}
STREAM = {"NewImage": IMAGE, "ApproximateCreationDateTime": 1428537600.0, "StreamViewType": "NEW_IMAGE"}
EVENTS: Mapping[str, tuple[object, object]] = {
    "sqs": (SQS, {"Records": [{"body": "b!", "eventSourceARN": "arn:aws:sqs:::q"}]}),
    "sns": (SNS, SNS),
    "scheduled": (SCHEDULED, SCHEDULED),
    "s3": (S3, {"Records": [{**S3["Records"][0], "eventTime": "2026-01-01T00:00:00.500Z"}]}),
    "s3Key": (S3, "a b"),
    "stream": (STREAM, STREAM),
    "streamTime": (STREAM, 1428537600000),
}


@pytest.mark.parametrize("method", EVENTS)
def test_events_of_aws_have_their_names(node: Node, method: str) -> None:
    """Source: the mixins of aws/aws-lambda-java-libs (aws-lambda-java-serialization)."""
    event, expected = EVENTS[method]
    assert answer(node, f"events.Events::{method}", event, package("events", "com", "org")) == expected


@pytest.mark.parametrize("tier", ALL_TIERS)
def test_java_on_each_tier(tier: str) -> None:
    with node_on_tier(tier) as node:
        seen = answer(node, "example.Plain::machine", {}, runtime=NEWEST, MemorySize=512)
        assert seen.pop("heapMb") in range(400, 440)
        assert int(seen.pop("version")) >= 17
        assert seen == {
            "encoding": "UTF-8",
            "root": True,
            "temporary": True,
            "execution": f"AWS_Lambda_{NEWEST}",
            "collector": "Copy",
        }


def test_one_that_is_large(node: Node) -> None:
    text = "\u00e4" * 1_000_000
    assert answer(node, "example.Plain::text", text, MemorySize=512) == f"hello {text}"
