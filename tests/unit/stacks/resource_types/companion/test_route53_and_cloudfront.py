"""Sources: the pages of the types of Amazon Route 53 and Amazon CloudFront (AWS CloudFormation User Guide)."""

from typing import Any

import pytest

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.stacks.resource_types.cloudfront.distribution_config import distribution_config
from gatewright.stacks.resource_types.contract import Resource
from gatewright.stacks.resource_types.route53.record_sets import replaces
from tests.unit.stacks.resource_types.companion.companion_stack import Stack

ZONE, RECORDS = "AWS::Route53::HostedZone", "AWS::Route53::RecordSet"
DISTRIBUTION = "AWS::CloudFront::Distribution"


def records(stack: Stack, zone: Resource) -> dict[tuple[str, str], list[str]]:
    found = stack.ask("route53", "ListResourceRecordSets", HostedZoneId=zone.physical_id)["ResourceRecordSets"]
    return {(one["Name"], one["Type"]): [record["Value"] for record in one.get("ResourceRecords", ())] for one in found}


def test_a_zone_and_its_records(stack: Stack) -> None:
    domain = f"{stack.random_part.lower()}.example"
    old = {"Name": domain, "HostedZoneConfig": {"Comment": "c"}, "HostedZoneTags": [{"Key": "a", "Value": "1"}]}
    zone = stack.create(ZONE, "Zone", **old)
    assert zone.attributes["Id"] == zone.physical_id
    assert "/" not in zone.physical_id
    assert len(zone.attributes["NameServers"]) == 4
    new = {"Name": domain, "HostedZoneConfig": {"Comment": "d"}}
    stack.update(ZONE, zone, old, new, "Zone")
    tags = stack.ask("route53", "ListTagsForResource", ResourceType="hostedzone", ResourceId=zone.physical_id)
    assert tags["ResourceTagSet"]["Tags"] == []

    name = f"www.{domain}."
    record: dict[str, Any] = {"HostedZoneName": f"{domain}.", "Name": name, "Type": "A"}
    record |= {"TTL": "60", "ResourceRecords": ["192.0.2.1"]}
    made = stack.create(RECORDS, **record)
    assert made.physical_id == name
    with pytest.raises(AwsError):
        stack.create(RECORDS, "Again", **record)
    stack.update(RECORDS, made, record, {**record, "ResourceRecords": ["192.0.2.2"]})
    assert records(stack, zone)[name, "A"] == ["192.0.2.2"]
    assert replaces(record, {**record, "Name": "other"})
    stack.delete(RECORDS, made, **{**record, "ResourceRecords": ["192.0.2.2"]})
    assert (name, "A") not in records(stack, zone)

    group = {
        "HostedZoneId": zone.physical_id,
        "RecordSets": [
            {"Name": f"{one}.{domain}.", "Type": "CNAME", "TTL": 5, "ResourceRecords": [f"{one}.example.com"]}
            for one in ("a", "b")
        ],
    }
    grouped = stack.create("AWS::Route53::RecordSetGroup", "Group", **group)
    fewer = {**group, "RecordSets": group["RecordSets"][:1]}
    stack.update("AWS::Route53::RecordSetGroup", grouped, group, fewer, "Group")
    assert (f"b.{domain}.", "CNAME") not in records(stack, zone)
    stack.delete("AWS::Route53::RecordSetGroup", grouped, **fewer)
    stack.delete(ZONE, zone)
    stack.delete(RECORDS, made, **record)


def test_a_zone_that_is_not_there(stack: Stack) -> None:
    with pytest.raises(AwsError, match=r"No hosted zones named nowhere\.example\. found"):
        stack.create(RECORDS, HostedZoneName="nowhere.example.", Name="a.nowhere.example.", Type="A")
    with pytest.raises(OperationNotImplemented, match="QueryLoggingConfig"):
        stack.create(ZONE, Name="a.example", QueryLoggingConfig={"CloudWatchLogsLogGroupArn": "g"})


def test_a_health_check(stack: Stack) -> None:
    properties = {"HealthCheckConfig": {"Type": "HTTPS", "FullyQualifiedDomainName": "example.com", "Port": 443}}
    made = stack.create("AWS::Route53::HealthCheck", **properties)
    changed = {"HealthCheckConfig": {**properties["HealthCheckConfig"], "Port": 8443}}
    stack.update("AWS::Route53::HealthCheck", made, properties, changed)
    found = stack.ask("route53", "GetHealthCheck", HealthCheckId=made.physical_id)["HealthCheck"]
    assert found["HealthCheckConfig"]["Port"] == 8443
    stack.delete("AWS::Route53::HealthCheck", made)


def configuration(bucket: str = "b") -> dict[str, Any]:
    return {
        "Enabled": "true",
        "DefaultRootObject": "index.html",
        "Aliases": ["www.example.com"],
        "Origins": [{"Id": "s3", "DomainName": f"{bucket}.s3.amazonaws.com", "S3OriginConfig": {}}],
        "DefaultCacheBehavior": {
            "TargetOriginId": "s3",
            "ViewerProtocolPolicy": "redirect-to-https",
            "AllowedMethods": ["GET", "HEAD"],
            "CachedMethods": ["GET", "HEAD"],
            "ForwardedValues": {"QueryString": "false", "Cookies": {"Forward": "none"}},
        },
        "ViewerCertificate": {"AcmCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/c"},
        "Restrictions": {"GeoRestriction": {"RestrictionType": "whitelist", "Locations": ["NL"]}},
    }


def test_a_distribution(stack: Stack) -> None:
    old = {"DistributionConfig": configuration(), "Tags": [{"Key": "a", "Value": "1"}]}
    made = stack.create(DISTRIBUTION, **old)
    assert made.attributes["Id"] == made.physical_id
    assert made.attributes["DomainName"].endswith(".cloudfront.net")
    found = stack.ask("cloudfront", "GetDistribution", Id=made.physical_id)["Distribution"]
    assert found["DistributionConfig"]["Aliases"]["Items"] == ["www.example.com"]
    new = {"DistributionConfig": {**configuration(), "Comment": "c"}}
    stack.update(DISTRIBUTION, made, old, new)
    found = stack.ask("cloudfront", "GetDistribution", Id=made.physical_id)["Distribution"]
    assert found["DistributionConfig"]["Comment"] == "c"
    stack.delete(DISTRIBUTION, made, **new)


def test_a_configuration() -> None:
    made = distribution_config(
        {
            "Enabled": True,
            "IPV6Enabled": True,
            "Logging": {"Bucket": "logs"},
            "Origins": [
                {
                    "Id": "api",
                    "DomainName": "example.com",
                    "CustomOriginConfig": {"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": ["TLSv1.2"]},
                    "OriginCustomHeaders": [{"HeaderName": "X-A", "HeaderValue": "1"}],
                }
            ],
            "DefaultCacheBehavior": {"TargetOriginId": "api", "TrustedSigners": [], "CachedMethods": ["GET", "HEAD"]},
        },
        "reference",
    )
    assert (made["CallerReference"], made["Comment"], made["IsIPV6Enabled"]) == ("reference", "", True)
    assert made["Logging"] == {"Enabled": True, "IncludeCookies": False, "Bucket": "logs", "Prefix": ""}
    (origin,) = made["Origins"]["Items"]
    assert origin["CustomOriginConfig"] == {
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "https-only",
        "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
    }
    assert origin["CustomHeaders"]["Quantity"] == 1
    behavior = made["DefaultCacheBehavior"]
    assert behavior["TrustedSigners"] == {"Enabled": False, "Quantity": 0}
    assert behavior["AllowedMethods"]["CachedMethods"]["Items"] == ["GET", "HEAD"]


def test_access_to_origins(stack: Stack) -> None:
    control = {
        "Name": f"c-{stack.random_part}",
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    properties = {"OriginAccessControlConfig": control}
    made = stack.create("AWS::CloudFront::OriginAccessControl", **properties)
    assert made.attributes == {"Id": made.physical_id}
    changed = {"OriginAccessControlConfig": {**control, "SigningBehavior": "never"}}
    stack.update("AWS::CloudFront::OriginAccessControl", made, properties, changed)
    stack.delete("AWS::CloudFront::OriginAccessControl", made)
    identity = {"CloudFrontOriginAccessIdentityConfig": {"Comment": "c"}}
    with pytest.raises(OperationNotImplemented, match="CreateCloudFrontOriginAccessIdentity"):
        stack.create("AWS::CloudFront::CloudFrontOriginAccessIdentity", **identity)


def test_a_function(stack: Stack) -> None:
    properties = {
        "Name": f"f-{stack.random_part}",
        "FunctionCode": "function handler(event) { return event.request; }",
        "FunctionConfig": {"Comment": "c", "Runtime": "cloudfront-js-2.0"},
    }
    made = stack.create("AWS::CloudFront::Function", **properties)
    assert made.physical_id == f"arn:aws:cloudfront::123456789012:function/{properties['Name']}"
    published = {**properties, "Name": f"p-{stack.random_part}", "AutoPublish": True}
    with pytest.raises(OperationNotImplemented, match="PublishFunction"):
        stack.create("AWS::CloudFront::Function", "Published", **published)
    stack.delete("AWS::CloudFront::Function", made)
