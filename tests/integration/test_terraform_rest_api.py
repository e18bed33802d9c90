"""Terraform with the AWS provider: what it declares of REST APIs, applied, changed, taken back and destroyed."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.deployed import package
from tests.integration.nodes import Node, running
from tests.integration.terraformed import kinds_of_documents, terraform

PET = json.dumps({"name": "Rex", "kind": "dog"}).encode()
JSON = {"Content-Type": "application/json", "X-New": "1"}


def variables(node: Node, directory: Path, release: int) -> Path:
    """Write what a release is made of."""
    code = directory / "pets.zip"
    code.write_bytes(package("return {'statusCode': 200, 'body': json.dumps(event['pathParameters'])}"))
    written = directory / f"release-{release}.tfvars.json"
    written.write_text(json.dumps({"endpoint": node.url, "release": release, "package": str(code)}))
    return written


def check_first(node: Node, made: dict[str, Any]) -> None:
    api_id, key = made["api_id"], {"X-Api-Key": made["api_key"]}
    read = node.call(api_id, "GET", "/live/pets/7", key)
    assert (read.status, read.json()) == (200, {"id": "7"})
    refused = node.call(api_id, "GET", "/live/pets/7")
    assert (refused.status, refused.json(), refused.get_all("X-Why")) == (401, {"key": "Forbidden"}, ["key"])
    created = node.call(api_id, "POST", "/live/pets?dry=1", JSON, PET)
    assert (created.status, created.json(), created.get_all("X-Pet")) == (200, {"release": 1}, ["new"])
    assert node.call(api_id, "POST", "/live/pets", JSON, PET).status == 400  # `dry` is required
    assert node.call(api_id, "POST", "/live/pets?dry=1", JSON, b"{}").status == 400
    # `basepath` is prepended: "Set the OpenAPI basePath property".
    assert node.call(made["imported_id"], "GET", "/live/v1/release").json() == {"release": 1}
    assert "/v1/release" in json.loads(made["exported"])["paths"]


def check_second(node: Node, made: dict[str, Any]) -> None:
    api_id = made["api_id"]
    disabled = node.call(api_id, "GET", "/live/pets/7", {"X-Api-Key": made["api_key"]})
    assert (disabled.status, disabled.json()) == (402, {"pay": 1})
    created = node.call(api_id, "POST", "/live/pets", JSON, PET)
    assert (created.status, created.json(), created.get_all("X-Kind")) == (200, {"release": 2}, ["cat"])
    assert node.call(made["imported_id"], "GET", "/live/release").json() == {"release": 2}
    settings = node.client("apigateway").get_stage(restApiId=api_id, stageName="live")["methodSettings"]
    assert settings["*/*"]["throttlingRateLimit"] == 200.0
    assert settings["pets/POST"]["requireAuthorizationForCacheControl"] is False


def check_third(node: Node, made: dict[str, Any]) -> None:
    api_id = made["api_id"]
    assert node.call(api_id, "GET", "/live/pets/7").json() == {"pet": "7"}
    assert node.call(api_id, "POST", "/live/pets", {}, b"{}").json() == {"release": 3}
    plan = node.client("apigateway").get_usage_plan(usagePlanId=made["usage_plan"])
    assert not {"quota", "throttle", "description"} & set(plan)
    assert [stage["stage"] for stage in plan["apiStages"]] == ["canary"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_three_releases_and_an_end(tmp_path: Path) -> None:
    declared = terraform("rest_api.tf", tmp_path / "terraform")
    data = tmp_path / "data"
    with running("--data-dir", str(data)) as node:
        for release, check in ((1, check_first), (2, check_second), (3, check_third)):
            check(node, declared.apply(variables(node, tmp_path, release)))
        declared.destroy(variables(node, tmp_path, 3))
    # An account has no end, nor have the numbers of a function's versions.
    assert set(kinds_of_documents(data)) <= {"apigateway/account", "lambda/version-counter"}
