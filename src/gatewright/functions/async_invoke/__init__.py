"""Asynchronous invocation: events wait in a durable queue, and what became of them goes to queues and destinations.

    submit ──▶ commits ──▶ queue in the store ──▶ lane of the function ──▶ attempt ──▶ Functions.invoke
                             ▲     │                                          │
                             │     └──▶ lane of a destination ──▶ delivery    │
                             └──────────────── retried, or a record ──────────┘

Sources: "Invoking a Lambda function asynchronously", "How Lambda handles errors and retries with asynchronous
invocation" and "Capturing records of Lambda asynchronous invocations", Lambda Developer Guide.
"""

from gatewright.functions.async_invoke.invoker import AsyncInvoker
from gatewright.functions.async_invoke.types import Delivery, DeliveryError, DeliveryRefused, Outbox

__all__ = ["AsyncInvoker", "Delivery", "DeliveryError", "DeliveryRefused", "Outbox"]
