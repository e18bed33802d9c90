"""Keeps notes in a table: PUT writes one, GET reads it."""

import json
import os

import boto3
from texts import greet

TABLE = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    method = event.get("httpMethod") or event.get("requestContext", {}).get("http", {}).get("method")
    if method is None:
        return {"greeting": greet(os.environ["GREETING"], "nobody")}
    key = (event.get("pathParameters") or {}).get("id", "none")
    if method == "PUT":
        TABLE.put_item(Item={"id": key, "text": event["body"]})
    item = TABLE.get_item(Key={"id": key}).get("Item", {})
    print("read", key)
    body = {"greeting": greet(os.environ["GREETING"], key), "text": item.get("text")}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
