"""Layers, on functions that run as tiers allow it here and as plain processes.

AWS documentation: "Managing Lambda dependencies with layers", "Packaging your layer content", "Building a custom
runtime for AWS Lambda".
"""

import base64
import hashlib
import io
import json
import shutil
import stat
import subprocess
import urllib.request
import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.integration.deployed import ACCOUNT, RUNTIME, Function, fails, function, package
from tests.integration.nodes import ROLE, Node, kill, running, start, stop, zip_of

NODE_RUNTIME = "nodejs20.x"
PROVIDED = "provided.al2023"
BOOTSTRAP = """#!/usr/bin/env python3
import http.client, json, os
connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    connection.request("GET", "/2018-06-01/runtime/invocation/next")
    response = connection.getresponse()
    event, identifier = response.read(), response.headers["Lambda-Runtime-Aws-Request-Id"]
    body = json.dumps({"event": json.loads(event), "from": os.path.dirname(os.path.abspath(__file__))})
    connection.request("POST", f"/2018-06-01/runtime/invocation/{identifier}/response", body)
    connection.getresponse().read()
"""

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npm") is None, reason="no Node.js with npm on this machine"
)


@pytest.fixture(scope="module", params=["auto", "none"])
def node(request: pytest.FixtureRequest) -> Iterator[Node]:
    """Nodes of this module's own: one with the best isolation that there is here, one without any."""
    with running("--ephemeral", environment={"GATEWRIGHT_FUNCTIONS_ISOLATION": request.param}) as started:
        yield started


def publish(node: Node, files: Mapping[str, str | bytes], executable: Sequence[str] = (), name: str = "") -> str:
    """Publish a version of a layer; return its ARN."""
    published = node.client("lambda").publish_layer_version(
        LayerName=name or f"l-{uuid.uuid4().hex[:12]}", Content={"ZipFile": zip_of(files, executable)}
    )
    arn: str = published["LayerVersionArn"]
    return arn


def test_a_python_layer(node: Node) -> None:
    layer = publish(node, {"python/helper.py": "def answer(): return 42\n"})
    made = function(node, "import helper; return [helper.answer(), helper.__file__]", Layers=[layer])
    answer, path = made.invoke()
    assert answer == 42
    assert path.endswith("/python/helper.py")
    configuration = made.client.get_function_configuration(FunctionName=made.name)
    assert [kept["Arn"] for kept in configuration["Layers"]] == [layer]


@needs_node
def test_a_node_layer(node: Node) -> None:
    layer = publish(node, {"nodejs/node_modules/helper/index.js": "exports.answer = () => 42;\n"})
    name = f"f-{uuid.uuid4().hex[:12]}"
    created = node.client("lambda").create_function(
        FunctionName=name,
        Role=ROLE,
        Runtime=NODE_RUNTIME,
        Handler="app.handler",
        Code={"ZipFile": zip_of({"app.js": "exports.handler = async () => require('helper').answer();\n"})},
        Layers=[layer],
    )
    assert Function(node, name, created["FunctionArn"]).invoke() == 42


def test_the_last_of_two_layers_counts(node: Node) -> None:
    first = publish(node, {"python/who.py": "NAME = 'first'", "python/only_first.py": "X = 1", "data/a": "a"})
    second = publish(node, {"python/who.py": "NAME = 'second'", "data/b": "b"})
    made = function(
        node,
        "import only_first, who",
        "data = os.path.join(os.path.dirname(os.path.dirname(who.__file__)), 'data')",
        "return [who.NAME, only_first.X, sorted(os.listdir(data))]",
        Layers=[first, second],
    )
    assert made.invoke() == ["second", 1, ["a", "b"]]
    made.client.update_function_configuration(FunctionName=made.name, Layers=[second, first])
    assert made.invoke() == ["first", 1, ["a", "b"]]
    made.client.update_function_configuration(FunctionName=made.name, Layers=[])
    answer = made.client.invoke(FunctionName=made.name)
    assert json.loads(answer["Payload"].read())["errorMessage"] == "No module named 'only_first'"
    assert "Layers" not in made.client.get_function_configuration(FunctionName=made.name)


def test_programs_and_libraries_of_a_layer(node: Node, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"bin/greet": "#!/bin/sh\necho hello $1\n"}
    lines = ["import ctypes, subprocess", "said = subprocess.run(['greet', 'you'], capture_output=True, text=True)"]
    expected: list[Any] = ["hello you\n"]
    if compiler := shutil.which("cc"):
        (tmp_path / "seven.c").write_text("int seven(void) { return 7; }\n")
        library = tmp_path / "libseven.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, tmp_path / "seven.c"], check=True, timeout=60)
        files["lib/libseven.so"] = library.read_bytes()
        lines.append("return [said.stdout, ctypes.CDLL('libseven.so').seven()]")
        expected.append(7)
    else:
        lines.append("return [said.stdout]")
    layer = publish(node, files, executable=["bin/greet"])
    assert function(node, *lines, Layers=[layer]).invoke() == expected


def custom_runtime(node: Node, files: Mapping[str, str], executable: Sequence[str], layers: Sequence[str]) -> Function:
    name = f"f-{uuid.uuid4().hex[:12]}"
    created = node.client("lambda").create_function(
        FunctionName=name,
        Role=ROLE,
        Runtime=PROVIDED,
        Handler="any",
        Code={"ZipFile": zip_of(files, executable)},
        Layers=list(layers),
    )
    return Function(node, name, created["FunctionArn"])


def test_a_custom_runtime_in_a_layer(node: Node) -> None:
    layer = publish(node, {"bootstrap": BOOTSTRAP}, executable=["bootstrap"])
    from_layer = custom_runtime(node, {"code.txt": "x"}, (), [layer]).invoke({"a": 1})
    assert from_layer["event"] == {"a": 1}
    own = custom_runtime(node, {"bootstrap": BOOTSTRAP, "own.txt": "x"}, ("bootstrap",), [layer]).invoke({"a": 1})
    assert own["from"] != from_layer["from"]  # the function's own comes first


@pytest.mark.parametrize(
    ("content", "executable", "message"),
    [
        (BOOTSTRAP, (), "fork/exec /opt/bootstrap: permission denied"),
        ("no program", ("bootstrap",), "fork/exec /opt/bootstrap: exec format error"),
        ("#!/no/such/shell\n", ("bootstrap",), "fork/exec /opt/bootstrap: no such file or directory"),
    ],
)
def test_a_bootstrap_in_a_layer_that_cannot_run(
    node: Node, content: str, executable: Sequence[str], message: str
) -> None:
    made = custom_runtime(node, {"code.txt": "x"}, (), [publish(node, {"bootstrap": content}, executable)])
    answer = made.client.invoke(FunctionName=made.name)
    body = json.loads(answer["Payload"].read())
    assert answer["FunctionError"] == "Unhandled"
    assert body["errorType"] == "Runtime.InvalidEntrypoint"
    assert body["errorMessage"].endswith(f"Error: {message}")


def test_a_wrapper_script_in_a_layer(node: Node) -> None:
    layer = publish(node, {"wrap": '#!/bin/sh\nWRAPPED=yes exec "$@"\n'}, executable=["wrap"])
    made = function(
        node,
        "return os.environ['WRAPPED']",
        Layers=[layer],
        Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrap"}},
    )
    assert made.invoke() == "yes"


def test_functions_keep_a_version_that_was_deleted(node: Node) -> None:
    layer = publish(node, {"python/helper.py": "X = 1"}, name=f"l-{uuid.uuid4().hex[:12]}")
    name, number = layer.split(":")[6:]
    made = function(node, "import helper; return helper.X", Layers=[layer])
    client = made.client
    client.delete_layer_version(LayerName=name, VersionNumber=int(number))
    assert fails(client.get_layer_version, LayerName=name, VersionNumber=int(number))[0] == 404
    assert made.invoke() == 1
    client.update_function_configuration(FunctionName=made.name, Timeout=9)  # new environments
    assert made.invoke() == 1
    version = client.publish_version(FunctionName=made.name)["Version"]
    client.update_function_configuration(FunctionName=made.name, Layers=[])
    answer = client.invoke(FunctionName=made.name, Qualifier=version)
    assert (answer["Payload"].read(), answer.get("FunctionError")) == (b"1", None)
    status, code, message = fails(client.update_function_configuration, FunctionName=made.name, Layers=[layer])
    assert (status, code) == (400, "InvalidParameterValueException")
    assert message == f"Layer version {layer} does not exist."


@pytest.mark.slow
def test_a_deleted_version_survives_the_end_of_the_node(tmp_path: Path) -> None:
    """Both a clean end and a crash; unpacked code is thrown away, as a start of the machine does."""
    node = start("--data-dir", str(tmp_path))
    try:
        layer = publish(node, {"python/helper.py": "X = 1"}, name="kept")
        other = publish(node, {"python/more.py": "Y = 2"})
        made = function(node, "import helper, more; return helper.X + more.Y", name="keeper", Layers=[layer, other])
        node.client("lambda").delete_layer_version(LayerName="kept", VersionNumber=1)
        kill(node)
        for end in (kill, stop):
            _remove(tmp_path / "code")
            node = start("--data-dir", str(tmp_path))
            assert Function(node, "keeper", made.arn).invoke() == 3
            end(node)
    finally:
        if node.process.poll() is None:
            kill(node)


def _remove(path: Path) -> None:
    for folder in [path, *path.rglob("*")]:
        if folder.is_dir():
            folder.chmod(0o755)
    shutil.rmtree(path)


def _hostile(*entries: tuple[str, bytes, int]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, body, mode in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            archive.writestr(entry, body)
    return content.getvalue()


LINK = stat.S_IFLNK | 0o777


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(_hostile(("../../escape", b"x", 0)), id="a name above"),
        pytest.param(_hostile(("a", b"/etc", LINK), ("b", b"x", 0)), id="an absolute link"),
        pytest.param(_hostile(("a", b"../..", LINK), ("a/escape", b"x", 0)), id="a file through a link"),
        pytest.param(_hostile(*(("a/" * depth, b"", 0o755) for depth in range(1, 900)), ("b", b"", 0)), id="deep"),
    ],
)
def test_a_hostile_layer_harms_its_own_function_only(node: Node, content: bytes) -> None:
    client = node.client("lambda")
    good = publish(node, {"python/helper.py": "X = 1"})
    bystander = function(node, "import helper; return helper.X", Layers=[good])
    published = client.publish_layer_version(LayerName=f"l-{uuid.uuid4().hex[:12]}", Content={"ZipFile": content})
    victim = function(node, "return 1", Layers=[good, published["LayerVersionArn"]])
    for _ in range(2):
        status, code, message = fails(client.invoke, FunctionName=victim.name)
        assert (status, code) == (502, "InvalidZipFileException")
        assert "/tmp" not in message
    assert bystander.invoke() == 1
    client.update_function_configuration(FunctionName=victim.name, Layers=[good])
    assert victim.invoke() == 1


def test_functions_cannot_change_what_they_share(node: Node) -> None:
    if node.request("GET", "/_gatewright/health").json()["isolation"]["tier"] == "D":
        pytest.skip("without isolation, root can write everywhere")
    layer = publish(node, {"python/helper.py": "X = 1", "data": "kept"})
    made = function(
        node,
        "try:",
        "    open('/opt/data', 'w').write('changed')",
        "except OSError as error:",
        "    return error.strerror",
        Layers=[layer],
    )
    assert made.invoke() in ("Read-only file system", "Permission denied")


def test_layers_by_the_aws_cli(node: Node, tmp_path: Path) -> None:
    archive = tmp_path / "layer.zip"
    archive.write_bytes(zip_of({"python/helper.py": "X = 1"}))
    name = f"cli-{uuid.uuid4().hex[:8]}"
    publish_command = ("lambda", "publish-layer-version", "--layer-name", name, "--zip-file", f"fileb://{archive}")
    published = node.aws(*publish_command, "--compatible-runtimes", RUNTIME, "--license-info", "MIT")
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:{name}"
    sha256 = base64.b64encode(hashlib.sha256(archive.read_bytes()).digest()).decode()
    assert (published["LayerVersionArn"], published["Version"]) == (f"{arn}:1", 1)
    assert published["Content"]["CodeSha256"] == sha256
    layers = node.aws("lambda", "list-layers", "--compatible-runtime", RUNTIME)["Layers"]
    matching = [layer["LatestMatchingVersion"]["Version"] for layer in layers if layer["LayerName"] == name]
    assert matching == [1]
    assert node.aws(*publish_command)["Version"] == 2
    got = node.aws("lambda", "get-layer-version-by-arn", "--arn", f"{arn}:1")
    with urllib.request.urlopen(got["Content"]["Location"], timeout=10) as response:
        assert response.read() == archive.read_bytes()
    version = ("--layer-name", name, "--version-number", "1")
    grant = ("--statement-id", "x", "--action", "lambda:GetLayerVersion", "--principal", "111122223333")
    added = node.aws("lambda", "add-layer-version-permission", *version, *grant)
    assert json.loads(added["Statement"])["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}
    policy = node.aws("lambda", "get-layer-version-policy", *version)
    assert policy["RevisionId"] == added["RevisionId"]
    node.aws("lambda", "remove-layer-version-permission", *version, "--statement-id", "x")
    node.aws("lambda", "delete-layer-version", *version)
    versions = node.aws("lambda", "list-layer-versions", "--layer-name", name)["LayerVersions"]
    assert [listed["Version"] for listed in versions] == [2]


@pytest.mark.slow
def test_the_function_and_its_layers_have_one_limit(node: Node) -> None:
    large = publish(node, {"large": b"\0" * (150 * 1024 * 1024)})
    made = function(node, "return 1", Layers=[large])
    another = publish(node, {"large": b"\1" * (150 * 1024 * 1024)})
    update = {"FunctionName": made.name, "Layers": [large, another]}
    status, code, message = fails(made.client.update_function_configuration, **update)
    assert (status, code) == (400, "InvalidParameterValueException")
    assert message.startswith(
        "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is "
    )
    code_size = len(package("return 1"))
    assert code_size < 1000
    assert made.invoke() == 1
