"""What operations on stacks run on: the store, time, the types of resources, services, the data plane."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from gatewright.base.clock import Clock
from gatewright.base.ids import Ids
from gatewright.stacks.execution.places import Place
from gatewright.stacks.resource_types.contract import Properties, ResourceType, Services
from gatewright.store.types import Store


class Schema(Protocol):
    """What AWS's registry says of the properties of a resource type (`resource_types.schemas.Schema`)."""

    @property
    def properties(self) -> Mapping[str, Any]:
        """Return the shapes of the properties by name."""
        ...

    @property
    def create_only(self) -> tuple[str, ...]:
        """Return the paths (`Code/S3Key`, `*` for items) whose change replaces a resource."""
        ...

    @property
    def conditional_create_only(self) -> tuple[str, ...]:
        """Return the paths whose change may replace a resource."""
        ...

    @property
    def write_only(self) -> tuple[str, ...]:
        """Return the paths that cannot be read back."""
        ...

    @property
    def primary_identifier(self) -> tuple[str, ...]:
        """Return the paths that identify a resource."""
        ...

    def coerce(self, properties: Properties) -> dict[str, Any]:
        """Return properties with their values as the schema has them (`"30"` → 30)."""
        ...

    def check(self, logical_id: str, properties: Properties) -> None:
        """Raise AwsError with AWS's message unless coerced properties are what the type takes."""
        ...

    def replaced_by(self, old: Properties, new: Properties) -> tuple[str, ...]:
        """Return the create-only paths whose values differ."""
        ...


class FindType(Protocol):
    """Finds resource types by their names."""

    def __call__(self, name: str) -> ResourceType | None:
        """Return a type; None when there is none of the name."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What operations on stacks run on, made by the composition root."""

    store: Store
    clock: Clock
    ids: Ids
    find_type: FindType
    """Types of resources but for those that are stacks' own (nested stacks, custom resources, wait conditions)."""
    schema_of: Callable[[str], Schema | None]
    services: Callable[[Place], Services]
    """The APIs of this node and its companion in an account and region."""
    expect: Callable[[Collection[str]], None]
    """Told of the types of resources that will soon be made: what they need may be loaded meanwhile."""
    catch_up: Callable[[], None]
    """Has the data plane serve all that was written until now."""
    response_url: Callable[[str], str]
    """Where functions of this node answer custom resources and wait conditions, by a secret."""
