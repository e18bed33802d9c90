"""API key: the key of the request, its usage plan for the stage, and what the plan still allows.

Source: "Usage plans and API keys for REST APIs in API Gateway", "Choose an API key source in API Gateway". Without a
key, or with one of no plan of this stage, the client gets 403 (INVALID_API_KEY).
"""

from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import RequestPhase, RestCall
from gatewright.gateway.rest_apis.errors import INVALID_API_KEY, QUOTA_EXCEEDED, THROTTLED, RestError
from gatewright.gateway.rest_apis.usage_plans import TakeResult


def link(binding: RestBinding) -> RequestPhase | None:
    """Return the phase; None where no key is asked for."""
    if not binding.method.is_api_key_required:
        return None
    facts, usage = binding.facts, binding.seams.usage
    account, region, api_id, stage = facts.account_id, facts.region, facts.api_id, facts.stage_name
    method_key = facts.method_key
    # Authorizers, which could give the key, come with access control: from them there is none yet.
    reads_header = binding.deployment.source.api_key_source == "HEADER"

    def api_key(call: RestCall) -> None:
        value = call.request.headers.get("x-api-key") if reads_header else None
        grant = None if value is None else usage.find(account, region, api_id, stage, value)
        if grant is None:
            raise RestError(INVALID_API_KEY)
        call.api_key = grant.key
        taken = grant.take(method_key)
        if taken is TakeResult.THROTTLED:
            raise RestError(THROTTLED)
        if taken is TakeResult.QUOTA_EXCEEDED:
            raise RestError(QUOTA_EXCEEDED)

    return api_key
