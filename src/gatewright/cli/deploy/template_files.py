"""The template file: where it is, what it says, and how a changed one is written."""

import json
from pathlib import Path
from typing import Any, Final

from gatewright.cli.deploy.errors import DeployFailed

NAMES: Final = ("template.yaml", "template.yml", "template.json")


def find_template(given: str | None, directory: Path) -> Path:
    """Return the template: a file, or the one of the usual names in a directory. Raises `DeployFailed`."""
    path = directory if given is None else directory / given
    if path.is_dir():
        found = next((path / name for name in NAMES if (path / name).is_file()), None)
        if found is None:
            raise DeployFailed(f"there is no {', '.join(NAMES[:-1])} or {NAMES[-1]} in {path}")
        path = found
    if not path.is_file():
        raise DeployFailed(f"there is no template {path}")
    return path.absolute()


def read_document(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the text of a template and what it says, with functions in their long form. Raises `DeployFailed`."""
    from gatewright.stacks.template import TemplateError, read_template

    try:
        text = path.read_text()
        return text, read_template(text).document
    except (OSError, UnicodeDecodeError) as error:
        raise DeployFailed(f"{path} cannot be read: {error}") from error
    except TemplateError as error:
        raise DeployFailed(f"{path}: {error}") from error


def write_document(document: dict[str, Any]) -> str:
    """Return the text of a template that was changed: JSON, which every tool of CloudFormation reads."""
    return json.dumps(_plain(document), indent=2)


def _plain(value: Any) -> Any:
    """Return a value in which numbers that JSON would write in another way (`1.10`) are text, as they are to AWS."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if repr(float(value)) == str(value) else str(value)
    return value
