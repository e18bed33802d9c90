"""Shapes: circles, traits of references over those of definitions, names on the wire."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gatewright.aws.service import load_service
from gatewright.aws.shapes import ModelError, Shapes, XmlNamespace, xml_namespace


def test_circles_are_closed() -> None:
    shapes = Shapes({"A": {"type": "structure", "members": {"Next": {"shape": "A"}, "All": {"shape": "L"}}}, "L": LIST})
    shape = shapes.shape("A")
    assert shape.members["Next"].shape is shape
    assert shape.members["All"].item.shape is shape
    assert shapes.shape("A") is shape


LIST: dict[str, Any] = {"type": "list", "member": {"shape": "A"}}


def test_a_reference_to_nothing_is_an_error() -> None:
    with pytest.raises(ModelError, match="B"):
        Shapes({"A": {"type": "structure", "members": {"Next": {"shape": "B"}}}}).shape("A")


@pytest.mark.parametrize(
    ("reference", "definition", "wire_name"),
    [
        ({}, {}, "Items"),
        ({"locationName": "items"}, {}, "items"),
        ({}, {"locationName": "Root"}, "Items"),
        ({"flattened": True}, {"member": {"shape": "S", "locationName": "Item"}}, "Items"),
        ({}, {"flattened": True, "member": {"shape": "S", "locationName": "Item"}}, "Item"),
        ({"locationName": "x"}, {"flattened": True, "member": {"shape": "S", "locationName": "Item"}}, "x"),
    ],
)
def test_names_on_the_wire(reference: dict[str, Any], definition: dict[str, Any], wire_name: str) -> None:
    shapes = Shapes(
        {
            "A": {"type": "structure", "members": {"Items": {"shape": "L", **reference}}},
            "L": {"type": "list", "member": {"shape": "S"}, **definition},
            "S": {"type": "string"},
        }
    )
    assert shapes.shape("A").members["Items"].wire_name == wire_name


def test_traits_of_a_reference_win() -> None:
    shapes = Shapes(
        {
            "A": {
                "type": "structure",
                "members": {"T": {"shape": "T", "timestampFormat": "iso8601"}, "U": {"shape": "T"}},
            },
            "T": {"type": "timestamp", "timestampFormat": "rfc822", "sensitive": True},
        }
    )
    members = shapes.shape("A").members
    assert (members["T"].timestamp_format, members["U"].timestamp_format) == ("iso8601", "rfc822")
    assert members["T"].is_sensitive


def test_namespaces() -> None:
    assert xml_namespace({}) is None
    assert xml_namespace({"xmlNamespace": "http://x"}) == XmlNamespace("http://x", None)
    prefixed = xml_namespace({"xmlNamespace": {"uri": "http://x", "prefix": "p"}})
    assert prefixed is not None
    assert prefixed.attribute == 'xmlns:p="http://x"'


def test_threads_that_compile_at_once_see_whole_shapes() -> None:
    service = load_service("lambda")
    names = sorted(service.operation_names)

    def members(name: str) -> int:
        operation = service.operation(name)
        assert operation is not None
        remaining = [member.shape for member in (operation.input, operation.output) if member is not None]
        seen: set[str] = set()
        while remaining:
            shape = remaining.pop()
            if shape.name not in seen:
                seen.add(shape.name)
                definition = service.shapes.definitions[shape.name]
                assert len(shape.members) == len(definition.get("members", [0] * len(shape.members)))
                remaining += [member.shape for member in shape.members.values()]
        return len(seen)

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(members, names * 4))
    assert counts[: len(names)] == counts[-len(names) :]
