"""`python -m benchmarks`: measure, print a table, write JSON to `benchmarks/results/`."""

import argparse
import json
import signal
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.parts import LETTERS, PARTS, QUICK, Effort
from benchmarks.programs import ProgramFailed, install_missing
from benchmarks.report import Results, machine_facts, table, verdicts

_RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Run the parts that were asked for; with `--strict`, a gap or a missed target makes the status 1."""
    options = _parser().parse_args()
    # So that children are ended by the same `finally` blocks whichever way we are stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    gaps = install_missing()
    for line in gaps:
        _say(line)
    started_at = datetime.now(UTC)
    results: Results = {"started_at": started_at.isoformat(), "quick": options.quick, "machine": machine_facts()}
    results["parts"] = {}
    for part in _selected(options.only):
        try:
            with tempfile.TemporaryDirectory(prefix="gatewright-bench-") as directory:
                _say(f"{part} …")
                effort = QUICK if options.quick else Effort()
                results["parts"][part] = PARTS[part](Path(directory), effort, lambda line: _say(f"  {line}"))
        except (ProgramFailed, BotoCoreError, ClientError) as failure:
            gaps.append(f"{part} was not measured: {failure}")
            _say(f"  not measured: {failure}")
    results["gaps"] = gaps
    results["seconds"] = (datetime.now(UTC) - started_at).total_seconds()
    results["verdicts"] = [asdict(verdict) for verdict in verdicts(results)]
    print(table(results))
    _RESULTS.mkdir(exist_ok=True)
    file = _RESULTS / f"{started_at:%Y-%m-%dT%H%M%SZ}.json"
    file.write_text(json.dumps(results, indent=2) + "\n")
    print(f"\n{results['seconds']:.0f} s; {file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file}")
    is_short = bool(gaps) or not all(verdict["is_met"] for verdict in results["verdicts"])
    return 1 if options.strict and is_short else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short rounds: a look, not a measurement")
    parser.add_argument("--only", default="a,b,c,d,e", help=f"parts: {', '.join([*LETTERS, *PARTS])} (default all)")
    parser.add_argument("--strict", action="store_true", help="fail when a program is missing or a target is missed")
    return parser


def _selected(only: str) -> list[str]:
    wanted: set[str] = set()
    for word in only.split(","):
        names = LETTERS.get(word, (word,))
        if any(name not in PARTS for name in names):
            raise SystemExit(f"no such part: {word!r}; there are {', '.join([*LETTERS, *PARTS])}")
        wanted.update(names)
    return [part for part in PARTS if part in wanted]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
