"""Resource types that are made by one operation and changed by one patch: most of what belongs to a REST API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.apigateway.names import (
    earlier,
    items,
    lowered,
    parameters,
    set_tags,
)
from gatewright.stacks.resource_types.apigateway.patches import changes, patch, settings_of, value_changes
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import tags_of

Output = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PatchedType:
    """A resource type by the operations of API Gateway that make it."""

    name: str
    create: str
    delete: str
    id_parameter: str
    """The parameter that names one: `authorizerId`."""
    properties: tuple[str, ...]
    """Those that the create operation takes."""
    id_member: str = "id"
    """The member of an output that has the id."""
    parent: str = ""
    """The property that names what it belongs to: `RestApiId`."""
    attribute: str = ""
    """The attribute that is the id."""
    update: str = ""
    patches: Mapping[str, str] = field(default_factory=dict)
    """Property → path of a patch."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Path → what it gets when its property is gone; what is not here is removed."""
    lists: Mapping[str, str] = field(default_factory=dict)
    """Property that is a list of values → the path that takes one at a time."""
    converted: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    """Property → how its value becomes the parameter's."""
    named: str = ""
    """The property that gets a name when it has none."""
    make_name: Callable[[Call], str] = Call.physical_name
    listed_by: str = ""
    """The operation that lists what there is, to find what an earlier attempt made."""
    is_same: Callable[[Output, Properties], bool] | None = None
    """Whether a listed one is what properties describe, where no tags tell."""
    tags_path: str = ""
    """The resource that has the tags: `/apikeys/{}`."""

    def resource_type(self) -> ResourceType:
        """Return the resource type."""
        return ResourceType(self.name, self._create, self._update if self.update else None, self._delete)

    def _create(self, call: Call, properties: Properties) -> Resource:
        found = self._earlier(call, properties)
        if found is None:
            found = call.services.call("apigateway", self.create, self._parameters(call, properties))
        return self._resource(found)

    def _update(self, call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
        operations = changes(self._settings(old), self._settings(new), self.defaults)
        for name, path in self.lists.items():
            operations += value_changes(path, self._value(old, name, []), self._value(new, name, []))
        patch(call, self.update, self._target(there, new), operations)
        if self.tags_path:
            set_tags(call, self.tags_path.format(there.physical_id), tags_of(call, self.name, new))
        return there

    def _delete(self, call: Call, there: Resource, properties: Properties) -> None:
        with absence_is_done():
            call.services.call("apigateway", self.delete, self._target(there, properties))

    def _parameters(self, call: Call, properties: Properties) -> dict[str, Any]:
        names = [name for name in (self.parent, *self.properties) if name]
        values = {name: self._value(properties, name, None) for name in names if name in properties}
        if self.named and self.named not in values:
            values[self.named] = self.make_name(call)
        result = parameters(values, names)
        if tags := tags_of(call, self.name, properties):
            result["tags"] = tags
        return result

    def _settings(self, properties: Properties) -> dict[str, str]:
        return settings_of({name: self._value(properties, name, None) for name in properties}, self.patches)

    def _value(self, properties: Properties, name: str, default: Any) -> Any:
        value = properties.get(name, default)
        return self.converted[name](value) if name in self.converted and name in properties else value

    def _target(self, there: Resource, properties: Properties) -> dict[str, str]:
        target = {self.id_parameter: there.physical_id}
        return {lowered(self.parent): properties[self.parent], **target} if self.parent else target

    def _earlier(self, call: Call, properties: Properties) -> Output | None:
        if not call.is_repeated or not self.listed_by:
            return None
        if self.is_same is None:
            return earlier(call, self.listed_by)
        target = {lowered(self.parent): properties[self.parent]} if self.parent else {}
        wanted = {**properties} if not self.named else {self.named: self.make_name(call), **properties}
        same = (one for one in items(call, self.listed_by, target) if self.is_same(one, wanted))
        return next(same, None)

    def _resource(self, output: Output) -> Resource:
        identifier = output[self.id_member]
        if not isinstance(identifier, str):
            raise AwsError("InternalFailure", f"{self.create} returned no {self.id_member}.")
        return Resource(identifier, {self.attribute: identifier} if self.attribute else {})
