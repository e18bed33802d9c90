"""Puts what is ours into moto, service by service, as they are first used."""

from collections.abc import Callable

from gatewright.companion import buckets, definitions, machine_versions, queues, rules, state_machines, topics
from gatewright.companion.deliveries import Deliveries
from gatewright.companion.schedules import Timetable, rules_due, schedules_due


class Events:
    """Events of moto's services that reach functions of a node and services, and what moto lacks of those."""

    def __init__(self, node_url: str) -> None:
        self._deliveries = Deliveries(node_url)
        self._clock: Timetable | None = None
        self._applied: set[str] = set()

    def service_used(self, service: str) -> None:
        """Take part in a service of moto's whose modules are imported now. `service` is moto's name of it."""
        take_part = self._parts().get(service)
        if take_part is not None and service not in self._applied:
            self._applied.add(service)
            take_part()

    def _parts(self) -> dict[str, Callable[[], None]]:
        return {
            "sqs": queues.apply,
            "sns": lambda: topics.apply(self._deliveries),
            "s3": lambda: buckets.apply(self._deliveries),
            "stepfunctions": _take_part_in_step_functions,
            "events": self._take_part_in_events,
            "scheduler": lambda: self._ticking().sources.append(schedules_due),
        }

    def _take_part_in_events(self) -> None:
        rules.apply(self._deliveries)
        self._ticking().sources.append(rules_due)

    def _ticking(self) -> Timetable:
        if self._clock is None:
            self._clock = Timetable(self._deliveries)
            self._clock.start()
        return self._clock


def _take_part_in_step_functions() -> None:
    state_machines.apply()
    definitions.apply()
    machine_versions.apply()
