"""Amazon API Gateway: the control plane of REST APIs.

Operations that are in no table answer 501 by their absence: authorizers, domain names, VPC links and GetSdk come with
later issues. TestInvokeMethod lives with the data plane that it runs.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context

OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType({})
