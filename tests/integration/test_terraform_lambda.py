"""Terraform with the AWS provider: what it declares of Lambda, applied, changed, taken back and destroyed."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.integration.deployed import package
from tests.integration.nodes import Node, running, zip_of
from tests.integration.terraformed import kinds_of_documents, terraform

HANDLER = (
    "answer = {'version': context.function_version, 'release': os.environ.get('RELEASE')}",
    "answer['initialization'] = os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']",
    "return {'statusCode': 200, 'body': json.dumps(answer)}",
)


def variables(node: Node, directory: Path, release: int) -> Path:
    """Write what a release is made of."""
    files = {
        "package": package(f"release = {release}", *HANDLER),
        "layer": zip_of({"python/shared.py": f"RELEASE = {min(release, 2)}"}),
    }
    values: dict[str, object] = {"endpoint": node.url, "release": release}
    for name, content in files.items():
        path = directory / f"{name}-{release}.zip"
        path.write_bytes(content)
        values[name] = str(path)
    written = directory / f"release-{release}.tfvars.json"
    written.write_text(json.dumps(values))
    return written


@pytest.mark.slow
@pytest.mark.timeout(480)
def test_three_releases_and_an_end(tmp_path: Path) -> None:
    declared = terraform("lambda.tf", tmp_path / "terraform")
    data = tmp_path / "data"
    with running("--data-dir", str(data)) as node:
        client = node.client("lambda")
        first = declared.apply(variables(node, tmp_path, 1))
        assert json.loads(first["invoked"]["body"]) == {
            "version": "1",
            "release": None,
            "initialization": "provisioned-concurrency",
        }
        answer = node.call(first["api_id"], "GET", "/some/path")
        assert answer.json() == {"version": "1", "release": "1", "initialization": "on-demand"}
        live = urlsplit(first["live_url"]).netloc
        assert node.request("GET", "/", [("Host", live)]).status == 403  # AWS_IAM
        assert client.get_function_concurrency(FunctionName="api")["ReservedConcurrentExecutions"] == 10

        second = declared.apply(variables(node, tmp_path, 2))
        # The URL and the permission of the alias are the same resources.
        assert (second["live_url"], second["layer_version"]) == (first["live_url"], 2)
        alias = client.get_alias(FunctionName="api", Name="live")
        assert (alias["FunctionVersion"], alias["RoutingConfig"]) == ("1", {"AdditionalVersionWeights": {"2": 0.25}})
        assert node.call(first["api_id"], "GET", "/some/path").status == 200

        third = declared.apply(variables(node, tmp_path, 3))
        assert third["live_version"] == "3"
        assert node.call(first["api_id"], "GET", "/some/path").json()["version"] == "3"
        bare = client.get_function(FunctionName="api")
        assert not {"DeadLetterConfig", "Layers", "Environment", "KMSKeyArn"} & set(bare["Configuration"])
        assert not {"Concurrency", "Tags"} & set(bare)

        declared.destroy(variables(node, tmp_path, 3))
    # Numbers of versions are never used again, so what the last ones were is kept.
    assert kinds_of_documents(data) == {"lambda/layer": 1, "lambda/version-counter": 2}
