"""Answers of Query services as API Gateway gets them (recorded of AWS: localstack, test_apigateway_sqs.py)."""

import json
from typing import Any

import pytest
from botocore.session import Session

from gatewright.base.messages import Headers
from gatewright.server.service_answers import is_xml, json_of_xml, wants_json, wrapped_answer

SESSION = Session()


def converted(service: str, text: str) -> Any:
    answer = json_of_xml(text.encode(), SESSION.get_service_model(service))
    return None if answer is None else json.loads(answer)


def test_a_message_sent() -> None:
    """localstack, test_sqs_request_and_response_xml_templates_integration: `$.SendMessageResponse` …"""
    text = """<SendMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><SendMessageResult>
        <MessageId>m</MessageId><MD5OfMessageBody>d</MD5OfMessageBody></SendMessageResult>
        <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></SendMessageResponse>"""
    result = {
        "MD5OfMessageBody": "d",
        "MD5OfMessageAttributes": None,
        "MD5OfMessageSystemAttributes": None,
        "MessageId": "m",
        "SequenceNumber": None,
    }
    expected = {"SendMessageResponse": {"SendMessageResult": result, "ResponseMetadata": {"RequestId": "r"}}}
    assert converted("sqs", text) == expected


@pytest.mark.parametrize(
    ("messages", "expected"),
    [("", None), ("<Message><Body>a</Body></Message><Message><Body>b</Body></Message>", ["a", "b"])],
)
def test_messages_received(messages: str, expected: list[str] | None) -> None:
    """ReceiveMessage, Amazon SQS API Reference: a list whose elements stand by themselves."""
    text = f"<ReceiveMessageResponse><ReceiveMessageResult>{messages}</ReceiveMessageResult></ReceiveMessageResponse>"
    received = converted("sqs", text)["ReceiveMessageResponse"]["ReceiveMessageResult"]["messages"]
    assert (received if received is None else [message["Body"] for message in received]) == expected


def test_lists_numbers_and_truth_values() -> None:
    """ListTopics, Amazon SNS API Reference, and DescribeAlarms, Amazon CloudWatch API Reference."""
    topics = "<Topics><member><TopicArn>a</TopicArn></member><member><TopicArn>b</TopicArn></member></Topics>"
    text = f"<ListTopicsResponse><ListTopicsResult>{topics}</ListTopicsResult></ListTopicsResponse>"
    expected = {"Topics": [{"TopicArn": "a"}, {"TopicArn": "b"}], "NextToken": None}
    assert converted("sns", text) == {"ListTopicsResponse": {"ListTopicsResult": expected}}
    alarm = "<member><AlarmName>n</AlarmName><ActionsEnabled>true</ActionsEnabled><Period>60</Period></member>"
    text = f"<DescribeAlarmsResult><MetricAlarms>{alarm}</MetricAlarms></DescribeAlarmsResult>"
    answer = converted("cloudwatch", f"<DescribeAlarmsResponse>{text}</DescribeAlarmsResponse>")
    (found,) = answer["DescribeAlarmsResponse"]["DescribeAlarmsResult"]["MetricAlarms"]
    assert (found["AlarmName"], found["ActionsEnabled"], found["Period"]) == ("n", True, 60)


def test_an_error() -> None:
    """Common errors, Amazon SNS API Reference."""
    text = (
        "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code></Error><RequestId>r</RequestId></ErrorResponse>"
    )
    assert converted("sns", text) == {"Error": {"Type": "Sender", "Code": "NotFound"}, "RequestId": "r"}


@pytest.mark.parametrize("text", ["no xml", "<Other/>", "<ListBucketResult/>"])
def test_what_is_no_answer_of_a_query_service(text: str) -> None:
    """AWS query protocol, Smithy: the root element is named after the operation."""
    assert converted("sns", text) is None


def test_a_wrapped_answer() -> None:
    """localstack, test_apigateway_ssm.py, recorded of AWS: wrapped, with null for what has no value."""
    body = json.dumps({"Parameter": {"Name": "p", "Value": "1", "Type": "String", "Version": 1}}).encode()
    answer = json.loads(wrapped_answer(body, "GetParameter", SESSION.get_service_model("ssm"), "r"))
    assert answer["GetParameterResponse"]["ResponseMetadata"] == {"RequestId": "r"}
    parameter = answer["GetParameterResponse"]["GetParameterResult"]["Parameter"]
    assert (parameter["Name"], parameter["Selector"], parameter["SourceResult"]) == ("p", None, None)
    assert wrapped_answer(b"<x/>", "GetParameter", SESSION.get_service_model("ssm"), "r") == b"<x/>"


def test_when_an_answer_is_converted() -> None:
    """RFC 9110, section 12.5.1: Accept."""
    assert wants_json((("ACCEPT", "application/json"),))
    assert not wants_json((("Accept", "application/xml"),))
    assert is_xml(Headers([("Content-Type", "text/xml; charset=utf-8")]))
    assert not is_xml(Headers())
