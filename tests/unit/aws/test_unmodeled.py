"""Members of a result that the model does not know."""

from gatewright.aws.unmodeled import unmodeled_members
from tests.unit.aws.models import operation


def test_paths() -> None:
    result = {
        "Text": "a",
        "Txt": 1,
        "Child": {"Child": {"X": 1}, "Document": {"anything": 1}},
        "Children": [{}, {"Y": 1}],
        "Map": {"a": "b"},
        "Words": None,
    }
    assert unmodeled_members(operation("json", "Echo"), result) == ["Txt", "Child.Child.X", "Children.1.Y"]
    assert unmodeled_members(operation("json", "Remove"), {"a": 1}) == ["a"]
    assert unmodeled_members(operation("json", "Remove"), {}) == []
