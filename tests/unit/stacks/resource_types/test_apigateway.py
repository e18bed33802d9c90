"""The resource types of REST APIs. Source: "Return values" of their pages in the AWS CloudFormation User Guide.

Ids as stacks of others had them: methods `i7gz6msaa2|ssckj7|GET`.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Resource
from tests.unit.stacks.resource_types.rest_apis import API, PREFIX, method_of, read
from tests.unit.stacks.resource_types.stack import STACK_ID, Stack, known

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

    def test_a_stage_without_a_name_gets_one(self, stack: Stack, api: Resource, deployed: Resource) -> None:
        properties = {"RestApiId": api.physical_id, "DeploymentId": deployed.physical_id}
        made = stack.create(self.TYPE, **properties)
        assert made.physical_id == "shop-Thing-a1B2c3D4e5F6"
        assert self.stage(stack, api, made.physical_id)["deploymentId"] == deployed.physical_id
        stack.update(self.TYPE, made, properties, {**properties, "Description": "Named by nobody"})
        assert self.stage(stack, api, made.physical_id)["description"] == "Named by nobody"
        stack.delete(self.TYPE, made, **properties)
        assert read(stack, "GetStages", restApiId=api.physical_id)["item"] == []

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
        assert [each["stageName"] for each in read(stack, "GetStages", restApiId=api.physical_id)["item"]] == ["test"]
        stack.update(self.TYPE, made, moved, without := {"RestApiId": api.physical_id})
        stack.delete(self.TYPE, made, **without)
        assert read(stack, "GetDeployments", restApiId=api.physical_id)["items"] == []

    def test_a_canary(self, stack: Stack, api: Resource) -> None:
        stack.create(self.TYPE, "One", RestApiId=api.physical_id, StageName="dev")
        canary = {"PercentTraffic": "25", "UseStageCache": "false"}
        properties = {"RestApiId": api.physical_id, "StageName": "dev", "DeploymentCanarySettings": canary}
        second = stack.create(self.TYPE, "Two", **properties)
        assert TestStage.stage(stack, api, "dev")["canarySettings"]["percentTraffic"] == 25
        stack.delete(self.TYPE, second, "Two", **properties)
        assert "canarySettings" not in TestStage.stage(stack, api, "dev")
