"""`gatewright invoke`: run a function once and print what it returned."""

import base64
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from gatewright.base.errors import SettingsError
from gatewright.cli.calls import Call


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to run, and how."""

    function: str
    """Name, ARN, or either with a qualifier behind a colon."""
    payload: bytes
    is_asynchronous: bool = False
    shows_log: bool = False
    """Whether the end of the log of this invocation goes to standard error."""
    is_json: bool = False
    """Whether to print one JSON object with all that is known, instead of what the function returned."""


def read_payload(text: str | None, standard_input: BinaryIO) -> bytes:
    """Return an event: JSON, `@FILE`, or `-` for standard input; `{}` when there is none. Raises `SettingsError`."""
    if text is None:
        return b"{}"
    if text == "-":
        content = standard_input.read()
    elif text.startswith("@"):
        try:
            content = Path(text[1:]).read_bytes()
        except OSError as error:
            raise SettingsError(f"--payload: {text[1:]} cannot be read: {error.strerror}") from error
    else:
        content = text.encode()
    try:
        json.loads(content)
    except ValueError as error:
        raise SettingsError(f"--payload is no JSON: {error}") from error
    return content


def invoke(call: Call, wanted: Wanted, output: TextIO = sys.stdout, errors: TextIO = sys.stderr) -> int:
    """Run it; return 0, or 1 when the function failed. Raises `CallFailed` when it was not run."""
    answer = call(
        "lambda",
        "Invoke",
        FunctionName=wanted.function,
        Payload=wanted.payload,
        InvocationType="Event" if wanted.is_asynchronous else "RequestResponse",
        LogType="Tail" if wanted.shows_log and not wanted.is_asynchronous else "None",
    )
    payload = answer["Payload"].read().decode(errors="replace")
    log = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")
    error = answer.get("FunctionError")
    request_id = answer["ResponseMetadata"]["RequestId"]
    if wanted.is_json:
        known = {
            "StatusCode": answer["StatusCode"],
            "RequestId": request_id,
            "ExecutedVersion": answer.get("ExecutedVersion"),
            "FunctionError": error,
            "Payload": json.loads(payload) if payload else None,
            "Log": log or None,
        }
        print(json.dumps({name: value for name, value in known.items() if value is not None}), file=output)
    else:
        print(payload or f"accepted: request {request_id}", file=output)
        if log:
            print(log.rstrip("\n"), file=errors)
        if error is not None:
            print(f"gatewright: the function failed ({error})", file=errors)
    return 0 if error is None else 1
