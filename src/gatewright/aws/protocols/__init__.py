"""The protocols of AWS, the server's side: one module each, and the values they share."""

from collections.abc import Mapping
from types import MappingProxyType

from gatewright.aws.protocols.json_rpc import JSON_RPC
from gatewright.aws.protocols.query import QUERY
from gatewright.aws.protocols.rest_json import REST_JSON
from gatewright.aws.protocols.rest_xml import REST_XML
from gatewright.aws.protocols.types import Protocol

PROTOCOLS: Mapping[str, Protocol] = MappingProxyType(
    {protocol.name: protocol for protocol in (REST_JSON, REST_XML, JSON_RPC, QUERY)}
)
"""By the name that botocore's models use."""
