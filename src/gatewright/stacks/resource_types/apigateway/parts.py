"""What REST APIs are made of and what belongs to the account, as far as one operation makes it.

Sources: the pages of the types (AWS CloudFormation User Guide): Ref is the id, of models the name, of documentation
versions the version. "Amazon API Gateway REST API Reference" for the operations.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.stacks.resource_types.apigateway.names import json_text
from gatewright.stacks.resource_types.apigateway.patched_types import PatchedType
from gatewright.stacks.resource_types.contract import Call, Properties

_PREFIX: Final = "AWS::ApiGateway::"
_LONGEST_NAME: Final = 128


def _model_name(call: Call) -> str:
    """Return a name of letters and digits, as models have it."""
    return "".join(letter for letter in call.physical_name(_LONGEST_NAME) if letter.isalnum())


def _key_name(call: Call) -> str:
    return call.physical_name(_LONGEST_NAME)


def _is_named(output: Mapping[str, Any], properties: Properties) -> bool:
    return bool(output.get("name") == properties.get("Name"))


def _has_path_part(output: Mapping[str, Any], properties: Properties) -> bool:
    asked = (properties["ParentId"], properties["PathPart"])
    return (output.get("parentId"), output.get("pathPart")) == asked


def _has_version(output: Mapping[str, Any], properties: Properties) -> bool:
    return bool(output.get("version") == properties["DocumentationVersion"])


RESOURCE: Final = PatchedType(
    name=f"{_PREFIX}Resource",
    create="CreateResource",
    delete="DeleteResource",
    id_parameter="resourceId",
    properties=("ParentId", "PathPart"),
    parent="RestApiId",
    attribute="ResourceId",
    listed_by="GetResources",
    is_same=_has_path_part,
)
MODEL: Final = PatchedType(
    name=f"{_PREFIX}Model",
    create="CreateModel",
    update="UpdateModel",
    delete="DeleteModel",
    id_parameter="modelName",
    id_member="name",
    properties=("ContentType", "Description", "Name", "Schema"),
    parent="RestApiId",
    patches=MappingProxyType({"Description": "/description", "Schema": "/schema"}),
    defaults=MappingProxyType({"/description": "", "/schema": "{}"}),
    converted=MappingProxyType({"Schema": json_text}),
    named="Name",
    make_name=_model_name,
    listed_by="GetModels",
    is_same=_is_named,
)
REQUEST_VALIDATOR: Final = PatchedType(
    name=f"{_PREFIX}RequestValidator",
    create="CreateRequestValidator",
    update="UpdateRequestValidator",
    delete="DeleteRequestValidator",
    id_parameter="requestValidatorId",
    properties=("Name", "ValidateRequestBody", "ValidateRequestParameters"),
    parent="RestApiId",
    attribute="RequestValidatorId",
    patches=MappingProxyType(
        {
            "ValidateRequestBody": "/validateRequestBody",
            "ValidateRequestParameters": "/validateRequestParameters",
        }
    ),
    defaults=MappingProxyType({"/validateRequestBody": "false", "/validateRequestParameters": "false"}),
    named="Name",
    make_name=_key_name,
    listed_by="GetRequestValidators",
    is_same=_is_named,
)
AUTHORIZER: Final = PatchedType(
    name=f"{_PREFIX}Authorizer",
    create="CreateAuthorizer",
    update="UpdateAuthorizer",
    delete="DeleteAuthorizer",
    id_parameter="authorizerId",
    properties=(
        "AuthType",
        "AuthorizerCredentials",
        "AuthorizerResultTtlInSeconds",
        "AuthorizerUri",
        "IdentitySource",
        "IdentityValidationExpression",
        "Name",
        "ProviderARNs",
        "Type",
    ),
    parent="RestApiId",
    attribute="AuthorizerId",
    patches=MappingProxyType(
        {
            "AuthType": "/authType",
            "AuthorizerCredentials": "/authorizerCredentials",
            "AuthorizerResultTtlInSeconds": "/authorizerResultTtlInSeconds",
            "AuthorizerUri": "/authorizerUri",
            "IdentitySource": "/identitySource",
            "IdentityValidationExpression": "/identityValidationExpression",
            "Name": "/name",
            "Type": "/type",
        }
    ),
    defaults=MappingProxyType(
        {
            "/authType": "",
            "/authorizerCredentials": "",
            "/authorizerResultTtlInSeconds": "300",
            "/identityValidationExpression": "",
        }
    ),
    lists=MappingProxyType({"ProviderARNs": "/providerARNs"}),
    listed_by="GetAuthorizers",
    is_same=_is_named,
)
DOCUMENTATION_PART: Final = PatchedType(
    name=f"{_PREFIX}DocumentationPart",
    create="CreateDocumentationPart",
    update="UpdateDocumentationPart",
    delete="DeleteDocumentationPart",
    id_parameter="documentationPartId",
    properties=("Location", "Properties"),
    parent="RestApiId",
    attribute="DocumentationPartId",
    patches=MappingProxyType({"Properties": "/properties"}),
)
DOCUMENTATION_VERSION: Final = PatchedType(
    name=f"{_PREFIX}DocumentationVersion",
    create="CreateDocumentationVersion",
    update="UpdateDocumentationVersion",
    delete="DeleteDocumentationVersion",
    id_parameter="documentationVersion",
    id_member="version",
    properties=("Description", "DocumentationVersion"),
    parent="RestApiId",
    patches=MappingProxyType({"Description": "/description"}),
    defaults=MappingProxyType({"/description": ""}),
    listed_by="GetDocumentationVersions",
    is_same=_has_version,
)
CLIENT_CERTIFICATE: Final = PatchedType(
    name=f"{_PREFIX}ClientCertificate",
    create="GenerateClientCertificate",
    update="UpdateClientCertificate",
    delete="DeleteClientCertificate",
    id_parameter="clientCertificateId",
    id_member="clientCertificateId",
    properties=("Description",),
    attribute="ClientCertificateId",
    patches=MappingProxyType({"Description": "/description"}),
    defaults=MappingProxyType({"/description": ""}),
    listed_by="GetClientCertificates",
    tags_path="/clientcertificates/{}",
)
TYPES: Final = tuple(
    one.resource_type()
    for one in (
        AUTHORIZER,
        CLIENT_CERTIFICATE,
        DOCUMENTATION_PART,
        DOCUMENTATION_VERSION,
        MODEL,
        REQUEST_VALIDATOR,
        RESOURCE,
    )
)
