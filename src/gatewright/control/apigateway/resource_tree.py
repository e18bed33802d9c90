"""The rules of the tree of resources: what a path part may be, and where it may stand.

Sources: "Set up a proxy integration with a proxy resource" and "Set up API resources" (API Gateway Developer Guide);
the texts as AWS answers them.
"""

import re
from collections.abc import Iterable

from gatewright.control.apigateway.errors import bad_request, conflict
from gatewright.store.types import Document

_PATH_PART = re.compile(r"[a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._:-]+\+?\}")


def joined_path(parent_path: str, path_part: str) -> str:
    """Return the path of a resource below another one."""
    return f"{parent_path.rstrip('/')}/{path_part}"


def check_path_part(path_part: str) -> None:
    """Raise BadRequestException when no resource can have the path part."""
    if not _PATH_PART.fullmatch(path_part):
        raise bad_request(
            "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the "
            "beginning and the end."
        )


def check_place(resources: Iterable[Document], parent: Document, resource: Document) -> None:
    """Raise BadRequestException or ConflictException when a resource cannot stand below a parent."""
    path_part = resource["pathPart"]
    check_path_part(path_part)
    all_resources = list(resources)
    if _is_greedy(parent.get("pathPart", "")):
        raise _child_of_greedy(parent["pathPart"])
    if _is_greedy(path_part) and any(each.get("parentId") == resource["id"] for each in all_resources):
        raise _child_of_greedy(path_part)
    for sibling in all_resources:
        if sibling.get("parentId") != parent["id"] or sibling["id"] == resource["id"]:
            continue
        if sibling["pathPart"] == path_part:
            raise conflict(f"Another resource with the same parent already has this name: {path_part}")
        if _is_variable(sibling["pathPart"]) and _is_variable(path_part):
            raise bad_request(
                f"A sibling ({sibling['pathPart']}) of this resource already has a variable path part -- only one is "
                "allowed"
            )


def subtree(resources: Iterable[Document], root_id: str) -> list[Document]:
    """Return a resource and everything below it, parents before children."""
    children: dict[str, list[Document]] = {}
    found: list[Document] = []
    for resource in resources:
        children.setdefault(resource.get("parentId", ""), []).append(resource)
        if resource["id"] == root_id:
            found.append(resource)
    for resource in found:
        found.extend(children.get(resource["id"], ()))
    return found


def _is_variable(path_part: str) -> bool:
    return path_part.startswith("{")


def _is_greedy(path_part: str) -> bool:
    return path_part.endswith("+}")


def _child_of_greedy(path_part: str) -> Exception:
    return bad_request(f"Cannot create a child of a resource with a greedy path variable: {path_part}")
