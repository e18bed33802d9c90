"""Extensions from layers and from within a function, in sandboxes of both tiers.

AWS documentation: "Using the Lambda Extensions API to create extensions", "Accessing real-time telemetry data for
extensions using the Telemetry API", "Understanding the Lambda execution environment lifecycle".
"""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.integration.deployed import Function, function, package
from tests.integration.nodes import Node, kill, running, wait_until, zip_of
from tests.integration.tiers import TIERS, node_to_kill

PROGRAM = (Path(__file__).parents[1] / "unit" / "functions" / "extensions" / "program.py").read_text()


def layer(node: Node, *names: str, program: str = PROGRAM) -> str:
    """Publish a layer with an extension under these names; return its ARN."""
    files = {f"extensions/{name}": f"#!/usr/bin/env python3\n{program}" for name in names}
    published = node.client("lambda").publish_layer_version(
        LayerName=f"l-{uuid.uuid4().hex[:12]}", Content={"ZipFile": zip_of(files, tuple(files))}
    )
    arn: str = published["LayerVersionArn"]
    return arn


def extended(node: Node, *names: str, lines: tuple[str, ...] = ("return event",), **settings: Any) -> Function:
    """Create a function with an extension under these names."""
    variables = settings.pop("variables", {})
    return function(
        node,
        *lines,
        Layers=[layer(node, *names)],
        Environment={"Variables": {"HOME_MADE": "1", **variables}},
        **settings,
    )


def said(made: Function, name: str, what: str) -> list[str]:
    """Return what an extension printed that begins so."""
    start = f"{name}: {what}"
    lines = made.node.logs(made.name).splitlines()
    return [line[line.index(start) + len(start) :].strip() for line in lines if start in line]


def shutdown_reasons(made: Function, name: str) -> list[str]:
    events = (json.loads(line) for line in said(made, name, "event 200"))
    return [event["shutdownReason"] for event in events if event["eventType"] == "SHUTDOWN"]


def test_the_life_of_an_extension(tier_node: Node) -> None:
    made = extended(tier_node, "watcher")
    assert made.invoke({"a": 1}) == {"a": 1}
    assert said(made, "watcher", "variables") == ["AWS_REGION HOME_MADE"]
    assert json.loads(said(made, "watcher", "registered 200")[0])["functionName"] == made.name
    wait_until(lambda: said(made, "watcher", "event 200"), "it was told of the invocation")
    assert json.loads(said(made, "watcher", "event 200")[0])["invokedFunctionArn"] == made.arn
    assert "EXTENSION\tName: watcher\tState: Ready\tEvents: [INVOKE, SHUTDOWN]" in tier_node.logs(made.name)
    assert made.invoke(2) == 2


def test_an_update_shuts_down(tier_node: Node) -> None:
    made = extended(tier_node, "watcher")
    made.invoke()
    wait_until(lambda: len(said(made, "watcher", "event 200")) == 1, "it was told of the invocation")
    made.client.update_function_code(FunctionName=made.name, ZipFile=package("return 'new'"))
    assert made.invoke() == "new"
    wait_until(lambda: said(made, "watcher", "goodbye"), "the old one ends")
    assert shutdown_reasons(made, "watcher") == ["spindown"]


def test_a_deletion_shuts_down(tier_node: Node) -> None:
    made = extended(tier_node, "watcher")
    made.invoke()
    made.client.delete_function(FunctionName=made.name)
    wait_until(lambda: shutdown_reasons(made, "watcher") == ["spindown"], "it ends")


def test_telemetry(tier_node: Node) -> None:
    made = extended(
        tier_node, "listener", lines=("print('one line')", "return 'ok'"), variables={"EXTENSION_LISTENER": "telemetry"}
    )
    assert made.invoke() == "ok"

    def kinds() -> list[str]:
        return [json.loads(line)["type"] for line in said(made, "listener", "telemetry")]

    wait_until(lambda: "platform.report" in kinds(), "the report was delivered")
    assert said(made, "listener", "subscribed") == ["200 OK"]
    assert kinds() == [
        "platform.initStart",
        "platform.telemetrySubscription",
        "platform.initRuntimeDone",
        "platform.extension",
        "platform.initReport",
        "platform.start",
        "function",
        "platform.runtimeDone",
        "platform.report",
    ]
    made.invoke()
    wait_until(lambda: kinds().count("platform.report") == 2, "telemetry goes on")


def test_the_listener_is_found_by_its_name(tier_node: Node) -> None:
    """Where a function has a network of its own; in the host's, that is the host's to say."""
    made = function(tier_node, "import socket", "return socket.gethostbyname(event)")
    if tier_node.request("GET", "/_gatewright/health").json()["isolation"]["network"] == "shared":
        pytest.skip("functions share the host's network here")
    assert made.invoke("sandbox.localdomain") == "127.0.0.1"


@pytest.mark.parametrize(
    ("habit", "error_type", "message"),
    [("crash-early", "Extension.Crash", "exit status 3"), ("init-error", "Extension.InitError", "exit status 1")],
)
def test_an_extension_that_breaks(tier_node: Node, habit: str, error_type: str, message: str) -> None:
    made = extended(tier_node, "broken", "watcher", variables={"EXTENSION_BROKEN": habit})
    answer = made.client.invoke(FunctionName=made.name)
    error = json.loads(answer["Payload"].read())
    assert (answer["FunctionError"], error["errorType"]) == ("Unhandled", error_type)
    assert error["errorMessage"].endswith(f" Error: {message}")


def test_a_runtime_that_breaks_lets_extensions_know(tier_node: Node) -> None:
    made = extended(tier_node, "watcher", lines=("os._exit(7)",))
    error = json.loads(made.client.invoke(FunctionName=made.name)["Payload"].read())
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith("Runtime exited with error: exit status 7")
    wait_until(lambda: shutdown_reasons(made, "watcher") == ["failure"], "it is told")


@pytest.mark.slow
def test_a_time_out_is_told(tier_node: Node) -> None:
    made = extended(tier_node, "watcher", lines=("time.sleep(60)",), Timeout=1)
    error = json.loads(made.client.invoke(FunctionName=made.name)["Payload"].read())
    assert error["errorType"] == "Sandbox.Timedout"
    wait_until(lambda: shutdown_reasons(made, "watcher") == ["timeout"], "it is told")


@pytest.mark.slow
def test_an_extension_that_never_ends_is_killed(tier_node: Node) -> None:
    made = extended(tier_node, "hanging", lines=("return os.getpid()",), variables={"EXTENSION_HANGING": "hang-late"})
    made.invoke()
    made.client.delete_function(FunctionName=made.name)
    wait_until(lambda: shutdown_reasons(made, "hanging") == ["spindown"], "it is told")
    # What its end leaves is nothing: its name is in no process's arguments any more.
    wait_until(lambda: not processes_of("extensions/hanging"), "it is killed")


def test_more_than_ten_are_refused(tier_node: Node) -> None:
    made = extended(tier_node, *(f"e{number:02}" for number in range(11)))
    error = json.loads(made.client.invoke(FunctionName=made.name)["Payload"].read())
    assert error["errorType"] == "Extension.LaunchError"


INTERNAL = """
import http.client, json, os, signal, threading

def call(method, path, body=None, **headers):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, "/2020-01-01/extension/" + path, None if body is None else json.dumps(body), fields)
    response = connection.getresponse()
    return response.status, response.headers["Lambda-Extension-Identifier"], json.loads(response.read())

refused = call("POST", "register", {"events": ["SHUTDOWN"]}, Lambda_Extension_Name="inner")
status, identifier, answer = call("POST", "register", {"events": ["INVOKE"]}, Lambda_Extension_Name="inner")
seen = []

def follow():
    while True:
        seen.append(call("GET", "event/next", Lambda_Extension_Identifier=identifier)[2]["requestId"])

def terminated(number, frame):
    print("inner: terminated", flush=True)
    os._exit(0)

signal.signal(signal.SIGTERM, terminated)
threading.Thread(target=follow, daemon=True).start()

def handler(event, context):
    return {"refused": refused, "status": status, "answer": answer, "seen": seen, "id": context.aws_request_id}
"""


def test_an_internal_extension(tier_node: Node) -> None:
    made = function(tier_node, "pass")
    made.client.update_function_code(FunctionName=made.name, ZipFile=zip_of({"app.py": INTERNAL}))
    first, second = made.invoke(), made.invoke()
    status, _, refusal = first["refused"]
    assert (status, refusal) == (
        403,
        {
            "errorMessage": "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension",
            "errorType": "Extension.InvalidEventType",
        },
    )
    assert (first["status"], first["answer"]["handler"]) == (200, "app.handler")
    assert second["seen"][0] == first["id"]
    made.client.delete_function(FunctionName=made.name)
    wait_until(lambda: said(made, "inner", "terminated"), "the runtime gets SIGTERM")


def test_stopping_the_node_shuts_down(tmp_path: Path) -> None:
    """The extension tells of its SHUTDOWN in a file: nobody is left to be asked."""
    told = tmp_path / "told"
    program = PROGRAM.replace('say("goodbye")', f'open({str(told)!r}, "w").write(event["shutdownReason"])')
    with running("--ephemeral", environment={"GATEWRIGHT_FUNCTIONS_ISOLATION": "none"}) as node:
        made = function(node, "return 1", Layers=[layer(node, "watcher", program=program)])
        made.invoke()
    assert told.read_text() == "spindown"


def processes_of(text: str) -> list[str]:
    """Return the processes of this machine whose arguments hold a text."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = path.read_bytes()
        except OSError:
            continue
        if text.encode() in arguments:
            found.append(path.parent.name)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("tier", TIERS)
def test_nothing_is_left_when_the_node_is_killed(tier: str) -> None:
    name = f"left-{uuid.uuid4().hex[:12]}"
    with node_to_kill(tier) as node:
        made = extended(node, name)
        made.invoke()
        assert processes_of(f"extensions/{name}")
        kill(node)
        wait_until(lambda: not processes_of(f"extensions/{name}"), "every process has ended")


FLOODING = """
import http.client, http.server, json, os, socket, sys, threading
name = os.path.basename(sys.argv[0])
root = "/2020-01-01/extension"

def call(method, path, body=None, **headers):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    fields = {key.replace("_", "-"): value for key, value in headers.items()}
    connection.request(method, path, None if body is None else json.dumps(body), fields)
    response = connection.getresponse()
    return response.headers.get("Lambda-Extension-Identifier"), response.read()

identifier, _ = call("POST", root + "/register", {"events": ["INVOKE"]}, Lambda_Extension_Name=name)
listening = socket.create_server(("127.0.0.1", 0))  # accepts nobody, reads nothing
call("PUT", "/2022-07-01/telemetry", {"schemaVersion": "2022-07-01", "types": ["extension", "platform"],
    "buffering": {"timeoutMs": 25},
    "destination": {"protocol": "HTTP", "URI": "http://sandbox:%d" % listening.getsockname()[1]}},
    Lambda_Extension_Identifier=identifier)

def flood():
    while True:
        print("x" * 1000)

threading.Thread(target=flood, daemon=True).start()
while True:
    call("GET", root + "/event/next", Lambda_Extension_Identifier=identifier)
"""


def test_an_extension_that_floods_what_it_never_reads(tier_node: Node) -> None:
    """What it prints is telemetry for itself: the node keeps little of it and goes on."""
    made = function(tier_node, "return event", Layers=[layer(tier_node, "flooding", program=FLOODING)], Timeout=20)
    other = function(tier_node, "return event")
    for number in range(20):
        assert made.invoke(number) == number
        assert other.invoke(number) == number
    made.client.delete_function(FunctionName=made.name)
    wait_until(lambda: not processes_of("extensions/flooding"), "it ends")
    assert other.invoke("still here") == "still here"
