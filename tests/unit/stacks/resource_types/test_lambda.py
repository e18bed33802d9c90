"""The resource types of Lambda but for functions. Source: "Return values" of their pages in the AWS CloudFormation
User Guide.

Ids as stacks of others had them: permissions `nzshm22-toshi-api-test-GraphqlLambdaPermissionApiGateway-QNBpnIqR32ya`;
URLs, aliases and versions their ARNs (localstack,
tests/aws/services/cloudformation/resources/test_lambda.snapshot.json).
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.control.context import ProvisionedEnvironments
from gatewright.stacks.resource_types.contract import Cancelled, Resource
from tests.unit.control.lambda_.calls import zip_of
from tests.unit.stacks.resource_types.stack import Stack, checked, known
from tests.unit.stacks.resource_types.test_lambda_function import INLINE

FUNCTION = "AWS::Lambda::Function"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:jobs"


@pytest.fixture
def jobs(stack: Stack) -> Stack:
    """Return a stack that has a function `jobs`."""
    stack.create(FUNCTION, "Jobs", FunctionName="jobs", **INLINE)
    stack.services.names()
    return stack


def read(stack: Stack, operation: str, **parameters: Any) -> dict[str, Any]:
    return stack.services.call("lambda", operation, parameters)


class TestVersion:
    TYPE = "AWS::Lambda::Version"

    def test_return_values(self, jobs: Stack) -> None:
        made = jobs.create(self.TYPE, FunctionName="jobs", Description="First")
        assert made == Resource(f"{ARN}:1", {"Version": "1", "FunctionArn": f"{ARN}:1"})
        assert read(jobs, "GetFunctionConfiguration", FunctionName="jobs", Qualifier="1")["Description"] == "First"

    def test_what_did_not_change_makes_none(self, jobs: Stack) -> None:
        jobs.create(self.TYPE, FunctionName="jobs")
        with pytest.raises(AwsError) as caught:
            jobs.create(self.TYPE, "Again", FunctionName="jobs")
        assert caught.value.message == (
            "A version for this Lambda function exists ( 1 ). Modify the function to create a new version."
        )

    def test_a_repeated_create_finds_its_own(self, jobs: Stack) -> None:
        made = jobs.create(self.TYPE, FunctionName="jobs")
        assert jobs.repeat(self.TYPE, FunctionName="jobs") == made

    def test_provisioned_concurrency_is_waited_for(self, jobs: Stack) -> None:
        statuses = iter([0, 1, 2])
        jobs.provisioned["1"] = ProvisionedEnvironments(allocated=0, available=0)

        def progress(operation: str) -> None:
            if operation == "GetProvisionedConcurrencyConfig":
                ready = next(statuses)
                jobs.provisioned["1"] = ProvisionedEnvironments(allocated=ready, available=ready)

        jobs.services.before = progress
        config = {"ProvisionedConcurrentExecutions": 2}
        jobs.create(self.TYPE, FunctionName="jobs", ProvisionedConcurrencyConfig=config)
        assert len(jobs.waits) == 2

    def test_a_wait_can_be_cancelled(self, jobs: Stack) -> None:
        jobs.provisioned["1"] = ProvisionedEnvironments(allocated=0, available=0)
        jobs.is_stopping = True
        with pytest.raises(Cancelled):
            jobs.create(
                self.TYPE, FunctionName="jobs", ProvisionedConcurrencyConfig={"ProvisionedConcurrentExecutions": 2}
            )
        assert jobs.kept["Thing"] == f"{ARN}:1"

    def test_provisioned_concurrency_that_fails_fails_the_version(self, jobs: Stack) -> None:
        jobs.provisioned["1"] = ProvisionedEnvironments(allocated=0, available=0, failure="no interpreter")
        with pytest.raises(AwsError, match="no interpreter"):
            jobs.create(
                self.TYPE, FunctionName="jobs", ProvisionedConcurrencyConfig={"ProvisionedConcurrentExecutions": 2}
            )

    def test_a_policy_of_its_runtime(self, jobs: Stack) -> None:
        jobs.create(self.TYPE, FunctionName="jobs", RuntimePolicy={"UpdateRuntimeOn": "FunctionUpdate"})
        management = read(jobs, "GetRuntimeManagementConfig", FunctionName="jobs", Qualifier="1")
        assert management["UpdateRuntimeOn"] == "FunctionUpdate"

    def test_scaling_is_not_built(self, jobs: Stack) -> None:
        made = jobs.create(self.TYPE, FunctionName="jobs")
        scaling = {"FunctionScalingConfig": {"MinExecutionEnvironments": 1}}
        with pytest.raises(AwsError, match="NotImplemented"):
            jobs.update(self.TYPE, made, {"FunctionName": "jobs"}, {"FunctionName": "jobs", **scaling})

    def test_delete(self, jobs: Stack) -> None:
        made = jobs.create(self.TYPE, FunctionName="jobs")
        jobs.delete(self.TYPE, made, FunctionName="jobs")
        assert [one["Version"] for one in read(jobs, "ListVersionsByFunction", FunctionName="jobs")["Versions"]] == [
            "$LATEST"
        ]
        jobs.delete(FUNCTION, Resource("jobs"), **INLINE)
        jobs.delete(self.TYPE, made, FunctionName="jobs")


@pytest.fixture
def released(jobs: Stack) -> Stack:
    """Return a stack whose function has the versions 1 and 2."""
    jobs.create("AWS::Lambda::Version", FunctionName="jobs")
    before = {**INLINE, "FunctionName": "jobs"}
    jobs.update(FUNCTION, Resource("jobs", {"Arn": ARN}), before, {**before, "Timeout": 9}, "Jobs")
    jobs.create("AWS::Lambda::Version", FunctionName="jobs")
    return jobs


class TestAlias:
    TYPE = "AWS::Lambda::Alias"
    LIVE: Mapping[str, Any] = {"FunctionName": "jobs", "Name": "live", "FunctionVersion": "1"}

    def test_return_values(self, released: Stack) -> None:
        assert released.create(self.TYPE, **self.LIVE) == Resource(f"{ARN}:live", {"AliasArn": f"{ARN}:live"})

    def test_weights_move_and_go(self, released: Stack) -> None:
        weights = {"AdditionalVersionWeights": [{"FunctionVersion": "2", "FunctionWeight": "0.25"}]}
        canary = {**self.LIVE, "RoutingConfig": weights, "Description": "Canary"}
        made = released.create(self.TYPE, **canary)
        alias = read(released, "GetAlias", FunctionName="jobs", Name="live")
        assert alias["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.25}}
        released.update(self.TYPE, made, canary, {**self.LIVE, "FunctionVersion": "2"})
        alias = read(released, "GetAlias", FunctionName="jobs", Name="live")
        assert (alias["FunctionVersion"], alias["Description"]) == ("2", "")
        assert not alias.get("RoutingConfig", {}).get("AdditionalVersionWeights")

    def test_provisioned_concurrency_comes_and_goes(self, released: Stack) -> None:
        provisioned = {**self.LIVE, "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 2}}
        made = released.create(self.TYPE, **self.LIVE)
        released.update(self.TYPE, made, self.LIVE, provisioned)
        target = {"FunctionName": "jobs", "Qualifier": "live"}
        assert read(released, "GetProvisionedConcurrencyConfig", **target)["Status"] == "READY"
        released.update(self.TYPE, made, provisioned, self.LIVE)
        with pytest.raises(AwsError, match="No Provisioned Concurrency Config found"):
            read(released, "GetProvisionedConcurrencyConfig", **target)

    def test_a_repeated_create_takes_its_own(self, released: Stack) -> None:
        made = released.create(self.TYPE, **self.LIVE)
        assert released.repeat(self.TYPE, **self.LIVE) == made
        with pytest.raises(AwsError, match="Alias already exists"):
            released.create(self.TYPE, **self.LIVE)

    def test_read_and_delete(self, released: Stack) -> None:
        made = released.create(self.TYPE, **self.LIVE)
        kind, _ = known(self.TYPE)
        assert kind.read is not None
        assert kind.read(released.call(), made) == {"Name": "live", "FunctionVersion": "1", "Description": ""}
        released.delete(self.TYPE, made, **self.LIVE)
        assert kind.read(released.call(), made) is None


class TestPermission:
    TYPE = "AWS::Lambda::Permission"
    OF_API: Mapping[str, Any] = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": ARN,
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*/GET/pets",
        "SourceAccount": "123456789012",
    }

    def test_return_values(self, jobs: Stack) -> None:
        made = jobs.create(self.TYPE, "Allow", **self.OF_API)
        assert made == Resource("shop-Allow-a1B2c3D4e5F6", {"Id": "shop-Allow-a1B2c3D4e5F6"})
        (statement,) = json.loads(read(jobs, "GetPolicy", FunctionName="jobs")["Policy"])["Statement"]
        assert statement["Sid"] == made.physical_id
        assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}
        assert statement["Condition"] == {
            "StringEquals": {"AWS:SourceAccount": "123456789012"},
            "ArnLike": {"AWS:SourceArn": self.OF_API["SourceArn"]},
        }

    def test_ids_are_not_cut_where_names_of_functions_would_be(self, jobs: Stack) -> None:
        made = jobs.create(self.TYPE, "GraphqlLambdaPermissionApiGatewayOfSomeVeryLongNames", **self.OF_API)
        assert made.physical_id == "shop-GraphqlLambdaPermissionApiGatewayOfSomeVeryLongNames-a1B2c3D4e5F6"

    def test_of_an_alias(self, released: Stack) -> None:
        released.create(TestAlias.TYPE, **TestAlias.LIVE)
        url = {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE", "Principal": "*"}
        made = released.create(self.TYPE, **url, FunctionName=f"{ARN}:live")
        policy = json.loads(read(released, "GetPolicy", FunctionName="jobs", Qualifier="live")["Policy"])
        assert policy["Statement"][0]["Resource"] == f"{ARN}:live"
        released.delete(self.TYPE, made, **url, FunctionName=f"{ARN}:live")
        with pytest.raises(AwsError, match="ResourceNotFoundException"):
            read(released, "GetPolicy", FunctionName="jobs", Qualifier="live")

    def test_a_repeated_create_meets_its_own(self, jobs: Stack) -> None:
        made = jobs.create(self.TYPE, **self.OF_API)
        assert jobs.repeat(self.TYPE, **self.OF_API) == made

    def test_delete_without_the_function(self, jobs: Stack) -> None:
        made = jobs.create(self.TYPE, **self.OF_API)
        jobs.delete(FUNCTION, Resource("jobs"), **INLINE)
        jobs.delete(self.TYPE, made, **self.OF_API)


class TestLayerVersion:
    TYPE = "AWS::Lambda::LayerVersion"
    CONTENT: Mapping[str, Any] = {"Content": {"S3Bucket": "artifacts", "S3Key": "layer.zip"}}

    @pytest.fixture
    def layers(self, stack: Stack) -> Stack:
        stack.services.objects["artifacts", "layer.zip"] = zip_of({"python/shared.py": "x = 1"})
        return stack

    def test_return_values(self, layers: Stack) -> None:
        arn = "arn:aws:lambda:us-east-1:123456789012:layer:shared:1"
        settings = {"LayerName": "shared", "CompatibleRuntimes": ["python3.12"], "Description": "Shared"}
        made = layers.create(self.TYPE, **self.CONTENT, **settings, LicenseInfo="MIT")
        assert made == Resource(arn, {"LayerVersionArn": arn})
        version = read(layers, "GetLayerVersion", LayerName="shared", VersionNumber=1)
        assert (version["Description"], version["LicenseInfo"]) == ("Shared", "MIT")

    def test_a_name_is_made_up(self, layers: Stack) -> None:
        made = layers.create(self.TYPE, **self.CONTENT)
        assert made.physical_id.endswith(":layer:shop-Thing-a1B2c3D4e5F6:1")

    def test_delete(self, layers: Stack) -> None:
        made = layers.create(self.TYPE, **self.CONTENT)
        layers.delete(self.TYPE, made, **self.CONTENT)
        assert read(layers, "ListLayers")["Layers"] == []

    def test_permissions(self, layers: Stack) -> None:
        layer = layers.create(self.TYPE, **self.CONTENT, LayerName="shared")
        kind = "AWS::Lambda::LayerVersionPermission"
        public = {"Action": "lambda:GetLayerVersion", "LayerVersionArn": layer.physical_id, "Principal": "*"}
        made = layers.create(kind, "Public", **public)
        expected = "arn:aws:lambda:us-east-1:123456789012:layer:shared:1#shop-Public-a1B2c3D4e5F6"
        assert made == Resource(expected, {"Id": expected})
        assert layers.repeat(kind, "Public", **public) == made
        policy = json.loads(read(layers, "GetLayerVersionPolicy", LayerName="shared", VersionNumber=1)["Policy"])
        assert policy["Statement"][0]["Sid"] == "shop-Public-a1B2c3D4e5F6"
        layers.delete(kind, made, "Public", **public)
        with pytest.raises(AwsError, match="ResourceNotFoundException"):
            read(layers, "GetLayerVersionPolicy", LayerName="shared", VersionNumber=1)


class TestUrl:
    TYPE = "AWS::Lambda::Url"
    CORS: Mapping[str, Any] = {"Cors": {"AllowOrigins": ["*"], "MaxAge": "60"}}
    PUBLIC: Mapping[str, Any] = {"TargetFunctionArn": "jobs", "AuthType": "NONE"}

    def test_return_values(self, jobs: Stack) -> None:
        made = jobs.create(self.TYPE, **self.PUBLIC)
        url = read(jobs, "GetFunctionUrlConfig", FunctionName="jobs")["FunctionUrl"]
        assert made == Resource(ARN, {"FunctionArn": ARN, "FunctionUrl": url})

    def test_of_an_alias(self, released: Stack) -> None:
        released.create(TestAlias.TYPE, **TestAlias.LIVE)
        of_alias = {**self.PUBLIC, "TargetFunctionArn": ARN, "Qualifier": "live"}
        made = released.create(self.TYPE, **of_alias)
        assert made.physical_id == made.attributes["FunctionArn"] == f"{ARN}:live"
        released.delete(self.TYPE, made, **of_alias)
        assert read(released, "ListFunctionUrlConfigs", FunctionName="jobs")["FunctionUrlConfigs"] == []

    def test_updates_keep_the_url(self, jobs: Stack) -> None:
        rich = {**self.PUBLIC, **self.CORS, "InvokeMode": "RESPONSE_STREAM"}
        made = jobs.create(self.TYPE, **rich)
        assert read(jobs, "GetFunctionUrlConfig", FunctionName="jobs")["Cors"]["MaxAge"] == 60
        plain = {**self.PUBLIC, "AuthType": "AWS_IAM"}
        assert jobs.update(self.TYPE, made, rich, plain) == made
        config = read(jobs, "GetFunctionUrlConfig", FunctionName="jobs")
        assert (config["AuthType"], config["InvokeMode"], config.get("Cors", {})) == ("AWS_IAM", "BUFFERED", {})

    def test_a_repeated_create_takes_its_own(self, jobs: Stack) -> None:
        made = jobs.create(self.TYPE, **self.PUBLIC)
        assert jobs.repeat(self.TYPE, **self.PUBLIC) == made

    def test_read(self, jobs: Stack) -> None:
        made = jobs.create(self.TYPE, **self.PUBLIC)
        kind, _ = known(self.TYPE)
        assert kind.read is not None
        assert kind.read(jobs.call(), made) == {"AuthType": "NONE", "InvokeMode": "BUFFERED"}
        jobs.delete(self.TYPE, made, **self.PUBLIC)
        assert kind.read(jobs.call(), made) is None


class TestEventInvokeConfig:
    TYPE = "AWS::Lambda::EventInvokeConfig"
    LATEST: Mapping[str, Any] = {"FunctionName": "jobs", "Qualifier": "$LATEST"}

    def test_life(self, jobs: Stack) -> None:
        queue = "arn:aws:sqs:us-east-1:123456789012:done"
        rich = {**self.LATEST, "MaximumRetryAttempts": "1", "DestinationConfig": {"OnSuccess": {"Destination": queue}}}
        made = jobs.create(self.TYPE, **rich)
        assert made == Resource("jobs|$LATEST")
        config = read(jobs, "GetFunctionEventInvokeConfig", FunctionName="jobs")
        assert config["MaximumRetryAttempts"] == 1
        assert config["DestinationConfig"]["OnSuccess"] == {"Destination": queue}
        jobs.update(self.TYPE, made, rich, {**self.LATEST, "MaximumEventAgeInSeconds": 60})
        config = read(jobs, "GetFunctionEventInvokeConfig", FunctionName="jobs")
        assert config["MaximumEventAgeInSeconds"] == 60
        assert "OnSuccess" not in config.get("DestinationConfig", {}) or config["DestinationConfig"]["OnSuccess"] == {}
        jobs.delete(self.TYPE, made, **self.LATEST)
        with pytest.raises(AwsError, match="ResourceNotFoundException"):
            read(jobs, "GetFunctionEventInvokeConfig", FunctionName="jobs")


class TestCodeSigningConfig:
    TYPE = "AWS::Lambda::CodeSigningConfig"
    PUBLISHERS: Mapping[str, Any] = {
        "AllowedPublishers": {
            "SigningProfileVersionArns": ["arn:aws:signer:us-east-1:123456789012:/signing-profiles/p/1"]
        }
    }

    def test_life(self, stack: Stack) -> None:
        rich = {**self.PUBLISHERS, "Description": "Mine", "Tags": [{"Key": "team", "Value": "a"}]}
        made = stack.create(self.TYPE, **rich)
        arn = made.attributes["CodeSigningConfigArn"]
        assert made.physical_id == arn
        assert arn.endswith(f":code-signing-config:{made.attributes['CodeSigningConfigId']}")
        assert stack.repeat(self.TYPE, **rich) == made
        assert stack.update(self.TYPE, made, rich, self.PUBLISHERS) == made
        assert "team" not in read(stack, "ListTags", Resource=arn)["Tags"]
        kind, _ = known(self.TYPE)
        assert kind.read is not None
        now = kind.read(stack.call(), made)
        assert now is not None
        assert now["Description"] == ""
        stack.delete(self.TYPE, made, **self.PUBLISHERS)
        assert kind.read(stack.call(), made) is None


class Mappings:
    """Lambda's event source mappings, as far as a resource type sees them: one, that takes three questions to
    change."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.mapping: dict[str, Any] | None = None
        self.tags: dict[str, str] = {}
        self.states: list[str] = []
        self.uuid = "14e0db71-5d35-4eb5-b481-8945cf9d10c2"
        self.arn = f"arn:aws:lambda:us-east-1:123456789012:event-source-mapping:{self.uuid}"

    def call(self, service: str, operation: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        request = dict(parameters or {})
        self.stack.services.calls.append((service, operation, request))
        self.stack.services.check(service, operation, request)
        match operation:
            case "CreateEventSourceMapping":
                self.tags = request.pop("Tags")
                self.mapping = {**request, "UUID": self.uuid, "EventSourceMappingArn": self.arn}
                return self._now("Creating", then="Enabled")
            case "UpdateEventSourceMapping":
                return self._now("Updating", then="Enabled")
            case "DeleteEventSourceMapping":
                return self._now("Deleting", then="")
            case "GetEventSourceMapping":
                return self._asked()
            case "ListEventSourceMappings":
                return {"EventSourceMappings": [self.mapping]}
        assert operation == "ListTags"
        return {"Tags": self.tags}

    def _now(self, state: str, then: str) -> dict[str, Any]:
        self.states = [state, state, then]
        return self._there() | {"State": state}

    def _asked(self) -> dict[str, Any]:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if not state:
            self.mapping = None
        return self._there() | {"State": state}

    def _there(self) -> dict[str, Any]:
        if self.mapping is None:
            raise AwsError("ResourceNotFoundException", "The resource you requested does not exist.", status=404)
        return self.mapping


class TestEventSourceMapping:
    """States and parameters as the API reference has them, and as this node's operations do."""

    TYPE = "AWS::Lambda::EventSourceMapping"
    QUEUE: Mapping[str, Any] = {
        "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:todo",
        "FunctionName": "jobs",
        "BatchSize": "5",
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": "2"},
        "KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1",
    }

    def test_life(self, stack: Stack) -> None:
        mappings = Mappings(stack)
        kind, schema = known(self.TYPE)
        call = stack.call(services=mappings)
        made = kind.create(call, checked(schema, "Thing", self.QUEUE))
        assert made == Resource(mappings.uuid, {"Id": mappings.uuid, "EventSourceMappingArn": mappings.arn})
        assert len(stack.waits) == 2
        assert mappings.mapping is not None
        assert mappings.mapping["BatchSize"] == 5
        assert mappings.mapping["KMSKeyArn"] == self.QUEUE["KmsKeyArn"]
        again = kind.create(stack.call(services=mappings, is_repeated=True), checked(schema, "Thing", self.QUEUE))
        assert again == made
        assert [name for name in stack.services.names() if name.startswith("Create")] == ["CreateEventSourceMapping"]

        fewer = {name: self.QUEUE[name] for name in ("EventSourceArn", "FunctionName")}
        assert kind.update is not None
        kind.update(call, made, checked(schema, "Thing", self.QUEUE), checked(schema, "Thing", fewer))
        (changes,) = [one for _, name, one in stack.services.calls if name.startswith("Update")]
        assert changes == {
            "UUID": mappings.uuid,
            "BatchSize": 10,
            "FunctionResponseTypes": [],
            "ScalingConfig": {},
            "KMSKeyArn": "",
        }
        kind.delete(call, made, fewer)
        kind.delete(call, made, fewer)
        assert mappings.mapping is None

    def test_a_queue_is_read_at_once(self, jobs: Stack) -> None:
        """With the operations of this node."""
        context = jobs.services.context
        node = replace(context.node, queue_attributes=lambda arn: {"VisibilityTimeout": "30"})
        jobs.services.context = replace(context, node=node)
        queue = {name: value for name, value in self.QUEUE.items() if name != "KmsKeyArn"}
        filters = {"FilterCriteria": {"Filters": [{"Pattern": '{"body": [1]}'}]}, "Tags": [{"Key": "a", "Value": "b"}]}
        made = jobs.create(self.TYPE, **queue, **filters)
        assert jobs.waits == []
        assert jobs.repeat(self.TYPE, **queue, **filters) == made
        mapping = read(jobs, "GetEventSourceMapping", UUID=made.physical_id)
        assert (mapping["BatchSize"], mapping["ScalingConfig"]) == (5, {"MaximumConcurrency": 2})
        assert mapping["FilterCriteria"] == {"Filters": [{"Pattern": '{"body": [1]}'}]}
        fewer = {name: self.QUEUE[name] for name in ("EventSourceArn", "FunctionName")}
        jobs.update(self.TYPE, made, {**queue, **filters}, {**fewer, "Enabled": "false"})
        mapping = read(jobs, "GetEventSourceMapping", UUID=made.physical_id)
        assert (mapping["BatchSize"], mapping["FunctionResponseTypes"], mapping["State"]) == (10, [], "Disabled")
        assert not {"ScalingConfig", "FilterCriteria"} & mapping.keys()
        tags = read(jobs, "ListTags", Resource=made.attributes["EventSourceMappingArn"])["Tags"]
        assert "a" not in tags
        jobs.delete(self.TYPE, made, **fewer)

    def test_positions_in_time(self, stack: Stack) -> None:
        mappings = Mappings(stack)
        kind, schema = known(self.TYPE)
        stream = {
            "EventSourceArn": "arn:aws:kinesis:us-east-1:123456789012:stream/todo",
            "FunctionName": "jobs",
            "StartingPosition": "AT_TIMESTAMP",
            "StartingPositionTimestamp": "1767225600",
        }
        kind.create(stack.call(services=mappings), checked(schema, "Thing", stream))
        assert mappings.mapping is not None
        position = mappings.mapping["StartingPositionTimestamp"]
        assert position.isoformat() == "2026-01-01T00:00:00+00:00"
