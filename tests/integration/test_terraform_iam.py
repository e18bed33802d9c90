"""Terraform with the AWS provider: what it declares of IAM, applied, changed, taken back and destroyed."""

import json
from pathlib import Path

import pytest

from tests.integration.nodes import Node, running
from tests.integration.terraformed import kinds_of_documents, terraform


def variables(node: Node, directory: Path, release: int) -> Path:
    """Write what a release is made of."""
    written = directory / f"release-{release}.tfvars.json"
    written.write_text(json.dumps({"endpoint": node.url, "release": release}))
    return written


@pytest.mark.slow
@pytest.mark.timeout(480)
def test_three_releases_and_an_end(tmp_path: Path) -> None:
    declared = terraform("iam.tf", tmp_path / "terraform")
    data = tmp_path / "data"
    with running("--data-dir", str(data)) as node:
        iam = node.client("iam")
        first = declared.apply(variables(node, tmp_path, 1))
        assert first["account"] == "123456789012"
        assert first["role"] == "arn:aws:iam::123456789012:role/service/worker"
        assert json.loads(first["basic"])["Statement"][0]["Effect"] == "Allow"
        user = iam.get_user(UserName="ann")["User"]
        attached = iam.list_attached_role_policies(RoleName="worker")["AttachedPolicies"]
        assert [each["PolicyName"] for each in attached] == [
            "AWSLambdaBasicExecutionRole",
            "AWSXRayDaemonWriteAccess",
            "reading",
        ]

        declared.apply(variables(node, tmp_path, 2))
        assert iam.get_user(UserName="anna")["User"]["UserId"] == user["UserId"]
        versions = iam.list_policy_versions(PolicyArn="arn:aws:iam::123456789012:policy/team/reading")["Versions"]
        assert [(each["VersionId"], each["IsDefaultVersion"]) for each in versions] == [("v2", True), ("v1", False)]

        declared.apply(variables(node, tmp_path, 3))
        role = iam.get_role(RoleName="worker")["Role"]
        assert not {"Description", "PermissionsBoundary"} & set(role)
        assert role["Tags"] == [{"Key": "owner", "Value": "team"}]

        declared.destroy(variables(node, tmp_path, 3))
    # What tasks that deleted service-linked roles have come to can still be asked.
    assert kinds_of_documents(data) == {"iam/service-linked-role-deletion": 1}
