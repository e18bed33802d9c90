"""`import cfnresponse`: answer a custom resource's request. Runs inside of functions, with nothing but Python's
library.

Source: "cfn-response module" (AWS CloudFormation User Guide): its names, its arguments, and what it writes to the log.
"""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

SUCCESS = "SUCCESS"
FAILED = "FAILED"


def send(
    event: Any,
    context: Any,
    responseStatus: str,
    responseData: Any,
    physicalResourceId: str | None = None,
    noEcho: bool = False,
    reason: str | None = None,
) -> None:
    """Put the answer to where the request says. A failure to do so is written to the log."""
    body = json.dumps(
        {
            "Status": responseStatus,
            "Reason": reason or f"See the details in CloudWatch Log Stream: {context.log_stream_name}",
            "PhysicalResourceId": physicalResourceId or context.log_stream_name,
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
            "NoEcho": noEcho,
            "Data": responseData,
        }
    )
    print("Response body:")
    print(body)
    target = urlsplit(event["ResponseURL"])
    connect = HTTPSConnection if target.scheme == "https" else HTTPConnection
    connection = connect(target.netloc, timeout=30)
    try:
        path = f"{target.path}?{target.query}" if target.query else target.path
        connection.request("PUT", path, body.encode(), {"Content-Type": ""})
        print("Status code:", connection.getresponse().status)
    except OSError as error:
        print("send(..) failed executing the request:", error)
    finally:
        connection.close()
