"""How many invocations may be under way at once: of an account in a Region, and of each function.

What functions reserve is taken from the account's limit whether they use it or not; the others share the rest. What is
provisioned is taken from a function's own reservation, or from the rest, in the same way: invocations that run in
provisioned environments are bounded by these and not counted here.

Sources: "Understanding Lambda function scaling", "Configuring reserved concurrency for a function" and "Configuring
provisioned concurrency for a function", Lambda Developer Guide; the Reason of TooManyRequestsException, API Reference.
"""

from collections.abc import Iterable

from gatewright.functions import error_types
from gatewright.snapshot.types import Function


class AccountConcurrency:
    """What the functions of an account share in one Region."""

    __slots__ = ("limit", "running")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        """Of functions that reserve nothing, all together."""
        self.running = 0
        """Invocations of such functions that are under way."""


class FunctionConcurrency:
    """The invocations of one function that are under way outside of provisioned environments."""

    __slots__ = ("_account", "limit", "running")

    def __init__(self, account: AccountConcurrency) -> None:
        self._account = account
        self.limit: int | None = None
        """None when the function reserves nothing; then the account's limit holds."""
        self.running = 0

    def take(self) -> bool:
        """Count one more invocation, unless the limit is reached."""
        limit = self.limit
        if limit is None:
            account = self._account
            if account.running >= account.limit:
                return False
            account.running += 1
        elif self.running >= limit:
            return False
        self.running += 1
        return True

    def release(self) -> None:
        """Count one less."""
        self.running -= 1
        if self.limit is None:
            self._account.running -= 1

    def reserve(self, limit: int | None) -> None:
        """Set the limit of the function's own, or None. Invocations under way are counted where they belong now."""
        if (limit is None) is not (self.limit is None):
            self._account.running += self.running if limit is None else -self.running
        self.limit = limit

    @property
    def reason(self) -> str:
        """Return the Reason of TooManyRequestsException."""
        if self.limit is None:
            return error_types.CONCURRENT_INVOCATION_LIMIT
        return error_types.RESERVED_CONCURRENT_INVOCATION_LIMIT


class Unlimited(FunctionConcurrency):
    """Stands for the invocations in provisioned environments, of which there are no more than environments."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(AccountConcurrency(0))

    def take(self) -> bool:
        """Return True."""
        return True

    def release(self) -> None:
        """Nothing was taken."""


class ScalingRate:
    """How fast a function may get more environments: refilled steadily, not saved up ("Lambda scaling behavior")."""

    __slots__ = ("_left", "_per_ten_seconds", "_refilled_at")

    def __init__(self, per_ten_seconds: int, now: float) -> None:
        self._per_ten_seconds = per_ten_seconds
        self._left = float(per_ten_seconds)
        self._refilled_at = now

    def take(self, now: float) -> bool:
        """Count one more environment, unless the rate is reached."""
        refill = (now - self._refilled_at) * self._per_ten_seconds / 10
        self._left = min(float(self._per_ten_seconds), self._left + refill)
        self._refilled_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Concurrency:
    """The counters of all functions. They outlive configurations: invocations under way stay counted."""

    def __init__(self, account_limit: int) -> None:
        self._account_limit = account_limit
        self._accounts: dict[tuple[str, str], AccountConcurrency] = {}
        self._functions: dict[str, FunctionConcurrency] = {}

    def of(self, arn: str, account_id: str, region: str) -> FunctionConcurrency:
        """Return the counter of a function, by its unqualified ARN."""
        found = self._functions.get(arn)
        if found is None:
            key = (account_id, region)
            account = self._accounts.get(key)
            if account is None:
                account = self._accounts[key] = AccountConcurrency(self._account_limit)
            found = self._functions[arn] = FunctionConcurrency(account)
        return found

    def configure(self, functions: Iterable[Function]) -> None:
        """Take over what functions reserve and provision; counters of functions that are gone and idle are dropped."""
        taken: dict[tuple[str, str], int] = {}
        present = set()
        for function in functions:
            present.add(function.arn)
            provisioned = sum(each.provisioned_concurrency for each in function.qualified.values())
            reserved = function.reserved_concurrency
            own = None if reserved is None else max(0, reserved - provisioned)
            self.of(function.arn, function.account_id, function.region).reserve(own)
            key = (function.account_id, function.region)
            taken[key] = taken.get(key, 0) + (provisioned if reserved is None else reserved)
        for key, account in self._accounts.items():
            account.limit = max(0, self._account_limit - taken.get(key, 0))
        for arn, counter in list(self._functions.items()):
            if arn not in present:
                counter.reserve(None)
                if not counter.running:
                    del self._functions[arn]
