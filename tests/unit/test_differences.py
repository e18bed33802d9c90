"""`docs/differences.md` and the code say the same of what is not built."""

import re
from pathlib import Path

import botocore.session

from gatewright.control import lambda_
from gatewright.control.lambda_.options import NOT_BUILT

PAGE = Path(__file__).parents[2] / "docs" / "differences.md"

DATA_PLANE = {"Invoke", "InvokeAsync", "InvokeWithResponseStream"}
"""What the data plane serves; tests/integration calls them."""


def table(heading: str) -> list[tuple[str, set[str]]]:
    """Return the rows of the table under a heading: the first cell, and the names in the second one."""
    section = PAGE.read_text().partition(f"\n### {heading}\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", section, re.MULTILINE)[2:]
    assert rows
    return [(first, set(re.findall(r"`(\w+)`", second))) for first, second in rows]


def test_lambdas_operations_are_built_or_listed() -> None:
    model = botocore.session.get_session().get_service_model("lambda")
    rows = table("Operations of Lambda that are not built")
    listed = [operation for _, operations in rows for operation in operations]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(model.operation_names) - set(lambda_.OPERATIONS) - DATA_PLANE


def test_only_what_may_be_left_out_is_listed() -> None:
    """The issue "Lambda in full" names what may stay unbuilt; code signing and images are options of operations."""
    assert {first for first, _ in table("Operations of Lambda that are not built")} == {
        "event source mappings",
        "durable executions",
        "managed instances and capacity providers",
    }


def test_options_that_are_refused_are_listed() -> None:
    listed = {name for _, names in table("Options of Lambda's operations that are not built") for name in names}
    assert set(NOT_BUILT) <= listed
