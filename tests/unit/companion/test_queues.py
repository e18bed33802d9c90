"""Attributes of queues as SQS gives them back: "get-queue-attributes" (AWS CLI Command Reference)."""

from gatewright.companion.queues import compact, given_back


def test_the_documented_form() -> None:
    kept = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:80398EXAMPLE:MyDeadLetterQueue", "maxReceiveCount": 1000}'
    given = '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:80398EXAMPLE:MyDeadLetterQueue","maxReceiveCount":1000}'
    assert compact(kept) == given


def test_members_are_in_order() -> None:
    assert compact('{"maxReceiveCount": 3, "deadLetterTargetArn": "a b"}') == (
        '{"deadLetterTargetArn":"a b","maxReceiveCount":3}'
    )


def test_policies_that_are_empty_are_not_there() -> None:
    assert given_back({"DelaySeconds": 0, "Policy": "", "RedrivePolicy": None}) == {"DelaySeconds": 0}


def test_a_policy_is_given_back_as_it_was_given() -> None:
    policy, allowed = '{ "Version": "2012-10-17" }', '{"redrivePermission": "allowAll"}'
    made = given_back({"Policy": policy, "RedriveAllowPolicy": allowed})
    assert made == {"Policy": policy, "RedriveAllowPolicy": '{"redrivePermission":"allowAll"}'}
