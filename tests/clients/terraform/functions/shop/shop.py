"""Sells: PUT orders something by the queue, GET tells what has become of it."""

import json
import os

import boto3
from texts import greet

TABLE = boto3.resource("dynamodb").Table(os.environ["TABLE"])
CURRENCY = boto3.client("ssm").get_parameter(Name=os.environ["CURRENCY"])["Parameter"]["Value"]
PAYMENT = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["PAYMENT"])["SecretString"])


def handler(event, context):
    method = event.get("httpMethod") or event["requestContext"]["http"]["method"]
    order = (event.get("pathParameters") or {}).get("id", "none")
    if method == "PUT":
        boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody=order)
        return {"statusCode": 202}
    found = TABLE.get_item(Key={"id": f"queue {order}"}).get("Item")
    print("looked for", order)
    body = {
        "greeting": greet(os.environ["GREETING"], order),
        "is_ordered": found is not None,
        "currency": CURRENCY,
        "paid_by": PAYMENT["user"],
        "version": context.function_version,
    }
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
