"""Attributes of queues as SQS gives them back: "get-queue-attributes" (AWS CLI Command Reference)."""

from gatewright.companion.queues import compact


def test_the_documented_form() -> None:
    kept = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:80398EXAMPLE:MyDeadLetterQueue", "maxReceiveCount": 1000}'
    given = '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:80398EXAMPLE:MyDeadLetterQueue","maxReceiveCount":1000}'
    assert compact(kept) == given


def test_members_are_in_order() -> None:
    assert compact('{"maxReceiveCount": 3, "deadLetterTargetArn": "a b"}') == (
        '{"deadLetterTargetArn":"a b","maxReceiveCount":3}'
    )
