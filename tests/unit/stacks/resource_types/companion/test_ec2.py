"""Sources: the pages of the types of Amazon EC2 (AWS CloudFormation User Guide)."""

from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Resource
from gatewright.stacks.resource_types.ec2 import subnet, vpc
from gatewright.stacks.resource_types.ec2.permissions import permission
from tests.unit.stacks.resource_types.companion.companion_stack import Stack

TAGS = [{"Key": "Name", "Value": "n"}]


@pytest.fixture
def network(stack: Stack) -> Resource:
    return stack.create("AWS::EC2::VPC", "Vpc", CidrBlock="10.0.0.0/16")


def make_subnet(stack: Stack, network: Resource, logical_id: str = "Subnet", third: int = 1) -> Resource:
    cidr = f"10.0.{third}.0/24"
    return stack.create("AWS::EC2::Subnet", logical_id, VpcId=network.physical_id, CidrBlock=cidr)


def test_a_vpc(stack: Stack) -> None:
    old = {"CidrBlock": "10.1.0.0/16", "EnableDnsHostnames": "true", "Tags": TAGS}
    made = stack.create("AWS::EC2::VPC", **old)
    assert made.physical_id.startswith("vpc-")
    attributes = made.attributes
    assert (attributes["VpcId"], attributes["CidrBlock"]) == (made.physical_id, "10.1.0.0/16")
    assert attributes["DefaultSecurityGroup"].startswith("sg-")
    assert attributes["DefaultNetworkAcl"].startswith("acl-")
    assert len(attributes["CidrBlockAssociations"]) == 1
    found = stack.ask("ec2", "DescribeVpcs", VpcIds=[made.physical_id])["Vpcs"][0]
    assert found["Tags"] == TAGS
    new = {"CidrBlock": "10.1.0.0/16", "EnableDnsSupport": False}
    stack.update("AWS::EC2::VPC", made, old, new)
    asked = {"VpcId": made.physical_id, "Attribute": "enableDnsHostnames"}
    assert stack.ask("ec2", "DescribeVpcAttribute", **asked)["EnableDnsHostnames"] == {"Value": False}
    stack.delete("AWS::EC2::VPC", made)
    assert vpc.replaces({}, {"InstanceTenancy": "dedicated"})
    assert not vpc.replaces({"InstanceTenancy": "dedicated"}, {})


def test_a_subnet(stack: Stack, network: Resource) -> None:
    old = {"VpcId": network.physical_id, "CidrBlock": "10.0.1.0/24", "MapPublicIpOnLaunch": True, "Tags": TAGS}
    made = stack.create("AWS::EC2::Subnet", **old)
    attributes = made.attributes
    assert (attributes["SubnetId"], attributes["VpcId"]) == (made.physical_id, network.physical_id)
    assert attributes["AvailabilityZone"].startswith("eu-west-1")
    assert attributes["NetworkAclAssociationId"].startswith("aclassoc-")
    stack.update("AWS::EC2::Subnet", made, old, {"VpcId": network.physical_id, "CidrBlock": "10.0.1.0/24"})
    found = stack.ask("ec2", "DescribeSubnets", SubnetIds=[made.physical_id])["Subnets"][0]
    assert found["MapPublicIpOnLaunch"] is False
    assert found.get("Tags", []) == []
    stack.delete("AWS::EC2::Subnet", made)
    assert subnet.replaces({}, {"Ipv6CidrBlock": "::/64"})


def rules(stack: Stack, group: Resource, direction: str) -> list[dict[str, Any]]:
    found = stack.ask("ec2", "DescribeSecurityGroups", GroupIds=[group.physical_id])["SecurityGroups"][0]
    listed: list[dict[str, Any]] = found["IpPermissions" if direction == "in" else "IpPermissionsEgress"]
    return listed


def test_a_security_group(stack: Stack, network: Resource) -> None:
    https = {"IpProtocol": "tcp", "FromPort": "443", "ToPort": "443", "CidrIp": "0.0.0.0/0"}
    old: dict[str, Any] = {
        "GroupDescription": "d",
        "VpcId": network.physical_id,
        "SecurityGroupIngress": [https],
        "SecurityGroupEgress": [https],
    }
    made = stack.create("AWS::EC2::SecurityGroup", **old)
    assert made.attributes == {"GroupId": made.physical_id, "Id": made.physical_id, "VpcId": network.physical_id}
    assert [rule["FromPort"] for rule in rules(stack, made, "in")] == [443]
    assert [rule["FromPort"] for rule in rules(stack, made, "out")] == [443]
    new = {"GroupDescription": "d", "VpcId": network.physical_id, "Tags": TAGS}
    stack.update("AWS::EC2::SecurityGroup", made, old, new)
    assert rules(stack, made, "in") == []
    assert [rule["IpProtocol"] for rule in rules(stack, made, "out")] == ["-1"]
    ingress = {"GroupId": made.physical_id, "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    ingress["SourceSecurityGroupId"] = made.physical_id
    rule = stack.create("AWS::EC2::SecurityGroupIngress", **ingress)
    assert rule.attributes == {"Id": rule.physical_id}
    assert [one["FromPort"] for one in rules(stack, made, "in")] == [22]
    stack.update("AWS::EC2::SecurityGroupIngress", rule, ingress, {**ingress, "Description": "ssh"})
    stack.delete("AWS::EC2::SecurityGroupIngress", rule, **ingress)
    assert rules(stack, made, "in") == []
    egress = {"GroupId": made.physical_id, "IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "CidrIp": "10.0.0.0/8"}
    rule = stack.create("AWS::EC2::SecurityGroupEgress", **egress)
    stack.delete("AWS::EC2::SecurityGroupEgress", rule, **egress)
    stack.delete("AWS::EC2::SecurityGroup", made)


def test_permissions() -> None:
    assert permission({"IpProtocol": "-1", "CidrIpv6": "::/0", "Description": "d"}) == {
        "IpProtocol": "-1",
        "Ipv6Ranges": [{"CidrIpv6": "::/0", "Description": "d"}],
    }
    assert permission({"IpProtocol": "-1", "SourcePrefixListId": "pl-1"})["PrefixListIds"] == [{"PrefixListId": "pl-1"}]


def test_routes(stack: Stack, network: Resource) -> None:
    placed = make_subnet(stack, network)
    gateway = stack.create("AWS::EC2::InternetGateway", "Gateway", Tags=TAGS)
    assert gateway.attributes == {"InternetGatewayId": gateway.physical_id}
    attachment = {"VpcId": network.physical_id, "InternetGatewayId": gateway.physical_id}
    attached = stack.create("AWS::EC2::VPCGatewayAttachment", "Attachment", **attachment)
    assert attached.physical_id == f"IGW|{network.physical_id}"
    table = stack.create("AWS::EC2::RouteTable", "Table", VpcId=network.physical_id)
    assert table.attributes == {"RouteTableId": table.physical_id}
    route = {
        "RouteTableId": table.physical_id,
        "DestinationCidrBlock": "0.0.0.0/0",
        "GatewayId": gateway.physical_id,
    }
    made = stack.create("AWS::EC2::Route", **route)
    assert made.physical_id == f"{table.physical_id}|0.0.0.0/0"
    stack.update("AWS::EC2::Route", made, route, route)
    association = {"RouteTableId": table.physical_id, "SubnetId": placed.physical_id}
    associated = stack.create("AWS::EC2::SubnetRouteTableAssociation", "Association", **association)
    assert associated.attributes == {"Id": associated.physical_id}
    stack.delete("AWS::EC2::SubnetRouteTableAssociation", associated, **association)
    stack.delete("AWS::EC2::Route", made, **route)
    stack.delete("AWS::EC2::RouteTable", table)
    stack.delete("AWS::EC2::VPCGatewayAttachment", attached, **attachment)
    stack.delete("AWS::EC2::InternetGateway", gateway)
    with pytest.raises(AwsError, match="One of DestinationCidrBlock"):
        stack.create("AWS::EC2::Route", RouteTableId=table.physical_id)


def test_an_endpoint(stack: Stack, network: Resource) -> None:
    table = stack.create("AWS::EC2::RouteTable", "Table", VpcId=network.physical_id)
    old = {"VpcId": network.physical_id, "ServiceName": "com.amazonaws.eu-west-1.s3", "VpcEndpointType": "Gateway"}
    made = stack.create("AWS::EC2::VPCEndpoint", **old, Tags=TAGS)
    assert made.attributes["Id"] == made.physical_id
    assert set(made.attributes) == {"Id", "CreationTimestamp", "DnsEntries", "NetworkInterfaceIds"}
    stack.update("AWS::EC2::VPCEndpoint", made, old, {**old, "RouteTableIds": [table.physical_id]})
    found = stack.ask("ec2", "DescribeVpcEndpoints", VpcEndpointIds=[made.physical_id])["VpcEndpoints"][0]
    assert found["RouteTableIds"] == [table.physical_id]
    stack.delete("AWS::EC2::VPCEndpoint", made)


def test_a_nat_gateway(stack: Stack, network: Resource) -> None:
    placed = make_subnet(stack, network)
    address = stack.create("AWS::EC2::EIP", "Address", Domain="vpc", Tags=TAGS)
    assert address.physical_id == address.attributes["PublicIp"]
    properties = {"SubnetId": placed.physical_id, "AllocationId": address.attributes["AllocationId"]}
    made = stack.create("AWS::EC2::NatGateway", **properties)
    assert made.attributes["NatGatewayId"] == made.physical_id
    assert made.attributes["EniId"].startswith("eni-")
    stack.update("AWS::EC2::NatGateway", made, properties, {**properties, "Tags": TAGS})
    stack.delete("AWS::EC2::NatGateway", made, **properties)
    stack.update("AWS::EC2::EIP", address, {"Tags": TAGS}, {}, "Address")
    stack.delete("AWS::EC2::EIP", address)


def test_network_acls(stack: Stack, network: Resource) -> None:
    placed = make_subnet(stack, network)
    acl = stack.create("AWS::EC2::NetworkAcl", "Acl", VpcId=network.physical_id)
    entry = {
        "NetworkAclId": acl.physical_id,
        "RuleNumber": "100",
        "Protocol": "6",
        "RuleAction": "allow",
        "CidrBlock": "0.0.0.0/0",
        "PortRange": {"From": 443, "To": 443},
    }
    made = stack.create("AWS::EC2::NetworkAclEntry", **entry)
    stack.update("AWS::EC2::NetworkAclEntry", made, entry, {**entry, "RuleAction": "deny"})
    association = {"SubnetId": placed.physical_id, "NetworkAclId": acl.physical_id}
    associated = stack.create("AWS::EC2::SubnetNetworkAclAssociation", "Association", **association)
    assert associated.attributes == {"AssociationId": associated.physical_id}
    stack.delete("AWS::EC2::SubnetNetworkAclAssociation", associated, **association)
    stack.delete("AWS::EC2::NetworkAclEntry", made, **entry)
    stack.delete("AWS::EC2::NetworkAcl", acl)


def test_once_more_after_a_crash(stack: Stack, network: Resource) -> None:
    call = stack.call(earlier_id=network.physical_id, is_repeated=True)
    assert vpc.TYPE.create(call, {"CidrBlock": "10.0.0.0/16"}) == network
