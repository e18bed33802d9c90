"""AWS Cloud Control API, as far as AWS SAM CLI asks it: what `sam list endpoints` knows of function URLs.

Operations that are in no table answer NotImplemented by their absence; `docs/differences.md` lists them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.cloudcontrol import resources
from gatewright.control.context import Context

OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType({**resources.OPERATIONS})
