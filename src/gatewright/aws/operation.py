"""One operation of a service, with everything that can be decided before a request exists."""

from collections.abc import Iterable
from dataclasses import dataclass

from gatewright.aws.shapes import Member, Shape


@dataclass(frozen=True, slots=True)
class Binding:
    """Where the members of an input or output structure go in an HTTP message."""

    labels: tuple[Member, ...] = ()
    query: tuple[Member, ...] = ()
    query_map: Member | None = None
    """The map that takes the query parameters which nothing else names."""
    named_query: frozenset[str] = frozenset()
    """The query parameters that members or the URI template name."""
    headers: tuple[Member, ...] = ()
    prefix_headers: tuple[Member, ...] = ()
    status: Member | None = None
    payload: Member | None = None
    """The member that is the body."""
    body: tuple[Member, ...] = ()
    """The members inside the body, where no single one is the body."""


NOTHING = Binding()


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation."""

    service: str
    """botocore's name of the service."""
    name: str
    method: str
    uri: str
    status: int
    input: Member | None
    """The use of the input shape; its traits name the root element of an XML body."""
    output: Member | None
    result_wrapper: str | None
    request_binding: Binding
    response_binding: Binding
    idempotency_tokens: tuple[str, ...]
    """Members that get a fresh token when the client sends none."""
    takes_gzip: bool
    """Whether a gzip body is the client's compression (else it is content, as of an S3 object)."""
    needs_payload: bool
    """Whether the structure that is the request's body is a required member."""
    payload_content_type: str | None
    """Content-Type of a blob body, where AWS sends another one than application/octet-stream."""


def bind_request(structure: Shape | None, literals: Iterable[str] = ()) -> Binding:
    """Sort the members of an input by where they are; `literals` are the query parameters of the URI template."""
    if structure is None:
        return NOTHING
    members = structure.members.values()
    query = _at(members, "querystring")
    return Binding(
        labels=_at(members, "uri"),
        query=tuple(member for member in query if member.type != "map"),
        query_map=next((member for member in query if member.type == "map"), None),
        named_query=frozenset([*literals, *(member.wire_name for member in query if member.type != "map")]),
        headers=_at(members, "header"),
        prefix_headers=_at(members, "headers"),
        payload=structure.members[structure.payload] if structure.payload else None,
        body=() if structure.payload else _at(members, None),
    )


def bind_response(structure: Shape | None) -> Binding:
    """Sort the members of an output or exception by where they go; a response has no labels and no query."""
    if structure is None:
        return NOTHING
    members = structure.members.values()
    return Binding(
        headers=_at(members, "header"),
        prefix_headers=_at(members, "headers"),
        status=next(iter(_at(members, "statusCode")), None),
        payload=structure.members[structure.payload] if structure.payload else None,
        body=() if structure.payload else _at(members, None, "uri", "querystring"),
    )


def _at(members: Iterable[Member], *locations: str | None) -> tuple[Member, ...]:
    return tuple(member for member in members if member.location in locations)
