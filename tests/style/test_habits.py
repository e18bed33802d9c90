"""Sizes and habits of the code: ../shared/STYLE.md, rules 8, 10, 11, 12 and 14."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.style.source import PACKAGE, ROOT, Source, read

MODULE_LINES = 600
FUNCTION_LINES = 60
CLASS_METHODS = 20

OURS = read(PACKAGE)
ALL = [*OURS, *read(ROOT / "tests"), *read(ROOT / "benchmarks")]

FORBIDDEN_MARKS = re.compile(r"\b(TODO|FIXME|XXX)\b")
PATCHES = re.compile(r"mock\.patch|monkeypatch\.setattr|from unittest\.mock import .*patch")
MUTABLE_CALLS = frozenset({"list", "dict", "set", "defaultdict", "deque", "OrderedDict", "Counter", "bytearray"})
BANNED_NAMES = frozenset(
    {"manager", "provider", "backend", "helper", "helpers", "utils", "engine", "processor", "data", "info", "common"}
)


def by_name(source: Source) -> str:
    return source.name


def functions_of(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("source", ALL, ids=by_name)
def test_a_module_has_one_screenful_of_jobs(source: Source) -> None:
    assert len(source.text.splitlines()) <= MODULE_LINES


@pytest.mark.parametrize("source", ALL, ids=by_name)
def test_functions_and_classes_are_small(source: Source) -> None:
    wrong = []
    for function in functions_of(source):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > FUNCTION_LINES:
            wrong.append(f"{source.name}:{function.lineno}: {function.name} has {length} lines")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            methods = [part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
            if len(methods) > CLASS_METHODS:
                wrong.append(f"{source.name}:{node.lineno}: {node.name} has {len(methods)} methods")
    assert wrong == []


@pytest.mark.parametrize("source", [source for source in ALL if source.path.name != "test_habits.py"], ids=by_name)
def test_nothing_is_left_for_later_and_nothing_is_patched(source: Source) -> None:
    wrong = [
        f"{source.name}:{number}: {line.strip()}"
        for number, line in enumerate(source.text.splitlines(), 1)
        if FORBIDDEN_MARKS.search(line) or PATCHES.search(line)
    ]
    assert wrong == []


def is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp):
        return True
    if isinstance(value, ast.Call):
        function = value.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        return name in MUTABLE_CALLS
    return False


@pytest.mark.parametrize("source", OURS, ids=by_name)
def test_no_module_holds_mutable_state(source: Source) -> None:
    wrong = []
    for node in source.tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if is_mutable(node.value) and names != ["__all__"]:
            wrong.append(f"{source.name}:{node.lineno}: {', '.join(names)}")
    wrong += [f"{source.name}:{node.lineno}: global" for node in ast.walk(source.tree) if isinstance(node, ast.Global)]
    assert wrong == []


@pytest.mark.parametrize("source", OURS, ids=by_name)
def test_names_are_terms_of_the_field(source: Source) -> None:
    parts = source.module.split(".")
    assert not BANNED_NAMES & set(parts), source.name
    classes = [node.name for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]
    suffixes = ("Manager", "Provider", "Helper", "Utils", "Engine", "Processor", "Info", "Data")
    assert [name for name in classes if name.endswith(suffixes)] == []


@pytest.mark.parametrize("source", OURS, ids=by_name)
def test_only_settings_reads_the_environment(source: Source) -> None:
    if source.module == "settings" or source.module.startswith("functions.runtimes.python."):
        pytest.skip("settings is the reader; the Python bootstrap runs inside a function's environment")
    reads = re.findall(r"os\.(?:environ|getenv)", source.text)
    assert reads == []


@pytest.mark.parametrize("source", OURS, ids=by_name)
def test_a_bare_catch_writes_a_log_line(source: Source) -> None:
    wrong = []
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        is_broad = node.type is None or (
            isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}
        )
        text = ast.unparse(node)
        if is_broad and not re.search(r"log(?:ger)?\.\w+\(|\braise\b", text, re.IGNORECASE):
            wrong.append(f"{source.name}:{node.lineno}")
    assert wrong == []
