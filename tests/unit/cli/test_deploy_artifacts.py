"""The local paths of templates: what `aws cloudformation package` packages ("package", AWS CLI Command Reference)."""

import json
from pathlib import Path
from typing import Any

import pytest

from gatewright.cli.deploy.artifacts import Artifact, Kind, find_artifacts
from gatewright.cli.deploy.errors import DeployFailed
from gatewright.cli.deploy.packaging import Packager
from gatewright.cli.deploy.template_files import find_template, read_document, write_document


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def packaged(directory: Path, **resources: dict[str, Any]) -> tuple[dict[str, Any], list[Artifact]]:
    """Return the properties after each artifact was given its name as a key, and the artifacts."""
    document: dict[str, Any] = {"Resources": resources}
    artifacts = list(find_artifacts(document, directory))
    for artifact in artifacts:
        artifact.put(f"KEY-{artifact.path.name}")
    return {name: each["Properties"] for name, each in resources.items()}, artifacts


@pytest.mark.parametrize(
    ("kind", "name", "form", "expected"),
    [
        ("AWS::Serverless::Function", "CodeUri", Kind.ARCHIVE, "s3://gatewright-packages/KEY-local"),
        ("AWS::Serverless::LayerVersion", "ContentUri", Kind.ARCHIVE, "s3://gatewright-packages/KEY-local"),
        ("AWS::Serverless::Api", "DefinitionUri", Kind.FILE, "s3://gatewright-packages/KEY-local"),
        ("AWS::Serverless::HttpApi", "DefinitionUri", Kind.FILE, "s3://gatewright-packages/KEY-local"),
        (
            "AWS::Serverless::StateMachine",
            "DefinitionUri",
            Kind.FILE,
            {"Bucket": "gatewright-packages", "Key": "KEY-local"},
        ),
        (
            "AWS::Serverless::Application",
            "Location",
            Kind.TEMPLATE,
            "https://s3.amazonaws.com/gatewright-packages/KEY-local",
        ),
        ("AWS::Lambda::Function", "Code", Kind.ARCHIVE, {"S3Bucket": "gatewright-packages", "S3Key": "KEY-local"}),
        (
            "AWS::Lambda::LayerVersion",
            "Content",
            Kind.ARCHIVE,
            {"S3Bucket": "gatewright-packages", "S3Key": "KEY-local"},
        ),
        (
            "AWS::ApiGateway::RestApi",
            "BodyS3Location",
            Kind.FILE,
            {"Bucket": "gatewright-packages", "Key": "KEY-local"},
        ),
        ("AWS::ApiGatewayV2::Api", "BodyS3Location", Kind.FILE, {"Bucket": "gatewright-packages", "Key": "KEY-local"}),
        (
            "AWS::StepFunctions::StateMachine",
            "DefinitionS3Location",
            Kind.FILE,
            {"Bucket": "gatewright-packages", "Key": "KEY-local"},
        ),
        (
            "AWS::CloudFormation::Stack",
            "TemplateURL",
            Kind.TEMPLATE,
            "https://s3.amazonaws.com/gatewright-packages/KEY-local",
        ),
    ],
)
def test_a_local_path(tmp_path: Path, kind: str, name: str, form: Kind, expected: object) -> None:
    (tmp_path / "local").touch()
    properties, (artifact,) = packaged(tmp_path, It=resource(kind, **{name: "local"}))
    assert properties["It"][name] == expected
    assert (artifact.kind, artifact.path, artifact.logical_id) == (form, tmp_path / "local", "It")


@pytest.mark.parametrize(
    "value",
    [
        "s3://bucket/key",
        "https://s3.amazonaws.com/bucket/key",
        {"S3Bucket": "bucket", "S3Key": "key"},
        {"ZipFile": "def handler(event, context): pass"},
        {"Ref": "Code"},
    ],
)
def test_what_is_elsewhere_already_stays(tmp_path: Path, value: object) -> None:
    for kind, name in (("AWS::Lambda::Function", "Code"), ("AWS::Serverless::Function", "CodeUri")):
        properties, artifacts = packaged(tmp_path, It=resource(kind, **{name: value}))
        assert (properties["It"][name], artifacts) == (value, [])


def test_code_that_is_not_named_is_the_templates_directory(tmp_path: Path) -> None:
    properties, (artifact,) = packaged(tmp_path, It=resource("AWS::Serverless::Function", Handler="app.handler"))
    assert (artifact.path, artifact.is_function) == (tmp_path, True)
    assert properties["It"]["CodeUri"].startswith("s3://")
    for code in ({"InlineCode": "pass"}, {"ImageUri": "image"}, {"PackageType": "Image"}):
        assert packaged(tmp_path, It=resource("AWS::Serverless::Function", **code))[1] == []


def test_code_of_globals_is_each_functions_own(tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    document = {
        "Globals": {"Function": {"CodeUri": "all", "Runtime": "python3.12", "AutoPublishAlias": "live"}},
        "Resources": {
            "A": resource("AWS::Serverless::Function"),
            "B": resource("AWS::Serverless::Function", Runtime="nodejs22.x"),
            "C": resource("AWS::Serverless::Function", InlineCode="pass"),
            "D": resource("AWS::Lambda::Function", Code={"ZipFile": "pass"}),
        },
    }
    artifacts = list(find_artifacts(document, tmp_path))
    runtimes = [(each.logical_id, each.function_runtime, each.is_published) for each in artifacts]
    assert runtimes == [("A", "python3.12", True), ("B", "nodejs22.x", True)]
    assert {each.path for each in artifacts} == {tmp_path / "all"}
    assert "CodeUri" not in document["Globals"]["Function"]


def test_includes(tmp_path: Path) -> None:
    (tmp_path / "part.yaml").touch()
    include = {"Name": "AWS::Include", "Parameters": {"Location": "part.yaml"}}
    document: dict[str, Any] = {
        "Transform": ["AWS::Serverless-2016-10-31", include],
        "Resources": {
            "Api": resource("AWS::ApiGateway::RestApi", Body={"Fn::Transform": json.loads(json.dumps(include))})
        },
    }
    artifacts = list(find_artifacts(document, tmp_path))
    assert [each.path for each in artifacts] == [tmp_path / "part.yaml"] * 2
    for each in artifacts:
        each.put("KEY")
    assert document["Transform"][1]["Parameters"] == {"Location": "s3://gatewright-packages/KEY"}


def test_a_path_to_nothing(tmp_path: Path) -> None:
    with pytest.raises(DeployFailed, match=r"Hello: there is no .*nowhere"):
        packaged(tmp_path, Hello=resource("AWS::Lambda::Function", Code="nowhere"))


def test_a_layer_says_what_builds_it(tmp_path: Path) -> None:
    layer = resource("AWS::Serverless::LayerVersion", ContentUri=".") | {"Metadata": {"BuildMethod": "python3.12"}}
    (artifact,) = packaged(tmp_path, Layer=layer)[1]
    assert artifact.layer_build == "python3.12"


class Kept:
    def __init__(self) -> None:
        self.contents: list[bytes] = []

    def __call__(self, content: bytes) -> str:
        self.contents.append(content)
        return f"key{len(self.contents)}"


def test_nested_templates_are_packaged_first(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(
        "Resources:\n  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child/child.yaml}}\n"
    )
    (tmp_path / "child" / "code").mkdir(parents=True)
    (tmp_path / "child" / "child.yaml").write_text(
        "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {Code: code, Handler: !Sub '${AWS::Region}.h'}}\n"
    )
    kept = Kept()
    found = Packager(kept).package(tmp_path / "template.yaml")
    child = json.loads(kept.contents[1])
    assert child["Resources"]["F"]["Properties"] == {
        "Code": {"S3Bucket": "gatewright-packages", "S3Key": "key1"},
        "Handler": {"Fn::Sub": "${AWS::Region}.h"},
    }
    url = json.loads(found.text)["Resources"]["Child"]["Properties"]["TemplateURL"]
    assert url == "https://s3.amazonaws.com/gatewright-packages/key2"
    assert [(each.logical_ids, each.key) for each in found.functions] == [(("Child", "F"), "key1")]
    assert found.others == [tmp_path / "template.yaml", tmp_path / "child" / "child.yaml"]


def test_a_template_nested_in_itself(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(
        "Resources:\n  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: template.yaml}}\n"
    )
    with pytest.raises(DeployFailed, match="nested in itself"):
        Packager(Kept()).package(template)


def test_a_template_without_local_code_stays_as_it_is(tmp_path: Path) -> None:
    text = "# comment\nResources:\n  Q: {Type: AWS::SQS::Queue}\n"
    (tmp_path / "template.yml").write_text(text)
    assert Packager(Kept()).package(find_template(None, tmp_path)).text == text


def test_numbers_keep_their_text(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(
        "Resources: {Q: {Type: AWS::SQS::Queue}}\nMetadata: {Version: 1.10, Size: 1.5, Account: 012345678901, N: 3}\n"
    )
    written = json.loads(write_document(read_document(tmp_path / "t.yaml")[1]))
    assert written["Metadata"] == {"Version": "1.10", "Size": 1.5, "Account": "012345678901", "N": 3}


def test_finding_the_template(tmp_path: Path) -> None:
    with pytest.raises(DeployFailed, match=r"there is no template\.yaml, template\.yml or template\.json in"):
        find_template(None, tmp_path)
    (tmp_path / "template.json").touch()
    (tmp_path / "template.yml").touch()
    assert find_template(None, tmp_path).name == "template.yml"
    assert find_template(str(tmp_path), tmp_path / "elsewhere") == tmp_path / "template.yml"
    assert find_template("template.json", tmp_path).name == "template.json"
    with pytest.raises(DeployFailed, match="there is no template"):
        find_template("other.yaml", tmp_path)
