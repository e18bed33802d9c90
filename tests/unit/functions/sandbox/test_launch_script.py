"""Environment variables by way of a shell: every shell that may be /bin/sh here must hand them on unchanged."""

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewright.functions.sandbox.launch_script import launch_script
from gatewright.functions.sandbox.types import SandboxError

SHELLS = [shell for shell in ("/bin/sh", "/bin/dash", "/bin/bash", "/bin/busybox") if shutil.which(shell)]
ODD = {
    "PLAIN": "value",
    "EMPTY": "",
    "QUOTES": 'it\'s "so" `x` $(y) ${z} \\ \\n',
    "LINES": "one\ntwo\n\n",
    "SPACES": "  a  b\t",
    "BYTES": "\udcff\udc80 é 漢",
    "LD_PRELOAD": "/nowhere/x.so",
    "PATH": "/nowhere",
    "IFS": "x",
    "PS4": "$(touch /tmp/never)",
    "ENV": "/tmp/never",
}


def seen(shell: str, variables: dict[str, str]) -> dict[bytes, bytes]:
    """Return the variables that a program gets which the shell became."""
    argv = [shell, *(["sh"] if shell.endswith("busybox") else []), "-s", "--", "/usr/bin/env", "-0"]
    done = subprocess.run(argv, input=launch_script(variables), capture_output=True, env={}, timeout=20)
    assert done.returncode == 0, done.stderr
    return dict(pair.split(b"=", 1) for pair in done.stdout.split(b"\0") if pair)


@pytest.mark.parametrize("shell", SHELLS)
def test_every_value_arrives(shell: str) -> None:
    wanted = {name: value for name, value in ODD.items() if name != "LD_PRELOAD"}
    found = seen(shell, wanted)
    assert {name: found[name.encode()] for name in wanted} == {
        name: value.encode("utf-8", "surrogateescape") for name, value in wanted.items()
    }


@pytest.mark.parametrize("shell", SHELLS)
def test_names_that_are_the_shells_own_do_no_harm(shell: str) -> None:
    found = seen(shell, {"UID": "7", "OPTIND": "none", "PPID": "1", "SHELLOPTS": "x", "AFTER": "there"})
    assert found[b"AFTER"] == b"there"


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=50))
def test_any_text_arrives(value: str) -> None:
    assert seen("/bin/sh", {"VALUE": value})[b"VALUE"] == value.encode()


def test_half_a_script_does_nothing() -> None:
    whole = launch_script({"A": "1", "B": "2"})
    for length in range(len(whole) - len('exec "$@" </dev/null\n')):
        done = subprocess.run(["/bin/sh", "-s", "--", "/bin/echo", "ran"], input=whole[:length], capture_output=True)
        assert done.stdout == b""


def test_the_program_reads_nothing_of_it() -> None:
    argv = ["/bin/sh", "-s", "--", "/bin/cat"]
    done = subprocess.run(argv, input=launch_script({}) + b"more", capture_output=True, timeout=20)
    assert done.stdout == b""


@pytest.mark.parametrize("name", ["", "a b", "a=b", "1a", "a;b", "é", "a\nb"])
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(SandboxError, match="cannot be given"):
        launch_script({name: "value"})


def test_a_value_with_an_end_of_string() -> None:
    with pytest.raises(SandboxError, match="NAME"):
        launch_script({"NAME": "a\0b"})
