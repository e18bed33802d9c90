"""Greets whoever is in the path."""

import json
import os


def handler(event, context):
    name = (event.get("pathParameters") or {}).get("name", "nobody")
    print("greeted", name)
    return {"statusCode": 200, "body": json.dumps({"greeting": os.environ.get("GREETING", "hello"), "name": name})}
