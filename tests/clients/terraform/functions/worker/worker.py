"""Notes what happened in the table, by where it was told of it."""

import os
from urllib.parse import unquote_plus

import boto3

TABLE = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    for record in event.get("Records", [event]):
        TABLE.put_item(Item={"id": told(record)})
    return {"batchItemFailures": []}


def told(record):
    if "Sns" in record:
        return f"topic {record['Sns']['Message']}"
    if "s3" in record:
        return f"bucket {unquote_plus(record['s3']['object']['key'])}"
    if "body" in record:
        return f"queue {record['body']}"
    return f"bus {record['detail']['order']}"
