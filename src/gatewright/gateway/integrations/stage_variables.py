"""`${stageVariables.name}` in integration URIs, replaced when a stage is linked.

Source: "Use stage variables for HTTP APIs in API Gateway".
"""

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"\$\{stageVariables\.([A-Za-z0-9_]+)\}")


def substitute_stage_variables(uri: str, variables: Mapping[str, str]) -> str:
    """Return a URI with its stage variables; one that the stage lacks is empty."""
    return _REFERENCE.sub(lambda match: variables.get(match[1], ""), uri)
