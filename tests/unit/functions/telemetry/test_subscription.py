"""What a subscription may ask for. Source: "Lambda Telemetry API reference", "Using the Lambda Logs API"."""

from typing import Any

import orjson
import pytest

from gatewright.functions.telemetry.subscription import (
    Buffering,
    Destination,
    Dialect,
    InvalidSubscription,
    Subscription,
    parse_subscription,
)

HTTP = {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080/logs?a=b"}
VALID = {"schemaVersion": "2022-07-01", "types": ["platform", "function", "platform"], "destination": HTTP}


def parse(dialect: Dialect = Dialect.TELEMETRY, **changes: Any) -> Subscription:
    content = {name: value for name, value in {**VALID, **changes}.items() if value is not ...}
    return parse_subscription(dialect, orjson.dumps(content))


def test_defaults() -> None:
    assert parse() == Subscription(
        Dialect.TELEMETRY,
        "2022-07-01",
        ("platform", "function"),
        Destination("HTTP", 8080, "/logs?a=b", "sandbox.localdomain:8080"),
        Buffering(10_000, 262_144, 1000),
    )


def test_all_that_may_be_set() -> None:
    subscription = parse(
        schemaVersion="2025-01-29",
        destination={"protocol": "TCP", "port": 9000},
        buffering={"maxItems": 1000, "maxBytes": 1_048_576, "timeoutMs": 25},
    )
    assert (subscription.destination, subscription.buffering) == (
        Destination("TCP", 9000),
        Buffering(1000, 1_048_576, 25),
    )


def test_the_older_api() -> None:
    subscription = parse(Dialect.LOGS, schemaVersion=..., destination={**HTTP, "method": "PUT"})
    assert (subscription.schema_version, subscription.destination.method) == ("2020-08-15", "PUT")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"schemaVersion": ...}, "schemaVersion is not provided"),
        ({"schemaVersion": "2020-08-15"}, "schemaVersion should be one of 2022-07-01, 2022-12-13, 2025-01-29"),
        ({"types": []}, "types should not be empty"),
        ({"types": ["all"]}, "types should be of platform, function, extension"),
        ({"types": [["platform"]]}, "types should be of platform, function, extension"),
        ({"destination": ...}, "destination is not provided"),
        ({"destination": {"protocol": "UDP"}}, "protocol should be HTTP or TCP"),
        ({"destination": {"protocol": "HTTP"}}, "URI is not provided"),
        ({"destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain/"}}, "URI port is not provided"),
        ({"destination": {"protocol": "HTTP", "URI": "http://sandbox:1:2/"}}, "URI is malformed"),
        ({"destination": {"protocol": "HTTP", "URI": "http://sandbox:1/ a"}}, "URI is malformed"),
        ({"destination": {"protocol": "HTTP", "URI": "https://sandbox:1/"}}, "URI scheme should be http"),
        (
            {"destination": {"protocol": "HTTP", "URI": "http://10.0.0.1:80/"}},
            "URI host should be sandbox.localdomain",
        ),
        ({"destination": {"protocol": "TCP"}}, "port is not provided"),
        ({"destination": {"protocol": "TCP", "port": True}}, "port is not provided"),
        ({"destination": {"protocol": "TCP", "port": 65_536}}, "port is not provided"),
        ({"buffering": []}, "buffering should be an object"),
        ({"buffering": {"maxItems": 999}}, "maxItems should be between 1000 and 10000"),
        ({"buffering": {"maxBytes": 262_143}}, "maxBytes should be between 262144 and 1048576"),
        ({"buffering": {"timeoutMs": 30_001}}, "timeoutMs should be between 25 and 30000"),
        ({"buffering": {"timeoutMs": "25"}}, "timeoutMs should be between 25 and 30000"),
        ({"types": [], "destination": ...}, "types should not be empty; destination is not provided"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidSubscription) as refused:
        parse(**changes)
    assert str(refused.value) == problem


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b"1"])
def test_what_is_no_request(body: bytes) -> None:
    with pytest.raises(InvalidSubscription):
        parse_subscription(Dialect.TELEMETRY, body)
