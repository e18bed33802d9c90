"""Python that reads the properties which a stretch of text prints: each once, those of one value together.

Between a stretch's references nothing is carried out that could change a value.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from gatewright.languages.vtl import syntax
from gatewright.languages.vtl.code import Function

_OF_LOOPS: Final = frozenset({"foreach", "velocityCount", "velocityHasNext"})
# How long the paths are that are read together.
STEPS: Final = 20
_Tree = dict[str, "_Tree"]


@contextmanager
def read_together(f: Function, nodes: Iterable[syntax.Statement]) -> Iterator[None]:
    """Add what reads the paths of a stretch's references; meanwhile `f.reads` has the atoms that hold them.

    An atom is for one reference: who prints it makes a text of it.
    """
    tree: _Tree = {}
    for node in nodes:
        place = tree
        for name in path_of(node):
            place = place.setdefault(name, {})
    for root, names in tree.items():
        _read(f, (root,), f.variable(root), names)
    yield
    f.reads.clear()


def path_of(node: syntax.Statement) -> tuple[str, ...]:
    """Return the names of a reference to a property, from the variable on; none for anything else."""
    if not isinstance(node, syntax.Reference) or node.root in _OF_LOOPS or not node.steps:
        return ()
    names = [step.name for step in node.steps[:STEPS] if isinstance(step, syntax.Property)]
    return (node.root, *names) if len(names) == len(node.steps) else ()


def _read(f: Function, path: tuple[str, ...], atom: str, names: _Tree) -> None:
    read = {name: (f.temporary(), f.module.constant(name)) for name in names}
    if len(read) == 1:
        [(local, key)] = read.values()
        f.line(f"{local} = {property_read(atom, key)}")
    elif read:
        # Most often all are there, and an index takes two thirds of the time of `get`.
        with f.indented(f"if type({atom}) is dict:"):
            f.line("try: " + _each(read, "{local} = {atom}[{key}]", atom))
            f.line("except KeyError: " + _each(read, "{local} = {atom}.get({key})", atom))
        f.line("else: " + _each(read, "{local} = property_of({atom}, {key})", atom))
    for name, (local, _) in read.items():
        f.reads[*path, name] = local
        _read(f, (*path, name), local, names[name])


def _each(read: Mapping[str, tuple[str, str]], template: str, atom: str) -> str:
    return "; ".join([template.format(local=local, key=key, atom=atom) for local, key in read.values()])


def property_read(atom: str, key: str) -> str:
    """Return the expression of a property."""
    return f"{atom}.get({key}) if type({atom}) is dict else property_of({atom}, {key})"
