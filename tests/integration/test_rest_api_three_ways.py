"""A REST API made by calls, one imported from an OpenAPI document and one exported and imported again do the same.

Each row of `three_ways.rows` names its page of the API Gateway Developer Guide. The ways are those of "Create a
REST API by using AWS SDKs or the AWS CLI", "Develop REST APIs using OpenAPI" and "Export a REST API from API Gateway".
"""

import gzip
import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.integration.deployed import function
from tests.integration.nodes import Answer, Node, running, wait_until
from tests.integration.origin import Origin, answer, origin
from tests.integration.roles import make_role
from tests.integration.three_ways import texts
from tests.integration.three_ways.aws_cli import AwsCli, aws_cli
from tests.integration.three_ways.by_calls import make_by_calls
from tests.integration.three_ways.by_document import document
from tests.integration.three_ways.rows import ROWS, Exchange, Row
from tests.integration.three_ways.stages import STAGE, Served, deploy, export, imported, sell
from tests.integration.three_ways.texts import Addresses

pytestmark = pytest.mark.slow

WAYS = ("calls", "document", "export as oas30", "export as swagger")
# What no two answers have in common.
OWN_FIELDS = {"date", "x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id"}


@dataclass
class Shop:
    """The API, made in each way and deployed."""

    node: Node
    cli: AwsCli
    upstream: Origin
    addresses: Addresses
    served: Mapping[str, Served]
    answers: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    """What was answered, by row and way."""


def respond(upstream: Origin) -> Any:
    """Return what the origin answers with: what it was sent, how often it was asked, or that there is nothing."""
    counter = count()
    kept = ("x-stage", "x-colour", "x-kind", "x-override")

    def send(connection: socket.socket) -> None:
        received = upstream.requests[-1]
        path = received.target.partition("?")[0]
        if path == "/count":
            answer(str(next(counter)).encode(), "200 OK", "Content-Type: application/json")(connection)
        elif path.endswith("/missing"):
            body = b'{"error": "no such thing"}'
            answer(body, "404 Not Found", "Content-Type: application/json")(connection)
        elif path == "/convert":
            answer(received.body, "200 OK", "Content-Type: text/plain")(connection)
        else:
            headers = {name.lower(): value for name, value in received.headers if name.lower() in kept}
            shown = {"line": received.line, "headers": headers, "body": received.body.decode()}
            body = json.dumps(shown).encode()
            answer(body, "200 OK", "Content-Type: application/json", "X-Origin: origin")(connection)

    return send


def make_all_ways(cli: AwsCli, addresses: Addresses, directory: Path) -> dict[str, str]:
    """Make the API in each way; return their ids."""
    made = {"calls": make_by_calls(cli, addresses)}
    deploy(cli, made["calls"], addresses)
    written = directory / "document.json"
    written.write_text(json.dumps(document(addresses)))
    made["document"] = imported(cli, str(written))
    for export_type in ("oas30", "swagger"):
        exported = directory / f"{export_type}.json"
        export(cli, made["calls"], export_type, str(exported))
        made[f"export as {export_type}"] = imported(cli, str(exported))
    for way in WAYS[1:]:
        deploy(cli, made[way], addresses)
    return made


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with running("--ephemeral") as node, origin() as upstream, aws_cli(node) as cli:
        make_role(node, texts.ROLE)
        open_to_apis = function(node, *texts.FUNCTION)
        open_to_apis.permit()
        addresses = Addresses(open_to_apis.arn, function(node, *texts.FUNCTION).arn, upstream.url)
        upstream.respond = respond(upstream)
        made = make_all_ways(cli, addresses, tmp_path_factory.mktemp("documents"))
        served = {way: Served(way, api_id, sell(cli, api_id)) for way, api_id in made.items()}
        yield Shop(node, cli, upstream, addresses, served)


def ask(shop: Shop, served: Served, exchange: Exchange) -> Answer:
    if exchange.flushes:
        shop.cli.run("apigateway", "flush-stage-cache", "--rest-api-id", served.api_id, "--stage-name", exchange.stage)
    headers = [*exchange.send, *([("X-Api-Key", served.keys[exchange.key])] if exchange.key else [])]
    return shop.node.call(
        served.api_id, exchange.method, f"/{exchange.stage}{exchange.target}", headers, exchange.content
    )


def check(exchange: Exchange, got: Answer) -> None:
    what = f"{exchange.method} {exchange.target}: {got}"
    assert got.status == exchange.status, what
    if exchange.json is not None:
        document = got.json()
        document = {name: document[name] for name in document if name != "stageVariables"}
        assert document == exchange.json, what
    for name, value in exchange.has.items():
        assert got.json()[name] == value, what
    if exchange.body is not None:
        is_packed = exchange.body.startswith(b"\x1f\x8b")
        assert (gzip.decompress(got.body) if is_packed else got.body) == (
            gzip.decompress(exchange.body) if is_packed else exchange.body
        ), what
    for name, values in exchange.headers.items():
        assert got.get_all(name) == values, what


def comparable(got: Answer, served: Served) -> Any:
    """Return all of an answer that does not differ from one API to another."""
    fields = [(name, value) for name, value in got.headers if name.lower() not in OWN_FIELDS]
    packed = got.get_all("content-encoding") == ["gzip"]
    body = gzip.decompress(got.body) if packed else got.body
    lengths = ("content-length",) if packed else ()
    return (
        got.status,
        [(name, value) for name, value in fields if name.lower() not in lengths],
        body.replace(served.api_id.encode(), b"API"),
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_way_answers_as_the_table_says_and_as_the_others(shop: Shop, row: Row) -> None:
    answers = {}
    for way, served in shop.served.items():
        # Each way counts from nought.
        shop.upstream.respond = respond(shop.upstream)
        got = [ask(shop, served, exchange) for exchange in row.exchanges]
        for exchange, each in zip(row.exchanges, got, strict=True):
            check(exchange, each)
        answers[way] = [comparable(each, served) for each in got]
    assert all(each == answers["calls"] for each in answers.values()), answers


def test_each_row_names_a_page_and_each_phase_has_one() -> None:
    assert all(row.page for row in ROWS)
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert {exchange.status for row in ROWS for exchange in row.exchanges} >= {
        *(200, 201, 202, 204),
        *(400, 403, 404, 415, 429),
        *(500, 502, 504),
    }


def test_asynchronous_invocations_ran(shop: Shop) -> None:
    """ "Set up asynchronous invocation of the backend Lambda function": the method answers before the function does."""
    for number, served in enumerate(shop.served.values()):
        body = json.dumps({"name": f"run-{number}"}).encode()
        headers = [("Content-Type", "application/json")]
        assert shop.node.call(served.api_id, "POST", f"/{STAGE}/jobs", headers, body).status == 202
    name = shop.addresses.function.rpartition(":")[2]
    wait_until(
        lambda: all(f"job run-{number}" in shop.node.logs(name) for number in range(len(WAYS))),
        "the invocations",
    )


def described(shop: Shop, served: Served) -> Any:
    """Return resources, models, validators and gateway responses of an API, with names in the place of its own ids."""
    client = shop.node.client("apigateway")
    api = {"restApiId": served.api_id}
    names = {item["id"]: item["name"] for item in client.get_request_validators(**api)["items"]}
    resources = client.get_resources(**api, embed=["methods"], limit=500)["items"]
    names |= {item["id"]: item["path"] for item in resources}
    found: dict[str, Any] = {item["path"]: item.get("resourceMethods") for item in resources}
    found["models"] = {
        item["name"]: json.loads(item["schema"].replace(served.api_id, "API"))
        for item in client.get_models(**api)["items"]
        if item["name"] not in ("Empty", "Error")
    }
    found["gateway responses"] = {item["responseType"]: item for item in client.get_gateway_responses(**api)["items"]}
    text = json.dumps(found, sort_keys=True, default=str)
    for own_id, name in names.items():
        text = text.replace(f'"{own_id}"', json.dumps(name))
    return json.loads(text)


@pytest.mark.parametrize("way", WAYS[2:])
def test_an_export_that_is_imported_has_the_same_parts(shop: Shop, way: str) -> None:
    """ "Export a REST API from API Gateway": a document with API Gateway's extensions describes the whole API."""
    got, expected = described(shop, shop.served[way]), described(shop, shop.served["calls"])
    assert got.keys() == expected.keys()
    for part, value in expected.items():
        assert got[part] == value, part


def test_test_invocations_are_alike(shop: Shop) -> None:
    """ "Use the API Gateway console to test a REST API method": TestInvokeMethod answers what a stage would."""
    client = shop.node.client("apigateway")
    for served in shop.served.values():
        resources = client.get_resources(restApiId=served.api_id, limit=500)["items"]
        resource = next(item["id"] for item in resources if item["path"] == "/mock/{status}")
        tested = client.test_invoke_method(
            restApiId=served.api_id,
            resourceId=resource,
            httpMethod="GET",
            pathWithQueryString="/mock/418",
            stageVariables={"colour": "red"},
        )
        assert (tested["status"], json.loads(tested["body"])) == (400, {"refused": "418"})
        assert "Method completed with status: 400" in tested["log"]
