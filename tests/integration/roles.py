"""Roles that API Gateway may assume, for integrations."""

import json

from tests.integration.nodes import Node


def make_role(node: Node, arn: str, service: str = "apigateway.amazonaws.com") -> None:
    """Create a role that a service may assume; its policies are records here, so it has none."""
    trusted = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    path, _, name = arn.partition(":role")[2].rpartition("/")
    node.client("iam").create_role(
        RoleName=name,
        Path=f"{path}/",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trusted]}),
    )
