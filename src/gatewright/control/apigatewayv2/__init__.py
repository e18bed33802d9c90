"""Amazon API Gateway version 2: the control plane of HTTP APIs.

Operations that are in no table answer 501 by their absence: WebSocket APIs (models, route and integration responses),
authorizers, custom domains and VPC links come with later issues.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigatewayv2 import apis, cors, deployments, import_export, integrations, routes, stages, tags
from gatewright.control.context import Context

OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        **apis.OPERATIONS,
        **cors.OPERATIONS,
        **routes.OPERATIONS,
        **integrations.OPERATIONS,
        **stages.OPERATIONS,
        **deployments.OPERATIONS,
        **tags.OPERATIONS,
        **import_export.OPERATIONS,
    }
)
