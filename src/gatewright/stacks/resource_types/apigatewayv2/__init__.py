"""Resource types of HTTP and WebSocket APIs (`AWS::ApiGatewayV2::…`)."""

from gatewright.stacks.resource_types.apigatewayv2 import parts
from gatewright.stacks.resource_types.apigatewayv2.api import API
from gatewright.stacks.resource_types.apigatewayv2.domain_name import DOMAIN_NAME
from gatewright.stacks.resource_types.apigatewayv2.managed_overrides import MANAGED_OVERRIDES
from gatewright.stacks.resource_types.apigatewayv2.routing_rule import ROUTING_RULE
from gatewright.stacks.resource_types.apigatewayv2.stage import STAGE
from gatewright.stacks.resource_types.apigatewayv2.vpc_link import VPC_LINK
from gatewright.stacks.resource_types.contract import family

TYPES = family(API, DOMAIN_NAME, MANAGED_OVERRIDES, ROUTING_RULE, STAGE, VPC_LINK, *parts.TYPES)
