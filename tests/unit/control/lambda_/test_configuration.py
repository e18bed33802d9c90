"""Settings of functions: what they may be and how they come back.

Sources: "Lambda quotas", "Configuring log level filtering", CreateFunction and FunctionConfiguration (AWS Lambda).
"""

from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, ROLE, call, create, creation_failure, failure


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("Description", "ü" * 256, "ü" * 256),
        ("Timeout", 1, 1),
        ("Timeout", 900, 900),
        ("MemorySize", 10_240, 10_240),
        ("Architectures", ["arm64"], ["arm64"]),
        ("EphemeralStorage", {"Size": 10_240}, {"Size": 10_240}),
        ("TracingConfig", {"Mode": "Active"}, {"Mode": "Active"}),
        ("TracingConfig", {}, {"Mode": "PassThrough"}),
        ("Environment", {"Variables": {"KEY": "välue"}}, {"Variables": {"KEY": "välue"}}),
        ("KMSKeyArn", "arn:aws:kms:us-east-1:123456789012:key/k", "arn:aws:kms:us-east-1:123456789012:key/k"),
        ("KMSKeyArn", "", None),
        ("Role", "arn:aws-cn:iam::999999999999:role/path/to/r", "arn:aws-cn:iam::999999999999:role/path/to/r"),
        (
            "VpcConfig",
            {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
            {
                "SubnetIds": ["subnet-1"],
                "SecurityGroupIds": ["sg-1"],
                "VpcId": "",
                "Ipv6AllowedForDualStack": False,
            },
        ),
        (
            "LoggingConfig",
            {"LogFormat": "JSON"},
            {
                "LogFormat": "JSON",
                "ApplicationLogLevel": "INFO",
                "SystemLogLevel": "INFO",
                "LogGroup": "/aws/lambda/my-function",
            },
        ),
        (
            "LoggingConfig",
            {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "LogGroup": "mine"},
            {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "SystemLogLevel": "INFO", "LogGroup": "mine"},
        ),
        ("LoggingConfig", {"LogGroup": "mine"}, {"LogFormat": "Text", "LogGroup": "mine"}),
    ],
)
def test_settings_come_back(context: Context, name: str, value: Any, stored: Any) -> None:
    assert create(context, **{name: value}).get(name) == stored
    assert call(context, "GetFunctionConfiguration", FunctionName=ARN).get(name) == stored
    assert call(context, "UpdateFunctionConfiguration", FunctionName=ARN, **{name: value}).get(name) == stored


def test_a_new_function_keeps_an_environment_without_variables(context: Context) -> None:
    """Recorded of AWS: localstack, test_lambda_api.snapshot.json (test_redundant_updates)."""
    empty: dict[str, Any] = {"Variables": {}}
    assert create(context, Environment=empty)["Environment"] == empty
    changed = call(context, "UpdateFunctionConfiguration", FunctionName=ARN, Description="1st update description")
    assert changed["Environment"] == empty
    assert "Environment" not in create(context, "without")


def test_an_update_to_no_variables_leaves_no_environment(context: Context) -> None:
    """As the AWS provider of Terraform expects it: its plan would never be empty with an `Environment` that is."""
    create(context)
    call(context, "UpdateFunctionConfiguration", FunctionName=ARN, Environment={"Variables": {"KEY": "value"}})
    assert "Environment" not in call(context, "UpdateFunctionConfiguration", FunctionName=ARN, Environment={})
    assert "Environment" not in call(context, "GetFunctionConfiguration", FunctionName=ARN)


def test_nothing_is_left_of_a_former_logging_configuration(context: Context) -> None:
    """As recorded (radkawar/stackd, testdata/aws/lambda_logging_replacement.json)."""
    create(context, LoggingConfig={"LogFormat": "JSON", "SystemLogLevel": "WARN", "LogGroup": "mine"})
    refused, levels = {"SystemLogLevel": "WARN"}, ("ApplicationLogLevel", "SystemLogLevel")
    with pytest.raises(AwsError, match='change the LogFormat to "JSON"'):
        call(context, "UpdateFunctionConfiguration", FunctionName=ARN, LoggingConfig=refused)
    group = {"LogGroup": "/aws/lambda/my-function"}
    for given, kept in (
        ({"LogFormat": "JSON"}, {"LogFormat": "JSON", **dict.fromkeys(levels, "INFO"), **group}),
        ({}, {"LogFormat": "Text", **group}),
        ({"LogGroup": "mine"}, {"LogFormat": "Text", "LogGroup": "mine"}),
    ):
        updated = call(context, "UpdateFunctionConfiguration", FunctionName=ARN, LoggingConfig=given)
        assert updated["LoggingConfig"] == kept


@pytest.mark.parametrize(
    ("settings", "code", "message"),
    [
        (
            {"Timeout": 901},
            "ValidationException",
            (
                "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: "
                "Member must have value less than or equal to 900"
            ),
        ),
        (
            {"MemorySize": 10_241},
            "InvalidParameterValueException",
            "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 10240",
        ),
        (
            {"EphemeralStorage": {"Size": 10_241}},
            "ValidationException",
            (
                "1 validation error detected: Value '10241' at 'ephemeralStorage.size' failed to satisfy constraint: "
                "Member must have value less than or equal to 10240"
            ),
        ),
        (
            {"Role": "arn:aws:iam::123456789012:roleplay"},
            "InvalidParameterValueException",
            "The role defined for the function cannot be assumed by Lambda.",
        ),
        (
            {"LoggingConfig": {"LogFormat": "Text", "ApplicationLogLevel": "DEBUG"}},
            "InvalidParameterValueException",
            (
                'LogLevel is not supported when LogFormat is set to "Text". '
                'Remove LogLevel from your request or change the LogFormat to "JSON" and try again.'
            ),
        ),
        (
            {"Environment": {"Variables": {"A": "x", "AWS_REGION": "y", "LAMBDA_TASK_ROOT": "z"}}},
            "InvalidParameterValueException",
            (
                "Lambda was unable to configure your environment variables because the environment variables you have "
                "provided contains reserved keys that are currently not supported for modification. Reserved keys used "
                "in this request: AWS_REGION, LAMBDA_TASK_ROOT"
            ),
        ),
        (
            {"Environment": {"Variables": {"FINE": "a\nb", "BROKEN": "a\0b"}}},
            "InvalidParameterValueException",
            (
                "Lambda was unable to configure your environment variables because the environment variables you have "
                "provided contain a NUL character. Keys used in this request: BROKEN"
            ),
        ),
        (
            {"Environment": {"Variables": {"SMALL": "ok", "LARGE": "x" * 4096}}},
            "InvalidParameterValueException",
            (
                "Lambda was unable to configure your environment variables because the environment variables you have "
                "provided exceeded the 4KB limit. String measured: "
                f'{{"SMALL":"ok","LARGE":"{"x" * 4096}"}}'
            ),
        ),
        (
            {"Runtime": "python2.7"},
            "InvalidParameterValueException",
            (
                "The runtime parameter of python2.7 is no longer supported for creating or updating AWS Lambda "
                "functions. We recommend you use a supported runtime while creating or updating functions."
            ),
        ),
    ],
)
def test_what_lambda_refuses(context: Context, settings: dict[str, Any], code: str, message: str) -> None:
    assert creation_failure(context, **settings) == (code, message)
    create(context)
    assert failure(context, "UpdateFunctionConfiguration", FunctionName=ARN, **settings) == (code, message)


@pytest.mark.parametrize(("length", "fits"), [(4086, True), (4087, False)])
def test_variables_hold_4096_octets_as_json(context: Context, length: int, fits: bool) -> None:
    variables = {"Variables": {"KEY": "x" * length}}
    if fits:
        create(context, Environment=variables)
    else:
        assert creation_failure(context, Environment=variables)[0] == "InvalidParameterValueException"


def test_octets_are_counted_not_characters(context: Context) -> None:
    assert creation_failure(context, Environment={"Variables": {"KEY": "ü" * 2100}})


class TestRuntimes:
    @pytest.mark.parametrize(
        "runtime", ["python3.9", "python3.14", "nodejs18.x", "nodejs24.x", "provided.al2", "provided.al2023"]
    )
    def test_the_runtimes_of_the_issue(self, context: Context, runtime: str) -> None:
        assert create(context, Runtime=runtime)["Runtime"] == runtime

    @pytest.mark.parametrize("runtime", ["nodejs16.x", "python3.8", "dotnet6"])
    def test_deprecated_runtimes_until_their_creation_is_blocked(self, context: Context, runtime: str) -> None:
        """ "Lambda runtimes", the column "Block function create": February 1, 2027."""
        assert create(context, Runtime=runtime)["Runtime"] == runtime

    @pytest.mark.parametrize("runtime", ["python4", "PYTHON3.12", "cobol", "arn:aws:lambda:us-east-1::runtime:x"])
    def test_unknown_runtimes(self, context: Context, runtime: str) -> None:
        code, message = creation_failure(context, Runtime=runtime)
        assert code == "InvalidParameterValueException"
        assert message.startswith(
            f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: ["
        )
        assert message.endswith("] or be a valid ARN")

    def test_the_machine_has_its_say(self, contexts: Contexts) -> None:
        context = contexts.context()
        create(context)
        contexts.runtime_problem = lambda runtime: f"{runtime} needs node, which is not on this machine's PATH."
        expected = ("InvalidParameterValueException", "nodejs22.x needs node, which is not on this machine's PATH.")
        assert creation_failure(contexts.context(), name="other", Runtime="nodejs22.x") == expected
        change = {"FunctionName": ARN, "Runtime": "nodejs22.x"}
        assert failure(contexts.context(), "UpdateFunctionConfiguration", **change) == expected

    def test_the_runtime_version_follows_the_runtime(self, context: Context) -> None:
        first = create(context)["RuntimeVersionConfig"]
        assert create(context, "other")["RuntimeVersionConfig"] == first
        updated = call(context, "UpdateFunctionConfiguration", FunctionName=ARN, Runtime="python3.13")
        assert updated["RuntimeVersionConfig"] != first


class TestOptionsThatAreNotBuilt:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("PublishTo", "LATEST_PUBLISHED"),
            ("PackageType", "Image"),
            ("ImageConfig", {"Command": ["x"]}),
            ("SnapStart", {"ApplyOn": "PublishedVersions"}),
            ("TenancyConfig", {"TenantIsolationMode": "PER_TENANT"}),
            ("DurableConfig", {"ExecutionTimeout": 60}),
            ("CapacityProviderConfig", {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": "a"}}),
            ("RuntimeConfig", {"RuntimeArn": "a", "RuntimeAlias": "b"}),
            ("AcceleratorConfig", {"AcceleratorMemorySize": 1}),
        ],
    )
    def test_they_are_named(self, contexts: Contexts, name: str, value: Any) -> None:
        expected = ("NotImplemented", f"Lambda CreateFunction: the option {name} is not implemented by gatewright.")
        assert creation_failure(contexts.context(), **{name: value}) == expected
        assert contexts.store.revision() == 0

    @pytest.mark.parametrize(
        "code",
        [
            {"S3Bucket": "bucket", "S3Key": "key", "S3ObjectStorageMode": "REFERENCE"},
            {"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:latest"},
        ],
    )
    def test_other_sources_of_code_are_named(self, context: Context, code: dict[str, Any]) -> None:
        error, message = creation_failure(context, Code=code)
        assert error == "NotImplemented"
        assert message.startswith("Lambda CreateFunction: the option ")
        error, message = failure(
            context, "PublishLayerVersion", LayerName="my-layer", Content={**code, "S3ObjectStorageMode": "REFERENCE"}
        )
        assert error == "NotImplemented"

    @pytest.mark.parametrize(
        "settings",
        [
            {
                "Publish": False,
                "PackageType": "Zip",
                "ImageConfig": {},
                "Layers": [],
                "DeadLetterConfig": {"TargetArn": ""},
                "FileSystemConfigs": [],
                "SnapStart": {"ApplyOn": "None"},
            },
            {"SnapStart": {}, "DeadLetterConfig": {}},
        ],
    )
    def test_values_that_ask_for_nothing_are_accepted(self, context: Context, settings: dict[str, Any]) -> None:
        created = create(context, **settings)
        assert created["SnapStart"] == {"ApplyOn": "None", "OptimizationStatus": "Off"}
        assert not {"Layers", "DeadLetterConfig", "FileSystemConfigs"} & created.keys()
        del settings["SnapStart"]
        settings.pop("Publish", None)
        settings.pop("PackageType", None)
        call(context, "UpdateFunctionConfiguration", FunctionName=ARN, **settings)

    def test_records_are_logged(self, context: Context, caplog: pytest.LogCaptureFixture) -> None:
        create(context, VpcConfig={"SubnetIds": ["subnet-1"]}, KMSKeyArn="", Role=ROLE)
        assert [record.getMessage() for record in caplog.records] == [
            f"{ARN}: VpcConfig is kept as a record only; it has no effect outside AWS"
        ]

    def test_an_architecture_that_this_machine_lacks_is_logged(
        self, context: Context, caplog: pytest.LogCaptureFixture
    ) -> None:
        for architecture in ("x86_64", "arm64"):
            create(context, architecture, Architectures=[architecture])
        (message,) = [record.getMessage() for record in caplog.records]
        assert "its code runs on this machine's architecture" in message


class TestFileSystemConfigs:
    def test_they_are_records(self, context: Context, caplog: pytest.LogCaptureFixture) -> None:
        access_point = "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0"
        configs = [{"Arn": access_point, "LocalMountPath": "/mnt/files"}]
        invalid = "InvalidParameterValueException"
        assert creation_failure(context, FileSystemConfigs=configs) == (
            invalid,
            f"Function must be configured to execute in a VPC to reference access point {access_point}.",
        )
        vpc = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
        assert create(context, FileSystemConfigs=configs, VpcConfig=vpc)["FileSystemConfigs"] == configs
        assert "FileSystemConfigs is kept as a record only" in caplog.text
        no_vpc = {"FunctionName": ARN, "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}}
        assert failure(context, "UpdateFunctionConfiguration", **no_vpc) == (
            invalid,
            f"Function VPC configuration cannot be removed with access point {access_point} referenced.",
        )
        assert "FileSystemConfigs" not in call(
            context, "UpdateFunctionConfiguration", FunctionName=ARN, FileSystemConfigs=[]
        )


class TestDeadLetterConfig:
    @pytest.mark.parametrize(
        "target", ["arn:aws:sqs:us-east-1:123456789012:dead-letters", "arn:aws:sns:us-east-1:123456789012:dead-letters"]
    )
    def test_queues_and_topics_are_kept(self, context: Context, target: str) -> None:
        assert create(context, DeadLetterConfig={"TargetArn": target})["DeadLetterConfig"] == {"TargetArn": target}
        # One without a target says nothing (localstack recorded it of AWS in test_dead_letter_queue).
        kept = call(context, "UpdateFunctionConfiguration", FunctionName=ARN, DeadLetterConfig={})
        assert kept["DeadLetterConfig"] == {"TargetArn": target}
        update = {"FunctionName": ARN, "DeadLetterConfig": {"TargetArn": ""}}
        assert "DeadLetterConfig" not in call(context, "UpdateFunctionConfiguration", **update)

    @pytest.mark.parametrize(
        "target",
        [
            "arn:aws:lambda:us-east-1:123456789012:function:f",
            "arn:aws:sqs:us-east-1:123456789012:q.fifo",
            "arn:aws:sns:us-east-1:123456789012:t:0d4f1b0c-0000-4000-8000-000000000000",
            "arn:aws:sqs",
        ],
    )
    def test_nothing_else_is(self, context: Context, target: str) -> None:
        code, message = creation_failure(context, DeadLetterConfig={"TargetArn": target})
        assert code == "InvalidParameterValueException"
        assert target in message
