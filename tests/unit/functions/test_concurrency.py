"""How many invocations may be under way at once ("Understanding Lambda function scaling", Lambda Developer Guide)."""

import pytest

from gatewright.functions.concurrency import Concurrency, FunctionConcurrency, ScalingRate, Unlimited
from gatewright.snapshot.types import Function

from .fakes import ARN, function_version, qualified, whole_function

OTHER_ARN = f"{ARN}-other"


def function(arn: str = ARN, provisioned: int = 0, reserved: int | None = None) -> Function:
    version = function_version(arn=arn, name=arn.rpartition(":")[2])
    live = qualified(version, "live", provisioned_concurrency=provisioned)
    return whole_function(qualified(version), live, reserved_concurrency=reserved)


class Account:
    """An account of a limit of ten, and its functions."""

    def __init__(self, *functions: Function) -> None:
        self.concurrency = Concurrency(10)
        self.configure(*functions)

    def configure(self, *functions: Function) -> None:
        self.concurrency.configure(functions)

    def counter(self, arn: str = ARN) -> FunctionConcurrency:
        return self.concurrency.of(arn, "123456789012", "us-east-1")

    def room(self, arn: str = ARN) -> int:
        """Return how many more the function could run now."""
        counter = self.counter(arn)
        count = 0
        while counter.take():
            count += 1
        for _ in range(count):
            counter.release()
        return count


def test_functions_share_the_accounts_limit() -> None:
    account = Account(function(), function(OTHER_ARN))
    assert all(account.counter().take() for _ in range(7))
    assert account.room(OTHER_ARN) == 3
    assert all(account.counter(OTHER_ARN).take() for _ in range(3))
    assert not account.counter().take()
    assert account.counter().reason == "ConcurrentInvocationLimitExceeded"
    account.counter(OTHER_ARN).release()
    assert account.counter().take()


def test_regions_have_limits_of_their_own() -> None:
    account = Account(function())
    assert all(account.counter().take() for _ in range(10))
    assert account.concurrency.of("arn:elsewhere", "123456789012", "eu-west-1").take()


def test_what_is_reserved_is_kept_and_not_exceeded() -> None:
    account = Account(function(reserved=4), function(OTHER_ARN))
    assert (account.room(), account.room(OTHER_ARN)) == (4, 6)
    assert all(account.counter(OTHER_ARN).take() for _ in range(6))
    assert account.room() == 4, "others do not take it"
    assert account.counter().reason == "ReservedFunctionConcurrentInvocationLimitExceeded"


def test_zero_is_off() -> None:
    assert Account(function(reserved=0)).room() == 0


def test_what_is_provisioned_is_taken_from_the_account() -> None:
    account = Account(function(provisioned=3), function(OTHER_ARN))
    assert (account.room(), account.room(OTHER_ARN)) == (7, 7)


def test_what_is_provisioned_is_part_of_what_is_reserved() -> None:
    account = Account(function(reserved=5, provisioned=3), function(OTHER_ARN))
    assert (account.room(), account.room(OTHER_ARN)) == (2, 5)


def test_invocations_under_way_are_counted_through_a_reservation_that_comes_and_goes() -> None:
    account = Account(function(), function(OTHER_ARN))
    assert all(account.counter().take() for _ in range(5))
    account.configure(function(reserved=6), function(OTHER_ARN))
    assert (account.room(), account.room(OTHER_ARN)) == (1, 4)
    account.configure(function(reserved=2), function(OTHER_ARN))
    assert (account.room(), account.room(OTHER_ARN)) == (0, 8)
    account.configure(function(), function(OTHER_ARN))
    assert (account.room(), account.room(OTHER_ARN)) == (5, 5)
    for _ in range(5):
        account.counter().release()
    assert account.room(OTHER_ARN) == 10


def test_a_function_that_is_gone_gives_everything_back_when_it_has_ended() -> None:
    account = Account(function(reserved=4), function(OTHER_ARN))
    counter = account.counter()
    assert counter.take()
    account.configure(function(OTHER_ARN))
    assert account.room(OTHER_ARN) == 9
    counter.release()
    assert account.room(OTHER_ARN) == 10


def test_provisioned_environments_bound_themselves() -> None:
    unlimited = Unlimited()
    assert all(unlimited.take() for _ in range(100))
    unlimited.release()


@pytest.mark.parametrize(("seconds", "count"), [(0, 0), (1, 100), (5, 500), (10, 1000), (60, 1000)])
def test_the_scaling_rate_is_refilled_continuously_and_not_saved_up(seconds: float, count: int) -> None:
    """ "Lambda scaling behavior": 1,000 environments every ten seconds, for each function."""
    rate = ScalingRate(1000, 50.0)
    assert sum(rate.take(50.0) for _ in range(2000)) == 1000
    assert sum(rate.take(50.0 + seconds) for _ in range(2000)) == count
