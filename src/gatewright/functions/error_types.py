"""The names that Lambda gives to failures of a function (`errorType`), in one place.

Sources: "Troubleshoot invocation issues in Lambda" and "Understanding the Lambda execution environment lifecycle",
Lambda Developer Guide; the fatal errors of aws/aws-lambda-runtime-interface-emulator.
"""

from typing import Final

TIMED_OUT: Final = "Sandbox.Timedout"
EXIT_ERROR: Final = "Runtime.ExitError"
UNKNOWN: Final = "Runtime.Unknown"
FUNCTION_UNKNOWN: Final = "Function.Unknown"
INVALID_RESPONSE_MODE: Final = "Runtime.InvalidResponseModeHeader"
INVALID_ENTRYPOINT: Final = "Runtime.InvalidEntrypoint"
EXTENSION_CRASH: Final = "Extension.Crash"
EXTENSION_LAUNCH_ERROR: Final = "Extension.LaunchError"
RESPONSE_TOO_LARGE: Final = "Function.ResponseSizeTooLarge"
TRUNCATED_RESPONSE: Final = "Runtime.TruncatedResponse"
"""The runtime went away, or hung up, before the end of the response that it streamed."""

CONCURRENT_INVOCATION_LIMIT: Final = "ConcurrentInvocationLimitExceeded"
"""The `Reason` of TooManyRequestsException when the account's concurrency is used up."""
RESERVED_CONCURRENT_INVOCATION_LIMIT: Final = "ReservedFunctionConcurrentInvocationLimitExceeded"
"""The same when it is the concurrency that is reserved for the function."""
CALLER_RATE_LIMIT: Final = "CallerRateLimitExceeded"
"""The same when events come faster than they can be kept."""
PROVISIONED_INIT_FAILURE: Final = "FUNCTION_ERROR_INIT_FAILURE"
"""The `StatusReason` of provisioned concurrency when the function fails in INIT; its log says how."""
