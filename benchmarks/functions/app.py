"""The function behind every benchmark: parse nothing, answer something."""

import json
from typing import Any


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer with the path that was asked for."""
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"message": "hello", "path": event.get("rawPath") or event["path"]}),
    }
