"""Layers merged into one directory. AWS documentation: "Managing Lambda dependencies with layers"."""

import io
import os
import stat
from pathlib import Path

import pytest

from gatewright.functions.code import remove_tree
from gatewright.functions.errors import CodeUnusable
from gatewright.functions.layers import merge_layers

from .fakes import archive as layer

LINK = stat.S_IFLNK | 0o777
MIB = 1 << 20


@pytest.fixture
def workshop(tmp_path: Path) -> Path:
    folder = tmp_path / "below" / "workshop"
    folder.mkdir(parents=True)
    return folder


def merge(layers: list[io.BytesIO], workshop: Path) -> tuple[Path, int]:
    """Merge layers below a directory, in which nothing else is left."""
    merged = workshop / "merged"
    merged.mkdir()
    size = merge_layers(layers, merged, workshop / "upper")
    assert list(workshop.iterdir()) == [merged]
    return merged, size


def contents(root: Path) -> dict[str, str]:
    """Return what is in a directory: files by content, links by target, empty folders as such."""
    found = {}
    for path in root.rglob("*"):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = f"-> {os.readlink(path)}"
        elif path.is_file():
            found[name] = path.read_text()
        elif not any(path.iterdir()):
            found[name] = "empty folder"
    return found


def test_folders_are_merged_and_the_last_of_one_name_counts(workshop: Path) -> None:
    merged, size = merge(
        [
            layer(("lib/a", b"1", 0o644), ("lib/both", b"first", 0o644)),
            layer(("lib/b", b"2", 0o644), ("lib/both", b"second", 0o755), ("bin/c", b"3", 0o755)),
            layer(("lib/deep/d", b"4", 0o644)),
        ],
        workshop,
    )
    assert contents(merged) == {"lib/a": "1", "lib/b": "2", "lib/both": "second", "bin/c": "3", "lib/deep/d": "4"}
    assert size == 15
    assert stat.S_IMODE((merged / "lib/both").stat().st_mode) == 0o555
    folders = [folder for folder, _, _ in os.walk(merged)]
    assert {oct(os.stat(folder).st_mode & 0o777) for folder in folders} == {"0o555"}
    assert len(folders) == 4


def test_absolute_links_to_the_layers_themselves(workshop: Path) -> None:
    """Also to what another layer brings."""
    merged, _ = merge(
        [layer(("bin/run", b"/opt/lib/app", LINK)), layer(("lib/app", b"code", 0o755))],
        workshop,
    )
    assert (merged / "bin/run").read_text() == "code"
    assert os.readlink(merged / "bin/run") == "../lib/app"


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        pytest.param([("a/b", b"x", 0)], [("a", b"file", 0)], {"a": "file"}, id="a file over a folder"),
        pytest.param([("a", b"file", 0)], [("a/b", b"x", 0)], {"a/b": "x"}, id="a folder over a file"),
        pytest.param(
            [("real/x", b"1", 0), ("a", b"real", LINK)],
            [("a/y", b"2", 0)],
            {"real/x": "1", "a/y": "2"},
            id="a folder over a link to a folder",
        ),
        pytest.param(
            [("a/y", b"2", 0)],
            [("real/x", b"1", 0), ("a", b"real", LINK)],
            {"real/x": "1", "a": "-> real"},
            id="a link over a folder",
        ),
        pytest.param(
            [("f", b"1", 0), ("a", b"f", LINK)],
            [("a", b"2", 0)],
            {"f": "1", "a": "2"},
            id="a file over a link, which is not written through",
        ),
        pytest.param([("a", b"1", 0)], [("a", b"nowhere", LINK)], {"a": "-> nowhere"}, id="a link over a file"),
        pytest.param([("a/", b"", 0o755)], [("b/", b"", 0o755)], {"a": "empty folder", "b": "empty folder"}, id="none"),
    ],
)
def test_what_is_not_the_same_kind_is_replaced(
    workshop: Path,
    lower: list[tuple[str, bytes, int]],
    upper: list[tuple[str, bytes, int]],
    expected: dict[str, str],
) -> None:
    merged, _ = merge([layer(*lower), layer(*upper)], workshop)
    assert contents(merged) == expected


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        pytest.param([("a", b"b/../..", LINK), ("b/c/x", b"", 0)], [("y", b"", 0)], id="by itself"),
        # Inside its own layer `a` is x/y/../../secret; with the link that the other brings it is above the root.
        pytest.param(
            [("d/a", b"x/y/../../secret", LINK), ("d/x/y/z", b"", 0)],
            [("d/x", b"..", LINK)],
            id="by the link of another layer",
        ),
        pytest.param([("ok", b"", 0)], [("../escape", b"", 0)], id="by name, in the second"),
    ],
)
def test_links_and_names_that_lead_elsewhere_are_refused(
    workshop: Path, lower: list[tuple[str, bytes, int]], upper: list[tuple[str, bytes, int]]
) -> None:
    with pytest.raises(CodeUnusable):
        merge([layer(*lower), layer(*upper)], workshop)
    beside = [path for path in workshop.parent.parent.rglob("*") if workshop not in path.parents]
    assert sorted(beside) == [workshop.parent, workshop]


def test_all_layers_together_have_one_limit(workshop: Path) -> None:
    """Also of what later layers replace: octets were written for it."""
    large = [layer(("a", b"\0" * (100 * MIB), 0)) for _ in range(3)]
    with pytest.raises(CodeUnusable, match="Unzipped size must be smaller than 262144000 bytes"):
        merge(large, workshop)


def test_folders_too_deep_to_walk_are_refused(workshop: Path) -> None:
    """One by one, so that none needs its parents to be made: PATH_MAX would let 1,900 of them pass."""
    entries = [("a/" * depth, b"", 0o755) for depth in range(1, 1500)]
    with pytest.raises(CodeUnusable):
        merge([layer(("b", b"", 0)), layer(*entries)], workshop)
    remove_tree(workshop)
    assert not workshop.exists()


def test_failures_do_not_say_where_on_this_machine(workshop: Path) -> None:
    with pytest.raises(CodeUnusable) as refused:
        merge([layer(("a", b"", 0)), layer(("n" * 300, b"", 0))], workshop)
    assert str(workshop) not in str(refused.value)
