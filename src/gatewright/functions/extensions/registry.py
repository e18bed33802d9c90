"""The extensions of one environment: who may register, and whether the environment has to wait for one of them."""

from collections.abc import Iterator, Sequence
from typing import Final

from gatewright.functions.extensions.extension import EventType, Extension, ExtensionRefused, ExtensionState

MAX_EXTENSIONS: Final = 10
"""External and internal ones together ("Using the Lambda Extensions API to create extensions")."""


class Registry:
    """Registration is open until the runtime has asked for its first invocation."""

    __slots__ = ("_by_identifier", "_by_name", "is_open")

    def __init__(self) -> None:
        self._by_name: dict[str, Extension] = {}
        self._by_identifier: dict[str, Extension] = {}
        self.is_open = True

    def __iter__(self) -> Iterator[Extension]:
        """Yield the extensions: the external ones by file name, then the internal ones as they came."""
        return iter(self._by_name.values())

    def __len__(self) -> int:
        """Return how many there are, registered or not."""
        return len(self._by_name)

    def add_external(self, name: str, identifier: str) -> Extension:
        """Add one whose process is about to be started."""
        return self._add(Extension(name, identifier, is_external=True))

    def register(self, name: str, events: Sequence[str], identifier: str) -> Extension:
        """Register the external extension of that name, or else an internal one. Raises `ExtensionRefused`."""
        extension = self._by_name.get(name)
        if extension is not None and extension.is_external:
            wanted = tuple(_event_type(event, is_external=True) for event in events)
            extension.enter(ExtensionState.REGISTERED, name)
        else:
            wanted = tuple(_event_type(event, is_external=False) for event in events)
            self._check_place(name)
            extension = self._add(Extension(name, identifier, is_external=False, state=ExtensionState.REGISTERED))
        extension.events = tuple(dict.fromkeys(wanted))
        return extension

    def of(self, identifier: str) -> Extension | None:
        """Return the extension that was given the identifier, or None."""
        return self._by_identifier.get(identifier.lower())

    @property
    def has_external(self) -> bool:
        """Return whether there are extensions with a process of their own."""
        return any(extension.is_external for extension in self)

    @property
    def has_internal(self) -> bool:
        """Return whether the runtime's process registered extensions."""
        return any(not extension.is_external for extension in self)

    @property
    def are_registered(self) -> bool:
        """Return whether every external extension has registered, so that the runtime may be started."""
        return all(extension.state is not ExtensionState.STARTED for extension in self)

    @property
    def are_initialized(self) -> bool:
        """Return whether each has asked for its first event, so that INIT may end."""
        return all(extension.state is ExtensionState.READY for extension in self)

    @property
    def are_done(self) -> bool:
        """Return whether each that is told of invocations has asked for its next event, so that INVOKE may end."""
        return all(extension.state is ExtensionState.READY for extension in self.told_of(EventType.INVOKE))

    def told_of(self, event: EventType) -> list[Extension]:
        """Return those that registered for an event."""
        return [extension for extension in self if event in extension.events]

    def _check_place(self, name: str) -> None:
        if not self.is_open:
            raise ExtensionRefused("Extension.RegistrationClosed", "Extension registration closed already")
        if len(self) >= MAX_EXTENSIONS:
            raise ExtensionRefused("Extension.TooManyExtensions", f"Extension limit ({MAX_EXTENSIONS}) reached")
        if name in self._by_name:
            raise ExtensionRefused("Extension.InvalidExtensionState", "Extension with this name already registered")

    def _add(self, extension: Extension) -> Extension:
        self._by_name[extension.name] = self._by_identifier[extension.identifier] = extension
        return extension


def _event_type(name: str, *, is_external: bool) -> EventType:
    """Return the event that an extension names. Raises `ExtensionRefused`."""
    try:
        event = EventType(name)
    except ValueError:
        raise ExtensionRefused("Extension.InvalidEventType", f"{name}: ErrorInvalidEventType") from None
    if event is EventType.SHUTDOWN and not is_external:
        message = f"{name}: ShutdownEventNotSupportedForInternalExtension"
        raise ExtensionRefused("Extension.InvalidEventType", message)
    return event
