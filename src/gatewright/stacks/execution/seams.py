"""What templates read from outside: exports, SSM parameters, secrets, objects of S3."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.execution.object_urls import read_object
from gatewright.stacks.execution.places import EXPORT, Place, find_stack
from gatewright.stacks.resource_types.contract import Services
from gatewright.stacks.resource_types.outcomes import is_absent
from gatewright.store.types import Store

# Fn::GetAZs returns the zones in which the default VPC has a subnet; most regions have three.
_ZONES: Final = ("a", "b", "c")

_DESCRIBED: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "AWS::EC2::VPC::Id": ("DescribeVpcs", "VpcIds", "Vpcs"),
        "AWS::EC2::Subnet::Id": ("DescribeSubnets", "SubnetIds", "Subnets"),
        "AWS::EC2::SecurityGroup::Id": ("DescribeSecurityGroups", "GroupIds", "SecurityGroups"),
    }
)
"""Parameter types that Fn::ValueOf looks at: the operation, its parameter, the member of its answer."""


class StackSeams:
    """The outside of one stack's template. Remembers which exports were imported."""

    def __init__(self, store: Store, place: Place, services: Services) -> None:
        self.imports: set[str] = set()
        self._store = store
        self._place = place
        self._services = services

    def export(self, name: str) -> str | None:
        """Return the value of an export."""
        with self._store.read() as reader:
            export = reader.get(self._place.key(EXPORT, name))
        if export is None:
            return None
        self.imports.add(name)
        return str(export["Value"])

    def ssm_parameter(self, name: str, version: int | None, *, with_decryption: bool) -> tuple[str, int] | None:
        """Return value and version of an SSM parameter."""
        selected = name if version is None else f"{name}:{version}"
        answer = self._find("ssm", "GetParameter", {"Name": selected, "WithDecryption": with_decryption})
        return None if answer is None else (answer["Parameter"]["Value"], answer["Parameter"].get("Version", 1))

    def secret(self, secret_id: str, stage: str | None, version_id: str | None) -> str | None:
        """Return the text of a secret."""
        request = {"SecretId": secret_id, "VersionStage": stage, "VersionId": version_id}
        given = {name: value for name, value in request.items() if value is not None}
        answer = self._find("secretsmanager", "GetSecretValue", given)
        return None if answer is None else answer.get("SecretString")

    def object(self, location: str) -> bytes:
        """Return an object of S3."""
        return read_object(self._services, location)

    def availability_zones(self, region: str) -> list[str]:
        """Return the zones of a region."""
        return [f"{region}{zone}" for zone in _ZONES]

    def managed_policies(self) -> Mapping[str, str]:
        """Return the ARNs of AWS's managed policies by their names."""
        found: dict[str, str] = {}
        request: dict[str, Any] = {"Scope": "AWS", "MaxItems": 1000}
        while True:
            answer = self._services.call("iam", "ListPolicies", request)
            found |= {policy["PolicyName"]: policy["Arn"] for policy in answer["Policies"]}
            if not answer.get("IsTruncated"):
                return found
            request["Marker"] = answer["Marker"]

    def stack_output(self, stack_name: str, output_name: str, region: str, role_arn: str | None) -> str | None:
        """Return an output of another stack, in any region; the role is a record."""
        place = Place(self._place.account_id, region, self._place.partition)
        with self._store.read() as reader:
            stack = find_stack(place, reader, stack_name)
        outputs = [] if stack is None else stack.get("Outputs", [])
        return next((output["OutputValue"] for output in outputs if output["OutputKey"] == output_name), None)

    def parameter_attribute(self, parameter_type: str, value: str, attribute: str) -> str | None:
        """Return an attribute of what a parameter names, for the types that EC2 describes."""
        described = _DESCRIBED.get(parameter_type)
        if described is None:
            return None
        operation, ids, member = described
        answer = self._find("ec2", operation, {ids: [value]})
        found = [] if answer is None else answer.get(member, [])
        if not found:
            return None
        if attribute.startswith("Tags."):
            key = attribute.removeprefix("Tags.")
            return next((tag["Value"] for tag in found[0].get("Tags", ()) if tag["Key"] == key), None)
        attribute_value = found[0].get(attribute)
        return None if attribute_value is None else str(attribute_value)

    def _find(self, service: str, operation: str, request: Mapping[str, Any]) -> dict[str, Any] | None:
        try:
            return self._services.call(service, operation, request)
        except AwsError as error:
            if is_absent(error):
                return None
            raise
