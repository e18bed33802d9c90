"""What serves requests, and how it takes over a snapshot."""

import logging
from collections.abc import Callable

from gatewright.base.clock import Clock
from gatewright.base.ids import Ids
from gatewright.base.late import late_imports
from gatewright.functions.invoke import Functions
from gatewright.gateway.execute_api import ExecuteApi
from gatewright.gateway.fault_log import FaultLog
from gatewright.gateway.function_urls.serve import FunctionUrls
from gatewright.gateway.rest_apis.mapping_threads import MappingThreads
from gatewright.gateway.rest_apis.seams import EventSubmitter, RestSeams
from gatewright.gateway.rest_apis.usage_plans import UsagePlanDirectory
from gatewright.gateway.seams import ServiceCaller
from gatewright.gateway.throttle import AccountThrottle
from gatewright.languages.times import ClfClock
from gatewright.server.url_callers import believe_signatures
from gatewright.settings import Settings
from gatewright.snapshot.types import Snapshot
from gatewright.wire.client import Client


class DataPlane:
    """Functions, APIs and function URLs, which change together."""

    def __init__(
        self,
        settings: Settings,
        functions: Functions,
        events: EventSubmitter,
        client: Client,
        services: ServiceCaller,
        usage: UsagePlanDirectory,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._functions = functions
        self.log = logging.getLogger("gatewright.gateway")
        self.mappings = MappingThreads()
        self.seams = RestSeams(
            invoker=functions,
            client=client,
            clock=clock,
            ids=ids,
            clf=ClfClock(),
            faults=FaultLog(self.log, clock),
            events=events,
            services=services,
            usage=usage,
            mappings=self.mappings,
            body_bytes=settings.wire.body_bytes,
        )
        self._throttle = AccountThrottle(settings.gateway.account_rate_limit, settings.gateway.account_burst_limit)
        self.execute_api = ExecuteApi(clock=clock, ids=ids, log=self.log)
        identify = believe_signatures(settings.account_id)
        self.function_urls = FunctionUrls(functions, identify, clock=clock, ids=ids, log=self.log)

    def link(self, snapshot: Snapshot) -> Callable[[], None]:
        """Bind a snapshot to code; return what serves it from then on, to be called on the event loop.

        Linking may run in any thread: it changes nothing that requests use. One call must be over before the next.
        """
        with late_imports():
            from gatewright.gateway.link import link

        linked = link(
            snapshot,
            self.execute_api.linked,
            seams=self.seams,
            log=self.log,
            account_throttle=self._throttle,
        )

        def swap() -> None:
            self._functions.swap(snapshot.functions)
            self.seams.usage.swap(snapshot.usage_plans)
            self.execute_api.swap(linked)
            self.function_urls.swap(linked.urls)

        return swap
