"""The resource types of REST APIs. Source: "Return values" of their pages in the AWS CloudFormation User Guide.

Ids as stacks of others had them: methods `i7gz6msaa2|ssckj7|GET`.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Resource
from tests.unit.stacks.resource_types.stack import STACK_ID, Stack, known

PREFIX = "AWS::ApiGateway::"
API = f"{PREFIX}RestApi"


def read(stack: Stack, operation: str, **parameters: Any) -> dict[str, Any]:
    return stack.services.call("apigateway", operation, parameters)


@pytest.fixture
def api(stack: Stack) -> Resource:
    """Return a REST API of the stack."""
    return stack.create(API, "Api", Name="pets")


def method_of(api: Resource, **changes: Any) -> dict[str, Any]:
    """Return the properties of a method of an API's root, that a mock serves."""
    method = {
        "RestApiId": api.physical_id,
        "ResourceId": api.attributes["RootResourceId"],
        "HttpMethod": "GET",
        "AuthorizationType": "NONE",
        "Integration": {"Type": "MOCK", "RequestTemplates": {"application/json": '{"statusCode": 200}'}},
    }
    return {name: value for name, value in {**method, **changes}.items() if value is not None}


@pytest.fixture
def deployed(stack: Stack, api: Resource) -> Resource:
    """Return a deployment of the API with a method."""
    stack.create(f"{PREFIX}Method", "Get", **method_of(api))
    return stack.create(f"{PREFIX}Deployment", "Deployed", RestApiId=api.physical_id)


DOCUMENT: Mapping[str, Any] = {
    "openapi": "3.0.1",
    "info": {"title": "Titled", "version": "1"},
    "paths": {
        "/pets": {
            "get": {
                "responses": {"200": {"description": "ok"}},
                "x-amazon-apigateway-integration": {
                    "type": "mock",
                    "requestTemplates": {"application/json": '{"statusCode": 200}'},
                    "responses": {"default": {"statusCode": "200"}},
                },
            }
        }
    },
}


class TestRestApi:
    def test_return_values(self, stack: Stack) -> None:
        made = stack.create(API, Name="pets")
        api = read(stack, "GetRestApi", restApiId=made.physical_id)
        expected = {"RestApiId": made.physical_id, "RootResourceId": api["rootResourceId"]}
        assert made == Resource(api["id"], expected)
        assert api["tags"]["aws:cloudformation:logical-id"] == "Thing"

    RICH: Mapping[str, Any] = {
        "Name": "rich",
        "ApiKeySourceType": "AUTHORIZER",
        "BinaryMediaTypes": ["image/png", "*/*"],
        "Description": "Rich",
        "DisableExecuteApiEndpoint": "true",
        "EndpointConfiguration": {"Types": ["REGIONAL"]},
        "MinimumCompressionSize": "1024",
        "Tags": [{"Key": "team", "Value": "a"}],
    }

    def test_every_property_comes_and_goes(self, stack: Stack) -> None:
        made = stack.create(API, **self.RICH)
        api = read(stack, "GetRestApi", restApiId=made.physical_id)
        expected = {
            "name": "rich",
            "apiKeySource": "AUTHORIZER",
            "binaryMediaTypes": ["image/png", "*/*"],
            "description": "Rich",
            "disableExecuteApiEndpoint": True,
            "minimumCompressionSize": 1024,
        }
        assert {name: api[name] for name in expected} == expected
        assert api["endpointConfiguration"]["types"] == ["REGIONAL"]
        assert api["tags"]["team"] == "a"
        plain = {"Name": "plain", "BinaryMediaTypes": ["image/gif"], "EndpointConfiguration": {"Types": ["REGIONAL"]}}
        assert stack.update(API, made, self.RICH, plain) == made
        api = read(stack, "GetRestApi", restApiId=made.physical_id)
        assert (api["name"], api["binaryMediaTypes"], api["apiKeySource"]) == ("plain", ["image/gif"], "HEADER")
        assert not {"description", "minimumCompressionSize"} & api.keys()
        assert "team" not in api["tags"]
        assert api["disableExecuteApiEndpoint"] is False

    def test_the_type_of_the_endpoint_changes(self, stack: Stack) -> None:
        made = stack.create(API, Name="pets")
        stack.update(API, made, {"Name": "pets"}, {"Name": "pets", "EndpointConfiguration": {"Types": ["REGIONAL"]}})
        api = read(stack, "GetRestApi", restApiId=made.physical_id)
        assert api["endpointConfiguration"]["types"] == ["REGIONAL"]

    def test_a_document_makes_it(self, stack: Stack) -> None:
        made = stack.create(
            API, Body=DOCUMENT, Parameters={"endpointConfigurationTypes": "REGIONAL"}, BinaryMediaTypes=["*~1*"]
        )
        api = read(stack, "GetRestApi", restApiId=made.physical_id)
        assert (api["name"], api["binaryMediaTypes"]) == ("Titled", ["*~1*"])
        assert api["endpointConfiguration"]["types"] == ["REGIONAL"]
        assert self.paths(stack, made) == ["/", "/pets"]

    def test_a_name_wins_over_the_title(self, stack: Stack) -> None:
        made = stack.create(API, Body=DOCUMENT, Name="Named")
        assert read(stack, "GetRestApi", restApiId=made.physical_id)["name"] == "Named"

    @pytest.mark.parametrize(("mode", "paths"), [(None, ["/", "/cats"]), ("merge", ["/", "/cats", "/pets"])])
    def test_another_document(self, stack: Stack, mode: str | None, paths: list[str]) -> None:
        chosen = {} if mode is None else {"Mode": mode}
        before = {"Body": DOCUMENT, **chosen}
        made = stack.create(API, **before)
        cats = {**DOCUMENT, "paths": {"/cats": DOCUMENT["paths"]["/pets"]}}
        stack.update(API, made, before, {"Body": cats, "Description": "Cats", **chosen})
        assert self.paths(stack, made) == paths
        assert read(stack, "GetRestApi", restApiId=made.physical_id)["description"] == "Cats"

    def test_a_document_in_s3(self, stack: Stack) -> None:
        stack.services.objects["docs", "api.yaml"] = json.dumps(DOCUMENT).encode()
        made = stack.create(API, BodyS3Location={"Bucket": "docs", "Key": "api.yaml"})
        assert self.paths(stack, made) == ["/", "/pets"]
        with pytest.raises(AwsError, match="The specified key does not exist"):
            stack.create(API, "Other", BodyS3Location={"Bucket": "docs", "Key": "none"})

    def test_warnings_can_fail_it(self, stack: Stack) -> None:
        odd = {**DOCUMENT, "paths": {"/odd": {"get": {"x-amazon-apigateway-request-validator": "none-such"}}}}
        with pytest.raises(AwsError):
            stack.create(API, "Odd", Body=odd, FailOnWarnings="true")
        stack.delete(API, Resource(stack.kept["Odd"]), "Odd", Body=odd)
        assert read(stack, "GetRestApis")["items"] == []

    def test_policies_are_what_the_operation_says(self, stack: Stack) -> None:
        policy = {"Version": "2012-10-17", "Statement": []}
        with pytest.raises(AwsError, match="NotImplemented"):
            stack.create(API, Name="private", Policy=policy)
        assert json.loads(stack.services.sent("CreateRestApi")["policy"]) == policy

    def test_a_repeated_create_adopts_its_own(self, stack: Stack) -> None:
        stack.create(API, "Other", Name="pets")
        made = stack.create(API, Name="pets")
        assert stack.repeat(API, Name="pets") == made

    def test_read_and_delete(self, stack: Stack) -> None:
        made = stack.create(API, **self.RICH)
        kind, _ = known(API)
        assert kind.read is not None
        now = kind.read(stack.call(), made)
        assert now is not None
        assert (now["Name"], now["MinimumCompressionSize"], now["ApiKeySourceType"]) == ("rich", 1024, "AUTHORIZER")
        stack.delete(API, made, **self.RICH)
        assert kind.read(stack.call(), made) is None

    @staticmethod
    def paths(stack: Stack, made: Resource) -> list[str]:
        return sorted(one["path"] for one in read(stack, "GetResources", restApiId=made.physical_id)["items"])


class TestResource:
    TYPE = f"{PREFIX}Resource"

    def test_life(self, stack: Stack, api: Resource) -> None:
        pets = {"RestApiId": api.physical_id, "ParentId": api.attributes["RootResourceId"], "PathPart": "pets"}
        made = stack.create(self.TYPE, **pets)
        there = read(stack, "GetResource", restApiId=api.physical_id, resourceId=made.physical_id)
        assert there["path"] == "/pets"
        assert made.attributes == {"ResourceId": there["id"]}
        assert stack.repeat(self.TYPE, **pets) == made
        with pytest.raises(AwsError, match="Another resource with the same parent already has this name: pets"):
            stack.create(self.TYPE, **pets)
        stack.delete(self.TYPE, made, **pets)


class TestMethod:
    TYPE = f"{PREFIX}Method"

    def test_return_values(self, stack: Stack, api: Resource) -> None:
        made = stack.create(self.TYPE, **method_of(api))
        assert made == Resource(f"{api.physical_id}|{api.attributes['RootResourceId']}|GET")

    def test_all_of_it(self, stack: Stack, api: Resource) -> None:
        rich = method_of(
            api,
            ApiKeyRequired="true",
            OperationName="list",
            RequestParameters={"method.request.querystring.page": "false", "method.request.header.X": True},
            RequestModels={"application/json": "Empty"},
            MethodResponses=[
                {
                    "StatusCode": 200,
                    "ResponseModels": {"application/json": "Empty"},
                    "ResponseParameters": {"method.response.header.Access-Control-Allow-Origin": "true"},
                }
            ],
            Integration={
                "Type": "HTTP",
                "IntegrationHttpMethod": "POST",
                "Uri": "http://example.com/",
                "CacheKeyParameters": ["method.request.querystring.page"],
                "CacheNamespace": "pages",
                "PassthroughBehavior": "NEVER",
                "RequestParameters": {"integration.request.querystring.page": "method.request.querystring.page"},
                "RequestTemplates": {"application/json": "$input.body"},
                "TimeoutInMillis": "1000",
                "IntegrationResponses": [
                    {
                        "StatusCode": "200",
                        "SelectionPattern": "2..",
                        "ResponseTemplates": {"application/json": "{}"},
                        "ResponseParameters": {"method.response.header.Access-Control-Allow-Origin": "'*'"},
                    }
                ],
            },
        )
        made = stack.create(self.TYPE, **rich)
        method = self.method(stack, api)
        assert method["apiKeyRequired"] is True
        assert method["requestParameters"] == {
            "method.request.querystring.page": False,
            "method.request.header.X": True,
        }
        assert method["methodResponses"]["200"]["responseParameters"] == {
            "method.response.header.Access-Control-Allow-Origin": True
        }
        integration = method["methodIntegration"]
        assert (integration["httpMethod"], integration["timeoutInMillis"]) == ("POST", 1000)
        assert integration["cacheKeyParameters"] == ["method.request.querystring.page"]
        assert integration["integrationResponses"]["200"]["selectionPattern"] == "2.."
        plain = method_of(api)
        assert stack.update(self.TYPE, made, rich, plain) == made
        method = self.method(stack, api)
        assert method["apiKeyRequired"] is False
        assert not {"methodResponses", "requestParameters", "operationName"} & method.keys()
        assert method["methodIntegration"]["type"] == "MOCK"
        stack.delete(self.TYPE, made, **plain)
        stack.delete(API, api)
        stack.delete(self.TYPE, made, **plain)

    def test_without_a_type_of_authorization_there_is_none(self, stack: Stack, api: Resource) -> None:
        stack.create(self.TYPE, **method_of(api, AuthorizationType=None))
        assert self.method(stack, api)["authorizationType"] == "NONE"

    def test_parameters_are_required_or_not(self, stack: Stack, api: Resource) -> None:
        with pytest.raises(AwsError, match=r"Invalid value of method\.request\.header\.X: yes"):
            stack.create(self.TYPE, **method_of(api, RequestParameters={"method.request.header.X": "yes"}))

    def test_what_fails_later_can_be_deleted_and_repeated(self, stack: Stack, api: Resource) -> None:
        bad = method_of(api, Integration={"Type": "HTTP", "Uri": "nowhere"})
        with pytest.raises(AwsError):
            stack.create(self.TYPE, **bad)
        assert stack.kept["Thing"] == f"{api.physical_id}|{api.attributes['RootResourceId']}|GET"
        stack.repeat(self.TYPE, **method_of(api))
        assert self.method(stack, api)["methodIntegration"]["type"] == "MOCK"

    @staticmethod
    def method(stack: Stack, api: Resource) -> dict[str, Any]:
        root = api.attributes["RootResourceId"]
        return read(stack, "GetMethod", restApiId=api.physical_id, resourceId=root, httpMethod="GET")


class TestStage:
    TYPE = f"{PREFIX}Stage"

    def test_life(self, stack: Stack, api: Resource, deployed: Resource) -> None:
        stack.create(f"{PREFIX}Account", "Account", CloudWatchRoleArn="arn:aws:iam::123456789012:role/logs")
        certificate = stack.create(f"{PREFIX}ClientCertificate", "Certificate")
        base = {"RestApiId": api.physical_id, "StageName": "prod", "DeploymentId": deployed.physical_id}
        rich = {
            **base,
            "CacheClusterEnabled": "true",
            "CacheClusterSize": "1.6",
            "CanarySetting": {"PercentTraffic": "10", "StageVariableOverrides": {"color": "green"}},
            "ClientCertificateId": certificate.physical_id,
            "Description": "Production",
            "MethodSettings": [
                {"ResourcePath": "/*", "HttpMethod": "*", "LoggingLevel": "INFO", "ThrottlingRateLimit": "10.5"},
                {"ResourcePath": "/pets/{id}", "HttpMethod": "GET", "CachingEnabled": True, "CacheTtlInSeconds": "60"},
            ],
            "Tags": [{"Key": "team", "Value": "a"}],
            "TracingEnabled": True,
            "Variables": {"color": "blue", "size": 1},
        }
        made = stack.create(self.TYPE, **rich)
        assert made == Resource("prod")
        stage = self.stage(stack, api)
        assert stage["variables"] == {"color": "blue", "size": "1"}
        assert (stage["cacheClusterSize"], stage["tracingEnabled"]) == ("1.6", True)
        assert stage["clientCertificateId"] == certificate.physical_id
        assert stage["methodSettings"]["*/*"]["loggingLevel"] == "INFO"
        assert stage["methodSettings"]["*/*"]["throttlingRateLimit"] == 10.5
        assert stage["methodSettings"]["~1pets~1{id}/GET"]["cacheTtlInSeconds"] == 60
        assert stage["canarySettings"]["percentTraffic"] == 10
        assert stage["canarySettings"]["stageVariableOverrides"] == {"color": "green"}
        assert stage["tags"] == {
            "aws:cloudformation:stack-name": "shop",
            "aws:cloudformation:stack-id": STACK_ID,
            "aws:cloudformation:logical-id": "Thing",
            "team": "a",
        }
        assert stack.repeat(self.TYPE, **rich) == made
        with pytest.raises(AwsError, match="Stage already exists"):
            stack.create(self.TYPE, **rich)

        less = {
            **base,
            "Variables": {"color": "red"},
            "MethodSettings": [{"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": "2"}],
        }
        assert stack.update(self.TYPE, made, rich, less) == made
        stage = self.stage(stack, api)
        assert stage["variables"] == {"color": "red"}
        assert not {"canarySettings", "clientCertificateId", "description"} & stage.keys()
        assert (stage["cacheClusterEnabled"], stage["tracingEnabled"]) == (False, False)
        assert stage["methodSettings"].keys() == {"*/*"}
        assert stage["methodSettings"]["*/*"]["throttlingRateLimit"] == 2
        assert "loggingLevel" not in stage["methodSettings"]["*/*"]
        assert "team" not in stage["tags"]
        stack.delete(self.TYPE, made, **less)
        with pytest.raises(AwsError, match="NotFoundException"):
            self.stage(stack, api)

    def test_it_moves_to_another_deployment(self, stack: Stack, api: Resource, deployed: Resource) -> None:
        base = {"RestApiId": api.physical_id, "StageName": "prod"}
        made = stack.create(self.TYPE, **base, DeploymentId=deployed.physical_id)
        other = stack.create(f"{PREFIX}Deployment", "Other", RestApiId=api.physical_id)
        stack.services.names()
        before, after = ({**base, "DeploymentId": one.physical_id} for one in (deployed, other))
        stack.update(self.TYPE, made, before, after)
        assert stack.services.sent("UpdateStage")["patchOperations"] == [
            {"op": "replace", "path": "/deploymentId", "value": other.physical_id}
        ]
        assert self.stage(stack, api)["deploymentId"] == other.physical_id

    def test_access_logs_are_set_after_its_creation(self, stack: Stack, api: Resource, deployed: Resource) -> None:
        """Whether they are served is UpdateStage's to say; what it refuses leaves a stage that can be deleted."""
        arn = "arn:aws:logs:us-east-1:123456789012:log-group:a"
        stage = {"RestApiId": api.physical_id, "StageName": "prod", "DeploymentId": deployed.physical_id}
        stack.services.fails["UpdateStage"] = AwsError("NotImplemented", "access logs")
        with pytest.raises(AwsError, match="access logs"):
            stack.create(self.TYPE, **stage, AccessLogSetting={"DestinationArn": arn, "Format": "$context.requestId"})
        assert stack.kept["Thing"] == "prod"
        assert stack.services.sent("UpdateStage")["patchOperations"] == [
            {"op": "replace", "path": "/accessLogSettings/destinationArn", "value": arn},
            {"op": "replace", "path": "/accessLogSettings/format", "value": "$context.requestId"},
        ]

    def test_a_stage_has_a_name(self, stack: Stack, api: Resource, deployed: Resource) -> None:
        with pytest.raises(AwsError, match="StageName is required"):
            stack.create(self.TYPE, RestApiId=api.physical_id, DeploymentId=deployed.physical_id)

    @staticmethod
    def stage(stack: Stack, api: Resource, name: str = "prod") -> dict[str, Any]:
        return read(stack, "GetStage", restApiId=api.physical_id, stageName=name)


class TestDeployment:
    TYPE = f"{PREFIX}Deployment"

    @pytest.fixture(autouse=True)
    def _method(self, stack: Stack, api: Resource) -> None:
        stack.create(f"{PREFIX}Method", "Get", **method_of(api))

    def test_return_values(self, stack: Stack, api: Resource) -> None:
        made = stack.create(self.TYPE, RestApiId=api.physical_id, Description="First")
        assert made.attributes == {"DeploymentId": made.physical_id}
        there = read(stack, "GetDeployment", restApiId=api.physical_id, deploymentId=made.physical_id)
        assert there["description"] == "First"

    def test_it_makes_a_stage_and_takes_it_along(self, stack: Stack, api: Resource) -> None:
        described = {
            "Description": "Production",
            "LoggingLevel": "OFF",
            "ThrottlingBurstLimit": "7",
            "Variables": {"a": "b"},
            "MethodSettings": [{"ResourcePath": "/", "HttpMethod": "GET", "MetricsEnabled": "true"}],
        }
        properties = {"RestApiId": api.physical_id, "StageName": "prod", "StageDescription": described}
        made = stack.create(self.TYPE, **properties)
        stage = TestStage.stage(stack, api)
        assert (stage["description"], stage["variables"]) == ("Production", {"a": "b"})
        assert stage["methodSettings"]["*/*"]["throttlingBurstLimit"] == 7
        assert stage["methodSettings"]["~1/GET"]["metricsEnabled"] is True
        stack.delete(self.TYPE, made, **properties)
        assert read(stack, "GetStages", restApiId=api.physical_id) == {"item": []}
        assert read(stack, "GetDeployments", restApiId=api.physical_id)["items"] == []

    def test_the_next_one_moves_the_stage_which_stays_when_the_old_one_goes(self, stack: Stack, api: Resource) -> None:
        properties = {"RestApiId": api.physical_id, "StageName": "dev"}
        first = stack.create(self.TYPE, "One", **properties)
        second = stack.create(self.TYPE, "Two", **properties)
        stack.delete(self.TYPE, first, "One", **properties)
        assert TestStage.stage(stack, api, "dev")["deploymentId"] == second.physical_id

    def test_updates(self, stack: Stack, api: Resource) -> None:
        old = {"RestApiId": api.physical_id, "StageName": "dev", "Description": "Old"}
        made = stack.create(self.TYPE, **old)
        more = {**old, "Description": "New", "StageDescription": {"TracingEnabled": True}}
        assert stack.update(self.TYPE, made, old, more) == made
        assert TestStage.stage(stack, api, "dev")["tracingEnabled"] is True
        moved = {**more, "StageName": "test"}
        stack.update(self.TYPE, made, more, moved)
        stage = TestStage.stage(stack, api, "test")
        assert (stage["deploymentId"], stage["tracingEnabled"]) == (made.physical_id, True)

    def test_a_canary(self, stack: Stack, api: Resource) -> None:
        stack.create(self.TYPE, "One", RestApiId=api.physical_id, StageName="dev")
        canary = {"PercentTraffic": "25", "UseStageCache": "false"}
        stack.create(self.TYPE, "Two", RestApiId=api.physical_id, StageName="dev", DeploymentCanarySettings=canary)
        assert TestStage.stage(stack, api, "dev")["canarySettings"]["percentTraffic"] == 25


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


@pytest.fixture
def prod(stack: Stack, api: Resource, deployed: Resource) -> Resource:
    """Return a stage of the API."""
    target = {"RestApiId": api.physical_id, "DeploymentId": deployed.physical_id}
    stack.create(f"{PREFIX}Stage", "Test", **target, StageName="test")
    return stack.create(f"{PREFIX}Stage", "Prod", **target, StageName="prod")


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
