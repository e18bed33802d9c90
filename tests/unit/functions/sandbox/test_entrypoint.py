"""What Lambda says of an entry point that cannot run ("Troubleshoot invocation issues in Lambda")."""

import sys
from pathlib import Path

import pytest

from gatewright.functions.sandbox.entrypoint import entrypoint_problem


@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        (b"#!/bin/sh\necho", 0o755, None),
        (b"#! /usr/bin/env python3\n", 0o555, None),
        (b"\x7fELF rest", 0o755, None),
        (b"echo hello", 0o755, "exec format error"),
        (b"", 0o755, "exec format error"),
        (b"MZ", 0o755, "exec format error"),
        (b"#!/nowhere/sh\n", 0o755, "no such file or directory"),
        (b"#!/bin/sh\r\necho", 0o755, "no such file or directory"),
        (b"#!", 0o755, "no such file or directory"),
        (b"#!/bin/sh", 0o644, "permission denied"),
        (None, 0, "no such file or directory"),
    ],
)
def test_a_program_of_the_function(tmp_path: Path, content: bytes | None, mode: int, problem: str | None) -> None:
    if content is not None:
        (tmp_path / "bootstrap").write_bytes(content)
        (tmp_path / "bootstrap").chmod(mode)
    expected = None if problem is None else f"fork/exec /var/task/bootstrap: {problem}"
    assert entrypoint_problem("./bootstrap", tmp_path) == expected


def test_programs_of_the_host(tmp_path: Path) -> None:
    assert entrypoint_problem(sys.executable, tmp_path) is None
    assert entrypoint_problem("sh", tmp_path) is None
    assert entrypoint_problem("/nowhere", tmp_path) == "fork/exec /nowhere: no such file or directory"
    (tmp_path / "bootstrap").mkdir()
    assert entrypoint_problem("./bootstrap", tmp_path) == "fork/exec /var/task/bootstrap: permission denied"


def test_an_interpreter_that_the_sandbox_mounts(tmp_path: Path) -> None:
    layers = tmp_path / "layers"
    (layers / "bin").mkdir(parents=True)
    script = tmp_path / "bootstrap"
    script.write_text("#!/opt/bin/perl\n")
    script.chmod(0o755)
    missing = "fork/exec /var/task/bootstrap: no such file or directory"
    assert entrypoint_problem("./bootstrap", tmp_path, mounts={"/opt": layers}) == missing
    (layers / "bin" / "perl").touch()
    assert entrypoint_problem("./bootstrap", tmp_path, mounts={"/opt": layers}) is None
    assert entrypoint_problem("./bootstrap", tmp_path) == missing
