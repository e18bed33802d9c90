"""ProvisionedConcurrencyConfig of versions and aliases.

Source: "Configuring provisioned concurrency for a function" (AWS Lambda Developer Guide): a stack waits until it is
ready.
"""

from typing import Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties
from gatewright.stacks.resource_types.members import is_changed

_PROPERTY: Final = "ProvisionedConcurrencyConfig"
_POLL_SECONDS: Final = 0.5


def set_provisioned_concurrency(call: Call, function: str, qualifier: str, old: Properties, new: Properties) -> None:
    """Put or delete the configuration if it changed, and wait until its environments run. Raises AwsError."""
    if not is_changed(old, new, [_PROPERTY]):
        return
    target = {"FunctionName": function, "Qualifier": qualifier}
    if _PROPERTY not in new:
        call.services.call("lambda", "DeleteProvisionedConcurrencyConfig", target)
        return
    call.services.call("lambda", "PutProvisionedConcurrencyConfig", {**target, **new[_PROPERTY]})
    while (status := call.services.call("lambda", "GetProvisionedConcurrencyConfig", target))["Status"] != "READY":
        if status["Status"] == "FAILED":
            raise AwsError("NotStabilized", status.get("StatusReason", "Provisioned concurrency failed to stabilize."))
        call.wait(_POLL_SECONDS)
