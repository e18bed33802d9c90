"""The OPERATIONS table, held against botocore's model."""

from gatewright.control.apigateway import OPERATIONS
from tests.unit.control.apigateway.calls import model

# Later issues build these; until then they answer 501 by their absence. TestInvokeMethod is the data plane's.
NOT_BUILT = ("Authorizer", "BasePathMapping", "DomainName", "TestInvokeMethod")


def test_every_operation_is_built_or_of_a_later_issue() -> None:
    names = set(model().operation_names)
    assert OPERATIONS.keys() <= names
    left = {name for name in names - OPERATIONS.keys() if not any(part in name for part in NOT_BUILT)}
    assert left == {"GetSdk"}


def test_operations_are_named_as_aws_names_them() -> None:
    for name, operation in OPERATIONS.items():
        assert operation.__name__.replace("_", "") == name.lower()
