"""Amazon API Gateway: the control plane of REST APIs.

Operations that are in no table answer 501 by their absence: authorizers and domain names come with later issues, and
GetSdk is not built. TestInvokeMethod lives with the data plane that it runs.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway import (
    account,
    api_key_import,
    api_keys,
    client_certificates,
    deployments,
    documentation_import,
    documentation_parts,
    documentation_versions,
    gateway_responses,
    import_export,
    integration_responses,
    integrations,
    method_responses,
    methods,
    models,
    request_validators,
    resources,
    rest_apis,
    sdk_types,
    stages,
    tags,
    usage,
    usage_plan_keys,
    usage_plans,
    vpc_links,
)
from gatewright.control.context import Context

OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        **rest_apis.OPERATIONS,
        **resources.OPERATIONS,
        **methods.OPERATIONS,
        **method_responses.OPERATIONS,
        **integrations.OPERATIONS,
        **integration_responses.OPERATIONS,
        **models.OPERATIONS,
        **request_validators.OPERATIONS,
        **gateway_responses.OPERATIONS,
        **deployments.OPERATIONS,
        **stages.OPERATIONS,
        **api_keys.OPERATIONS,
        **api_key_import.OPERATIONS,
        **usage_plans.OPERATIONS,
        **usage_plan_keys.OPERATIONS,
        **usage.OPERATIONS,
        **documentation_parts.OPERATIONS,
        **documentation_import.OPERATIONS,
        **documentation_versions.OPERATIONS,
        **account.OPERATIONS,
        **client_certificates.OPERATIONS,
        **vpc_links.OPERATIONS,
        **sdk_types.OPERATIONS,
        **tags.OPERATIONS,
        **import_export.OPERATIONS,
    }
)
