"""The import table of ../shared/DESIGN.md and ARCHITECTURE.md, imports inside functions included."""

import ast
from types import MappingProxyType

import pytest

from tests.style.source import PACKAGE, Source, read

# What a package may import besides `base` and itself. A dotted name allows that module only.
ALLOWED = MappingProxyType(
    {
        "base": (),
        "languages": (),
        "wire": (),
        "aws": (),
        "store": (),
        "observe": (),
        "snapshot": ("store", "languages"),
        "functions": ("wire", "snapshot.types", "observe"),
        "gateway": ("wire", "languages", "snapshot.types", "observe", "functions.invoke"),
        "control": ("aws", "store", "languages", "observe"),
        "companion": ("languages",),
        "stacks": ("control", "aws", "store", "languages"),
        "console": ("wire", "observe"),
    }
)
EVERYTHING = frozenset({"cli", "pytest_plugin", "server", "settings", "__main__", ""})


def imports_of(source: Source) -> list[tuple[int, str]]:
    """Return (line, module below gatewright) for each import of our own, wherever in the file it stands."""
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.name}:{node.lineno}: relative import"
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return [(line, name.removeprefix("gatewright.")) for line, name in found if name.startswith("gatewright.")]


def is_allowed(package: str, imported: str) -> bool:
    if package in EVERYTHING or imported in {"__version__"}:
        return True
    names = (package, "base", *ALLOWED[package])
    return any(imported == name or imported.startswith(name + ".") for name in names)


@pytest.mark.parametrize("source", read(PACKAGE), ids=lambda source: source.module or "gatewright")
def test_a_package_imports_only_what_the_table_allows(source: Source) -> None:
    package = source.module.split(".")[0]
    assert package in EVERYTHING or package in ALLOWED, f"{package} has no line in the import table"
    wrong = [f"{source.name}:{line}: {name}" for line, name in imports_of(source) if not is_allowed(package, name)]
    assert wrong == []


def test_only_the_services_are_imported_by_name() -> None:
    """What is imported by a string escapes the table: `server.services` has the strings, and a test that holds them."""
    by_name = {"import_module", "__import__"}
    users = {
        source.module
        for source in read(PACKAGE)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and {getattr(node.func, "id", ""), getattr(node.func, "attr", "")} & by_name
    }
    assert users == {"server.operations"}


def test_the_table_refuses() -> None:
    assert not is_allowed("gateway", "store.types.Store")
    assert not is_allowed("gateway", "functions.pool.Pool")
    assert not is_allowed("functions", "snapshot.compile.compile_snapshot")
    assert not is_allowed("control", "snapshot.types")
    assert not is_allowed("base", "wire.limits")
    assert is_allowed("gateway", "functions.invoke.Functions")
