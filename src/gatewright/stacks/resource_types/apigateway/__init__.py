"""Resource types of REST APIs (`AWS::ApiGateway::…`)."""

from gatewright.stacks.resource_types.apigateway import domain_names, parts
from gatewright.stacks.resource_types.apigateway.account import ACCOUNT
from gatewright.stacks.resource_types.apigateway.api_key import API_KEY
from gatewright.stacks.resource_types.apigateway.deployment import DEPLOYMENT
from gatewright.stacks.resource_types.apigateway.gateway_response import GATEWAY_RESPONSE
from gatewright.stacks.resource_types.apigateway.method import METHOD
from gatewright.stacks.resource_types.apigateway.rest_api import REST_API
from gatewright.stacks.resource_types.apigateway.stage import STAGE
from gatewright.stacks.resource_types.apigateway.usage_plan import USAGE_PLAN, USAGE_PLAN_KEY
from gatewright.stacks.resource_types.apigateway.vpc_link import VPC_LINK
from gatewright.stacks.resource_types.contract import family

TYPES = family(
    ACCOUNT,
    API_KEY,
    DEPLOYMENT,
    GATEWAY_RESPONSE,
    METHOD,
    REST_API,
    STAGE,
    USAGE_PLAN,
    USAGE_PLAN_KEY,
    VPC_LINK,
    *domain_names.TYPES,
    *parts.TYPES,
)
