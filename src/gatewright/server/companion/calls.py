"""Calls of our own to the companion: records of asynchronous invocations, code from S3, resources of stacks.

They are made by botocore in threads of their own, never on the event loop. botocore is imported with the first call:
it takes a tenth of a second, and most nodes never need it.
"""

import asyncio
import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from gatewright.base.arn import Arn, parse_arn
from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.operations import Caller
from gatewright.functions.async_invoke import Delivery, DeliveryError, DeliveryRefused
from gatewright.functions.settings import Credentials
from gatewright.server.companion.address import Address, CompanionUnavailable
from gatewright.server.companion.moto_server import FAULT_FIELD

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.session import Session

_THREADS: Final = 8
_CONNECT_SECONDS: Final = 5
_READ_SECONDS: Final = 30
"""Also what a call that hangs can delay the end of the node."""
_NOT_IMPLEMENTED: Final = 501
_PIECE_BYTES: Final = 1 << 20
_MAX_OBJECT_BYTES: Final = 262_144_000
"""Of a package, zipped: unzipped it may have no more ("Lambda quotas")."""
_UNUSABLE: Final = frozenset({"InvalidMessageContents", "InvalidParameterValue", "InvalidParameter", "ValidationError"})
"""Errors of a message that will be the same at the next try."""


class Companion:
    """Signed calls to an AWS-compatible endpoint. Safe to use from several threads."""

    def __init__(self, address: Address, credentials: Credentials, *, node_host: str | None = None) -> None:
        """With a `node_host` (`127.0.0.1:4566`), URLs that services make of their Host lead to this node."""
        self._address = address
        self._credentials = credentials
        self._node_host = node_host
        self._executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="companion")
        self._making = threading.Lock()
        self._clients: dict[tuple[str, str, str], BaseClient] = {}
        self._session: Session | None = None
        self._queue_urls: dict[str, str] = {}

    async def send(self, delivery: Delivery, body: bytes) -> None:
        """Send a record. Raises `DeliveryError` when it may succeed later, `DeliveryRefused` when not."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._executor, self._send, delivery, body)

    def fetch_object(self, caller: Caller, bucket: str, key: str, version: str | None) -> bytes:
        """Read an object of S3, as `control.context.FetchObject`. Raises `AwsError` as Lambda does."""
        from botocore.exceptions import BotoCoreError, ClientError

        request = {"Bucket": bucket, "Key": key}
        if version is not None:
            request["VersionId"] = version
        try:
            response = self._client("s3", caller.region).get_object(**request)
            with response["Body"] as body:
                return _read(body)
        except ClientError as error:
            raise _object_error(error.response.get("Error", {}), bucket) from error
        except CompanionUnavailable as error:
            raise OperationNotImplemented(f"Code from S3 (bucket {bucket}) cannot be read: {error}.") from error
        except (BotoCoreError, OSError) as error:
            text = f"The companion cannot be reached: {error}"
            raise AwsError("ServiceException", text, status=500) from error

    def call(self, service: str, region: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation by botocore's names and return its output, streamed bodies as bytes. Raises AwsError."""
        from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

        try:
            client = self._client(service, region)
            output: dict[str, Any] = client._make_api_call(operation, dict(parameters))  # noqa: SLF001 — by its name
            output.pop("ResponseMetadata", None)
            for name, value in output.items():
                if hasattr(value, "iter_chunks"):
                    output[name] = value.read()
        except ClientError as error:
            raise _service_error(error.response) from error
        except ParamValidationError as error:
            raise AwsError("ValidationException", str(error)) from error
        except CompanionUnavailable as error:
            raise OperationNotImplemented(f"{service} {operation} cannot be served: {error}.") from error
        except (BotoCoreError, OSError) as error:
            text = f"{service} {operation}: the companion cannot be reached: {error}"
            raise AwsError("ServiceUnavailable", text, status=503) from error
        return output

    def forget(self) -> None:
        """Forget what is known of the companion's queues: it has been emptied."""
        self._queue_urls.clear()

    def close(self) -> None:
        """End, without waiting for calls that are under way."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _send(self, delivery: Delivery, body: bytes) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        arn = parse_arn(delivery.target_arn)
        if arn is None or arn.resource.endswith(".fifo"):
            raise DeliveryRefused("it is no destination of asynchronous invocations")
        try:
            if arn.service == "sqs":
                self._send_message(arn, delivery, body)
            elif arn.service == "sns":
                self._publish(arn, delivery, body)
            elif arn.service == "events":
                self._put_event(arn, delivery, body)
            elif arn.service == "s3":
                self._put_object(arn, delivery, body)
            else:
                raise DeliveryRefused("it is no destination of asynchronous invocations")
        except ClientError as error:
            self._queue_urls.pop(delivery.target_arn, None)
            code = error.response.get("Error", {}).get("Code", "")
            kind = DeliveryRefused if code in _UNUSABLE else DeliveryError
            raise kind(str(error)) from error
        except CompanionUnavailable as error:
            kind = DeliveryRefused if error.is_final else DeliveryError
            raise kind(str(error)) from error
        except (BotoCoreError, OSError) as error:
            raise DeliveryError(str(error)) from error

    def _send_message(self, arn: Arn, delivery: Delivery, body: bytes) -> None:
        sqs = self._client("sqs", arn.region)
        url = self._queue_urls.get(delivery.target_arn)
        if url is None:
            url = sqs.get_queue_url(QueueName=arn.resource, QueueOwnerAWSAccountId=arn.account)["QueueUrl"]
            self._queue_urls[delivery.target_arn] = url
        request: dict[str, Any] = {"QueueUrl": url, "MessageBody": body.decode()}
        if delivery.attributes:
            request["MessageAttributes"] = _attributes(delivery)
        if delivery.trace_header is not None:
            header = {"DataType": "String", "StringValue": delivery.trace_header}
            request["MessageSystemAttributes"] = {"AWSTraceHeader": header}
        sqs.send_message(**request)

    def _publish(self, arn: Arn, delivery: Delivery, body: bytes) -> None:
        request: dict[str, Any] = {"TopicArn": delivery.target_arn, "Message": body.decode()}
        if delivery.attributes:
            request["MessageAttributes"] = _attributes(delivery)
        self._client("sns", arn.region).publish(**request)

    def _put_event(self, arn: Arn, delivery: Delivery, body: bytes) -> None:
        entry = {
            "EventBusName": delivery.target_arn,
            "Source": "lambda",
            "DetailType": f"Lambda Function Invocation Result - {'Success' if delivery.is_success else 'Failure'}",
            "Detail": body.decode(),
            "Time": datetime.fromtimestamp(int(delivery.finished_at), UTC),
            "Resources": [delivery.target_arn, delivery.function_arn],
        }
        if delivery.trace_header is not None:
            entry["TraceHeader"] = delivery.trace_header
        response = self._client("events", arn.region).put_events(Entries=[entry])
        if response.get("FailedEntryCount"):
            raise DeliveryError(json.dumps(response["Entries"]))

    def _put_object(self, arn: Arn, delivery: Delivery, body: bytes) -> None:
        """Keep a record under the name that Lambda gives it; the ARN of a bucket has no region."""
        function = parse_arn(delivery.function_arn)
        region, name = ("us-east-1", "") if function is None else (function.region, function.resource.split(":")[1])
        moment = datetime.fromtimestamp(delivery.finished_at, UTC)
        # The request id instead of a random part: what is sent twice is kept once.
        key = f"aws/lambda/async/{name}/{moment:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-{delivery.request_id}"
        client = self._client("s3", region)
        client.put_object(Bucket=arn.resource, Key=key, Body=body, ContentType="application/json")

    def _client(self, service: str, region: str) -> Any:
        url = self._address.open()
        with self._making:  # making one is not thread-safe, using one is
            client = self._clients.get((service, region, url))
            if client is None:
                client = self._clients[service, region, url] = self._new_client(service, region, url)
            return client

    def _new_client(self, service: str, region: str, url: str) -> "BaseClient":
        from botocore.config import Config
        from botocore.session import Session

        if self._session is None:
            # It keeps what it has read of botocore's files: each of its own would read them anew for 0.1 s.
            self._session = Session()
        client = self._session.create_client(
            service,
            region_name=region,
            endpoint_url=url,
            aws_access_key_id=self._credentials.access_key_id,
            aws_secret_access_key=self._credentials.secret_access_key,
            config=Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                max_pool_connections=2 * _THREADS,
                retries={"total_max_attempts": 1},  # the queue tries again, and survives this process
                s3={"addressing_style": "path"},
                inject_host_prefix=False,
            ),
        )
        client.meta.events.register("before-parse", _raise_fault)
        if self._node_host is not None:
            client.meta.events.register("before-sign", self._name_node)
        return client

    def _name_node(self, request: Any, **_: object) -> None:
        request.headers["Host"] = self._node_host


def _attributes(delivery: Delivery) -> dict[str, dict[str, str]]:
    return {name: {"DataType": kind, "StringValue": value} for name, kind, value in delivery.attributes}


def _read(body: Any) -> bytes:
    """Read an object in pieces, so that one that is too large is noticed before it fills the memory."""
    content = bytearray()
    while piece := body.read(_PIECE_BYTES):
        content += piece
        if len(content) > _MAX_OBJECT_BYTES:
            text = f"Unzipped size must be smaller than {_MAX_OBJECT_BYTES} bytes"
            raise AwsError("InvalidParameterValueException", text)
    return bytes(content)


def _service_error(response: Any) -> AwsError:
    error = response.get("Error", {})
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    return AwsError(error.get("Code") or "InternalFailure", error.get("Message") or "", status=status)


def _raise_fault(operation_model: Any, response_dict: Any, **_: object) -> None:
    """Raise AwsError for what moto does not do or fails at: such an answer is in no service's protocol."""
    fault = response_dict["headers"].get(FAULT_FIELD)
    if fault is None:
        return
    called = f"{operation_model.service_model.service_name} {operation_model.name}"
    if response_dict["status_code"] == _NOT_IMPLEMENTED:
        raise OperationNotImplemented(f"{called} is served by the companion: {fault}.")
    raise AwsError("InternalFailure", f"{called} failed in the companion: {fault}", status=500)


def _object_error(error: Any, bucket: str) -> AwsError:
    """Return what Lambda answers when S3 refuses an object: recorded answers of CreateFunction."""
    code, text = error.get("Code", "InternalError"), error.get("Message", "")
    details = f"S3 Error Code: {code}. S3 Error Message: {text}"
    if code in ("AccessDenied", "403"):
        advice = f"please make sure your request credentials have permission to GetObject for {bucket}"
        return AwsError("AccessDeniedException", f"Your access has been denied by S3, {advice}. {details}", status=403)
    return AwsError("InvalidParameterValueException", f"Error occurred while GetObject. {details}")
