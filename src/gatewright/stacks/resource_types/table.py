"""The resource types by name: `TYPES["AWS::SQS::Queue"]`. The first who asks for a type of a family imports the family.

A name that is not here is no type that stacks can make: `Template format error: Unrecognized resource types: [...]`.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.late import late_imports
from gatewright.stacks.resource_types.contract import Family, ResourceType


def _apigateway() -> Family:
    from gatewright.stacks.resource_types.apigateway import TYPES

    return TYPES


def _apigatewayv2() -> Family:
    from gatewright.stacks.resource_types.apigatewayv2 import TYPES

    return TYPES


def _iam() -> Family:
    from gatewright.stacks.resource_types.iam import TYPES

    return TYPES


def _lambda() -> Family:
    from gatewright.stacks.resource_types.lambda_ import TYPES

    return TYPES


def _cloudfront() -> Family:
    from gatewright.stacks.resource_types.cloudfront import TYPES

    return TYPES


def _cloudwatch() -> Family:
    from gatewright.stacks.resource_types.cloudwatch import TYPES

    return TYPES


def _cognito() -> Family:
    from gatewright.stacks.resource_types.cognito import TYPES

    return TYPES


def _dynamodb() -> Family:
    from gatewright.stacks.resource_types.dynamodb import TYPES

    return TYPES


def _ec2() -> Family:
    from gatewright.stacks.resource_types.ec2 import TYPES

    return TYPES


def _ecr() -> Family:
    from gatewright.stacks.resource_types.ecr import TYPES

    return TYPES


def _events() -> Family:
    from gatewright.stacks.resource_types.events import TYPES

    return TYPES


def _kinesis() -> Family:
    from gatewright.stacks.resource_types.kinesis import TYPES

    return TYPES


def _kms() -> Family:
    from gatewright.stacks.resource_types.kms import TYPES

    return TYPES


def _logs() -> Family:
    from gatewright.stacks.resource_types.logs import TYPES

    return TYPES


def _route53() -> Family:
    from gatewright.stacks.resource_types.route53 import TYPES

    return TYPES


def _s3() -> Family:
    from gatewright.stacks.resource_types.s3 import TYPES

    return TYPES


def _scheduler() -> Family:
    from gatewright.stacks.resource_types.scheduler import TYPES

    return TYPES


def _secrets_manager() -> Family:
    from gatewright.stacks.resource_types.secrets_manager import TYPES

    return TYPES


def _sns() -> Family:
    from gatewright.stacks.resource_types.sns import TYPES

    return TYPES


def _sqs() -> Family:
    from gatewright.stacks.resource_types.sqs import TYPES

    return TYPES


def _ssm() -> Family:
    from gatewright.stacks.resource_types.ssm import TYPES

    return TYPES


def _step_functions() -> Family:
    from gatewright.stacks.resource_types.step_functions import TYPES

    return TYPES


FAMILIES: Final[Mapping[str, Callable[[], Family]]] = MappingProxyType(
    {
        "AWS::CloudFront": _cloudfront,
        "AWS::CloudWatch": _cloudwatch,
        "AWS::Cognito": _cognito,
        "AWS::DynamoDB": _dynamodb,
        "AWS::EC2": _ec2,
        "AWS::ECR": _ecr,
        "AWS::Events": _events,
        "AWS::KMS": _kms,
        "AWS::Kinesis": _kinesis,
        "AWS::Route53": _route53,
        "AWS::S3": _s3,
        "AWS::SNS": _sns,
        "AWS::SQS": _sqs,
        "AWS::SSM": _ssm,
        "AWS::Scheduler": _scheduler,
        "AWS::SecretsManager": _secrets_manager,
        "AWS::StepFunctions": _step_functions,
        "AWS::ApiGateway": _apigateway,
        "AWS::ApiGatewayV2": _apigatewayv2,
        "AWS::IAM": _iam,
        "AWS::Lambda": _lambda,
        "AWS::Logs": _logs,
    }
)
"""By the service of their names, what imports the types of a family."""


class _Types(Mapping[str, ResourceType]):
    """The types of all families; going through all of them imports all."""

    def __getitem__(self, name: str) -> ResourceType:
        service, _, _ = name.rpartition("::")
        if service not in FAMILIES:
            raise KeyError(name)
        with late_imports():
            family = FAMILIES[service]()
        return family[name]

    def __iter__(self) -> Iterator[str]:
        for load in FAMILIES.values():
            with late_imports():
                family = load()
            yield from family

    def __len__(self) -> int:
        return sum(1 for _ in self)


TYPES: Final[Mapping[str, ResourceType]] = _Types()
"""The resource types that stacks can make."""
