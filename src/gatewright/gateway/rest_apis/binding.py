"""What a method is linked from."""

from collections.abc import Mapping
from dataclasses import dataclass

from gatewright.gateway.rest_apis.binary_media import BinaryMediaTypes
from gatewright.gateway.rest_apis.cache import StageCache
from gatewright.gateway.rest_apis.call import MethodFacts
from gatewright.gateway.rest_apis.compiled import CompiledTexts
from gatewright.gateway.rest_apis.gateway_responses import GatewayResponses
from gatewright.gateway.rest_apis.seams import RestSeams
from gatewright.gateway.throttle import TokenBucket
from gatewright.snapshot.types import Function, Role
from gatewright.snapshot.types.rest_api import RestDeployment, RestIntegration, RestMethod, RestMethodSettings
from gatewright.wire.client_request import ClientCertificate


@dataclass(frozen=True, slots=True)
class LinkedDeployment:
    """What all methods of a deployment share."""

    source: RestDeployment
    models: Mapping[str, str]
    """Schemas by the names of their models."""
    binary: BinaryMediaTypes
    gateway_responses: GatewayResponses


@dataclass(frozen=True, slots=True)
class RestBinding:
    """One method of one stage for one HTTP method, or for all that have no line of their own (`ANY`)."""

    facts: MethodFacts
    request_method: str
    """The method of the requests: that of the method, or for ANY one whose permission differs."""
    method: RestMethod
    deployment: LinkedDeployment
    settings: RestMethodSettings | None
    """What the stage sets for the method."""
    cache: StageCache | None
    """The cache of the stage, when the method's responses are cached."""
    buckets: tuple[TokenBucket, ...]
    """The throttles that a request passes, the narrowest first."""
    functions: Mapping[str, Function]
    """By unqualified ARN."""
    roles: Mapping[str, Role]
    """By ARN."""
    compiled: CompiledTexts
    seams: RestSeams
    client_certificate: ClientCertificate | None = None
    """What the stage shows to https endpoints."""

    @property
    def integration_type(self) -> str:
        """Return the type of the integration; "" without one."""
        return "" if self.method.integration is None else self.method.integration.integration_type

    @property
    def integration(self) -> RestIntegration:
        """Return the integration of a method that has one. Raises `ValueError`."""
        if self.method.integration is None:
            raise ValueError("the method has no integration")
        return self.method.integration
