"""Reads the cases of this directory and documents made in tests."""

from pathlib import Path
from typing import Any

from gatewright.languages.openapi.document import parse
from gatewright.languages.openapi.read_rest_api import read_rest_api
from gatewright.languages.openapi.types import JsonObject, RestApiDefinition

CASES = Path(__file__).parent / "cases"
API_ID = "a1b2c3d4e5"


def case(name: str) -> JsonObject:
    return parse((CASES / name).read_bytes())


def read_case(name: str, basepath: str | None = None) -> RestApiDefinition:
    return read_rest_api(case(name), basepath, API_ID)


def read(document: dict[str, Any], basepath: str | None = None) -> RestApiDefinition:
    version = {} if "swagger" in document or "openapi" in document else {"openapi": "3.0.1"}
    return read_rest_api({**version, "info": {"title": "t", "version": "1"}, "paths": {}, **document}, basepath, API_ID)
