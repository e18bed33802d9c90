"""Services: models, corrections, operations, errors."""

import json
import subprocess
import sys
from importlib import resources
from typing import Any

import pytest

from gatewright.aws.service import load_corrections, load_service, merge_patch
from gatewright.aws.shapes import ModelError
from tests.unit.aws.models import service


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    # RFC 7386, appendix A.
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch(target: Any, patch: Any, result: Any) -> None:
    before = json.dumps(target)
    assert merge_patch(target, patch) == result
    assert json.dumps(target) == before


CORRECTED = [
    file.name.removesuffix(".json")
    for file in resources.files("gatewright.aws.corrections").iterdir()
    if file.name.endswith(".json")
]


@pytest.mark.parametrize("name", CORRECTED)
def test_every_correction_is_of_a_service_and_says_why(name: str) -> None:
    document = json.loads((resources.files("gatewright.aws.corrections") / f"{name}.json").read_bytes())
    assert document.keys() - {"why"} <= {
        "model",
        "validation_error",
        "validation_path",
        "validation_messages",
        "pattern_messages",
        "hides_values",
        "malformed_error",
        "conversion_message",
        "error_members",
        "payload_content_types",
    }
    assert document["why"]
    corrected = load_service(name)
    assert set(document.get("payload_content_types", ())) <= corrected.operation_names
    messages = [*document.get("validation_messages", ()), *document.get("pattern_messages", ())]
    for shape in [*document.get("model", {}).get("shapes", ()), *messages]:
        assert shape in corrected.shapes.definitions


def test_a_service_without_corrections_has_none() -> None:
    assert load_corrections("sqs").model == {}


def test_lambda_checks_runtimes_itself() -> None:
    assert load_service("lambda").shapes.shape("Runtime").enum == ()


def test_api_gateway_checks_the_mode_of_put_rest_api_itself() -> None:
    shapes = load_service("apigateway").shapes
    assert shapes.shape("PutRestApiRequest").members["mode"].shape.enum == ()
    # Of ImportDocumentationParts it is the model's to check.
    assert shapes.shape("PutMode").enum == ("merge", "overwrite")


def test_errors_by_their_code() -> None:
    things = service("json")
    renamed = things.error_shape("Other.Code")
    assert renamed is not None
    assert renamed.error is not None
    assert (renamed.name, renamed.error.code, renamed.error.status) == ("Renamed", "Other.Code", 409)
    busy = things.error_shape("Busy")
    assert busy is not None
    assert busy.error is not None
    assert (busy.error.status, busy.error.is_sender_fault) == (500, False)
    assert things.error_shape("Echo") is None


def test_operations_are_compiled_once() -> None:
    things = service("json")
    assert not things.is_compiled("Echo")
    assert things.operation("Echo") is things.operation("Echo")
    assert things.is_compiled("Echo")
    assert things.operation("Unknown") is None


def test_a_protocol_that_we_do_not_speak_is_refused() -> None:
    with pytest.raises(ModelError):
        service("ec2")


def test_the_node_starts_without_botocore() -> None:
    # botocore costs some eighty milliseconds to import; a node that nobody calls yet does without it.
    program = "import sys, gatewright.aws.endpoint; sys.exit('botocore' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
