"""AWS Chalice, as its users run it: deploy, url, invoke, logs, delete; a REST API and four sources of events.

Chalice's documentation: "CLI" and "Lambda event sources" (aws.github.io/chalice).
"""

import functools
from pathlib import Path

import pytest

from tests.clients.tools import APPLICATIONS, REGION, Client, client_in, program
from tests.integration.nodes import Node, wait_until

pytestmark = [pytest.mark.clients, pytest.mark.timeout(600)]

PACKAGE = ("cloudformation", "package", "--s3-bucket", "uploads-of-notes")
DEPLOY = ("cloudformation", "deploy", "--stack-name", "notes", "--capabilities", "CAPABILITY_IAM")
HEARD = {"on_order": "order two books", "on_news": "news fresh", "on_upload": "upload app.py"}


@pytest.fixture(scope="module")
def sources(node: Node) -> Node:
    """A node with what the application hears of."""
    node.client("sqs", REGION).create_queue(QueueName="orders", Attributes={"VisibilityTimeout": "60"})
    node.client("sns", REGION).create_topic(Name="news")
    location = {"LocationConstraint": REGION}
    node.client("s3", REGION).create_bucket(Bucket="uploads-of-notes", CreateBucketConfiguration=location)
    return node


@pytest.fixture
def chalice(sources: Node, tmp_path: Path) -> Client:
    return client_in(sources, program("chalice", "chalice"), tmp_path, APPLICATIONS / "chalice")


def tell(node: Node) -> None:
    """Make an event of each source."""
    queue = node.client("sqs", REGION).get_queue_url(QueueName="orders")["QueueUrl"]
    node.client("sqs", REGION).send_message(QueueUrl=queue, MessageBody="two books")
    node.client("sns", REGION).publish(TopicArn=f"arn:aws:sns:{REGION}:123456789012:news", Message="fresh")
    node.client("s3", REGION).put_object(Bucket="uploads-of-notes", Key="app.py", Body=b"text")


def is_in_log(chalice: Client, name: str, text: str) -> bool:
    return text in chalice.run("logs", "-n", name)


def test_an_application_is_deployed_changed_and_deleted(node: Node, chalice: Client) -> None:
    printed = chalice.run("deploy")
    assert "Subscribing notes-dev-on_order to SQS queue orders" in printed
    api_id = chalice.run("url").removeprefix("https://").partition(".")[0]
    assert node.call(api_id, "GET", "/api/").json() == {"greeting": "hello"}
    note = node.call(api_id, "PUT", "/api/notes/a", {"Content-Type": "application/json"}, b'{"text": "a"}')
    assert note.json() == {"key": "a", "note": {"text": "a"}}
    preflight = node.call(api_id, "OPTIONS", "/api/notes/a")
    assert preflight.get_all("Access-Control-Allow-Origin") == ["*"]
    assert chalice.run("invoke", "-n", "add", answers='{"a": 3, "b": 4}').strip() == "7"

    tell(node)
    for name, text in HEARD.items():
        wait_until(functools.partial(is_in_log, chalice, name, text), f"{name} heard {text}", 60)
    rules = node.client("events", REGION).list_rules()["Rules"]
    assert [rule["ScheduleExpression"] for rule in rules] == ["rate(1 hour)"]

    chalice.change(".chalice/config.json", '"hello"', '"hi"')
    chalice.change("app.py", "def index():", '@app.route("/new")\ndef index():')
    assert "Updating rest API" in chalice.run("deploy")
    assert node.call(api_id, "GET", "/api/new").json() == {"greeting": "hi"}

    chalice.run("delete")
    assert node.client("lambda", REGION).list_functions()["Functions"] == []
    assert node.client("lambda", REGION).list_event_source_mappings()["EventSourceMappings"] == []
    assert node.client("apigateway", REGION).get_rest_apis()["items"] == []
    assert node.client("events", REGION).list_rules()["Rules"] == []
    assert node.client("sns", REGION).list_subscriptions()["Subscriptions"] == []
    assert node.client("iam").list_roles()["Roles"] == []


def test_an_application_is_packaged_for_cloudformation(node: Node, chalice: Client, tmp_path: Path) -> None:
    """ "AWS CloudFormation support": `chalice package`, then the AWS CLI."""
    source = chalice.directory / "app.py"
    source.write_text(source.read_text().partition("@app.on_s3_event")[0])  # which it cannot package
    chalice.run("package", str(tmp_path / "packaged"))
    template, ready = str(tmp_path / "packaged" / "sam.json"), str(tmp_path / "ready.yaml")
    aws = chalice.beside("aws")
    aws.run(*PACKAGE, "--template-file", template, "--output-template-file", ready)
    aws.run(*DEPLOY, "--template-file", ready)
    stack = node.client("cloudformation", REGION).describe_stacks(StackName="notes")["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    assert node.call(outputs["RestAPIId"], "GET", "/api/").json() == {"greeting": "hello"}
    aws.run("cloudformation", "delete-stack", "--stack-name", "notes")
    assert node.client("lambda", REGION).list_functions()["Functions"] == []
