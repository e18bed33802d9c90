"""AWS Security Token Service: temporary credentials, and who calls.

Operations that are in no table answer 501 by their absence; `docs/differences.md` lists them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.sts import identities, roles, tokens

OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        **identities.OPERATIONS,
        **roles.OPERATIONS,
        **tokens.OPERATIONS,
    }
)
