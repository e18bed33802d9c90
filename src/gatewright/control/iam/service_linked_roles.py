"""Service-linked roles: those that AWS's services make for themselves, of the services near Lambda and API Gateway.

Deleting one is a task on AWS; here it is done when the answer comes, and the task says so.

Source: CreateServiceLinkedRole and its relatives in the "API Reference", "AWS services that work with IAM" (IAM);
"Service-linked roles for Amazon EC2 Auto Scaling" for a role with a custom suffix.
"""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.errors import OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.attached_policies import attachment_key, note_attachment
from gatewright.control.iam.documents import ROLE, SERVICE, entity_key, find, new_document, put, require
from gatewright.control.iam.errors import invalid_input, no_such_entity
from gatewright.control.iam.roles import is_service_linked, role_in_brief
from gatewright.store.types import Key

_DELETION: Final = "service-linked-role-deletion"

NAMES: Final = MappingProxyType(
    {
        "ops.apigateway.amazonaws.com": ("AWSServiceRoleForAPIGateway", "APIGatewayServiceRolePolicy"),
        "lambda.amazonaws.com": ("AWSServiceRoleForLambda", "AWSLambdaServiceRolePolicy"),
        "replicator.lambda.amazonaws.com": ("AWSServiceRoleForLambdaReplicator", "AWSLambdaReplicator"),
        "lambda.application-autoscaling.amazonaws.com": (
            "AWSServiceRoleForApplicationAutoScaling_LambdaConcurrency",
            "AWSApplicationAutoscalingLambdaConcurrencyPolicy",
        ),
        "dynamodb.application-autoscaling.amazonaws.com": (
            "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable",
            "AWSApplicationAutoscalingDynamoDBTablePolicy",
        ),
        "ecs.amazonaws.com": ("AWSServiceRoleForECS", "AmazonECSServiceRolePolicy"),
        "elasticloadbalancing.amazonaws.com": (
            "AWSServiceRoleForElasticLoadBalancing",
            "AWSElasticLoadBalancingServiceRolePolicy",
        ),
        "autoscaling.amazonaws.com": ("AWSServiceRoleForAutoScaling", "AutoScalingServiceRolePolicy"),
        "rds.amazonaws.com": ("AWSServiceRoleForRDS", "AmazonRDSServiceRolePolicy"),
        "opensearchservice.amazonaws.com": (
            "AWSServiceRoleForAmazonOpenSearchService",
            "AmazonOpenSearchServiceRolePolicy",
        ),
        "events.amazonaws.com": ("AWSServiceRoleForCloudWatchEvents", "CloudWatchEventsServiceRolePolicy"),
    }
)
"""The role of each service, and the policy of AWS's that it has."""

_WITH_SUFFIX: Final = frozenset({"autoscaling.amazonaws.com"})
"""Those of NAMES that take a CustomSuffix, as recorded (localstack, test_iam.py, SERVICES_CUSTOM_SUFFIX)."""


def create_service_linked_role(context: Context, request: Shape) -> Shape:
    """Create the role of a service."""
    service = request["AWSServiceName"]
    if service not in NAMES:
        raise OperationNotImplemented(f"The service-linked role of {service} is not implemented by gatewright.")
    name, policy = NAMES[service]
    if request.get("CustomSuffix"):
        if service not in _WITH_SUFFIX:
            raise invalid_input(f"Custom suffix is not allowed for {service}")
        name = f"{name}_{request['CustomSuffix']}"
    trusted = {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": ["sts:AssumeRole"]}
    arn = f"arn:{context.caller.partition}:iam::aws:policy/aws-service-role/{policy}"
    role = {
        **new_document(context, ROLE, {"RoleName": name, "Path": f"/aws-service-role/{service}/"}),
        "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [trusted]}),
        "MaxSessionDuration": 3600,
        "Tags": [],
        "AttachedPolicies": [arn],
    }
    if request.get("Description"):
        role["Description"] = request["Description"]
    with context.store.write() as writer:
        if find(context, writer, ROLE, name) is not None:
            raise invalid_input(
                f"Service role name {name} has been taken in this account, please try a different suffix."
            )
        put(context, writer, ROLE, role)
        note_attachment(context, writer, arn, ROLE, name)
    return {"Role": role_in_brief(role)}


def delete_service_linked_role(context: Context, request: Shape) -> Shape:
    """Delete the role of a service."""
    with context.store.write() as writer:
        role = require(context, writer, ROLE, request["RoleName"])
        if not is_service_linked(role):
            raise no_such_entity(ROLE.missing.format(request["RoleName"]))
        for arn in role["AttachedPolicies"]:
            writer.delete(attachment_key(context, arn, ROLE, role["RoleName"]))
        writer.delete(entity_key(context, ROLE, role["RoleName"]))
        task = f"task{role['Path']}{role['RoleName']}/{context.ids.uuid()}"
        writer.put(_task_key(context, task), {"Status": "SUCCEEDED"})
    return {"DeletionTaskId": task}


def get_service_linked_role_deletion_status(context: Context, request: Shape) -> Shape:
    """Return how far a deletion has come."""
    with context.store.read() as reader:
        task = reader.get(_task_key(context, request["DeletionTaskId"]))
    if task is None:
        raise no_such_entity(f"No deletion task with id {request['DeletionTaskId']} was found.")
    return task


def _task_key(context: Context, task: str) -> Key:
    return context.global_key(SERVICE, _DELETION, task)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateServiceLinkedRole": create_service_linked_role,
        "DeleteServiceLinkedRole": delete_service_linked_role,
        "GetServiceLinkedRoleDeletionStatus": get_service_linked_role_deletion_status,
    }
)
