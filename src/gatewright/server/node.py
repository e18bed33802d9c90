"""The composition root: what is built of a node, in which order, and how the planes join."""

import asyncio
import dataclasses
import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from gatewright import __version__
from gatewright.base.clock import SystemClock
from gatewright.base.ids import Ids
from gatewright.base.messages import Handler, Request, Response, text_response
from gatewright.base.session_tokens import SessionTokens
from gatewright.control import context
from gatewright.control.context import ProvisionedEnvironments
from gatewright.functions.async_invoke import AsyncInvoker, Outbox
from gatewright.functions.invoke import Functions
from gatewright.functions.sandbox.types import Isolation
from gatewright.functions.settings import FunctionSettings
from gatewright.gateway.endpoint import EXECUTE_API, LAMBDA_URL, Endpoint, destination_of
from gatewright.gateway.function_urls.faults import MAX_BODY_BYTES
from gatewright.observe.function_logs import FunctionLogs
from gatewright.observe.log_archive import LogArchive
from gatewright.server.blob_links import BlobLinks
from gatewright.server.blobs import BlobSweep, collect_unused_blobs
from gatewright.server.companion.address import NO_COMPANION, NoAddress
from gatewright.server.companion.moto import MotoServer
from gatewright.server.companion.pages import Pages
from gatewright.server.companion.passing import MAX_BODY_BYTES as MAX_COMPANION_BODY_BYTES
from gatewright.server.companion.passing import Passing
from gatewright.server.data_plane import DataPlane
from gatewright.server.event_sources import EventSources
from gatewright.server.for_functions import OwnPathsForFunctions, refuse_aws_call
from gatewright.server.foundation import Foundation
from gatewright.server.key_uses import KeyUses
from gatewright.server.lasting import Lasting
from gatewright.server.late_parts import LateServiceCaller, late_handler
from gatewright.server.logs import open_logs
from gatewright.server.own_paths import OwnPaths
from gatewright.server.packages import MAX_BODY_BYTES as MAX_PACKAGE_BYTES
from gatewright.server.packages import PREFIX as PACKAGES
from gatewright.server.packages import Packages
from gatewright.server.planes import Planes, Swap
from gatewright.server.reset_path import ResetPath
from gatewright.server.role_credentials import RoleCredentials, open_session_tokens
from gatewright.server.runtime_check import RuntimeCheck
from gatewright.server.services import OWN_SCOPES, OWN_SIGNING_NAMES, is_signed_for_others
from gatewright.server.stacks import RESPONSES, NodeStacks, StackParts
from gatewright.server.usage import KeptUsage, open_usage
from gatewright.snapshot.types import Function, Snapshot
from gatewright.store.types import Store
from gatewright.wire.client import Client
from gatewright.wire.request_head import RequestHead

if TYPE_CHECKING:
    from gatewright.aws.endpoint import AwsEndpoint
    from gatewright.server.operations import ServiceOperations
    from gatewright.server.service_calls import ServiceCalls

_MEMORY_QUEUE_MB = 256
"""Of events that wait, on a node that keeps them in memory."""
_IDS_AHEAD = 256
"""Ids of each form that are made at once: a fifth of the time for each."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A node that was built."""

    handler: Handler
    """Answers its requests."""
    start: Callable[[], Awaitable[None]]
    """Begins what it does by itself. Call it when functions reach the node by its handler."""
    cut_off: Callable[[], Awaitable[None]]
    """Begins nothing any more, and ends what runs in functions; who waits for it is answered with an error."""


class Node:
    """Everything that serves: its objects, each made once."""

    def __init__(self, foundation: Foundation, lasting: Lasting, reset: Callable[[], Awaitable[None]]) -> None:
        """`reset` puts another node in the place of this one."""
        self._foundation = foundation
        self._settings = foundation.settings
        self._lasting = lasting
        self._reset = reset
        self._parts = foundation.parts
        self._clock = SystemClock()
        self._ids = Ids(ahead=_IDS_AHEAD)
        self._key_uses = KeyUses(self._clock)
        self._for_functions: Handler = _answer_while_starting
        self._is_rest_api: Callable[[str], bool] = lambda api_id: False

    async def build(self, log_output: BinaryIO) -> Serving:
        """Build it. Log lines of functions go to `log_output`."""
        settings, store, executor = self._settings, self._foundation.store, self._foundation.executor
        collect_unused_blobs(store)
        usage = open_usage(store, self._clock, self._parts)
        archive, logs = open_logs(self._foundation, log_output, self._clock)
        companion = self._lasting.companion
        session_tokens = open_session_tokens(store, settings.account_id, self._ids)
        credentials = RoleCredentials(session_tokens, self._clock, self._ids)
        functions = self._functions(store, logs, credentials)
        events = self._async_invoker(store, functions, companion, lambda arn: planes.function(arn))  # noqa: PLW0108
        client = Client(settings.upstream)
        self._parts.push_async_callback(client.close)
        services = self._service_caller(client, credentials, lambda request: aws(request))  # noqa: PLW0108
        serving = DataPlane(settings, functions, events, client, services, usage.directory, self._clock, self._ids)
        self._parts.callback(serving.mappings.close)
        sources = EventSources(functions, lambda arn: planes.function(arn), companion.call, self._clock)  # noqa: PLW0108
        self._parts.push_async_callback(sources.close)  # before functions end
        planes = Planes(store, executor, functools.partial(_link, serving, sources))
        await planes.catch_up()
        links = BlobLinks(self._foundation.url, store.blobs, self._clock)
        packages = Packages(store.blobs, self._clock, companion.fetch_object, companion.call)
        facts = self._facts(functions, links, packages, usage, sources, session_tokens, archive)
        elsewhere = self._elsewhere(client)
        operations = self._service_operations(planes, functions, events, facts, serving)
        stacks = self._stacks(planes, operations, packages)
        aws = self._aws_api(operations, stacks, elsewhere)
        self._parts.callback(asyncio.create_task(BlobSweep(store, lambda: packages.recent).run(executor)).cancel)
        reset = ResetPath(settings, self._reset).handle
        health = functools.partial(_health, planes, self._lasting.isolation)
        own = OwnPaths(health, links.handle, packages.handle, stacks.respond, reset)
        apis, urls = serving.execute_api, serving.function_urls
        self._is_rest_api = apis.is_rest_api
        aws_for_functions = refuse_aws_call if settings.is_hardened else aws
        self._for_functions = Endpoint(apis, urls, aws_for_functions, OwnPathsForFunctions(own.handle).handle).handle
        handler = Endpoint(apis, urls, aws, own.handle).handle
        start = functools.partial(_start, events, stacks, store)
        return Serving(handler, start, functools.partial(_cut_off, events, functions))

    def _service_operations(
        self, planes: Planes, functions: Functions, events: AsyncInvoker, facts: context.Node, serving: DataPlane
    ) -> "Callable[[], ServiceOperations]":
        """Return what makes the operations of the services, which the first call does."""

        def make() -> "ServiceOperations":
            from gatewright.server.operations import ServiceOperations

            store = self._foundation.store
            return ServiceOperations(planes, functions, events, store, self._clock, self._ids, facts, serving)

        return make

    def _stacks(self, planes: Planes, operations: "Callable[[], ServiceOperations]", packages: Packages) -> NodeStacks:
        """Return the stacks. They end before functions do, and before the event loop that their calls run on."""
        loop = asyncio.get_running_loop()

        def make() -> StackParts:
            from gatewright.server.stack_services import StackServices, build_stacks

            url = f"{self._foundation.loopback_url}{RESPONSES}"
            services = StackServices(
                operations(), packages.call, planes.catch_up, loop, self._ids, self._lasting.catalog()
            )
            return build_stacks(services, self._foundation.store, self._clock, self._ids, url)

        stacks = NodeStacks(make, self._foundation.executor)
        self._parts.push_async_callback(stacks.close)
        return stacks

    def _aws_api(
        self, operations: "Callable[[], ServiceOperations]", stacks: NodeStacks, elsewhere: Passing | None
    ) -> Handler:
        """Return what answers AWS API calls. It is made by the first one."""

        def make() -> "AwsEndpoint":
            from gatewright.aws.endpoint import AwsEndpoint

            settings = self._settings
            return AwsEndpoint(
                operations().bound(stacks),
                account_id=settings.account_id,
                default_region=settings.region,
                ids=self._ids,
                catalog=self._lasting.catalog(),
                note_key_use=self._key_uses.note,
                elsewhere=None if elsewhere is None else elsewhere.handle,
                for_pages=None if elsewhere is None else Pages(elsewhere).answer,
                own_scopes=OWN_SCOPES,
            )

        return late_handler(make)

    def _elsewhere(self, client: Client) -> Passing | None:
        address = self._lasting.companion_address
        if isinstance(address, NoAddress):
            return None
        return Passing(address, client, self._clock, is_moto=isinstance(address, MotoServer))

    def _service_caller(self, client: Client, credentials: RoleCredentials, own: Handler) -> LateServiceCaller:
        """Return what calls AWS services for integrations. It is made by the first call; `own` serves those of ours."""

        def make() -> "ServiceCalls":
            from gatewright.server.service_calls import ServiceCalls

            address = self._lasting.companion_address
            sign_with = credentials.of_integrations
            return ServiceCalls(client, address, sign_with, self._ids, own=own, own_services=OWN_SIGNING_NAMES)

        return LateServiceCaller(make)

    def _functions(self, store: Store, logs: FunctionLogs, credentials: RoleCredentials) -> Functions:
        settings = FunctionSettings(
            **dataclasses.asdict(self._settings.functions),
            endpoint_url=self._foundation.loopback_url,
            code_directory=self._lasting.code_directory,
            credentials=credentials.issue,
        )
        return Functions(
            settings,
            self._clock,
            self._ids,
            store.blobs.open,
            self._lasting.runtimes,
            self._lasting.isolation,
            logs,
            self._handle_for_functions,
        )

    def _facts(
        self,
        functions: Functions,
        links: BlobLinks,
        packages: Packages,
        usage: KeptUsage,
        sources: EventSources,
        session_tokens: SessionTokens,
        archive: LogArchive,
    ) -> context.Node:
        return context.Node(
            self._execute_api_url(),
            RuntimeCheck(self._lasting.runtimes).problem,
            self._settings.functions.account_concurrency,
            function_url=self._function_url(),
            blob_url=links.url,
            fetch_object=packages.fetch_object,
            usage=usage,
            logs=lambda: archive,
            account_rate_limit=self._settings.gateway.account_rate_limit,
            account_burst_limit=self._settings.gateway.account_burst_limit,
            provisioned_environments=functools.partial(_provisioned_environments, functions),
            access_key_use=self._key_uses.last,
            queue_attributes=sources.attributes,
            session_tokens=session_tokens,
        )

    def _async_invoker(
        self, store: Store, functions: Functions, outbox: Outbox, resolve: Callable[[str], Function | None]
    ) -> AsyncInvoker:
        """Return what runs events. Functions end before it does, so that what runs then can still be kept."""
        limits = self._settings.functions
        if self._settings.is_ephemeral:
            most = min(limits.async_queue_mb, _MEMORY_QUEUE_MB)
            limits = dataclasses.replace(limits, async_queue_mb=most)
        events = AsyncInvoker(store.queue, functions, resolve, outbox, limits, self._clock, self._ids)
        self._parts.push_async_callback(events.close)
        self._parts.push_async_callback(functions.close)
        self._parts.callback(events.stop)
        return events

    async def _handle_for_functions(self, request: Request) -> Response:
        """Serve a function whose sandbox does not reach the listener."""
        return await self._for_functions(request)

    def _function_url(self) -> str:
        """Return the format of function URLs: beside the APIs, in the same domain."""
        domain = self._settings.execute_api_host.partition(f"{EXECUTE_API}.")[2]
        return f"http://{{url_id}}.{LAMBDA_URL}.{{region}}.{domain}:{self._foundation.port}/"

    def _execute_api_url(self) -> str:
        return f"http://{{api_id}}.{self._settings.execute_api_host}:{self._foundation.port}"

    def body_limit(self, head: RequestHead) -> int:
        """Return the limit of an API or function URL; an AWS call may carry a 50 MiB zip file in base64."""
        plane, resource_id = destination_of(head.headers.get("host") or "", head.path)
        if plane == EXECUTE_API:
            # REST APIs refuse what is announced as larger themselves, as their gateway responses have it.
            refuses_itself = head.content_length is not None and self._is_rest_api(resource_id)
            return head.content_length or 0 if refuses_itself else self._settings.wire.body_bytes
        if plane == LAMBDA_URL:
            return MAX_BODY_BYTES
        if head.path.startswith(PACKAGES):
            return MAX_PACKAGE_BYTES
        is_passed_on = self._settings.companion != NO_COMPANION and is_signed_for_others(head)
        return MAX_COMPANION_BODY_BYTES if is_passed_on else self._settings.aws_body_bytes


def _link(serving: DataPlane, sources: EventSources, snapshot: Snapshot) -> Swap:
    """Bind a snapshot to all that takes part in it."""
    swaps = (serving.link(snapshot), sources.link(snapshot))

    def swap() -> None:
        for each in swaps:
            each()

    return swap


async def _start(events: AsyncInvoker, stacks: NodeStacks, store: Store) -> None:
    await events.start()
    await stacks.take_up(store)


async def _cut_off(events: AsyncInvoker, functions: Functions) -> None:
    events.stop()
    await functions.close(drain_seconds=0)


def _provisioned_environments(functions: Functions, arn: str, qualifier: str) -> ProvisionedEnvironments:
    status = functions.provisioned(arn, qualifier)
    return ProvisionedEnvironments(status.allocated, status.available, status.failure)


def _health(planes: Planes, isolation: Isolation) -> dict[str, object]:
    return {
        "status": "ready",
        "version": __version__,
        "revision": planes.revision,
        "isolation": dataclasses.asdict(isolation.report),
    }


async def _answer_while_starting(_: Request) -> Response:
    return text_response(503, b'{"message":"gatewright is starting"}', "application/json", [("Retry-After", "1")])
