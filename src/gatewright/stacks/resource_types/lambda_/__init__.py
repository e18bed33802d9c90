"""Resource types of AWS Lambda."""

from gatewright.stacks.resource_types.contract import family
from gatewright.stacks.resource_types.lambda_.alias import ALIAS
from gatewright.stacks.resource_types.lambda_.code_signing_config import CODE_SIGNING_CONFIG
from gatewright.stacks.resource_types.lambda_.event_invoke_config import EVENT_INVOKE_CONFIG
from gatewright.stacks.resource_types.lambda_.event_source_mapping import EVENT_SOURCE_MAPPING
from gatewright.stacks.resource_types.lambda_.function import FUNCTION
from gatewright.stacks.resource_types.lambda_.layer_version import LAYER_VERSION, LAYER_VERSION_PERMISSION
from gatewright.stacks.resource_types.lambda_.permission import PERMISSION
from gatewright.stacks.resource_types.lambda_.url import URL
from gatewright.stacks.resource_types.lambda_.version import VERSION

TYPES = family(
    ALIAS,
    CODE_SIGNING_CONFIG,
    EVENT_INVOKE_CONFIG,
    EVENT_SOURCE_MAPPING,
    FUNCTION,
    LAYER_VERSION,
    LAYER_VERSION_PERMISSION,
    PERMISSION,
    URL,
    VERSION,
)
