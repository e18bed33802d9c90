"""The table of operations."""

import botocore.session

from gatewright.control.lambda_ import OPERATIONS


def test_names_are_the_services() -> None:
    model = botocore.session.get_session().get_service_model("lambda")
    assert set(OPERATIONS) <= set(model.operation_names)


def test_functions_are_named_like_their_operations() -> None:
    for name, operation in OPERATIONS.items():
        assert operation.__name__.replace("_", "") == name.lower()


def test_the_operations_of_the_issue_are_here() -> None:
    """All of them but Invoke, which the data plane serves."""
    assert set(OPERATIONS) >= {
        *("CreateFunction", "GetFunction", "GetFunctionConfiguration", "UpdateFunctionCode"),
        *("UpdateFunctionConfiguration", "ListFunctions", "DeleteFunction"),
        *("AddPermission", "RemovePermission", "GetPolicy"),
        *("TagResource", "UntagResource", "ListTags", "GetAccountSettings"),
    }
