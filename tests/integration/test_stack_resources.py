"""A stack of our own services' resources through a node: what its template says serves, changes, and goes whole.

Sources: the pages of the resource types (AWS CloudFormation User Guide).
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.nodes import Node, running, wait_until

CODE = """
def handler(event, context):
    path = event.get("path") or event["rawPath"]
    return {"statusCode": 200, "body": f"VERSION {path} {context.function_version}"}
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
INVOCATION = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Live}/invocations"


@pytest.fixture(scope="module")
def stacking() -> Iterator[Node]:
    with running("--ephemeral") as started:
        yield started


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def attribute(name: str, member: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, member]}


def resource(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{type_name}", "Properties": properties}


def functions(version: str) -> dict[str, Any]:
    code = {"ZipFile": CODE.replace("VERSION", version)}
    permission = {"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
    return {
        "Role": resource("IAM::Role", AssumeRolePolicyDocument=TRUST, Path="/jobs/"),
        "Logs": resource("IAM::Policy", PolicyName="logs", PolicyDocument=ALLOW, Roles=[ref("Role")]),
        "More": resource("IAM::ManagedPolicy", PolicyDocument=ALLOW, Roles=[ref("Role")]),
        "Function": resource(
            "Lambda::Function",
            Code=code,
            Handler="index.handler",
            MemorySize="256",
            Role=attribute("Role", "Arn"),
            Runtime="python3.13",
        ),
        f"Version{version.title()}": resource("Lambda::Version", FunctionName=ref("Function")),
        "Live": resource(
            "Lambda::Alias",
            FunctionName=ref("Function"),
            FunctionVersion=attribute(f"Version{version.title()}", "Version"),
            Name="live",
        ),
        "Kept": resource("Logs::LogGroup", LogGroupName={"Fn::Sub": "/jobs/${AWS::StackName}"}, RetentionInDays="7"),
        "Retries": resource(
            "Lambda::EventInvokeConfig", FunctionName=ref("Function"), MaximumRetryAttempts="0", Qualifier="$LATEST"
        ),
        "Url": resource("Lambda::Url", AuthType="NONE", TargetFunctionArn=attribute("Function", "Arn")),
        "OfUrl": resource(
            "Lambda::Permission",
            Action="lambda:InvokeFunctionUrl",
            FunctionName=ref("Function"),
            FunctionUrlAuthType="NONE",
            Principal="*",
        ),
        "OfUrlCalls": resource(
            "Lambda::Permission",
            Action="lambda:InvokeFunction",
            FunctionName=ref("Function"),
            InvokedViaFunctionUrl="true",
            Principal="*",
        ),
        "OfApis": resource("Lambda::Permission", **permission, FunctionName=ref("Live")),
        "OfHttp": resource("Lambda::Permission", **permission, FunctionName=ref("Function")),
    }


def rest_api() -> dict[str, Any]:
    api = ref("Rest")
    method = {
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": {"Fn::Sub": INVOCATION},
        }
    }
    document = {"openapi": "3.0.1", "info": {"title": "rest", "version": "1"}, "paths": {"/pets": {"get": method}}}
    integration = {"Type": "MOCK", "RequestTemplates": {"application/json": '{"statusCode": 200}'}}
    integration |= {
        "IntegrationResponses": [{"StatusCode": "200", "ResponseTemplates": {"application/json": "secret"}}]
    }
    return {
        "Rest": resource("ApiGateway::RestApi", Body=document),
        "Secrets": resource(
            "ApiGateway::Resource", RestApiId=api, ParentId=attribute("Rest", "RootResourceId"), PathPart="secrets"
        ),
        "Secret": resource(
            "ApiGateway::Method",
            ApiKeyRequired="true",
            AuthorizationType="NONE",
            HttpMethod="GET",
            Integration=integration,
            MethodResponses=[{"StatusCode": 200}],
            ResourceId=ref("Secrets"),
            RestApiId=api,
        ),
        "Refusal": resource(
            "ApiGateway::GatewayResponse", ResponseType="INVALID_API_KEY", RestApiId=api, StatusCode="418"
        ),
        "Deployed": resource("ApiGateway::Deployment", RestApiId=api) | {"DependsOn": ["Secret", "Refusal"]},
        "Prod": resource(
            "ApiGateway::Stage",
            DeploymentId=ref("Deployed"),
            MethodSettings=[{"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": "100"}],
            RestApiId=api,
            StageName="prod",
        ),
        "Plan": resource("ApiGateway::UsagePlan", ApiStages=[{"ApiId": api, "Stage": ref("Prod")}]),
        "Key": resource("ApiGateway::ApiKey", Enabled="true", Value="abcdefghijklmnopqrstuvwxyz"),
        "OfPlan": resource("ApiGateway::UsagePlanKey", KeyId=ref("Key"), KeyType="API_KEY", UsagePlanId=ref("Plan")),
    }


def http_api() -> dict[str, Any]:
    api = ref("Http")
    target = {"Fn::Join": ["/", ["integrations", ref("Proxy")]]}
    return {
        "Http": resource("ApiGatewayV2::Api", Name="http", ProtocolType="HTTP"),
        "Proxy": resource(
            "ApiGatewayV2::Integration",
            ApiId=api,
            IntegrationType="AWS_PROXY",
            IntegrationUri=attribute("Function", "Arn"),
            PayloadFormatVersion="2.0",
        ),
        "Route": resource("ApiGatewayV2::Route", ApiId=api, RouteKey="GET /{proxy+}", Target=target),
        "Default": resource("ApiGatewayV2::Stage", ApiId=api, AutoDeploy="true", StageName="$default"),
    }


def template(version: str) -> str:
    resources = {**functions(version), **rest_api(), **http_api()}
    outputs = {"Rest": ref("Rest"), "Http": ref("Http"), "Url": attribute("Url", "FunctionUrl"), "Role": ref("Role")}
    outputs["Function"] = ref("Function")
    return json.dumps({"Resources": resources, "Outputs": {name: {"Value": one} for name, one in outputs.items()}})


def settle(node: Node, name: str, status: str) -> dict[str, str]:
    """Wait for a stack to come to a status; return its outputs."""
    cloudformation = node.client("cloudformation")
    stacks: list[dict[str, Any]] = []

    def is_settled() -> bool:
        stacks.extend(cloudformation.describe_stacks(StackName=name)["Stacks"])
        return not stacks[-1]["StackStatus"].endswith("_IN_PROGRESS")

    wait_until(is_settled, f"the stack {name} to be done", 60)
    if stacks[-1]["StackStatus"] != status:
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        pytest.fail("\n".join(f"{one['LogicalResourceId']}: {one.get('ResourceStatusReason')}" for one in events))
    return {output["OutputKey"]: output["OutputValue"] for output in stacks[-1]["Outputs"]}


def check_serving(node: Node, made: dict[str, str], version: str, number: int) -> None:
    """Ask the REST API, which invokes the alias, the HTTP API and the URL, which invoke the function."""
    assert node.call(made["Rest"], "GET", "/prod/pets").body.decode() == f"{version} /pets {number}"
    assert node.call(made["Rest"], "GET", "/prod/secrets").status == 418
    key = {"x-api-key": "abcdefghijklmnopqrstuvwxyz"}
    assert node.call(made["Rest"], "GET", "/prod/secrets", key).body == b"secret"
    assert node.call(made["Http"], "GET", "/cats").body.decode() == f"{version} /cats $LATEST"
    host = made["Url"].removeprefix("http://").partition("/")[0]
    answer = node.request("GET", "/dogs", [("Host", host)])
    assert answer.body.decode() == f"{version} /dogs $LATEST"


def test_an_application_of_all_our_services(stacking: Node) -> None:
    cloudformation = stacking.client("cloudformation")
    cloudformation.create_stack(StackName="shop", TemplateBody=template("one"), Capabilities=["CAPABILITY_IAM"])
    made = settle(stacking, "shop", "CREATE_COMPLETE")
    check_serving(stacking, made, "one", 1)
    cloudformation.update_stack(StackName="shop", TemplateBody=template("two"), Capabilities=["CAPABILITY_IAM"])
    assert settle(stacking, "shop", "UPDATE_COMPLETE") == made
    check_serving(stacking, made, "two", 2)
    versions = stacking.client("lambda").list_versions_by_function(FunctionName=made["Function"])["Versions"]
    assert [version["Version"] for version in versions] == ["$LATEST", "2"]

    cloudformation.delete_stack(StackName="shop")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="shop", WaiterConfig={"Delay": 1})
    assert stacking.client("lambda").list_functions()["Functions"] == []
    assert stacking.client("apigateway").get_rest_apis()["items"] == []
    assert stacking.client("apigateway").get_usage_plans()["items"] == []
    assert stacking.client("apigateway").get_api_keys()["items"] == []
    assert stacking.client("apigatewayv2").get_apis()["Items"] == []
    assert stacking.client("logs").describe_log_groups(logGroupNamePrefix="/jobs/")["logGroups"] == []
    assert stacking.client("iam").list_roles(PathPrefix="/jobs/")["Roles"] == []
    assert stacking.client("iam").list_policies(Scope="Local")["Policies"] == []
