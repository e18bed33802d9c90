"""Every result of the protocol cases is serialized to a response that botocore's own parser reads back the same."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from botocore.awsrequest import HeadersDict
from botocore.model import ServiceModel
from botocore.parsers import create_parser

from gatewright.aws.protocols import PROTOCOLS
from gatewright.base.errors import AwsError
from gatewright.base.messages import Response
from tests.conformance.plain_values import plain, typed
from tests.conformance.protocol_cases import Case, exceptions, load

CASES = load("output")
REQUEST_ID = "32998fea-1b2c-4268-8c72-16138d629356"


def check(case: Case) -> None:
    """Fail when botocore does not read the result of the case back."""
    service = case.service()
    model = ServiceModel(case.model)
    operation = model.operation_model(case.operation)
    protocol = PROTOCOLS[service.protocols[0]]
    if "errorCode" in case.case:
        code = case.case["errorCode"]
        shape = next((shape for shape in model.error_shapes if shape.error_code == code or shape.name == code), None)
        members: dict[str, Any] = {
            name: value for name, value in case.case.get("error", {}).items() if name.lower() != "message"
        }
        error = AwsError(code, case.case.get("errorMessage", ""), members=typed(shape, members), status=_status(case))
        response = protocol.serialize_error(service, error, REQUEST_ID)
        assert response.status == _status(case)
        read = read_back(service.protocols[0], response, operation.output_shape)
        assert read["Error"]["Code"] == code
        assert (read["Error"]["Message"] or "") == case.case.get("errorMessage", "")
        if shape is not None:
            modeled = create_parser(service.protocols[0]).parse(_response(response), shape)
            expected = case.case.get("error", {})
            assert {name: value for name, value in plain(modeled).items() if name in expected} == expected
        return
    compiled = service.operation(case.operation)
    assert compiled is not None
    response = protocol.serialize(service, compiled, typed(operation.output_shape, case.case["result"]), REQUEST_ID)
    assert response.status == _status(case)
    if is_wire_equal(case, response):
        return
    read = read_back(service.protocols[0], response, operation.output_shape)
    metadata = read.pop("ResponseMetadata")
    assert metadata["RequestId"] == REQUEST_ID
    assert plain(read) == case.case["result"]


def is_wire_equal(case: Case, response: Response) -> bool:
    """Say whether a response is the very one of the case.

    botocore itself does not read every case: it splits quoted lists in headers wrongly, reads an absent body as an
    empty one, and looks for the items of a flattened list under the name of the item.
    """
    wanted = case.case["response"]
    headers = {name: value for name, value in wanted.get("headers", {}).items() if name != "Content-Length"}
    assert isinstance(response.body, bytes)
    body, own = wanted.get("body", ""), response.body.decode()
    is_same_body = canonical(own) == canonical(body) if body.startswith("<") else own.strip("{}") == body
    return is_same_body and headers.items() <= dict(response.headers).items()


def canonical(xml: str) -> str:
    """Return XML without what does not matter: blanks, the order of attributes, the metadata of a query response.

    The suites of the query protocol say neither the service's namespace nor the result's wrapper, which models do.
    """
    text = ElementTree.canonicalize(xml, strip_text=True).replace(' xmlns="https://example.com/"', "")
    return re.sub(r"<ResponseMetadata>.*</ResponseMetadata>|</?\w+Result>", "", text)


def read_back(protocol: str, response: Response, shape: Any) -> dict[str, Any]:
    """Return what botocore makes of a response."""
    read: dict[str, Any] = create_parser(protocol).parse(_response(response), shape)
    return read


def _response(response: Response) -> dict[str, Any]:
    assert isinstance(response.body, bytes)
    headers = HeadersDict()
    for name, value in response.headers:
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return {"status_code": response.status, "headers": headers, "body": response.body, "context": {}}


def _status(case: Case) -> int:
    return int(case.case["response"].get("status_code", 200))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_response(case: Case) -> None:
    check(case)


def test_no_result_is_an_exception() -> None:
    assert not [case.name for case in CASES if case.name in exceptions()]
