"""The resource types of HTTP and WebSocket APIs: "Return values" of their pages (AWS CloudFormation User Guide).

Parts whose operations are not built are held to the models of the operations, and to "Amazon API Gateway Version 2 API
Reference".
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Resource
from tests.unit.stacks.resource_types.stack import Stack, known

PREFIX = "AWS::ApiGatewayV2::"
API = f"{PREFIX}Api"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:pets"
PETS: Mapping[str, Any] = {"Name": "pets", "ProtocolType": "HTTP"}
DOCUMENT: Mapping[str, Any] = {
    "openapi": "3.0.1",
    "info": {"title": "Titled", "version": "1"},
    "paths": {
        "/pets": {
            "get": {
                "x-amazon-apigateway-integration": {
                    "type": "aws_proxy",
                    "httpMethod": "POST",
                    "uri": FUNCTION,
                    "payloadFormatVersion": "2.0",
                }
            }
        }
    },
}


def read(stack: Stack, operation: str, **parameters: Any) -> dict[str, Any]:
    return stack.services.call("apigatewayv2", operation, parameters)


@pytest.fixture
def http(stack: Stack) -> Resource:
    """Return an HTTP API of the stack."""
    return stack.create(API, "Api", **PETS)


class TestApi:
    def test_return_values(self, stack: Stack) -> None:
        made = stack.create(API, **PETS)
        api = read(stack, "GetApi", ApiId=made.physical_id)
        assert made.attributes == {
            "ApiId": made.physical_id,
            "ApiEndpoint": api["ApiEndpoint"],
            "ExecuteApiArn": f"arn:aws:execute-api:us-east-1:123456789012:{made.physical_id}",
        }
        assert api["Tags"]["aws:cloudformation:stack-name"] == "shop"

    def test_every_property_comes_and_goes(self, stack: Stack) -> None:
        rich = {
            **PETS,
            "CorsConfiguration": {"AllowOrigins": ["https://example.com"], "MaxAge": "60"},
            "Description": "Pets",
            "DisableExecuteApiEndpoint": "true",
            "Tags": {"team": "a"},
            "Version": 2,
        }
        made = stack.create(API, **rich)
        api = read(stack, "GetApi", ApiId=made.physical_id)
        assert (api["CorsConfiguration"]["MaxAge"], api["Version"]) == (60, "2")
        assert (api["DisableExecuteApiEndpoint"], api["Tags"]["team"]) == (True, "a")
        assert stack.update(API, made, rich, {**PETS, "Name": "cats"}) == made
        api = read(stack, "GetApi", ApiId=made.physical_id)
        assert (api["Name"], api["DisableExecuteApiEndpoint"]) == ("cats", False)
        assert not {"CorsConfiguration", "Description", "Version"} & api.keys()
        assert "team" not in api["Tags"]

    def test_quick_create(self, stack: Stack) -> None:
        quick = {**PETS, "Target": FUNCTION, "RouteKey": "GET /pets"}
        made = stack.create(API, **quick)
        (route,) = read(stack, "GetRoutes", ApiId=made.physical_id)["Items"]
        assert route["RouteKey"] == "GET /pets"
        stack.update(API, made, quick, {**quick, "Target": f"{FUNCTION}2"})
        (integration,) = read(stack, "GetIntegrations", ApiId=made.physical_id)["Items"]
        assert integration["IntegrationUri"] == f"{FUNCTION}2"

    def test_a_document_makes_it(self, stack: Stack) -> None:
        cors = {"CorsConfiguration": {"AllowOrigins": ["*"]}}
        made = stack.create(API, Body=DOCUMENT, **cors)
        api = read(stack, "GetApi", ApiId=made.physical_id)
        assert (api["Name"], api["CorsConfiguration"]["AllowOrigins"]) == ("Titled", ["*"])
        assert self.routes(stack, made) == ["GET /pets"]
        other = {**DOCUMENT, "paths": {"/cats": DOCUMENT["paths"]["/pets"]}}
        stack.update(API, made, {"Body": DOCUMENT, **cors}, {"Body": other, **cors, "Name": "Named"})
        assert self.routes(stack, made) == ["GET /cats"]
        api = read(stack, "GetApi", ApiId=made.physical_id)
        assert (api["Name"], api["CorsConfiguration"]["AllowOrigins"]) == ("Named", ["*"])

    def test_a_document_in_s3(self, stack: Stack) -> None:
        stack.services.objects["docs", "api.yaml"] = json.dumps(DOCUMENT).encode()
        made = stack.create(API, BodyS3Location={"Bucket": "docs", "Key": "api.yaml"})
        assert self.routes(stack, made) == ["GET /pets"]

    def test_websocket_apis_are_what_the_operation_says(self, stack: Stack) -> None:
        socket = {"Name": "chat", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}
        stack.services.fails["CreateApi"] = AwsError("NotImplemented", "ProtocolType WEBSOCKET")
        with pytest.raises(AwsError, match="ProtocolType WEBSOCKET"):
            stack.create(API, **socket)
        assert stack.services.sent("CreateApi").items() >= socket.items()

    def test_a_repeated_create_adopts_its_own(self, stack: Stack) -> None:
        stack.create(API, "Other", **PETS)
        made = stack.create(API, **PETS)
        assert stack.repeat(API, **PETS) == made

    def test_read_and_delete(self, stack: Stack, http: Resource) -> None:
        reader = known(API)[0].read
        assert reader is not None
        now = reader(stack.call(), http)
        assert now is not None
        assert now["Name"] == "pets"
        stack.delete(API, http, **PETS)
        assert reader(stack.call(), http) is None

    @staticmethod
    def routes(stack: Stack, made: Resource) -> list[str]:
        return sorted(route["RouteKey"] for route in read(stack, "GetRoutes", ApiId=made.physical_id)["Items"])


class TestIntegration:
    TYPE = f"{PREFIX}Integration"

    def test_life(self, stack: Stack, http: Resource) -> None:
        base = {
            "ApiId": http.physical_id,
            "IntegrationType": "HTTP_PROXY",
            "IntegrationMethod": "GET",
            "IntegrationUri": "http://example.com/",
            "PayloadFormatVersion": "1.0",
        }
        rich = {
            **base,
            "Description": "Example",
            "RequestParameters": {"append:header.a": "1", "append:header.b": "2"},
            "ResponseParameters": {"200": {"ResponseParameters": [{"Destination": "append:header.c", "Source": "3"}]}},
            "TimeoutInMillis": "1000",
        }
        made = stack.create(self.TYPE, **rich)
        assert made == Resource(made.physical_id, {"IntegrationId": made.physical_id})
        there = self.integration(stack, http, made)
        assert there["ResponseParameters"] == {"200": {"append:header.c": "3"}}
        assert there["TimeoutInMillis"] == 1000
        assert stack.update(self.TYPE, made, rich, {**base, "RequestParameters": {"append:header.b": "4"}}) == made
        there = self.integration(stack, http, made)
        assert there["RequestParameters"] == {"append:header.b": "4"}
        assert there["TimeoutInMillis"] == 30000
        assert "Description" not in there
        stack.delete(self.TYPE, made, **base)

    def test_a_service(self, stack: Stack, http: Resource) -> None:
        queue = {
            "ApiId": http.physical_id,
            "IntegrationType": "AWS_PROXY",
            "IntegrationSubtype": "SQS-SendMessage",
            "PayloadFormatVersion": "1.0",
            "CredentialsArn": "arn:aws:iam::123456789012:role/api",
            "RequestParameters": {"QueueUrl": "https://sqs/1/q", "MessageBody": "$request.body.message"},
        }
        made = stack.create(self.TYPE, **queue)
        assert self.integration(stack, http, made)["IntegrationSubtype"] == "SQS-SendMessage"

    @staticmethod
    def integration(stack: Stack, http: Resource, made: Resource) -> dict[str, Any]:
        return read(stack, "GetIntegration", ApiId=http.physical_id, IntegrationId=made.physical_id)


@pytest.fixture
def lambda_proxy(stack: Stack, http: Resource) -> Resource:
    """Return an integration of the API."""
    return stack.create(
        TestIntegration.TYPE,
        "Proxy",
        ApiId=http.physical_id,
        IntegrationType="AWS_PROXY",
        IntegrationUri=FUNCTION,
        PayloadFormatVersion="2.0",
    )


class TestRoute:
    TYPE = f"{PREFIX}Route"

    def test_life(self, stack: Stack, http: Resource, lambda_proxy: Resource) -> None:
        target = f"integrations/{lambda_proxy.physical_id}"
        old = {"ApiId": http.physical_id, "RouteKey": "GET /pets", "Target": target, "OperationName": "list"}
        made = stack.create(self.TYPE, **old)
        assert made == Resource(made.physical_id, {"RouteId": made.physical_id})
        assert stack.repeat(self.TYPE, **old) == made
        with pytest.raises(AwsError, match="ConflictException"):
            stack.create(self.TYPE, **old)
        new = {"ApiId": http.physical_id, "RouteKey": "GET /cats", "Target": target}
        assert stack.update(self.TYPE, made, old, new) == made
        route = read(stack, "GetRoute", ApiId=http.physical_id, RouteId=made.physical_id)
        assert (route["RouteKey"], route["Target"]) == ("GET /cats", target)
        assert "OperationName" not in route
        stack.delete(self.TYPE, made, **new)
        stack.delete(API, http, "Api", **PETS)
        stack.delete(self.TYPE, made, **new)

    def test_authorization_is_what_the_operation_says(self, stack: Stack, http: Resource) -> None:
        route = {"ApiId": http.physical_id, "RouteKey": "GET /pets"}
        made = stack.create(self.TYPE, **route)
        stack.services.scripted["UpdateRoute"] = [{}]
        jwt = {"AuthorizationType": "JWT", "AuthorizerId": "a1", "AuthorizationScopes": ["read"]}
        stack.update(self.TYPE, made, {**route, **jwt}, route)
        assert stack.services.sent("UpdateRoute") == {
            "ApiId": http.physical_id,
            "RouteId": made.physical_id,
            "AuthorizationType": "NONE",
            "AuthorizerId": "",
            "AuthorizationScopes": [],
        }

    def test_parameters_and_models_of_websocket_apis(self, stack: Stack) -> None:
        stack.services.scripted["CreateRoute"] = [{"RouteId": "r1"}]
        stack.create(
            self.TYPE,
            ApiId="a1",
            RouteKey="$connect",
            RequestModels={"$default": "Pet"},
            RequestParameters={
                "route.request.querystring.a": {"Required": "true"},
                "route.request.querystring.b": False,
            },
        )
        assert stack.services.sent("CreateRoute")["RequestParameters"] == {
            "route.request.querystring.a": {"Required": True},
            "route.request.querystring.b": {"Required": False},
        }


class TestStage:
    TYPE = f"{PREFIX}Stage"

    def test_life(self, stack: Stack, http: Resource, lambda_proxy: Resource) -> None:
        target = f"integrations/{lambda_proxy.physical_id}"
        stack.create(TestRoute.TYPE, "Route", ApiId=http.physical_id, RouteKey="GET /pets", Target=target)
        base = {"ApiId": http.physical_id, "StageName": "$default", "AutoDeploy": True}
        rich = {
            **base,
            "DefaultRouteSettings": {"ThrottlingBurstLimit": "7", "ThrottlingRateLimit": "2.5"},
            "Description": "All",
            "RouteSettings": {"GET /pets": {"ThrottlingRateLimit": "1.5", "ThrottlingBurstLimit": "3"}},
            "StageVariables": {"color": "blue", "size": 1},
            "Tags": {"team": "a"},
        }
        made = stack.create(self.TYPE, **rich)
        assert made == Resource("$default")
        stage = self.stage(stack, http)
        assert stage["StageVariables"] == {"color": "blue", "size": "1"}
        assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == 2.5
        assert stage["RouteSettings"]["GET /pets"]["ThrottlingBurstLimit"] == 3
        assert stage["Tags"]["team"] == "a"
        assert stack.repeat(self.TYPE, **rich) == made
        with pytest.raises(AwsError, match="Stage already exists"):
            stack.create(self.TYPE, "Other", **rich)
        assert stack.update(self.TYPE, made, rich, {**base, "StageVariables": {"color": "red"}}) == made
        stage = self.stage(stack, http)
        assert (stage["StageVariables"], stage["RouteSettings"]) == ({"color": "red"}, {})
        assert stage["DefaultRouteSettings"] == {"DetailedMetricsEnabled": False}
        assert "Description" not in stage
        assert "team" not in stage["Tags"]
        stack.delete(self.TYPE, made, **base)
        assert read(stack, "GetStages", ApiId=http.physical_id)["Items"] == []

    def test_access_logs_go(self, stack: Stack, http: Resource) -> None:
        base = {"ApiId": http.physical_id, "StageName": "dev"}
        made = stack.create(self.TYPE, **base)
        logs = {"DestinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:a", "Format": "$context.requestId"}
        stack.services.names()
        stack.update(self.TYPE, made, {**base, "AccessLogSettings": logs}, base)
        assert stack.services.names() == ["DeleteAccessLogSettings", "GetTags"]

    def test_deployments(self, stack: Stack, http: Resource, lambda_proxy: Resource) -> None:
        kind = f"{PREFIX}Deployment"
        target = f"integrations/{lambda_proxy.physical_id}"
        stack.create(TestRoute.TYPE, "Route", ApiId=http.physical_id, RouteKey="GET /pets", Target=target)
        stage = {"ApiId": http.physical_id, "StageName": "dev"}
        staged = stack.create(self.TYPE, "Stage", **stage)
        old = {**stage, "Description": "First"}
        made = stack.create(kind, **old)
        assert made == Resource(made.physical_id, {"DeploymentId": made.physical_id})
        assert self.stage(stack, http, "dev")["DeploymentId"] == made.physical_id
        stack.update(kind, made, old, {**stage, "Description": "Second"})
        there = read(stack, "GetDeployment", ApiId=http.physical_id, DeploymentId=made.physical_id)
        assert there["Description"] == "Second"
        stack.delete(self.TYPE, staged, "Stage", **stage)
        stack.delete(kind, made, **stage)

    @staticmethod
    def stage(stack: Stack, http: Resource, name: str = "$default") -> dict[str, Any]:
        return read(stack, "GetStage", ApiId=http.physical_id, StageName=name)


class TestManagedOverrides:
    TYPE = f"{PREFIX}ApiGatewayManagedOverrides"

    def test_life(self, stack: Stack) -> None:
        api = stack.create(API, "Api", **PETS, Target=FUNCTION)
        integration = {"TimeoutInMillis": "1000", "Description": "Mine"}
        old = {"ApiId": api.physical_id, "Integration": integration, "Route": {"OperationName": "all"}}
        made = stack.create(self.TYPE, **old)
        assert made == Resource(api.physical_id, {"Id": api.physical_id})
        (there,) = read(stack, "GetIntegrations", ApiId=api.physical_id)["Items"]
        assert (there["TimeoutInMillis"], there["Description"]) == (1000, "Mine")
        new = {"ApiId": api.physical_id, "Integration": {"TimeoutInMillis": 2000}}
        stack.update(self.TYPE, made, old, new)
        (there,) = read(stack, "GetIntegrations", ApiId=api.physical_id)["Items"]
        assert there["TimeoutInMillis"] == 2000
        assert "Description" not in there
        (route,) = read(stack, "GetRoutes", ApiId=api.physical_id)["Items"]
        assert "OperationName" not in route
        stack.delete(self.TYPE, made, **new)
        (there,) = read(stack, "GetIntegrations", ApiId=api.physical_id)["Items"]
        assert there["TimeoutInMillis"] == 30000

    def test_nothing_to_override(self, stack: Stack, http: Resource) -> None:
        with pytest.raises(AwsError, match="no Integration that quick create made"):
            stack.create(self.TYPE, ApiId=http.physical_id, Integration={"Description": "x"})

    def test_stages_are_changed_as_others(self, stack: Stack) -> None:
        api = stack.create(API, "Api", **PETS, Target=FUNCTION)
        stack.services.scripted["UpdateStage"] = [{}]
        settings = {"RouteSettings": {"$default": {"ThrottlingRateLimit": "5"}}, "StageVariables": {"a": 1}}
        stack.create(self.TYPE, ApiId=api.physical_id, Stage=settings)
        assert stack.services.sent("UpdateStage") == {
            "ApiId": api.physical_id,
            "StageName": "$default",
            "RouteSettings": {"$default": {"ThrottlingRateLimit": 5.0}},
            "StageVariables": {"a": "1"},
        }


class TestOthers:
    """Types whose operations are not built: what they ask for."""

    def test_authorizers(self, stack: Stack) -> None:
        kind = f"{PREFIX}Authorizer"
        names = ("CreateAuthorizer", "UpdateAuthorizer", "DeleteAuthorizer")
        stack.services.scripted = {name: [{"AuthorizerId": "z1"}] for name in names}
        jwt = {
            "ApiId": "a1",
            "AuthorizerType": "JWT",
            "IdentitySource": ["$request.header.Authorization"],
            "JwtConfiguration": {"Audience": ["shop"], "Issuer": "https://issuer.example.com"},
            "Name": "jwt",
        }
        made = stack.create(kind, **jwt)
        assert made == Resource("z1", {"AuthorizerId": "z1"})
        assert stack.services.sent("CreateAuthorizer") == jwt
        stack.update(kind, made, {**jwt, "AuthorizerResultTtlInSeconds": 5}, {**jwt, "Name": "other"})
        assert stack.services.sent("UpdateAuthorizer") == {
            "ApiId": "a1",
            "AuthorizerId": "z1",
            "AuthorizerResultTtlInSeconds": 0,
            "Name": "other",
        }
        stack.delete(kind, made, **jwt)

    def test_models_and_responses(self, stack: Stack) -> None:
        stack.services.scripted = {
            "CreateModel": [{"ModelId": "m1"}],
            "UpdateModel": [{}],
            "CreateIntegrationResponse": [{"IntegrationResponseId": "i1"}],
            "CreateRouteResponse": [{"RouteResponseId": "r1"}],
        }
        model = {"ApiId": "a1", "Name": "Pet", "Schema": {"type": "object"}}
        made = stack.create(f"{PREFIX}Model", **model)
        assert made == Resource("m1", {"ModelId": "m1"})
        assert stack.services.sent("CreateModel")["Schema"] == '{"type":"object"}'
        stack.update(f"{PREFIX}Model", made, {**model, "Description": "x"}, model)
        assert stack.services.sent("UpdateModel") == {"ApiId": "a1", "ModelId": "m1", "Description": ""}
        made = stack.create(
            f"{PREFIX}IntegrationResponse",
            ApiId="a1",
            IntegrationId="i",
            IntegrationResponseKey="$default",
            ResponseTemplates={"$default": {"a": 1}},
        )
        assert made == Resource("i1", {"IntegrationResponseId": "i1"})
        assert stack.services.sent("CreateIntegrationResponse")["ResponseTemplates"] == {"$default": '{"a":1}'}
        made = stack.create(f"{PREFIX}RouteResponse", ApiId="a1", RouteId="r", RouteResponseKey="$default")
        assert made == Resource("r1", {"RouteResponseId": "r1"})

    def test_domain_names_and_mappings(self, stack: Stack) -> None:
        certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1"
        configuration = {"CertificateArn": certificate, "EndpointType": "REGIONAL"}
        made_configuration = {**configuration, "ApiGatewayDomainName": "d-1.execute-api", "HostedZoneId": "Z1"}
        domain = {"DomainName": "shop.example.com", "DomainNameConfigurations": [made_configuration]}
        stack.services.scripted = {
            "CreateDomainName": [domain],
            "UpdateDomainName": [domain],
            "DeleteDomainName": [{}],
            "GetTags": [{"Tags": {}}],
            "TagResource": [{}],
            "CreateApiMapping": [{"ApiMappingId": "rut5pp"}],
            "UpdateApiMapping": [{}],
            "DeleteApiMapping": [{}],
        }
        name = {"DomainName": "shop.example.com", "DomainNameConfigurations": [configuration]}
        made = stack.create(f"{PREFIX}DomainName", **name)
        assert made == Resource(
            "shop.example.com",
            {
                "DomainNameArn": "arn:aws:apigateway:us-east-1::/domainnames/shop.example.com",
                "RegionalDomainName": "d-1.execute-api",
                "RegionalHostedZoneId": "Z1",
            },
        )
        tls = {"MutualTlsAuthentication": {"TruststoreUri": "s3://trust/store.pem"}}
        assert stack.update(f"{PREFIX}DomainName", made, {**name, **tls}, name) == made
        assert stack.services.sent("UpdateDomainName")["MutualTlsAuthentication"] == {"TruststoreUri": ""}
        mapping = {"DomainName": "shop.example.com", "ApiId": "a1", "Stage": "prod"}
        mapped = stack.create(f"{PREFIX}ApiMapping", **mapping)
        assert mapped == Resource("rut5pp", {"ApiMappingId": "rut5pp"})
        stack.update(f"{PREFIX}ApiMapping", mapped, mapping, {**mapping, "Stage": "dev"})
        assert stack.services.sent("UpdateApiMapping") == {
            "DomainName": "shop.example.com",
            "ApiMappingId": "rut5pp",
            "ApiId": "a1",
            "Stage": "dev",
        }
        stack.delete(f"{PREFIX}ApiMapping", mapped, **mapping)
        stack.delete(f"{PREFIX}DomainName", made, **name)

    def test_vpc_links(self, stack: Stack) -> None:
        link = {"VpcLinkId": "l1", "VpcLinkStatus": "PENDING"}
        stack.services.scripted = {
            "CreateVpcLink": [link],
            "GetVpcLink": [{**link, "VpcLinkStatus": "AVAILABLE"}],
            "UpdateVpcLink": [{}],
            "GetTags": [{"Tags": {}}],
            "TagResource": [{}],
            "DeleteVpcLink": [{}],
        }
        properties = {"Name": "link", "SubnetIds": ["subnet-1"]}
        made = stack.create(f"{PREFIX}VpcLink", **properties)
        assert made == Resource("l1", {"VpcLinkId": "l1"})
        assert len(stack.waits) == 1
        stack.update(f"{PREFIX}VpcLink", made, properties, {**properties, "Name": "other"})
        assert stack.services.sent("UpdateVpcLink") == {"VpcLinkId": "l1", "Name": "other"}
        stack.delete(f"{PREFIX}VpcLink", made, **properties)
        failed = {**link, "VpcLinkStatus": "FAILED", "VpcLinkStatusMessage": "no room"}
        stack.services.scripted["GetVpcLink"] = [failed]
        with pytest.raises(AwsError, match="no room"):
            stack.create(f"{PREFIX}VpcLink", "Other", **properties)

    def test_routing_rules(self, stack: Stack) -> None:
        kind = f"{PREFIX}RoutingRule"
        arn = "arn:aws:apigateway:us-east-1:123456789012:/domainnames/shop.example.com/routingrules/abc"
        stack.services.scripted = {
            "CreateRoutingRule": [{"RoutingRuleArn": arn, "RoutingRuleId": "abc"}],
            "PutRoutingRule": [{}],
            "DeleteRoutingRule": [{}],
        }
        rule = {
            "DomainNameArn": "arn:aws:apigateway:us-east-1::/domainnames/shop.example.com",
            "Priority": "1",
            "Conditions": [{"MatchBasePaths": {"AnyOf": ["pets"]}}],
            "Actions": [{"InvokeApi": {"ApiId": "a1", "Stage": "prod", "StripBasePath": "true"}}],
        }
        made = stack.create(kind, **rule)
        assert made == Resource(arn, {"RoutingRuleArn": arn, "RoutingRuleId": "abc"})
        sent = stack.services.sent("CreateRoutingRule")
        assert (sent["DomainName"], sent["Priority"]) == ("shop.example.com", 1)
        stack.update(kind, made, rule, {**rule, "Priority": 2})
        assert stack.services.sent("PutRoutingRule")["RoutingRuleId"] == "abc"
        stack.delete(kind, made, **rule)
        assert stack.services.sent("DeleteRoutingRule") == {"DomainName": "shop.example.com", "RoutingRuleId": "abc"}
