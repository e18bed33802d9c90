"""The child of the crash test of `test_usage.py`: counts until it is killed, and says how far it is."""

import asyncio
import sys
from pathlib import Path

from gatewright.gateway.rest_apis.usage_plans import UsagePlanDirectory
from gatewright.server.usage import KeptUsage, load_usage
from gatewright.snapshot.compile_usage_plan import compile_usage_plans
from gatewright.store import open_store
from tests.unit.control.contexts import FakeClock

INTERVAL_SECONDS = 0.1


async def count(directory_path: Path) -> None:
    store, clock = open_store(directory_path), FakeClock()
    with store.read() as reader:
        plans = compile_usage_plans(reader, "123456789012", "us-east-1")
    assert plans is not None
    directory = UsagePlanDirectory(clock, load_usage(store, clock))
    directory.swap({("123456789012", "us-east-1"): plans})
    usage = KeptUsage(store, directory, clock)
    usage.start(INTERVAL_SECONDS)
    taken = 0
    while True:
        for _ in range(10):
            grant = directory.find("123456789012", "us-east-1", "a1", "prod", "value-of-k1")
            assert grant is not None
            grant.take("/GET")
            taken += 1
            await asyncio.sleep(INTERVAL_SECONDS / 10)
        print(taken, flush=True)


if __name__ == "__main__":
    asyncio.run(count(Path(sys.argv[1])))
