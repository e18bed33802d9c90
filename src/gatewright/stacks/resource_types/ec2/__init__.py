"""The resource types of Amazon EC2 that networks are made of. The companion has them as records: nothing passes."""

from typing import Final

from gatewright.stacks.resource_types.contract import Family, family
from gatewright.stacks.resource_types.ec2 import (
    addresses,
    endpoint,
    gateways,
    network_acls,
    routes,
    security_group,
    security_group_rules,
    subnet,
    vpc,
)

TYPES: Final[Family] = family(
    vpc.TYPE,
    subnet.TYPE,
    security_group.TYPE,
    security_group_rules.INGRESS,
    security_group_rules.EGRESS,
    routes.ROUTE_TABLE,
    routes.ROUTE,
    routes.ASSOCIATION,
    gateways.INTERNET_GATEWAY,
    gateways.ATTACHMENT,
    gateways.NAT_GATEWAY,
    endpoint.TYPE,
    addresses.EIP,
    network_acls.ACL,
    network_acls.ENTRY,
    network_acls.ASSOCIATION,
)
