"""XML of requests as a tree, parsed as a peer's words must be: no document types, no entities, no depth."""

from dataclasses import dataclass, field
from xml.parsers import expat

from gatewright.aws.errors import Malformed

MAXIMUM_DEPTH = 100
_MAXIMUM_ELEMENTS = 200_000
"""More than any request needs; bounds what a few megabytes of `<a/>` can take in memory."""


# Not frozen: filled in while the parser runs.
@dataclass(slots=True, eq=False)
class Element:
    """An element. Namespace prefixes of elements are dropped: AWS's services do not look at them."""

    name: str
    attributes: dict[str, str]
    children: "list[Element]" = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return the character data directly inside."""
        return "".join(self.texts)

    def find(self, name: str) -> "Element | None":
        """Return the first child of a name."""
        return next((child for child in self.children if child.name == name), None)

    def find_all(self, *names: str) -> "list[Element]":
        """Return the children of any of the names, in order."""
        return [child for child in self.children if child.name in names]


class _TreeBuilder:
    """Takes the events of expat."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        element = Element(name.rpartition(":")[2], attributes)
        self._count += 1
        if len(self._open) >= MAXIMUM_DEPTH or self._count > _MAXIMUM_ELEMENTS:
            raise Malformed("The XML is nested too deeply or has too many elements")
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, name: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        self._open[-1].texts.append(text)

    def refuse(self, *_: object) -> None:
        raise Malformed("The XML has a document type declaration, which is not allowed")


def parse_xml(body: bytes) -> Element:
    """Return the root element of a document. Raises `Malformed`."""
    # UTF-8 whatever the document declares; expat alone decides what it reads, so nothing can hide in an encoding.
    parser = expat.ParserCreate("UTF-8")
    builder = _TreeBuilder()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise Malformed(f"The XML is not well-formed: {error}") from error
    if builder.root is None:
        raise Malformed("The XML has no root element")
    return builder.root
