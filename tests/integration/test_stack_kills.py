"""A node that is killed while it creates, updates and deletes a stack: nothing is lost or made twice.

The tests of `tests/unit/stacks/execution/test_recovery.py` kill at each step; this one has a real store and processes.
"""

import json
import random
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.integration.nodes import Node, kill, start, stop
from tests.integration.test_stacks import failures, settled

ROLES = 30
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def body(description: str, path: str) -> str:
    """Return the template of roles, each of which needs the one before; a path replaces them."""
    resources: dict[str, Any] = {}
    for number in range(ROLES):
        tags = [{"Key": "before", "Value": {"Ref": f"R{number - 1}"}}] if number % 5 else []
        properties = {"Description": description, "Path": path, "AssumeRolePolicyDocument": TRUST, "Tags": tags}
        resources[f"R{number}"] = {"Type": "AWS::IAM::Role", "Properties": properties}
    return json.dumps({"Resources": resources})


def begin_and_kill(node: Node, operation: str, after_seconds: float, **request: Any) -> None:
    """Begin an operation on the stack, and kill the node a while after."""

    def begin() -> None:
        try:
            getattr(node.client("cloudformation"), operation)(StackName="killed", **request)
        except Exception as error:  # noqa: BLE001 — the node is killed before it answers
            print(f"{operation}: {error}")

    caller = threading.Thread(target=begin)
    caller.start()
    time.sleep(after_seconds)
    kill(node)
    caller.join()


def roles(node: Node) -> list[dict[str, Any]]:
    return list(node.client("iam").list_roles()["Roles"])


@pytest.mark.slow
def test_kills_anywhere(tmp_path: Path) -> None:
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    chance = random.Random(seed)
    arguments = ("--data-dir", str(tmp_path / "data"))
    node = start(*arguments)
    try:
        template = {"Capabilities": ["CAPABILITY_IAM"]}
        # What is loaded by the first call is not what is to be killed.
        node.client("cloudformation").create_stack(StackName="other", TemplateBody=body("x", "/other/"), **template)
        assert settled(node, "other") == "CREATE_COMPLETE", failures(node, "other")
        begin_and_kill(node, "create_stack", chance.uniform(0.02, 0.4), TemplateBody=body("first", "/a/"), **template)
        node = start(*arguments)
        stacks = node.client("cloudformation").describe_stacks()["Stacks"]
        if "killed" not in [stack["StackName"] for stack in stacks]:  # it was killed before there was a stack
            node.client("cloudformation").create_stack(
                StackName="killed", TemplateBody=body("first", "/a/"), **template
            )
        assert settled(node, "killed") == "CREATE_COMPLETE", (seed, failures(node, "killed"))
        assert len(roles(node)) == 2 * ROLES
        begin_and_kill(node, "update_stack", chance.uniform(0.02, 0.6), TemplateBody=body("next", "/b/"), **template)
        node = start(*arguments)
        assert settled(node, "killed") in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}, (seed, failures(node, "killed"))
        found = [role["Path"] for role in roles(node) if role["Path"] != "/other/"]
        assert found in (["/a/"] * ROLES, ["/b/"] * ROLES), seed
        begin_and_kill(node, "delete_stack", chance.uniform(0.02, 0.3))
        node = start(*arguments)
        for stack in node.client("cloudformation").describe_stacks()["Stacks"]:
            if stack["StackName"] == "killed" and stack["StackStatus"] != "DELETE_IN_PROGRESS":
                node.client("cloudformation").delete_stack(StackName="killed")
            if stack["StackName"] == "killed":
                assert settled(node, stack["StackId"]) == "DELETE_COMPLETE", (seed, failures(node, stack["StackId"]))
        assert len(roles(node)) == ROLES, seed
        assert settled(node, "other") == "CREATE_COMPLETE"
    finally:
        stop(node)
