"""A small service of every protocol, for the tests of the codecs."""

from collections.abc import Mapping
from typing import Any

from gatewright.aws.operation import Operation
from gatewright.aws.service import Service, parse_corrections

SHAPES: dict[str, Any] = {
    "Everything": {
        "type": "structure",
        "members": {
            "Text": {"shape": "Text"},
            "Count": {"shape": "Count"},
            "Long": {"shape": "Long"},
            "Ratio": {"shape": "Ratio"},
            "Flag": {"shape": "Flag"},
            "Blob": {"shape": "Blob"},
            "When": {"shape": "When"},
            "Words": {"shape": "Words"},
            "Flat": {"shape": "Words", "flattened": True},
            "Map": {"shape": "Map"},
            "FlatMap": {"shape": "Map", "flattened": True},
            "Child": {"shape": "Everything"},
            "Children": {"shape": "Children"},
            "Document": {"shape": "Document"},
            "Attribute": {"shape": "Text", "xmlAttribute": True, "locationName": "xsi:type"},
        },
    },
    "Text": {"type": "string"},
    "Count": {"type": "integer"},
    "Long": {"type": "long"},
    "Ratio": {"type": "double"},
    "Flag": {"type": "boolean"},
    "Blob": {"type": "blob"},
    "When": {"type": "timestamp"},
    "Words": {"type": "list", "member": {"shape": "Text"}},
    "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
    "Children": {"type": "list", "member": {"shape": "Everything"}},
    "Document": {"type": "structure", "members": {}, "document": True},
    "Bound": {
        "type": "structure",
        "required": ["Id"],
        "members": {
            "Id": {"shape": "Text", "location": "uri", "locationName": "id"},
            "Limit": {"shape": "Count", "location": "querystring", "locationName": "limit"},
            "Keys": {"shape": "Words", "location": "querystring", "locationName": "key"},
            "Others": {"shape": "Map", "location": "querystring"},
            "Token": {"shape": "Text", "location": "header", "locationName": "X-Token"},
            "Tokens": {"shape": "Words", "location": "header", "locationName": "X-Tokens"},
            "Moments": {"shape": "Moments", "location": "header", "locationName": "X-Moments"},
            "Since": {"shape": "When", "location": "header", "locationName": "X-Since"},
            "Json": {"shape": "Text", "location": "header", "locationName": "X-Json", "jsonvalue": True},
            "Metadata": {"shape": "Map", "location": "headers", "locationName": "x-meta-"},
            "Body": {"shape": "Text"},
            "ClientToken": {"shape": "Text", "idempotencyToken": True},
        },
    },
    "Moments": {"type": "list", "member": {"shape": "When"}},
    "Octets": {
        "type": "structure",
        "payload": "Payload",
        "members": {
            "Payload": {"shape": "Blob"},
            "Status": {"shape": "Count", "location": "statusCode"},
            "Type": {"shape": "Text", "location": "header", "locationName": "Content-Type"},
        },
    },
    "Events": {
        "type": "structure",
        "payload": "Stream",
        "members": {
            "Stream": {"shape": "Stream"},
            "Type": {"shape": "Text", "location": "header", "locationName": "Content-Type"},
        },
    },
    "Stream": {
        "type": "structure",
        "eventstream": True,
        "members": {
            "Chunk": {"shape": "Chunk"},
            "Note": {"shape": "Note"},
            "Thing": {"shape": "Thing"},
            "Done": {"shape": "Done"},
            "Located": {"shape": "Located"},
            "Gone": {"shape": "NoSuchThing"},
        },
    },
    "Chunk": {"type": "structure", "event": True, "members": {"Data": {"shape": "Blob", "eventpayload": True}}},
    "Note": {"type": "structure", "event": True, "members": {"Said": {"shape": "Text", "eventpayload": True}}},
    "Thing": {"type": "structure", "event": True, "members": {"It": {"shape": "Everything", "eventpayload": True}}},
    "Done": {"type": "structure", "event": True, "members": {"Count": {"shape": "Count"}, "When": {"shape": "When"}}},
    "Located": {"type": "structure", "event": True, "members": {"Id": {"shape": "Text", "eventheader": True}}},
    "Nothing": {"type": "structure", "members": {}},
    "NoSuchThing": {
        "type": "structure",
        "exception": True,
        "error": {"httpStatusCode": 404},
        "members": {"Type": {"shape": "Text"}, "Message": {"shape": "Text"}, "Name": {"shape": "Text"}},
    },
    "Busy": {"type": "structure", "exception": True, "fault": True, "members": {"message": {"shape": "Text"}}},
    "Renamed": {
        "type": "structure",
        "exception": True,
        "error": {"code": "Other.Code", "httpStatusCode": 409},
        "members": {"retry": {"shape": "Text", "location": "header", "locationName": "Retry-After"}},
    },
}
OPERATIONS: dict[str, Any] = {
    "Echo": {
        "name": "Echo",
        "http": {"method": "POST", "requestUri": "/echo"},
        "input": {"shape": "Everything", "locationName": "EchoRequest"},
        "output": {"shape": "Everything", "resultWrapper": "EchoResult"},
    },
    "Bind": {
        "name": "Bind",
        "http": {"method": "PUT", "requestUri": "/things/{id}?bound", "responseCode": 201},
        "input": {"shape": "Bound", "locationName": "BindRequest"},
        "output": {"shape": "Bound"},
    },
    "Upload": {
        "name": "Upload",
        "http": {"method": "POST", "requestUri": "/octets"},
        "input": {"shape": "Octets"},
        "output": {"shape": "Octets"},
    },
    "Listen": {"name": "Listen", "http": {"method": "GET", "requestUri": "/events"}, "output": {"shape": "Events"}},
    "Remove": {"name": "Remove", "http": {"method": "DELETE", "requestUri": "/things/{id}", "responseCode": 204}},
}


def service(protocol: str, corrections: Mapping[str, Any] | None = None, **metadata: Any) -> Service:
    """Return the service, speaking one protocol."""
    model = {
        "metadata": {
            "protocol": protocol,
            "endpointPrefix": "things",
            "serviceFullName": "Example Things",
            "apiVersion": "2026-01-01",
            "jsonVersion": "1.1",
            "targetPrefix": "Things_20260101",
            **metadata,
        },
        "operations": OPERATIONS,
        "shapes": SHAPES,
    }
    return Service("things", model, parse_corrections(corrections or {}))


def operation(protocol: str, name: str) -> Operation:
    """Return an operation of the service."""
    found = service(protocol).operation(name)
    assert found is not None
    return found
