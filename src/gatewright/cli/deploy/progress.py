"""What is shown while a stack is made: on a terminal what goes on and a bar, elsewhere a line for each event."""

import shutil
from collections.abc import Mapping
from typing import Any, Final, TextIO

_RED: Final = "\x1b[31m"
_GREEN: Final = "\x1b[32m"
_DIM: Final = "\x1b[2m"
_PLAIN: Final = "\x1b[0m"
_BAR: Final = 30
_MOST_LINES: Final = 8
_INITIATED: Final = ("Resource creation Initiated", "Requested update required the creation")
_OPENED: Final = "_IN_PROGRESS"


class Progress:
    """Shows the events of one deployment."""

    def __init__(self, output: TextIO, total: int, *, is_terminal: bool, has_color: bool = True) -> None:
        """`total` is how many resources change."""
        self._output = output
        self._total = max(total, 1)
        self._is_terminal = is_terminal
        self._has_color = has_color and is_terminal
        self._open: dict[str, str] = {}
        """Resources that are being worked on, and what is done with them."""
        self._done: set[str] = set()
        self._drawn = 0

    def show(self, event: Mapping[str, Any]) -> None:
        """Show an event of the stack."""
        status, logical_id = event["ResourceStatus"], event["LogicalResourceId"]
        reason = event.get("ResourceStatusReason", "")
        is_root = event["PhysicalResourceId"] == event["StackId"]
        if not self._is_terminal:
            if not reason.startswith(_INITIATED):
                self._print_line(event, reason)
            return
        if is_root:
            self._draw()
        elif status.endswith(_OPENED):
            self._open[logical_id] = f"{status.removesuffix(_OPENED).lower()} {logical_id} ({event['ResourceType']})"
            self._draw()
        else:
            self._open.pop(logical_id, None)
            self._done.add(logical_id)
            self._finish_line(event, reason)

    def end(self) -> None:
        """Leave nothing but what is final."""
        self._erase()

    def _print_line(self, event: Mapping[str, Any], reason: str) -> None:
        time = event["Timestamp"].astimezone().strftime("%H:%M:%S")
        line = f"{time}  {event['ResourceStatus']:<32}  {event['LogicalResourceId']}  {event['ResourceType']}"
        print(f"{line}  {reason}" if reason else line, file=self._output, flush=True)

    def _finish_line(self, event: Mapping[str, Any], reason: str) -> None:
        self._erase()
        status = event["ResourceStatus"]
        has_failed = status.endswith("_FAILED")
        name = f"{event['LogicalResourceId']} ({event['ResourceType']})"
        text = f"{'✗' if has_failed else '✓'} {name}  {self._colored(_DIM, status)}"
        line = self._colored(_RED if has_failed else _GREEN, text[0]) + text[1:]
        if has_failed:
            line = self._colored(_RED, f"✗ {name}  {status}\n    {reason}")
        print(line, file=self._output)
        self._draw()

    def _draw(self) -> None:
        self._erase()
        width = shutil.get_terminal_size().columns
        share = min(len(self._done) / self._total, 1.0)
        full = round(share * _BAR)
        lines = list(self._open.values())
        if len(lines) > _MOST_LINES:
            lines = [*lines[: _MOST_LINES - 1], f"and {len(lines) - _MOST_LINES + 1} more"]
        lines = [f"  {line}"[: width - 1] for line in lines]
        lines.append(f"[{'█' * full}{'░' * (_BAR - full)}] {len(self._done)}/{self._total}"[: width - 1])
        self._output.write("\n".join(lines) + "\n")
        self._output.flush()
        self._drawn = len(lines)

    def _erase(self) -> None:
        if self._drawn:
            self._output.write(f"\x1b[{self._drawn}F\x1b[J")  # up to the first of its lines, and clear from there
            self._output.flush()
            self._drawn = 0

    def _colored(self, color: str, text: str) -> str:
        return f"{color}{text}{_PLAIN}" if self._has_color else text
