"""Zappa, as its users run it: deploy, status, invoke, tail, update, rollback, undeploy of a Flask application.

Zappa's documentation: "Basic Usage" (README of zappa/Zappa). It packs the virtual environment that it runs in.
"""

import sys
from pathlib import Path

import pytest

from tests.clients.tools import APPLICATIONS, CLIENTS, REGION, Client, client_in, program
from tests.integration.nodes import Node

pytestmark = [pytest.mark.clients, pytest.mark.timeout(900)]


@pytest.fixture
def zappa(node: Node, tmp_path: Path) -> Client:
    """Zappa with the application, for the Python that runs here."""
    client = client_in(node, program("zappa", "zappa"), tmp_path, APPLICATIONS / "zappa")
    client.environment["VIRTUAL_ENV"] = str(CLIENTS / "zappa")
    client.change("zappa_settings.json", "python3.11", f"python3.{sys.version_info.minor}")
    return client


def test_an_application_is_deployed_changed_and_deleted(node: Node, zappa: Client) -> None:
    assert "Deployment complete!" in zappa.run("deploy", "dev")
    (api,) = node.client("apigateway", REGION).get_rest_apis()["items"]
    assert node.call(api["id"], "GET", "/dev/").json() == {"greeting": "hello", "path": "/"}
    note = node.call(api["id"], "PUT", "/dev/notes/a", {"Content-Type": "application/json"}, b'{"text": "a"}')
    assert note.json() == {"key": "a", "note": {"text": "a"}}
    assert f"https://{api['id']}.execute-api.{REGION}.amazonaws.com/dev" in zappa.run("status", "dev")
    assert "Result of app.hourly" in zappa.run("invoke", "dev", "app.hourly")
    assert "somebody came" in zappa.run("tail", "dev", "--since", "10m", "--disable-keep-open")

    zappa.change("app.py", '"hello"', '"hi"')
    assert "Your updated Zappa deployment is live!" in zappa.run("update", "dev")
    assert node.call(api["id"], "GET", "/dev/").json()["greeting"] == "hi"
    zappa.run("rollback", "dev", "-n", "1")
    assert node.call(api["id"], "GET", "/dev/").json()["greeting"] == "hello"

    zappa.run("undeploy", "dev", "--yes", "--remove-logs")
    assert node.client("lambda", REGION).list_functions()["Functions"] == []
    assert node.client("apigateway", REGION).get_rest_apis()["items"] == []
    assert node.client("events", REGION).list_rules()["Rules"] == []
    assert node.client("logs", REGION).describe_log_groups()["logGroups"] == []
