"""Models that bodies are held to: JSON in octets on one side, what is wrong with it on the other.

Source: "Request validation for REST APIs in API Gateway". No body is `{}` there as everywhere.
"""

import asyncio

import orjson

from gatewright.languages.json_schema import Validator, compile_schema
from gatewright.snapshot.types.rest_api import Pairs

# A body of ten megabytes may have a million elements, with an `anyOf` each.
_COMBINATIONS_ASIDE = 5_000_000
_SEARCH_SECONDS_ASIDE = 5.0


class BodyModel:
    """What holds bodies to a schema. All methods that have the model share it, in all stages."""

    def __init__(self, schema: str, models: Pairs) -> None:
        """`models` are those that the schema may refer to. Raises `ValueError`."""
        self._validator = compile_schema(schema, dict(models))
        # A validator serves one thread at a time.
        self._validator_aside = compile_schema(
            schema, dict(models), combinations=_COMBINATIONS_ASIDE, search_seconds=_SEARCH_SECONDS_ASIDE
        )
        self._turn = asyncio.Lock()

    def errors(self, body: bytes) -> str | None:
        """Return what is wrong with a body that takes no time; None for nothing."""
        return _errors(self._validator, body)

    async def errors_aside(self, body: bytes) -> str | None:
        """Return the same from a thread, while other requests are served."""
        async with self._turn:
            checking = asyncio.get_running_loop().run_in_executor(None, _errors, self._validator_aside, body)
            try:
                return await asyncio.shield(checking)
            except asyncio.CancelledError:
                # The client has gone, the thread has not: the next body waits for it.
                await asyncio.wait([checking])
                raise


def _errors(validator: Validator, body: bytes) -> str | None:
    try:
        document = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        return "[Invalid JSON in request body]"
    return None if validator.is_valid(document) else f"[{', '.join(validator.errors(document))}]"
