"""Security schemes: which methods ask for an API key. Authorizers and IAM are named as not built.

Sources: "x-amazon-apigateway-authorizer object", "x-amazon-apigateway-authtype property", "x-amazon-apigateway-auth
object", "Choose an API key source" (API Gateway Developer Guide).
"""

from collections.abc import Mapping

from gatewright.languages.openapi.document import Version
from gatewright.languages.openapi.types import Findings, Json, JsonObject, as_list, as_object, as_text

AUTHORIZER = "x-amazon-apigateway-authorizer"
AUTH_TYPE = "x-amazon-apigateway-authtype"
AUTH = "x-amazon-apigateway-auth"
API_KEY_HEADER = "x-api-key"

API_KEY = "api_key"
UNSUPPORTED = "unsupported"
NOT_BUILT = "not built"


def security_schemes(document: JsonObject, version: Version, findings: Findings) -> Mapping[str, str]:
    """Return what each scheme of a document is to us: API_KEY, UNSUPPORTED or NOT_BUILT."""
    if version is Version.SWAGGER:
        schemes = as_object(document.get("securityDefinitions"))
    else:
        schemes = as_object(as_object(document.get("components")).get("securitySchemes"))
    return {name: _kind(name, as_object(scheme), findings) for name, scheme in schemes.items()}


def is_api_key_required(
    document: JsonObject, operation: JsonObject, schemes: Mapping[str, str], findings: Findings
) -> bool:
    """Return whether the security requirements of an operation ask for an API key."""
    _check_auth(operation.get(AUTH), findings)
    requirements = operation.get("security", document.get("security"))
    kinds = {schemes.get(name, UNSUPPORTED) for item in as_list(requirements) for name in as_object(item)}
    return API_KEY in kinds


def _kind(name: str, scheme: JsonObject, findings: Findings) -> str:
    if scheme.get(AUTHORIZER) is not None:
        findings.refuse(f"the authorizer of security scheme {name} ({AUTHORIZER})")
        return NOT_BUILT
    if scheme.get(AUTH_TYPE) is not None:
        findings.refuse(f"{AUTH_TYPE} {as_text(scheme[AUTH_TYPE])} of security scheme {name}")
        return NOT_BUILT
    if scheme.get("type") == "apiKey":
        header = (as_text(scheme.get("name")) or "").lower()
        return API_KEY if scheme.get("in") == "header" and header == API_KEY_HEADER else UNSUPPORTED
    findings.warn(f"Unsupported security definition type '{as_text(scheme.get('type'))}' for '{name}'. Ignoring.")
    return UNSUPPORTED


def _check_auth(auth: Json, findings: Findings) -> None:
    kind = as_text(as_object(auth).get("type"))
    if kind is not None and kind.upper() != "NONE":
        findings.refuse(f"{AUTH} {kind} of a method")
