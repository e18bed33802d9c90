"""The smaller resource types of REST APIs. Source: "Return values" of their pages (AWS CloudFormation User Guide)."""

import pytest

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Resource
from tests.unit.stacks.resource_types.rest_apis import PREFIX, read
from tests.unit.stacks.resource_types.stack import Stack, known


class TestParts:
    """What one operation makes, and one patch changes."""

    def test_models(self, stack: Stack, api: Resource) -> None:
        kind = f"{PREFIX}Model"
        pet = {"RestApiId": api.physical_id, "ContentType": "application/json", "Schema": {"type": "object"}}
        made = stack.create(kind, **pet, Description="A pet")
        assert made == Resource("shopThinga1B2c3D4e5F6")
        assert stack.repeat(kind, **pet) == made
        stack.update(kind, made, {**pet, "Description": "A pet"}, {**pet, "Schema": '{"type":"array"}'})
        model = read(stack, "GetModel", restApiId=api.physical_id, modelName=made.physical_id)
        assert model["schema"] == '{"type":"array"}'
        assert "description" not in model
        stack.delete(kind, made, **pet)
        named = stack.create(kind, **pet, Name="Pet")
        assert named == Resource("Pet")

    def test_request_validators(self, stack: Stack, api: Resource) -> None:
        kind = f"{PREFIX}RequestValidator"
        both = {"RestApiId": api.physical_id, "ValidateRequestBody": "true", "ValidateRequestParameters": True}
        made = stack.create(kind, **both)
        assert made.attributes == {"RequestValidatorId": made.physical_id}
        assert stack.repeat(kind, **both) == made
        stack.update(kind, made, both, {"RestApiId": api.physical_id, "ValidateRequestBody": True})
        there = read(stack, "GetRequestValidator", restApiId=api.physical_id, requestValidatorId=made.physical_id)
        assert (there["validateRequestBody"], there["validateRequestParameters"]) == (True, False)
        stack.delete(kind, made, **both)

    def test_gateway_responses(self, stack: Stack, api: Resource) -> None:
        kind = f"{PREFIX}GatewayResponse"
        base = {"RestApiId": api.physical_id, "ResponseType": "DEFAULT_4XX"}
        rich = {
            **base,
            "StatusCode": 418,
            "ResponseParameters": {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"},
            "ResponseTemplates": {"application/json": "{}"},
        }
        made = stack.create(kind, **rich)
        assert made.attributes == {"Id": made.physical_id}
        there = read(stack, "GetGatewayResponse", restApiId=api.physical_id, responseType="DEFAULT_4XX")
        assert (there["statusCode"], there["defaultResponse"]) == ("418", False)
        assert there["responseParameters"] == rich["ResponseParameters"]
        stack.update(kind, made, rich, {**base, "StatusCode": "400"})
        there = read(stack, "GetGatewayResponse", restApiId=api.physical_id, responseType="DEFAULT_4XX")
        assert there["responseParameters"] == {}
        stack.delete(kind, made, **base)
        there = read(stack, "GetGatewayResponse", restApiId=api.physical_id, responseType="DEFAULT_4XX")
        assert there["defaultResponse"] is True

    def test_client_certificates(self, stack: Stack) -> None:
        kind = f"{PREFIX}ClientCertificate"
        made = stack.create(kind, Description="Mine", Tags=[{"Key": "team", "Value": "a"}])
        assert made.attributes == {"ClientCertificateId": made.physical_id}
        assert stack.repeat(kind, Description="Mine") == made
        stack.update(kind, made, {"Description": "Mine"}, {"Tags": [{"Key": "team", "Value": "b"}]})
        there = read(stack, "GetClientCertificate", clientCertificateId=made.physical_id)
        assert "description" not in there
        assert there["tags"]["team"] == "b"
        stack.delete(kind, made)

    def test_documentation(self, stack: Stack, api: Resource) -> None:
        part, version = f"{PREFIX}DocumentationPart", f"{PREFIX}DocumentationVersion"
        text = {"RestApiId": api.physical_id, "Location": {"Type": "API"}, "Properties": '{"description":"Pets"}'}
        made = stack.create(part, **text)
        assert made.attributes == {"DocumentationPartId": made.physical_id}
        stack.update(part, made, text, {**text, "Properties": '{"description":"Cats"}'})
        there = read(stack, "GetDocumentationPart", restApiId=api.physical_id, documentationPartId=made.physical_id)
        assert there["properties"] == '{"description":"Cats"}'
        first = {"RestApiId": api.physical_id, "DocumentationVersion": "1.0"}
        released = stack.create(version, **first, Description="First")
        assert released == Resource("1.0")
        assert stack.repeat(version, **first) == released
        stack.update(version, released, {**first, "Description": "First"}, first)
        assert "description" not in read(
            stack, "GetDocumentationVersion", restApiId=api.physical_id, documentationVersion="1.0"
        )
        stack.delete(version, released, **first)
        stack.delete(part, made, **text)

    def test_the_account(self, stack: Stack) -> None:
        kind = f"{PREFIX}Account"
        role = {"CloudWatchRoleArn": "arn:aws:iam::123456789012:role/logs"}
        made = stack.create(kind, **role)
        assert made.attributes == {"Id": made.physical_id}
        reader = known(kind)[0].read
        assert reader is not None
        assert reader(stack.call(), made) == role
        stack.delete(kind, made, **role)
        assert reader(stack.call(), made) == role
        stack.update(kind, made, role, {})
        assert reader(stack.call(), made) == {}

    def test_vpc_links(self, stack: Stack) -> None:
        kind = f"{PREFIX}VpcLink"
        balancer = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/pets/1"
        link = {"Name": "pets", "TargetArns": [balancer], "Description": "Pets"}
        made = stack.create(kind, **link)
        assert made.attributes == {"VpcLinkId": made.physical_id}
        assert stack.repeat(kind, **link) == made
        stack.update(kind, made, link, {"Name": "cats", "TargetArns": [balancer]})
        there = read(stack, "GetVpcLink", vpcLinkId=made.physical_id)
        assert there["name"] == "cats"
        assert "description" not in there
        stack.delete(kind, made, **link)

    @pytest.mark.parametrize(("status", "waits"), [("AVAILABLE", 1), ("FAILED", 1)])
    def test_vpc_links_are_waited_for(self, stack: Stack, status: str, waits: int) -> None:
        link = {"id": "l1", "status": "PENDING", "statusMessage": "no load balancer"}
        stack.services.scripted = {"CreateVpcLink": [link], "GetVpcLink": [{**link, "status": status}]}
        properties = {"Name": "pets", "TargetArns": ["arn:aws:elasticloadbalancing:us-east-1:123456789012:lb"]}
        if status == "FAILED":
            with pytest.raises(AwsError, match="no load balancer"):
                stack.create(f"{PREFIX}VpcLink", **properties)
        else:
            stack.create(f"{PREFIX}VpcLink", **properties)
        assert len(stack.waits) == waits

    def test_authorizers(self, stack: Stack, api: Resource) -> None:
        """ "Patch operations" of UpdateAuthorizer in the "Amazon API Gateway REST API Reference"."""
        kind = f"{PREFIX}Authorizer"
        pool = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/one"
        old = {
            "RestApiId": api.physical_id,
            "Name": "pool",
            "Type": "COGNITO_USER_POOLS",
            "ProviderARNs": [pool],
            "IdentitySource": "method.request.header.Authorization",
            "AuthorizerResultTtlInSeconds": "60",
        }
        names = ("CreateAuthorizer", "UpdateAuthorizer", "DeleteAuthorizer")
        stack.services.scripted = {name: [{"id": "a1"}] for name in names}
        made = stack.create(kind, **old)
        assert made == Resource("a1", {"AuthorizerId": "a1"})
        assert stack.services.sent("CreateAuthorizer") == {
            "restApiId": api.physical_id,
            "name": "pool",
            "type": "COGNITO_USER_POOLS",
            "providerARNs": [pool],
            "identitySource": "method.request.header.Authorization",
            "authorizerResultTtlInSeconds": 60,
        }
        new = {name: value for name, value in old.items() if name != "AuthorizerResultTtlInSeconds"}
        stack.update(kind, made, old, {**new, "Name": "other", "ProviderARNs": [f"{pool}2"]})
        assert stack.services.sent("UpdateAuthorizer")["patchOperations"] == [
            {"op": "replace", "path": "/authorizerResultTtlInSeconds", "value": "300"},
            {"op": "replace", "path": "/name", "value": "other"},
            {"op": "add", "path": "/providerARNs", "value": f"{pool}2"},
            {"op": "remove", "path": "/providerARNs", "value": pool},
        ]
        stack.delete(kind, made, **new)
        assert stack.services.sent("DeleteAuthorizer") == {"restApiId": api.physical_id, "authorizerId": "a1"}


class TestUsage:
    PLAN = f"{PREFIX}UsagePlan"
    KEY = f"{PREFIX}ApiKey"

    def test_keys(self, stack: Stack, api: Resource, prod: Resource) -> None:
        stage = {"RestApiId": api.physical_id, "StageName": "prod"}
        old = {"Enabled": "true", "Description": "Mine", "StageKeys": [stage], "Value": "abcdefghijklmnopqrstuvwxyz"}
        made = stack.create(self.KEY, **old)
        assert made.attributes == {"APIKeyId": made.physical_id}
        there = read(stack, "GetApiKey", apiKey=made.physical_id, includeValue=True)
        assert (there["name"], there["enabled"]) == ("shop-Thing-a1B2c3D4e5F6", True)
        assert there["value"] == old["Value"]
        assert there["stageKeys"] == [f"{api.physical_id}/prod"]
        assert stack.repeat(self.KEY, **old) == made
        new = {"Value": old["Value"], "StageKeys": [{**stage, "StageName": "test"}], "CustomerId": "c-1"}
        assert stack.update(self.KEY, made, old, new) == made
        there = read(stack, "GetApiKey", apiKey=made.physical_id)
        assert (there["enabled"], there["customerId"]) == (False, "c-1")
        assert there["stageKeys"] == [f"{api.physical_id}/test"]
        assert "description" not in there
        stack.delete(self.KEY, made, **new)

    def test_plans(self, stack: Stack, api: Resource, prod: Resource) -> None:
        methods = {"/pets/GET": {"RateLimit": "1", "BurstLimit": 2}}
        one = {"ApiId": api.physical_id, "Stage": "prod", "Throttle": methods}
        old = {
            "ApiStages": [one],
            "Description": "Gold",
            "Quota": {"Limit": "100", "Period": "DAY"},
            "Throttle": {"RateLimit": "10.5", "BurstLimit": "20"},
            "Tags": [{"Key": "team", "Value": "a"}],
        }
        made = stack.create(self.PLAN, **old)
        assert made.attributes == {"Id": made.physical_id}
        plan = read(stack, "GetUsagePlan", usagePlanId=made.physical_id)
        assert plan["name"] == "shop-Thing-a1B2c3D4e5F6"
        assert plan["quota"] == {"limit": 100, "offset": 0, "period": "DAY"}
        assert plan["throttle"] == {"rateLimit": 10.5, "burstLimit": 20}
        assert plan["apiStages"] == [
            {"apiId": api.physical_id, "stage": "prod", "throttle": {"/pets/GET": {"rateLimit": 1, "burstLimit": 2}}}
        ]
        assert stack.repeat(self.PLAN, **old) == made
        two = {"ApiId": api.physical_id, "Stage": "test", "Throttle": {"/pets/{id}/GET": {"RateLimit": 5}}}
        changed = {**one, "Throttle": {"/cats/GET": {"RateLimit": 3, "BurstLimit": 3}}}
        new = {"UsagePlanName": "silver", "ApiStages": [changed, two], "Throttle": {"RateLimit": 1, "BurstLimit": 1}}
        assert stack.update(self.PLAN, made, old, new) == made
        plan = read(stack, "GetUsagePlan", usagePlanId=made.physical_id)
        assert plan["name"] == "silver"
        assert not {"quota", "description"} & plan.keys()
        assert plan["throttle"] == {"rateLimit": 1, "burstLimit": 1}
        throttles = {stage["stage"]: stage["throttle"] for stage in plan["apiStages"]}
        assert throttles["prod"] == {"/cats/GET": {"rateLimit": 3, "burstLimit": 3}}
        assert throttles["test"]["/pets/{id}/GET"]["rateLimit"] == 5
        assert "team" not in plan["tags"]
        stack.delete(self.PLAN, made, **new)
        assert read(stack, "GetUsagePlans")["items"] == []

    def test_a_stage_leaves_a_plan(self, stack: Stack, api: Resource, prod: Resource) -> None:
        one = {"ApiId": api.physical_id, "Stage": "prod", "Throttle": {"/pets/GET": {"RateLimit": 1, "BurstLimit": 2}}}
        made = stack.create(self.PLAN, ApiStages=[one])
        stack.update(self.PLAN, made, {"ApiStages": [one]}, {})
        assert read(stack, "GetUsagePlan", usagePlanId=made.physical_id)["apiStages"] == []

    def test_keys_of_plans(self, stack: Stack) -> None:
        kind = f"{PREFIX}UsagePlanKey"
        plan, key = stack.create(self.PLAN, "Plan"), stack.create(self.KEY, "Key")
        properties = {"KeyId": key.physical_id, "KeyType": "API_KEY", "UsagePlanId": plan.physical_id}
        made = stack.create(kind, **properties)
        assert made.physical_id == made.attributes["Id"] == f"{key.physical_id}:{plan.physical_id}"
        assert stack.repeat(kind, **properties) == made
        stack.delete(kind, made, **properties)
        assert read(stack, "GetUsagePlanKeys", usagePlanId=plan.physical_id)["items"] == []


class TestDomainNames:
    """CreateDomainName, UpdateDomainName, CreateBasePathMapping … in the "Amazon API Gateway REST API Reference"."""

    def test_names(self, stack: Stack) -> None:
        kind = f"{PREFIX}DomainName"
        domain = {
            "domainName": "shop.example.com",
            "regionalDomainName": "d-1.execute-api.us-east-1.amazonaws.com",
            "regionalHostedZoneId": "Z1",
        }
        stack.services.scripted = {
            "CreateDomainName": [domain],
            "UpdateDomainName": [domain],
            "GetTags": [{"tags": {}}],
            "TagResource": [{}],
            "DeleteDomainName": [{}],
        }
        certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1"
        old = {
            "DomainName": "shop.example.com",
            "RegionalCertificateArn": certificate,
            "EndpointConfiguration": {"Types": ["REGIONAL"]},
            "MutualTlsAuthentication": {"TruststoreUri": "s3://trust/store.pem"},
        }
        made = stack.create(kind, **old)
        assert made == Resource(
            "shop.example.com",
            {
                "DistributionDomainName": "",
                "DistributionHostedZoneId": "",
                "DomainNameArn": "arn:aws:apigateway:us-east-1::/domainnames/shop.example.com",
                "RegionalDomainName": "d-1.execute-api.us-east-1.amazonaws.com",
                "RegionalHostedZoneId": "Z1",
            },
        )
        assert stack.services.sent("CreateDomainName")["mutualTlsAuthentication"] == {
            "truststoreUri": "s3://trust/store.pem"
        }
        new = {**old, "RegionalCertificateArn": f"{certificate}2", "SecurityPolicy": "TLS_1_2"}
        del new["MutualTlsAuthentication"]
        stack.update(kind, made, old, new)
        assert stack.services.sent("UpdateDomainName") == {
            "domainName": "shop.example.com",
            "patchOperations": [
                {"op": "replace", "path": "/mutualTlsAuthentication/truststoreUri", "value": ""},
                {"op": "replace", "path": "/regionalCertificateArn", "value": f"{certificate}2"},
                {"op": "replace", "path": "/securityPolicy", "value": "TLS_1_2"},
            ],
        }
        stack.delete(kind, made, **new)

    def test_mappings(self, stack: Stack) -> None:
        kind = f"{PREFIX}BasePathMapping"
        stack.services.scripted = {
            name: [{}] for name in ("CreateBasePathMapping", "UpdateBasePathMapping", "DeleteBasePathMapping")
        }
        root = {"DomainName": "shop.example.com", "RestApiId": "a1", "Stage": "prod"}
        made = stack.create(kind, **root)
        assert made == Resource("shop.example.com|(none)")
        assert stack.services.sent("CreateBasePathMapping") == {
            "domainName": "shop.example.com",
            "restApiId": "a1",
            "stage": "prod",
        }
        stack.update(kind, made, root, {"DomainName": "shop.example.com", "RestApiId": "a2"})
        assert stack.services.sent("UpdateBasePathMapping") == {
            "domainName": "shop.example.com",
            "basePath": "(none)",
            "patchOperations": [
                {"op": "replace", "path": "/stage", "value": ""},
                {"op": "replace", "path": "/restapiId", "value": "a2"},
            ],
        }
        assert stack.create(kind, "Pets", **root, BasePath="pets") == Resource("shop.example.com|pets")
        stack.delete(kind, made, **root)

    def test_private_names(self, stack: Stack) -> None:
        arn = "arn:aws:apigateway:us-east-1:123456789012:/domainnames/private.example.com+abcd1234"
        domain = {"domainName": "private.example.com", "domainNameId": "abcd1234", "domainNameArn": arn}
        mapping = ("CreateBasePathMapping", "UpdateBasePathMapping", "DeleteBasePathMapping")
        association = f"{arn.replace('/domainnames', '/domainnameaccessassociations/domainname')}/vpcesource/vpce-1"
        stack.services.scripted = {
            "CreateDomainName": [domain],
            "DeleteDomainName": [{}],
            **{name: [{}] for name in mapping},
            "CreateDomainNameAccessAssociation": [{"domainNameAccessAssociationArn": association}],
            "DeleteDomainNameAccessAssociation": [{}],
        }
        private = {"DomainName": "private.example.com", "Policy": {"Statement": []}}
        made = stack.create(f"{PREFIX}DomainNameV2", **private, EndpointConfiguration={"Types": ["PRIVATE"]})
        assert made == Resource(arn, {"DomainNameArn": arn, "DomainNameId": "abcd1234"})
        mapped = stack.create(f"{PREFIX}BasePathMappingV2", DomainNameArn=arn, RestApiId="a1", BasePath="pets")
        assert mapped.physical_id == mapped.attributes["BasePathMappingArn"] == f"{arn}/basepathmappings/pets"
        assert stack.services.sent("CreateBasePathMapping")["domainNameId"] == "abcd1234"
        stack.delete(f"{PREFIX}BasePathMappingV2", mapped, DomainNameArn=arn, RestApiId="a1", BasePath="pets")
        joined = stack.create(
            f"{PREFIX}DomainNameAccessAssociation",
            DomainNameArn=arn,
            AccessAssociationSource="vpce-1",
            AccessAssociationSourceType="VPCE",
        )
        assert joined == Resource(association, {"DomainNameAccessAssociationArn": association})
        stack.delete(f"{PREFIX}DomainNameV2", made, **private)
        assert stack.services.sent("DeleteDomainName") == {
            "domainName": "private.example.com",
            "domainNameId": "abcd1234",
        }
