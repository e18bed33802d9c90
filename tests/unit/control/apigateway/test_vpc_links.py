"""VPC links as records: the VpcLink type in the "Amazon API Gateway REST API Reference", and what was seen of AWS."""

import logging

import pytest

from tests.unit.control.apigateway.calls import Calls

BALANCER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/my-lb/12a456s89aaa12345"


def test_the_life_of_a_link(calls: Calls, caplog: pytest.LogCaptureFixture) -> None:
    """`update-vpc-link` in the "AWS CLI Command Reference"; aws-samples/aws-modern-application-workshop, issue 21."""
    with caplog.at_level(logging.WARNING, "gatewright.control"):
        created = calls("CreateVpcLink", name="old", targetArns=[BALANCER])
    assert "record only" in caplog.text
    link_id = created["id"]
    assert created == {"id": link_id, "name": "old", "targetArns": [BALANCER], "status": "PENDING"}
    changed = calls.patch(
        "UpdateVpcLink", ("replace", "/name", "my-vpc-link"), ("replace", "/description", "mine"), vpcLinkId=link_id
    )
    assert changed == {
        "id": link_id,
        "name": "my-vpc-link",
        "description": "mine",
        "targetArns": [BALANCER],
        "status": "AVAILABLE",
        "statusMessage": "Your vpc link is ready for use",
        "tags": {},
    }
    assert calls("GetVpcLink", vpcLinkId=link_id) == changed
    assert calls("GetVpcLinks") == {"items": [{name: value for name, value in changed.items() if name != "tags"}]}
    assert calls("DeleteVpcLink", vpcLinkId=link_id) == {}
    missing = ("NotFoundException", "Invalid Vpc Link identifier specified")
    for operation in ("GetVpcLink", "UpdateVpcLink", "DeleteVpcLink"):
        assert calls.refusal(operation, vpcLinkId=link_id) == missing
    assert calls("GetVpcLinks") == {"items": []}


def test_tags_of_a_link(calls: Calls) -> None:
    """ "Amazon API Gateway ARN reference"."""
    created = calls("CreateVpcLink", name="a", targetArns=[BALANCER], tags={"team": "a"})
    assert created["tags"] == {"team": "a"}
    arn = f"arn:aws:apigateway:us-east-1::/vpclinks/{created['id']}"
    calls("TagResource", resourceArn=arn, tags={"team": "b"})
    assert calls("GetVpcLink", vpcLinkId=created["id"])["tags"] == {"team": "b"}


def test_what_is_refused(calls: Calls) -> None:
    """hashicorp/terraform-provider-aws, pull request 2512: seen of AWS."""
    assert calls.refusal("CreateVpcLink", name="a", targetArns=[BALANCER, BALANCER]) == (
        "BadRequestException",
        "More than one target arn specified for vpc link.",
    )
    link_id = calls("CreateVpcLink", name="a", targetArns=[BALANCER])["id"]
    operations = [{"op": "replace", "path": "/targetArns/0", "value": BALANCER}]
    assert calls.refusal("UpdateVpcLink", vpcLinkId=link_id, patchOperations=operations) == (
        "BadRequestException",
        "Target arns are not allowed to be changed/added.",
    )
    operations = [{"op": "replace", "path": "/name", "value": ""}]
    assert calls.refusal("UpdateVpcLink", vpcLinkId=link_id, patchOperations=operations)[0] == "BadRequestException"


def test_a_target_that_is_no_network_load_balancer(calls: Calls) -> None:
    """VpcLink: "valid values are AVAILABLE, PENDING, DELETING, or FAILED"."""
    link_id = calls("CreateVpcLink", name="a", targetArns=["arn:aws:s3:::bucket"])["id"]
    assert calls("GetVpcLink", vpcLinkId=link_id)["status"] == "FAILED"


def test_the_quota(calls: Calls) -> None:
    """ "Quotas for configuring and running a REST API in API Gateway": 20 VPC links of an account in a Region."""
    for number in range(20):
        calls("CreateVpcLink", name=str(number), targetArns=[BALANCER])
    assert calls.refusal("CreateVpcLink", name="one more", targetArns=[BALANCER])[0] == "LimitExceededException"
