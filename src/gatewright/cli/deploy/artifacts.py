"""The local paths in a template, and what takes their place: what `aws cloudformation package` packages.

Of the resource types that gatewright has. Source: "package" in the AWS CLI Command Reference, and SAM CLI's
`sam package` for HTTP APIs ("AWS SAM CLI command reference").
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from gatewright.cli.deploy.errors import DeployFailed

BUCKET: Final = "gatewright-packages"
"""As templates name where the node keeps packages (`server.packages`)."""
_INCLUDE: Final = "AWS::Include"
_ELSEWHERE: Final = ("s3://", "http://", "https://", "arn:")


class Kind(Enum):
    """How a path is packaged."""

    ARCHIVE = "archive"
    """A zip file of a directory or of a file, or a zip file as it is."""
    FILE = "file"
    """A file as it is."""
    TEMPLATE = "template"
    """A template, which is packaged itself first."""


def _uri(key: str) -> str:
    return f"s3://{BUCKET}/{key}"


def _url(key: str) -> str:
    return f"https://s3.amazonaws.com/{BUCKET}/{key}"


def _code(key: str) -> dict[str, str]:
    return {"S3Bucket": BUCKET, "S3Key": key}


def _object(key: str) -> dict[str, str]:
    return {"Bucket": BUCKET, "Key": key}


Located = Callable[[str], str | dict[str, str]]
_SLOTS: Final[Mapping[str, tuple[str, Kind, Located]]] = MappingProxyType(
    {
        "AWS::Serverless::Function": ("CodeUri", Kind.ARCHIVE, _uri),
        "AWS::Serverless::LayerVersion": ("ContentUri", Kind.ARCHIVE, _uri),
        "AWS::Serverless::Api": ("DefinitionUri", Kind.FILE, _uri),
        "AWS::Serverless::HttpApi": ("DefinitionUri", Kind.FILE, _uri),
        "AWS::Serverless::StateMachine": ("DefinitionUri", Kind.FILE, _object),
        "AWS::Serverless::Application": ("Location", Kind.TEMPLATE, _url),
        "AWS::Lambda::Function": ("Code", Kind.ARCHIVE, _code),
        "AWS::Lambda::LayerVersion": ("Content", Kind.ARCHIVE, _code),
        "AWS::ApiGateway::RestApi": ("BodyS3Location", Kind.FILE, _object),
        "AWS::ApiGatewayV2::Api": ("BodyS3Location", Kind.FILE, _object),
        "AWS::StepFunctions::StateMachine": ("DefinitionS3Location", Kind.FILE, _object),
        "AWS::CloudFormation::Stack": ("TemplateURL", Kind.TEMPLATE, _url),
    }
)
_FUNCTIONS: Final = frozenset({"AWS::Serverless::Function", "AWS::Lambda::Function"})
_LAYERS: Final = frozenset({"AWS::Serverless::LayerVersion", "AWS::Lambda::LayerVersion"})


@dataclass(frozen=True, slots=True)
class Artifact:
    """A local path in a template."""

    kind: Kind
    path: Path
    put: Callable[[str], None]
    """Puts the key of what was packaged into the template's document."""
    logical_id: str = ""
    """Of its resource; empty for what belongs to none."""
    function_runtime: str | None = None
    """Of a function, for what is built for it."""
    is_function: bool = False
    is_published: bool = False
    """Whether each deployment publishes a version, so that new code serves by a deployment only."""
    layer_build: str | None = None
    """What a layer says it is to be built by (`BuildMethod`)."""


def find_artifacts(document: dict[str, Any], directory: Path) -> Iterator[Artifact]:
    """Yield the local paths of a template, which is in a directory. Raises `DeployFailed` for paths to nothing."""
    global_properties = _function_globals(document)
    _give_to_each(document, global_properties)
    for logical_id, resource in document.get("Resources", {}).items():
        if isinstance(resource, dict) and resource.get("Type") in _SLOTS:
            yield from _of_resource(logical_id, resource, directory, global_properties)
    for parameters in _includes(document):
        location = parameters.get("Location")
        if isinstance(location, str) and not location.startswith(_ELSEWHERE):
            yield Artifact(Kind.FILE, _existing(directory, location, _INCLUDE), _setter(parameters, "Location", _uri))


def _function_globals(document: Mapping[str, Any]) -> dict[str, Any]:
    section = document.get("Globals")
    functions = section.get("Function") if isinstance(section, dict) else None
    return functions if isinstance(functions, dict) else {}


def _give_to_each(document: Mapping[str, Any], global_properties: dict[str, Any]) -> None:
    """Have each function name the local code that all share: their runtimes may differ, and so what is built."""
    code = global_properties.get("CodeUri")
    if not isinstance(code, str) or code.startswith(_ELSEWHERE):
        return
    del global_properties["CodeUri"]
    for resource in document.get("Resources", {}).values():
        if isinstance(resource, dict) and resource.get("Type") == "AWS::Serverless::Function":
            properties = resource.setdefault("Properties", {})
            if isinstance(properties, dict) and not _has_other_code(properties, global_properties, "CodeUri"):
                properties.setdefault("CodeUri", code)


def _of_resource(
    logical_id: str, resource: dict[str, Any], directory: Path, global_properties: Mapping[str, Any]
) -> Iterator[Artifact]:
    kind_of_resource = resource["Type"]
    name, kind, located = _SLOTS[kind_of_resource]
    properties = resource.setdefault("Properties", {})
    if not isinstance(properties, dict):
        return
    value = properties.get(name)
    inherited = global_properties if kind_of_resource == "AWS::Serverless::Function" else {}
    if value is None and kind_of_resource in _FUNCTIONS | _LAYERS and not _has_other_code(properties, inherited, name):
        value = "."  # as `aws cloudformation package` has it
    if not isinstance(value, str) or value.startswith(_ELSEWHERE):
        return
    metadata = resource.get("Metadata", {})
    yield Artifact(
        kind,
        _existing(directory, value, logical_id),
        _setter(properties, name, located),
        logical_id,
        _runtime(properties, inherited) if kind_of_resource in _FUNCTIONS else None,
        kind_of_resource in _FUNCTIONS,
        "AutoPublishAlias" in {**inherited, **properties},
        metadata.get("BuildMethod") if kind_of_resource in _LAYERS and isinstance(metadata, dict) else None,
    )


def _has_other_code(properties: Mapping[str, Any], inherited: Mapping[str, Any], name: str) -> bool:
    package_type = properties.get("PackageType", inherited.get("PackageType"))
    return name in inherited or "InlineCode" in properties or "ImageUri" in properties or package_type == "Image"


def _runtime(properties: Mapping[str, Any], inherited: Mapping[str, Any]) -> str | None:
    runtime = properties.get("Runtime", inherited.get("Runtime"))
    return runtime if isinstance(runtime, str) else None


def _setter(members: dict[str, Any], name: str, located: Located) -> Callable[[str], None]:
    def put(key: str) -> None:
        members[name] = located(key)

    return put


def _existing(directory: Path, value: str, owner: str) -> Path:
    path = (directory / value).absolute()
    if not path.exists():
        raise DeployFailed(f"{owner}: there is no {path}")
    return path


def _includes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the parameters of all AWS::Include in a template, as a section or as Fn::Transform."""
    if isinstance(value, list):
        for item in value:
            yield from _includes(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name in ("Fn::Transform", "Transform"):
                for transform in item if isinstance(item, list) else [item]:
                    if isinstance(transform, dict) and transform.get("Name") == _INCLUDE:
                        parameters = transform.get("Parameters")
                        if isinstance(parameters, dict):
                            yield parameters
            yield from _includes(item)
