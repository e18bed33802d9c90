"""`AWS::Cognito::UserPool`. Ref is the pool's id.

Source: AWS::Cognito::UserPool (AWS CloudFormation User Guide); CreateUserPool, UpdateUserPool, SetUserPoolMfaConfig
(Amazon Cognito user pools API Reference). A name that it makes up is `{logical id}-{random}`, as pools of CDK stacks
show. UpdateUserPool gives what is left out its default, so it gets everything.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import given_tags
from gatewright.stacks.resource_types.members import is_changed, picked, renamed
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present

_SETTINGS: Final = (
    "AccountRecoverySetting",
    "AdminCreateUserConfig",
    "AutoVerifiedAttributes",
    "DeletionProtection",
    "DeviceConfiguration",
    "EmailConfiguration",
    "EmailVerificationMessage",
    "EmailVerificationSubject",
    "IssuerConfiguration",
    "KeyConfiguration",
    "LambdaConfig",
    "MfaConfiguration",
    "Policies",
    "SmsAuthenticationMessage",
    "SmsConfiguration",
    "SmsVerificationMessage",
    "UserAttributeUpdateSettings",
    "UserPoolAddOns",
    "UserPoolTier",
    "VerificationMessageTemplate",
)
_FIXED: Final = ("AliasAttributes", "UsernameAttributes", "UsernameConfiguration")
_AT_CREATION: Final = (*_FIXED, "Schema")
_OF_MFA: Final = (
    "EmailAuthenticationMessage",
    "EmailAuthenticationSubject",
    "EnabledMfas",
    "WebAuthnFactorConfiguration",
    "WebAuthnRelyingPartyID",
    "WebAuthnUserVerification",
)
_WEB_AUTHN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "WebAuthnFactorConfiguration": "FactorConfiguration",
        "WebAuthnRelyingPartyID": "RelyingPartyId",
        "WebAuthnUserVerification": "UserVerification",
    }
)


def create(call: Call, properties: Properties) -> Resource:
    """Create the pool, then set its factors."""
    if call.earlier_id is None:
        parameters = {"PoolName": _name(call, properties), **_settings(call, properties)}
        parameters |= picked(properties, _AT_CREATION)
        pool_id = call.services.call("cognito-idp", "CreateUserPool", parameters)["UserPool"]["Id"]
    else:
        pool_id = call.earlier_id
    call.keep_id(pool_id)
    _set_mfa(call, pool_id, {}, properties)
    return _resource(call, pool_id)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set everything again, add the attributes that are new, and set the factors."""
    pool_id = there.physical_id
    for name in _FIXED:
        if old.get(name) != new.get(name):
            raise AwsError("InvalidRequest", f"Updates are not allowed for property - {name}.")
    added = [one for one in new.get("Schema", ()) if one not in old.get("Schema", ())]
    if added:
        request = {"UserPoolId": pool_id, "CustomAttributes": added}
        call.services.call("cognito-idp", "AddCustomAttributes", request)
    if is_changed(old, new, (*_SETTINGS, "UserPoolTags", "UserPoolName")):
        parameters = {"UserPoolId": pool_id, **_settings(call, new)}
        call.services.call("cognito-idp", "UpdateUserPool", parameters)
    _set_mfa(call, pool_id, old, new)
    return _resource(call, pool_id)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the pool with its clients and users."""
    with absence_is_done():
        call.services.call("cognito-idp", "DeleteUserPool", {"UserPoolId": there.physical_id})


def read(call: Call, there: Resource) -> Properties | None:
    """Return what DescribeUserPool tells of the properties."""
    found = if_present(call, "cognito-idp", "DescribeUserPool", {"UserPoolId": there.physical_id})
    if found is None:
        return None
    return picked(found["UserPool"], _SETTINGS) | renamed(found["UserPool"], {"Name": "UserPoolName"})


def _settings(call: Call, properties: Properties) -> dict[str, Any]:
    settings = picked(properties, _SETTINGS)
    if tags := given_tags(call, properties.get("UserPoolTags")):
        settings["UserPoolTags"] = tags
    return settings


def _set_mfa(call: Call, pool_id: str, old: Properties, new: Properties) -> None:
    """Set the factors besides passwords: `EnabledMfas` names them."""
    if not is_changed(old, new, _OF_MFA):
        return
    enabled = new.get("EnabledMfas", ())
    parameters: dict[str, Any] = {"UserPoolId": pool_id, "MfaConfiguration": new.get("MfaConfiguration", "OFF")}
    parameters["SoftwareTokenMfaConfiguration"] = {"Enabled": "SOFTWARE_TOKEN_MFA" in enabled}
    if "SMS_MFA" in enabled and "SmsConfiguration" in new:
        sms = {"SmsConfiguration": new["SmsConfiguration"]}
        parameters["SmsMfaConfiguration"] = sms | picked(new, ["SmsAuthenticationMessage"])
    if "EMAIL_OTP" in enabled:
        names = {"EmailAuthenticationMessage": "Message", "EmailAuthenticationSubject": "Subject"}
        parameters["EmailMfaConfiguration"] = renamed(new, names)
    if web := renamed(new, _WEB_AUTHN):
        parameters["WebAuthnConfiguration"] = web
    call.services.call("cognito-idp", "SetUserPoolMfaConfig", parameters)


def _name(call: Call, properties: Properties) -> str:
    return properties.get("UserPoolName") or f"{call.logical_id}-{call.random_part}"


def _resource(call: Call, pool_id: str) -> Resource:
    provider = f"cognito-idp.{call.region}.amazonaws.com/{pool_id}"
    attributes = {
        "Arn": call.arn("cognito-idp", f"userpool/{pool_id}"),
        "ProviderName": provider,
        "ProviderURL": f"https://{provider}",
        "UserPoolId": pool_id,
    }
    return Resource(pool_id, attributes)


TYPE: Final = ResourceType("AWS::Cognito::UserPool", create, update, delete, read)
