"""Resource types that one operation makes and one changes: most parts of HTTP and WebSocket APIs.

Update operations of version 2 take the members that change. What a template has no more gets its default; an entry of
a map is taken away by an empty value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.apigatewayv2.listings import items
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import picked, with_defaults
from gatewright.stacks.resource_types.outcomes import absence_is_done

_SERVICE = "apigatewayv2"


@dataclass(frozen=True, slots=True)
class UpdatedType:
    """A resource type by the operations of API Gateway that make it."""

    name: str
    noun: str
    """What its operations are named after: CreateRoute, UpdateRoute, DeleteRoute."""
    properties: tuple[str, ...]
    """Those that the operations take, by the same names."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What a property gets when it is gone; one that must be there needs none."""
    parents: tuple[str, ...] = ("ApiId",)
    """The properties that name what it belongs to."""
    maps: tuple[str, ...] = ()
    """Properties whose entries are merged."""
    converted: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    """Property → how its value becomes the parameter's."""
    only_at_creation: tuple[str, ...] = ()
    always_sent: tuple[str, ...] = ()
    """Properties that an update has to name, changed or not."""
    key: str = ""
    """The property that no two of a listing have in common: by it a repeated create finds what the first one made."""

    @property
    def id_member(self) -> str:
        """Return the attribute, member and parameter that is the id."""
        return f"{self.noun}Id"

    def resource_type(self) -> ResourceType:
        """Return the resource type."""
        return ResourceType(self.name, self._create, self._update, self._delete)

    def _create(self, call: Call, properties: Properties) -> Resource:
        request = {
            **picked(properties, self.parents),
            **self._parameters(properties),
            **picked(properties, self.only_at_creation),
        }
        try:
            made = call.services.call(_SERVICE, f"Create{self.noun}", request)
        except AwsError as error:
            found = self._earlier(call, properties) if call.is_repeated and error.code == "ConflictException" else None
            if found is None:
                raise
            made = found
        identifier: str = made[self.id_member]
        return Resource(identifier, {self.id_member: identifier})

    def _update(self, call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
        before, after = self._parameters(old), self._parameters(new)
        changes = with_defaults(before, after, self.defaults)
        for name in self.maps:
            if name in changes:
                gone = dict.fromkeys(before.get(name, {}).keys() - after.get(name, {}).keys(), "")
                changes[name] = {**gone, **after.get(name, {})}
        if changes:
            target = {**self._target(there, new), **picked(new, self.always_sent)}
            call.services.call(_SERVICE, f"Update{self.noun}", {**target, **changes})
        return there

    def _delete(self, call: Call, there: Resource, properties: Properties) -> None:
        with absence_is_done():
            call.services.call(_SERVICE, f"Delete{self.noun}", self._target(there, properties))

    def _parameters(self, properties: Properties) -> dict[str, Any]:
        given = picked(properties, self.properties)
        return {name: self.converted[name](value) if name in self.converted else value for name, value in given.items()}

    def _target(self, there: Resource, properties: Properties) -> dict[str, Any]:
        return {**picked(properties, self.parents), self.id_member: there.physical_id}

    def _earlier(self, call: Call, properties: Properties) -> dict[str, Any] | None:
        if not self.key:
            return None
        listing = items(call, f"Get{self.noun}s", picked(properties, self.parents))
        return next((one for one in listing if one.get(self.key, "") == properties.get(self.key, "")), None)
