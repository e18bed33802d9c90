import sys
from pathlib import Path

import pytest

from gatewright.functions.runtimes.discovery import SearchPlaces, installed_versions, run_probe


def test_the_newest_version_comes_first(tmp_path: Path) -> None:
    for name in ("3.12.9", "3.12.10", "3.12.1", "3.11.2"):
        (tmp_path / name).mkdir()
    found = list(installed_versions(tmp_path, "3.12.*", "bin/python3.12"))
    assert found == [tmp_path / name / "bin/python3.12" for name in ("3.12.10", "3.12.9", "3.12.1")]


def test_a_directory_that_is_not_there_has_no_versions(tmp_path: Path) -> None:
    assert list(installed_versions(tmp_path / "absent", "*", "bin/node")) == []


def test_places(tmp_path: Path) -> None:
    (tmp_path / "versions" / "v20.1.0").mkdir(parents=True)
    places = SearchPlaces((Path("/a"), Path("/b")), home=tmp_path, opt=tmp_path, pinned={"nodejs20.x": Path("/n")})
    assert list(places.on_path("node")) == [Path("/a/node"), Path("/b/node")]
    expected = [tmp_path / "versions" / "v20.1.0" / "bin" / "node"]
    assert list(places.below_home("versions", "v20.*", "bin/node")) == expected
    assert list(places.below_opt("versions", "v20.*", "bin/node")) == expected
    assert list(places.pinned_for("nodejs20.x")) == [Path("/n")]
    assert list(places.pinned_for("nodejs22.x")) == []
    assert list(SearchPlaces().below_home("versions", "*", "bin/node")) == []


PROBES = {
    "an object": ('import json; print(json.dumps({"a": 1}))', {"a": 1}),
    "no object": ("print([1])", None),
    "no JSON": ("print('hello')", None),
    "octets": ("import sys; sys.stdout.buffer.write(bytes([255, 254]))", None),
    "nothing": ("pass", None),
    "a failure": ('import json; print(json.dumps({"a": 1})); raise SystemExit(1)', None),
}


@pytest.mark.parametrize("case", PROBES)
def test_a_probe_is_one_json_object(case: str) -> None:
    code, expected = PROBES[case]
    assert run_probe((sys.executable, "-S", "-c", code)) == expected


def test_what_cannot_be_run_answers_nothing(tmp_path: Path) -> None:
    assert run_probe((str(tmp_path / "absent"),)) is None
    (tmp_path / "text").write_text("no program")
    (tmp_path / "text").chmod(0o755)
    assert run_probe((str(tmp_path / "text"),)) is None
