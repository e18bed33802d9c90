"""The entities of a REST API that can be documented, as locations.

Source: `locationStatus` of GetDocumentationParts in the "Amazon API Gateway REST API Reference"; "Representation of API
documentation in API Gateway" (API Gateway Developer Guide).
"""

from collections.abc import Iterator
from types import MappingProxyType

from gatewright.control.apigateway.documents import MODEL, RESOURCE, list_parts
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader

_PARAMETER_TYPES = MappingProxyType(
    {"path": "PATH_PARAMETER", "querystring": "QUERY_PARAMETER", "header": "REQUEST_HEADER"}
)


def entities(context: Context, reader: Reader, api_id: str) -> Iterator[Document]:
    """Yield the location of everything in an API that a documentation part can be about."""
    yield {"type": "API"}
    for model in list_parts(context, reader, MODEL, api_id):
        yield {"type": "MODEL", "name": model["name"]}
    for resource in sorted(list_parts(context, reader, RESOURCE, api_id), key=lambda resource: str(resource["path"])):
        yield {"type": "RESOURCE", "path": resource["path"]}
        for http_method, method in sorted(resource.get("resourceMethods", {}).items()):
            yield from _method_entities(method, {"path": resource["path"], "method": http_method})


def _method_entities(method: Document, place: Document) -> Iterator[Document]:
    yield {"type": "METHOD", **place}
    for parameter in sorted(method.get("requestParameters", {})):
        # method.request.querystring.page
        _, _, kind, name = parameter.split(".", 3)
        if kind in _PARAMETER_TYPES:
            yield {"type": _PARAMETER_TYPES[kind], **place, "name": name}
    if method.get("requestModels"):
        yield {"type": "REQUEST_BODY", **place}
    for status_code, response in sorted(method.get("methodResponses", {}).items()):
        yield {"type": "RESPONSE", **place, "statusCode": status_code}
        for parameter in sorted(response.get("responseParameters", {})):
            yield {
                "type": "RESPONSE_HEADER",
                **place,
                "statusCode": status_code,
                "name": parameter.split(".", 3)[-1],
            }
        if response.get("responseModels"):
            yield {"type": "RESPONSE_BODY", **place, "statusCode": status_code}
