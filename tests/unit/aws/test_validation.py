"""Constraints of the model, with the messages that AWS gives.

The Lambda messages are as recorded from Lambda: CreateFunction, UpdateFunctionConfiguration, CreateAlias.
"""

from typing import Any

import pytest

from gatewright.aws.operation import Operation
from gatewright.aws.service import Service, load_service, parse_corrections
from gatewright.aws.validation import Violation, message, prepare, violations

FAILED = "failed to satisfy constraint:"
MUST = f"{FAILED} Member must"
LAMBDA = load_service("lambda")
GOOD: dict[str, Any] = {"FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r", "Code": {"ZipFile": b"x"}}


def found(operation: str, values: dict[str, Any], service: Service = LAMBDA) -> list[str]:
    compiled = service.operation(operation)
    assert compiled is not None
    return [violation.text for violation in violations(compiled, values)]


@pytest.mark.parametrize(
    ("operation", "values", "sentence"),
    [
        (
            "CreateFunction",
            {**GOOD, "Role": "lambdarole"},
            (
                "Value 'lambdarole' at 'role' {must} satisfy regular expression pattern: "
                r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"
            ),
        ),
        (
            "CreateFunction",
            {**GOOD, "MemorySize": 127},
            ("Value '127' at 'memorySize' {must} have value greater than or equal to 128"),
        ),
        (
            "CreateFunction",
            {**GOOD, "Timeout": 901},
            "Value '901' at 'timeout' {must} have value less than or equal to 900",
        ),
        (
            "CreateFunction",
            {**GOOD, "KMSKeyArn": "key"},
            "Value 'key' at 'kMSKeyArn' {must} satisfy regular expression pattern: "
            + str(LAMBDA.shapes.shape("KMSKeyArn").pattern),
        ),
        (
            "CreateFunction",
            {**GOOD, "Architectures": ["x86"]},
            (
                "Value '[x86]' at 'architectures' {must} satisfy constraint: [Member must "
                "satisfy enum value set: [x86_64, arm64], Member must not be null]"
            ),
        ),
        (
            "CreateFunction",
            {**GOOD, "Architectures": []},
            ("Value '[]' at 'architectures' {must} have length greater than or equal to 1"),
        ),
        (
            "CreateFunction",
            {**GOOD, "Environment": {"Variables": {"1": "a"}}},
            # Environment variables are sensitive: their values are not shown.
            (
                "Value at 'environment.variables' {failed} Map keys must satisfy constraint: [Member "
                "must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]"
            ),
        ),
        (
            "CreateFunction",
            {**GOOD, "PackageType": "Jar"},
            "Value 'Jar' at 'packageType' {must} satisfy enum value set: [Zip, Image]",
        ),
        (
            "CreateFunction",
            {key: value for key, value in GOOD.items() if key != "Role"},
            "Value null at 'role' {must} not be null",
        ),
        (
            "CreateAlias",
            {
                "FunctionName": "f",
                "Name": "a",
                "FunctionVersion": "1",
                "RoutingConfig": {"AdditionalVersionWeights": {"2": -0.1}},
            },
            (
                "Value '{2=-0.1}' at 'routingConfig.additionalVersionWeights' {failed} Map value must "
                "satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value "
                "greater than or equal to 0.0, Member must not be null]"
            ),
        ),
    ],
)
def test_sentences(operation: str, values: dict[str, Any], sentence: str) -> None:
    assert found(operation, values) == [sentence.replace("{must}", MUST).replace("{failed}", FAILED)]


def test_a_runtime_is_the_operations_to_check() -> None:
    assert found("CreateFunction", {**GOOD, "Runtime": "cobol"}) == []


def test_several_sentences_are_one_message() -> None:
    first, second = Violation("A", "a", "More", "'1'"), Violation("B", "b.c", "Less")
    assert message([first]) == f"1 validation error detected: Value '1' at 'a' {FAILED} More"
    both = f"Value '1' at 'a' {FAILED} More; Value at 'b.c' {FAILED} Less"
    assert message([first, second]) == f"2 validation errors detected: {both}"


def test_a_service_may_have_words_of_its_own() -> None:
    assert message([Violation("A", "a", "Less"), Violation("B", "b", "Less")], {"B": "No b."}) == "No b."
    apis = load_service("apigatewayv2")
    create = apis.operation("CreateApi")
    assert create is not None
    broken = violations(create, {"Name": "x", "ProtocolType": "?"})
    assert message(broken, apis.corrections.validation_messages) == (
        "Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]"
    )


def test_iam_shows_no_values_and_has_words_for_patterns() -> None:
    iam = load_service("iam")
    create = iam.operation("CreateRole")
    assert create is not None
    good = {"RoleName": "r", "AssumeRolePolicyDocument": "{}"}

    def text(**values: Any) -> str:
        broken = violations(create, good | values)
        corrections = iam.corrections
        return message(broken, {}, corrections.pattern_messages, hides_values=corrections.hides_values)

    assert text(RoleName="x" * 65) == (
        f"1 validation error detected: Value at 'roleName' {MUST} have length less than or equal to 64"
    )
    assert text(RoleName="x y") == (
        "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the "
        "following: +=,.@_-"
    )
    assert text(Tags=[{"Key": "?", "Value": ""}]) == (
        f"1 validation error detected: Value at 'tags.1.member.key' {MUST} satisfy regular expression pattern: "
        r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"
    )


def small(shape: dict[str, Any], **traits: Any) -> Operation:
    """Return an operation whose input has one member of a shape, and recursion."""
    model = {
        "metadata": {"protocol": "json", "endpointPrefix": "x"},
        "operations": {"Do": {"name": "Do", "input": {"shape": "In"}}},
        "shapes": {
            "In": {
                "type": "structure",
                "required": ["Value"],
                "members": {"Value": {"shape": "V", **traits}, "Next": {"shape": "In"}, "Items": {"shape": "Items"}},
            },
            "Items": {"type": "list", "member": {"shape": "In"}},
            "V": shape,
            "S": {"type": "string", "max": 3, "min": 1, "pattern": "[a-z]*"},
        },
    }
    operation = Service("x", model, parse_corrections({})).operation("Do")
    assert operation is not None
    return operation


@pytest.mark.parametrize(
    ("shape", "value", "constraints"),
    [
        ({"type": "string", "max": 3}, "abcd", ["length less than or equal to 3"]),
        ({"type": "string", "max": 3}, "😀😀😀", []),
        ({"type": "string", "min": 1}, "", ["length greater than or equal to 1"]),
        ({"type": "string", "max": 1, "pattern": "[a-z]*"}, "AB", ["length less than", "satisfy regular expression"]),
        ({"type": "blob", "max": 1}, b"ab", ["length less than or equal to 1"]),
        ({"type": "list", "member": {"shape": "S"}, "max": 1}, ["a", "b"], ["length less than or equal to 1"]),
        ({"type": "map", "key": {"shape": "S"}, "value": {"shape": "S"}, "min": 1}, {}, ["length greater than"]),
        ({"type": "integer", "min": 0, "max": 5}, 6, ["value less than or equal to 5"]),
        ({"type": "integer", "min": 0, "max": 5}, 0, []),
        ({"type": "double", "max": 1}, 1.5, ["value less than or equal to 1.0"]),
        ({"type": "list", "member": {"shape": "S"}}, ["a", None], ["satisfy constraint: [Member must have length"]),
        ({"type": "string", "pattern": "[[a]&&b]"}, "zzz", []),
        ({"type": "string", "pattern": "[a-z]*"}, "a\n", ["satisfy regular expression"]),
        ({"type": "structure", "members": {}, "document": True}, {"Value": 5}, []),
    ],
)
def test_constraints(shape: dict[str, Any], value: Any, constraints: list[str]) -> None:
    sentences = [violation.text for violation in violations(small(shape), {"Value": value})]
    assert len(sentences) == len(constraints)
    for sentence, constraint in zip(sentences, constraints, strict=True):
        assert (
            f"Member must {'have ' if 'than' in constraint and 'satisfy' not in constraint else ''}{constraint}"
            in sentence
        )


def test_paths_into_lists_and_structures() -> None:
    operation = small({"type": "string", "max": 1})
    values = {"Value": "a", "Next": {"Value": "bb", "Items": [{"Value": "c"}, {}, None]}}
    assert [violation.text.split(" failed")[0] for violation in violations(operation, values)] == [
        "Value 'bb' at 'next.value'",
        "Value null at 'next.items.2.member.value'",
        "Value null at 'next.items.3.member'",
    ]


def test_sensitive_values_are_not_shown() -> None:
    operation = small({"type": "string", "max": 1, "sensitive": True})
    assert violations(operation, {"Value": "secret"})[0].text.startswith("Value at 'value' failed")


def test_members_of_the_body_may_have_a_prefix() -> None:
    apigateway = load_service("apigateway")
    operation = apigateway.operation("PutIntegration")
    assert operation is not None
    sentences = violations(operation, {"restApiId": "a", "httpMethod": "GET", "type": "X"}, "putIntegrationInput.")
    assert [violation.text for violation in sentences] == [
        (
            f"Value 'X' at 'putIntegrationInput.type' {MUST} satisfy enum value set: "
            "[HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]"
        ),
        f"Value null at 'resourceId' {MUST} not be null",
    ]


def test_a_sparse_list_or_map_may_hold_null() -> None:
    """Recorded answers of CreateRestApi and PutIntegrationResponse."""
    apigateway = load_service("apigateway")
    create, put = apigateway.operation("CreateRestApi"), apigateway.operation("PutIntegrationResponse")
    assert create is not None
    assert put is not None
    values = {"name": "pets", "endpointConfiguration": {"types": ["wrong"]}}
    assert [violation.text for violation in violations(create, values, "createRestApiInput.")] == [
        (
            f"Value '[wrong]' at 'createRestApiInput.endpointConfiguration.types' {MUST} satisfy constraint: "
            "[Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]"
        )
    ]
    named = {"restApiId": "a", "resourceId": "b", "httpMethod": "GET", "statusCode": "200"}
    assert violations(put, {**named, "responseTemplates": {"application/json": None}}) == []
    assert len(violations(put, {**named, "responseParameters": {"x": None}})) == 1


def test_a_huge_value_is_not_matched() -> None:
    # A pattern that backtracks must not be given a megabyte.
    assert violations(small({"type": "string", "pattern": "(a*)*b"}), {"Value": "a" * (1 << 20) + "a"}) == []


def test_a_message_is_bounded_whatever_was_sent() -> None:
    operation = small({"type": "string", "max": 1})
    values = {"Value": "a" * 1_000_000, "Items": [{"Value": "bb"}] * 100_000}
    found = violations(operation, values)
    assert len(found) == 100
    assert len(message(found, {})) < 50_000


def test_prepare_walks_circles() -> None:
    prepare(small({"type": "string", "pattern": "a"}))
    compiled = LAMBDA.operation("ListFunctions")
    assert compiled is not None
    prepare(compiled)
