"""Every resource type has what its contract asks for."""

import re

import pytest

from gatewright.stacks.resource_types.schemas import known_types, schema_of
from gatewright.stacks.resource_types.table import FAMILIES, TYPES
from tests.style.source import ROOT
from tests.unit.stacks.resource_types.stack import NOT_GIVEN


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_type_has_a_schema_and_is_found_by_its_name(name: str) -> None:
    assert TYPES[name].name == name
    schema = schema_of(name)
    assert schema is not None
    properties = {path for path in schema.properties if path not in schema.read_only}
    is_all_create_only = properties <= set(schema.create_only)
    assert TYPES[name].update is not None or is_all_create_only, "a change of a property that does not replace"
    assert NOT_GIVEN.get(name, frozenset()) <= {path.replace("/", ".") for path in schema.read_only}


NOT_IN_MOTO = frozenset(
    {
        "AWS::CloudFront::CachePolicy",
        "AWS::CloudFront::OriginRequestPolicy",
        "AWS::CloudFront::ResponseHeadersPolicy",
        "AWS::SecretsManager::RotationSchedule",
        "AWS::SecretsManager::SecretTargetAttachment",
        "AWS::StepFunctions::StateMachineAlias",
        "AWS::StepFunctions::StateMachineVersion",
    }
)
"""Types that have a schema and cannot be made, as docs/differences.md says: the companion lacks what they are."""


def test_all_types_of_a_service_that_have_a_schema_can_be_made() -> None:
    missing = {name for name in known_types() if name.rpartition("::")[0] in FAMILIES} - set(TYPES)
    assert missing == NOT_IN_MOTO


@pytest.mark.parametrize("name", ["AWS::Foo::Bar", "AWS::Lambda::Foo", "Custom::Thing", "", "AWS"])
def test_what_is_none(name: str) -> None:
    assert name not in TYPES
    with pytest.raises(KeyError):
        TYPES[name]


def test_the_reference_lists_them() -> None:
    """docs/reference/resource-types.md, a row for each service; an asterisk marks records."""
    page = (ROOT / "docs" / "reference" / "resource-types.md").read_text()
    listed = {
        f"{service}::{name}": star == "*"
        for service, types in re.findall(r"^\| `(AWS::\w+)` \| (.+) \|$", page, re.MULTILINE)
        for name, star in re.findall(r"`(\w+)`\\?(\*?)", types)
    }
    assert listed == {name: kind.is_record for name, kind in TYPES.items()}
    concept = (ROOT / "docs" / "concepts" / "stacks.md").read_text()
    assert f"[{len(TYPES)} resource types]" in concept
