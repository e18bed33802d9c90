"""A companion for tests: a moto server of their own, and clients of what it serves."""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3

from tests.integration.nodes import BIN


@dataclass
class Companion:
    """A running moto server."""

    url: str
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """Return a boto3 client; one for each use."""
        if (service, region) not in self._clients:
            self._clients[service, region] = boto3.client(
                service,
                endpoint_url=self.url,
                region_name=region,
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
        return self._clients[service, region]

    def queue(self, name: str) -> "Queue":
        """Make a queue."""
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        return Queue(sqs, url, f"arn:aws:sqs:us-east-1:123456789012:{name}")

    def topic(self, name: str) -> "tuple[str, Queue]":
        """Make a topic and a queue that gets what is published; return the topic's ARN and the queue."""
        sns, queue = self.client("sns"), self.queue(f"{name}-subscriber")
        arn = sns.create_topic(Name=name)["TopicArn"]
        sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue.arn)
        return arn, queue

    def bus(self, name: str) -> "tuple[str, Queue]":
        """Make an event bus and a queue that gets its events; return the bus's ARN and the queue."""
        events, queue = self.client("events"), self.queue(f"{name}-target")
        arn = events.create_event_bus(Name=name)["EventBusArn"]
        events.put_rule(Name=f"{name}-all", EventBusName=name, EventPattern='{"source":["lambda"]}')
        events.put_targets(Rule=f"{name}-all", EventBusName=name, Targets=[{"Id": "queue", "Arn": queue.arn}])
        return arn, queue

    def close(self) -> None:
        """Close the clients' connections."""
        for client in self._clients.values():
            client.close()


@dataclass
class Queue:
    """A queue of the companion."""

    sqs: Any
    url: str
    arn: str

    def receive(self, seconds: float = 20) -> dict[str, Any]:
        """Wait for one message, take it out and return it."""
        deadline = time.monotonic() + seconds
        while True:
            answer = self.sqs.receive_message(
                QueueUrl=self.url, MessageAttributeNames=["All"], AttributeNames=["All"], MaxNumberOfMessages=1
            )
            if messages := answer.get("Messages"):
                message: dict[str, Any] = messages[0]
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
                return message
            assert time.monotonic() < deadline, f"no message came to {self.arn}"
            time.sleep(0.05)

    def receive_json(self) -> Any:
        """Wait for one message and return its body."""
        return json.loads(self.receive()["Body"])

    def count(self) -> int:
        """Return how many messages wait."""
        answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


@contextmanager
def companion(port: int = 0) -> Iterator[Companion]:
    """A moto server for the length of a block."""
    process = subprocess.Popen(
        [str(BIN / "moto_server"), "-H", "127.0.0.1", "-p", str(port)], stderr=subprocess.PIPE, text=True
    )
    try:
        started = Companion(_address(process))
        yield started
        started.close()
    finally:
        process.terminate()
        process.wait(10)
        assert process.stderr is not None
        process.stderr.close()


def _address(process: subprocess.Popen[str]) -> str:
    """Return where the server says that it runs. What it says later fits into the pipe: we ask little of it."""
    assert process.stderr is not None
    for line in process.stderr:
        if match := re.search(r"Running on (http://\S+)", line):
            return match[1]
    raise AssertionError("moto did not start")
