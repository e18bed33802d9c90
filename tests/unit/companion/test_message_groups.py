"""Messages of groups: "FIFO queue delivery logic" (Amazon SQS Developer Guide)."""

from dataclasses import dataclass

from gatewright.companion.message_groups import deliverable


@dataclass(frozen=True)
class Message:
    group_id: str | None
    number: int
    visible: bool = True


def test_a_group_waits_for_what_is_in_flight() -> None:
    sent = [Message("a", 1, visible=False), Message("a", 2), Message("b", 3), Message("a", 4)]
    assert deliverable([each for each in sent if each.visible], sent[:1]) == [sent[2]]


def test_what_came_back_comes_in_its_order() -> None:
    sent = [Message("a", number) for number in range(4)]
    assert deliverable(sent, sent[1:]) == sent
