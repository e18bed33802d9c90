"""Patterns of models in Python's spelling."""

import pytest
from botocore.loaders import Loader

from gatewright.aws.patterns import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        (r"[a-zA-Z0-9-_]+", ["a-_9"], ["a b", "é", ""]),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", ["", "Größe 9 ☃".replace("☃", ""), "日本-x@y"], ["☃", "a;b"]),
        (r"\p{Lu}\p{Ll}*", ["Ä", "Äh"], ["äh", "1"]),
        (r"[^\p{P}]+", ["a b"], ["a.b"]),
        (r"\d+", ["12"], ["٣"]),
        (r"[\p{L}\d]+\s\w", ["ä1 b"], ["٣ b", "ä\u2003b", "ä é"]),
        (r"\p{Print}+", ["a ~"], ["é", "\n"]),
        (r"(\p{LD}|\p{Punct}| )+", ["ä9 $-"], ["☃"]),
        (r"[\w-_]*", ["a-b_c"], ["a.b"]),
        (r"^[\w+=,.@-]+\z", ["a@b"], ["a\n"]),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*", ["a\n☃😀"], ["\x00"]),
        (r"a|b", ["a", "b"], ["ab"]),
        (r".*", ["x"], ["x\ny"]),
    ],
)
def test_patterns_match_whole_values(pattern: str, matching: list[str], others: list[str]) -> None:
    compiled = compile_pattern(pattern)
    assert compiled is not None
    assert [text for text in matching if not compiled.fullmatch(text)] == []
    assert [text for text in others if compiled.fullmatch(text)] == []


@pytest.mark.parametrize("pattern", ["[a-z&&[^x]]", "[[a]b]", "(", r"\p{Unknown"])
def test_what_python_cannot_say_is_not_enforced(pattern: str) -> None:
    assert compile_pattern(pattern) is None


SERVICES = ("lambda", "apigatewayv2", "apigateway", "iam", "sts", "logs", "cloudformation", "events", "dynamodb", "ssm")


@pytest.mark.parametrize("service", SERVICES)
def test_every_pattern_of_the_services_near_us_is_enforced(service: str) -> None:
    shapes = Loader().load_service_model(service, "service-2")["shapes"]
    patterns = {name: shape["pattern"] for name, shape in shapes.items() if "pattern" in shape}
    assert [name for name, pattern in patterns.items() if compile_pattern(pattern) is None] == []
