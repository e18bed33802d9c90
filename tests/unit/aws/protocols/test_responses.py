"""What every protocol writes, octet for octet: results, exceptions, and what is no exception of the model."""

from typing import Any

import pytest

from gatewright.aws.errors import Malformed
from gatewright.aws.protocols import PROTOCOLS
from gatewright.aws.protocols.types import Incoming
from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.messages import Headers, Response
from tests.unit.aws.models import service

ID = "32998fea-1b2c-4268-8c72-16138d629356"
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def serialize(protocol: str, name: str, result: dict[str, Any], **metadata: Any) -> Response:
    of = service(protocol, **metadata)
    operation = of.operation(name)
    assert operation is not None
    return PROTOCOLS[protocol].serialize(of, operation, result, ID)


def fail(protocol: str, error: AwsError, corrections: dict[str, Any] | None = None, **metadata: Any) -> Response:
    return PROTOCOLS[protocol].serialize_error(service(protocol, corrections, **metadata), error, ID)


@pytest.mark.parametrize(
    ("protocol", "name", "result", "status", "headers", "body"),
    [
        (
            "rest-json",
            "Echo",
            {"Text": "a"},
            200,
            [("Content-Type", "application/json"), ("x-amzn-RequestId", ID)],
            '{"Text":"a"}',
        ),
        ("rest-json", "Remove", {}, 204, [("x-amzn-RequestId", ID)], ""),
        (
            "rest-json",
            "Bind",
            {"Token": "t", "Body": "b"},
            201,
            [("Content-Type", "application/json"), ("x-amzn-RequestId", ID), ("X-Token", "t")],
            '{"Id":null,"Body":"b"}'.replace('"Id":null,', ""),
        ),
        ("rest-json", "Upload", {}, 200, [("x-amzn-RequestId", ID)], ""),
        (
            "rest-json",
            "Upload",
            {"Payload": b"\x00", "Status": 202},
            202,
            [("Content-Type", "application/octet-stream"), ("x-amzn-RequestId", ID)],
            "\x00",
        ),
        (
            "rest-json",
            "Upload",
            {"Payload": b"x", "Type": "image/png"},
            200,
            [("x-amzn-RequestId", ID), ("Content-Type", "image/png")],
            "x",
        ),
        (
            "json",
            "Echo",
            {"Count": 5},
            200,
            [("x-amzn-RequestId", ID), ("Content-Type", "application/x-amz-json-1.1")],
            '{"Count":5}',
        ),
        ("json", "Remove", {}, 204, [("x-amzn-RequestId", ID), ("Content-Type", "application/x-amz-json-1.1")], ""),
        (
            "query",
            "Echo",
            {"Words": ["a"]},
            200,
            [("x-amzn-RequestId", ID), ("Content-Type", "text/xml")],
            (
                "<EchoResponse><EchoResult><Words><member>a</member></Words></EchoResult>"
                f"<ResponseMetadata><RequestId>{ID}</RequestId></ResponseMetadata></EchoResponse>"
            ),
        ),
        (
            "query",
            "Remove",
            {},
            204,
            [("x-amzn-RequestId", ID), ("Content-Type", "text/xml")],
            f"<RemoveResponse><ResponseMetadata><RequestId>{ID}</RequestId></ResponseMetadata></RemoveResponse>",
        ),
        (
            "rest-xml",
            "Echo",
            {"Text": "a", "Attribute": "T"},
            200,
            [("Content-Type", "application/xml"), ("x-amzn-RequestId", ID)],
            f'{XML}<Everything xsi:type="T"><Text>a</Text></Everything>',
        ),
        ("rest-xml", "Remove", {}, 204, [("x-amzn-RequestId", ID)], ""),
    ],
)
def test_results(
    protocol: str, name: str, result: dict[str, Any], status: int, headers: list[tuple[str, str]], body: str
) -> None:
    response = serialize(protocol, name, result)
    assert (response.status, response.headers, response.body) == (status, headers, body.encode())


ERROR = AwsError("NoSuchThing", "It is <gone>.", members={"Name": "x"})


@pytest.mark.parametrize(
    ("protocol", "error", "status", "body"),
    [
        ("rest-json", ERROR, 404, '{"Message":"It is <gone>.","Name":"x"}'),
        ("rest-json", AwsError("Busy", "Wait."), 500, '{"message":"Wait."}'),
        ("rest-json", AwsError("ValidationException", "No."), 400, '{"message":"No."}'),
        ("rest-json", AwsError("SerializationException", "No."), 400, '{"Message":"No."}'),
        ("rest-json", OperationNotImplemented("Later."), 501, '{"message":"Later."}'),
        ("json", ERROR, 404, '{"__type":"NoSuchThing","Message":"It is <gone>.","Name":"x"}'),
        ("json", AwsError("Other", "No."), 400, '{"__type":"Other","message":"No."}'),
        ("json", AwsError("Other.Code", "No."), 409, '{"__type":"Renamed","message":"No."}'),
        (
            "query",
            ERROR,
            404,
            (
                "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchThing</Code><Message>It is &lt;gone&gt;."
                f"</Message><Name>x</Name></Error><RequestId>{ID}</RequestId></ErrorResponse>"
            ),
        ),
        (
            "query",
            AwsError("Busy", "Wait."),
            500,
            (
                "<ErrorResponse><Error><Type>Receiver</Type><Code>Busy</Code><Message>Wait.</Message></Error>"
                f"<RequestId>{ID}</RequestId></ErrorResponse>"
            ),
        ),
        (
            "rest-xml",
            ERROR,
            404,
            (
                f"{XML}<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchThing</Code><Message>It is &lt;gone&gt;."
                f"</Message><Name>x</Name></Error><RequestId>{ID}</RequestId></ErrorResponse>"
            ),
        ),
    ],
)
def test_errors(protocol: str, error: AwsError, status: int, body: str) -> None:
    response = fail(protocol, error)
    assert (response.status, response.body) == (status, body.encode())
    assert response.headers.get("x-amzn-requestid") == ID
    assert response.headers.get("x-amzn-errortype") == (error.code if protocol == "rest-json" else None)


def test_members_of_an_exception_may_be_headers() -> None:
    response = fail("rest-json", AwsError("Other.Code", "No.", members={"retry": "5"}))
    assert (response.status, response.headers.get("Retry-After"), response.body) == (409, "5", b"{}")


def test_usual_members_come_from_the_corrections() -> None:
    corrections = {"error_members": {"client": {"Type": "User"}, "server": {"Type": "Service"}}}
    assert fail("rest-json", ERROR, corrections).body == b'{"Type":"User","Message":"It is <gone>.","Name":"x"}'
    own = AwsError("NoSuchThing", "No.", members={"Type": "Mine"})
    assert fail("rest-json", own, corrections).body == b'{"Type":"Mine","Message":"No."}'


def test_s3_has_no_envelope_and_its_own_request_id() -> None:
    response = fail("rest-xml", ERROR, endpointPrefix="s3")
    assert (
        response.body
        == (
            f"{XML}<Error><Code>NoSuchThing</Code><Message>It is &lt;gone&gt;.</Message><Name>x</Name>"
            f"<RequestId>{ID}</RequestId><HostId>{ID}</HostId></Error>"
        ).encode()
    )
    assert response.headers.get("x-amz-request-id") == ID
    assert response.headers.get("x-amzn-requestid") is None


def test_a_namespace_is_written_once() -> None:
    response = serialize("query", "Echo", {}, xmlNamespace="http://example/doc/")
    assert isinstance(response.body, bytes)
    assert response.body.startswith(b'<EchoResponse xmlns="http://example/doc/"><EchoResult>')


def test_services_that_left_the_query_protocol_name_its_codes() -> None:
    response = fail("json", AwsError("Other.Code", "No."), awsQueryCompatible={})
    assert response.headers.get("x-amzn-query-error") == "Other.Code;Sender"


@pytest.mark.parametrize("protocol", ["rest-xml", "json"])
def test_event_streams_say_that_they_are_not_built(protocol: str) -> None:
    with pytest.raises(OperationNotImplemented, match="event stream"):
        serialize(protocol, "Listen", {"Stream": {}})


def parse(protocol: str, name: str, body: bytes) -> dict[str, Any]:
    of = service(protocol)
    operation = of.operation(name)
    assert operation is not None
    return PROTOCOLS[protocol].parse(operation, Incoming(Headers(), body, [], {}))


@pytest.mark.parametrize("protocol", ["rest-json", "rest-xml"])
def test_a_blob_body_is_taken_as_it_is(protocol: str) -> None:
    assert parse(protocol, "Upload", b"\x00{") == {"Payload": b"\x00{"}
    assert parse(protocol, "Upload", b"") == {}


@pytest.mark.parametrize("protocol", ["rest-json", "rest-xml", "json", "query"])
def test_a_body_is_ignored_where_the_model_has_none(protocol: str) -> None:
    assert parse(protocol, "Remove", b"Action=Remove") == {}


@pytest.mark.parametrize(
    ("protocol", "body"), [("rest-json", b"["), ("rest-xml", b"<a"), ("json", b"{"), ("query", b"a=%ff")]
)
def test_a_body_that_cannot_be_read(protocol: str, body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(protocol, "Echo", body)
