"""Concurrency as clients see it: reserved, provisioned and of the account, and how aliases share invocations out.

Sources: "Understanding Lambda function scaling", "Configuring reserved concurrency for a function", "Configuring
provisioned concurrency for a function" and "Implement Lambda canary deployments using a weighted alias" (AWS Lambda
Developer Guide); TooManyRequestsException (API reference).
"""

import json
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.integration.deployed import Function, Gate, fails, function, package, public_url
from tests.integration.nodes import Node, kill, running, start, stop, wait_until, zip_of

TELL = "return {'type': os.environ['AWS_LAMBDA_INITIALIZATION_TYPE'], 'version': context.function_version}"
FAILS_WHERE_PROVISIONED = """
import os
if os.environ['AWS_LAMBDA_INITIALIZATION_TYPE'] == 'provisioned-concurrency':
    raise OSError('no')
def handler(event, context):
    return 1
"""
ACCOUNT_LIMIT = "ConcurrentInvocationLimitExceeded"
BELOW_MINIMUM = (
    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
    "below its minimum value of [100]."
)
RESERVED_LIMIT = "ReservedFunctionConcurrentInvocationLimitExceeded"


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as executor:
        yield executor


def throttled(made: Function, **members: Any) -> str:
    """Invoke a function that has no concurrency left; return the Reason."""
    with pytest.raises(made.client.exceptions.TooManyRequestsException) as refused:
        made.client.invoke(FunctionName=made.name, **members)
    answer = refused.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert answer["Error"] == {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."}
    assert answer["Type"] == "User"
    reason: str = answer["Reason"]
    return reason


def refuses(made: Function) -> bool:
    """Tell whether it has no concurrency left."""
    try:
        return made.invoke() != 1
    except made.client.exceptions.TooManyRequestsException:
        return True


def ask(made: Function, qualifier: str = "$LATEST") -> Any:
    """Invoke it by a qualifier; return its result, which must be no error."""
    answer = made.client.invoke(FunctionName=made.name, Qualifier=qualifier)
    payload = answer["Payload"].read()
    assert "FunctionError" not in answer, payload
    return json.loads(payload)


def hold(threads: ThreadPoolExecutor, made: Function, count: int, qualifier: str = "$LATEST") -> list[Future[Any]]:
    """Have invocations wait at the function's gate; return them when all have begun."""
    begun = made.node.logs(made.name).count("begun")
    held = [threads.submit(ask, made, qualifier) for _ in range(count)]
    wait_until(lambda: made.node.logs(made.name).count("begun") == begun + count, "invocations have begun")
    return held


def gated(node: Node, gate: Gate, *lines: str, **settings: Any) -> Function:
    """Make a function whose invocations wait at a gate."""
    return function(node, "print('begun', flush=True)", *gate.lines, *lines, Timeout=60, **settings)


def provision(made: Function, qualifier: str, count: int) -> None:
    """Ask for provisioned concurrency, and wait for it."""
    put = made.client.put_provisioned_concurrency_config(
        FunctionName=made.name, Qualifier=qualifier, ProvisionedConcurrentExecutions=count
    )
    assert (put["Status"], put["AllocatedProvisionedConcurrentExecutions"]) == ("IN_PROGRESS", 0)
    wait_until(lambda: provisioned(made, qualifier)["Status"] == "READY", "provisioned concurrency is ready")


def provisioned(made: Function, qualifier: str) -> Any:
    return made.client.get_provisioned_concurrency_config(FunctionName=made.name, Qualifier=qualifier)


def counts(config: Any) -> tuple[int, int, int]:
    """Return what is requested, allocated and available."""
    return tuple(config[f"{name}ProvisionedConcurrentExecutions"] for name in ("Requested", "Allocated", "Available"))  # type: ignore[return-value]


class TestReserved:
    def test_zero_switches_a_function_off(self, node: Node) -> None:
        made = function(node, "return 1")
        url = public_url(made)
        made.client.put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=0)
        assert throttled(made) == RESERVED_LIMIT
        assert url.call().status == 429
        made.client.delete_function_concurrency(FunctionName=made.name)
        assert made.invoke() == 1
        assert url.call().body == b"1"

    def test_two_at_once_and_no_third(self, node: Node, threads: ThreadPoolExecutor) -> None:
        gate = Gate(node)
        made = gated(node, gate, "return 1", Publish=True)
        other = function(node, "return 2")
        made.client.put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=2)
        held = [*hold(threads, made, 1), *hold(threads, made, 1, "1")]
        assert throttled(made) == RESERVED_LIMIT
        assert throttled(made, Qualifier="1") == RESERVED_LIMIT, "versions share it"
        assert other.invoke() == 2
        gate.open()
        assert [invoked.result(20) for invoked in held] == [1, 1]
        assert made.invoke() == 1

    def test_more_while_invocations_run(self, node: Node, threads: ThreadPoolExecutor) -> None:
        gate = Gate(node)
        made = gated(node, gate, "return 1")
        made.client.put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=1)
        held = hold(threads, made, 1)
        assert throttled(made) == RESERVED_LIMIT
        made.client.put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=2)
        held += hold(threads, made, 1)
        made.client.put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=1)
        assert throttled(made) == RESERVED_LIMIT
        gate.open()
        assert [invoked.result(20) for invoked in held] == [1, 1]

    @pytest.mark.slow
    def test_however_invocations_end_it_is_given_back(self, node: Node) -> None:
        made = function(
            node,
            "if event == 'exits': os._exit(3)",
            "if event == 'raises': raise ValueError(event)",
            "if event == 'hangs': time.sleep(60)",
            "if event == 'says too much': return 'x' * 7_000_000",
            "print(event, flush=True)",
            "if event == 'is left alone': time.sleep(1.5)",
            "return 1",
            Timeout=2,
        )
        made.client.put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=1)
        for event in ("exits", "raises", "hangs", "says too much") * 2:
            answer = made.client.invoke(FunctionName=made.name, Payload=json.dumps(event))
            assert answer["Payload"].read()
            assert (answer["FunctionError"], made.invoke()) == ("Unhandled", 1), event
        assert fails(made.client.invoke, FunctionName=made.name, Payload="{no")[0] == 400
        head = f"POST /2015-03-31/functions/{made.name}/invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 15\r\n\r\n"
        with socket.create_connection(("127.0.0.1", node.port)) as connection:
            connection.sendall(head.encode() + b'"is left alone"')
            wait_until(lambda: "is left alone" in node.logs(made.name), "it runs")
        assert refuses(made), "it runs on when its caller is gone"
        wait_until(lambda: not refuses(made), "it has ended")
        assert made.invoke() == 1

    def test_a_hundred_stay_for_the_others(self) -> None:
        with running("--ephemeral") as node:
            made, other = function(node, "return 1"), function(node, "return 2")
            client = made.client
            client.put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=900)
            limits = client.get_account_settings()["AccountLimit"]
            assert (limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]) == (1000, 100)
            assert fails(client.put_function_concurrency, FunctionName=other.name, ReservedConcurrentExecutions=1) == (
                400,
                "InvalidParameterValueException",
                BELOW_MINIMUM,
            )
            client.delete_function(FunctionName=made.name)
            client.put_function_concurrency(FunctionName=other.name, ReservedConcurrentExecutions=1)
            assert client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"] == 999


class TestAccount:
    def test_functions_share_what_the_account_has(self, threads: ThreadPoolExecutor) -> None:
        environment = {"GATEWRIGHT_FUNCTIONS_ACCOUNT_CONCURRENCY": "3"}
        with running("--ephemeral", environment=environment) as node:
            gate = Gate(node)
            first, second = gated(node, gate, "return 1"), gated(node, gate, "return 2")
            limits = first.client.get_account_settings()["AccountLimit"]
            assert (limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]) == (3, 3)
            held = [*hold(threads, first, 2), *hold(threads, second, 1)]
            assert throttled(first) == ACCOUNT_LIMIT
            assert throttled(second) == ACCOUNT_LIMIT
            elsewhere = function(node, "return 3", region="eu-west-1")
            assert elsewhere.invoke() == 3, "each Region has a limit of its own"
            gate.open()
            assert [invoked.result(20) for invoked in held] == [1, 1, 2]
            assert first.invoke() == 1


class TestProvisioned:
    def test_environments_wait_for_invocations(self, node: Node) -> None:
        made = function(node, TELL, Publish=True)
        made.client.create_alias(FunctionName=made.name, Name="live", FunctionVersion="1")
        provision(made, "live", 2)
        assert counts(provisioned(made, "live")) == (2, 2, 2)
        answers = [ask(made, "live") for _ in range(5)]
        assert {answer["type"] for answer in answers} == {"provisioned-concurrency"}
        assert ask(made)["type"] == ask(made, "1")["type"] == "on-demand", "they are the alias's"
        made.client.delete_provisioned_concurrency_config(FunctionName=made.name, Qualifier="live")
        assert ask(made, "live")["type"] == "on-demand"

    def test_more_invocations_spill_over(self, node: Node, threads: ThreadPoolExecutor) -> None:
        gate = Gate(node)
        made = gated(node, gate, TELL, Publish=True)
        provision(made, "1", 2)
        held = hold(threads, made, 2, "1")
        assert counts(provisioned(made, "1")) == (2, 2, 0)
        held += hold(threads, made, 1, "1")
        gate.open()
        answers = [invoked.result(20) for invoked in held]
        assert [answer["type"] for answer in answers] == ["provisioned-concurrency"] * 2 + ["on-demand"]
        wait_until(lambda: counts(provisioned(made, "1")) == (2, 2, 2), "all are available again")

    def test_what_is_reserved_for_the_function_bounds_it(self, node: Node, threads: ThreadPoolExecutor) -> None:
        gate = Gate(node)
        made = gated(node, gate, TELL, Publish=True)
        made.client.put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=1)
        assert fails(
            made.client.put_provisioned_concurrency_config,
            FunctionName=made.name,
            Qualifier="1",
            ProvisionedConcurrentExecutions=2,
        )[:2] == (400, "InvalidParameterValueException")
        provision(made, "1", 1)
        held = hold(threads, made, 1, "1")
        assert throttled(made, Qualifier="1") == throttled(made) == RESERVED_LIMIT
        gate.open()
        assert held[0].result(20)["type"] == "provisioned-concurrency"

    def test_a_function_that_fails_in_init(self, node: Node) -> None:
        """Invocations run on demand meanwhile, where this one does not fail."""
        made = function(node, "return 1", Publish=True)
        code = zip_of({"app.py": FAILS_WHERE_PROVISIONED})
        made.client.update_function_code(FunctionName=made.name, ZipFile=code, Publish=True)
        made.client.put_provisioned_concurrency_config(
            FunctionName=made.name, Qualifier="2", ProvisionedConcurrentExecutions=1
        )
        wait_until(lambda: provisioned(made, "2")["Status"] == "FAILED", "it has failed")
        failed = provisioned(made, "2")
        assert (failed["StatusReason"], counts(failed)) == ("FUNCTION_ERROR_INIT_FAILURE", (1, 0, 0))
        assert "OSError: no" in node.logs(made.name)
        assert ask(made, "2") == 1

    def test_an_alias_that_moves_takes_it_along(self, node: Node) -> None:
        made = function(node, TELL, Publish=True)
        made.client.create_alias(FunctionName=made.name, Name="live", FunctionVersion="1")
        provision(made, "live", 1)
        made.client.update_function_code(FunctionName=made.name, ZipFile=package("x = 2", TELL), Publish=True)
        made.client.update_alias(FunctionName=made.name, Name="live", FunctionVersion="2")
        wait_until(lambda: provisioned(made, "live")["Status"] == "READY", "the other version is ready")
        answer = ask(made, "live")
        assert (answer["version"], answer["type"]) == ("2", "provisioned-concurrency")

    @pytest.mark.slow
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
    def test_it_is_there_again_after_a_restart(self, tmp_path: Path, number: signal.Signals) -> None:
        node = start("--data-dir", str(tmp_path))
        try:
            made = function(node, TELL, name="warm", Publish=True)
            made.client.create_alias(FunctionName="warm", Name="live", FunctionVersion="1")
            provision(made, "live", 2)
        finally:
            kill(node) if number == signal.SIGKILL else stop(node)
        with running("--data-dir", str(tmp_path)) as again:
            made = Function(again, made.name, made.arn)
            wait_until(lambda: provisioned(made, "live")["Status"] == "READY", "it is ready, and nobody has invoked it")
            assert counts(provisioned(made, "live")) == (2, 2, 2)
            assert ask(made, "live")["type"] == "provisioned-concurrency"


class TestWeights:
    def test_an_alias_shares_its_invocations_out(self, node: Node, threads: ThreadPoolExecutor) -> None:
        made = function(node, "return 1", Publish=True)
        made.client.update_function_code(FunctionName=made.name, ZipFile=package("return 2"), Publish=True)
        made.client.create_alias(
            FunctionName=made.name,
            Name="canary",
            FunctionVersion="1",
            RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}},
        )

        def invoke(_: int) -> tuple[str, int]:
            answer = made.client.invoke(FunctionName=made.name, Qualifier="canary")
            return answer["ExecutedVersion"], json.loads(answer["Payload"].read())

        seen = Counter(threads.map(invoke, range(400)))
        assert set(seen) == {("1", 1), ("2", 2)}
        assert 45 < seen["2", 2] < 165, "within six standard deviations of 100"
        made.client.update_alias(
            FunctionName=made.name, Name="canary", FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {}}
        )
        assert {invoke(0) for _ in range(20)} == {("2", 2)}
