"""AWS documentation: "Modifying the runtime environment"."""

from gatewright.functions.runtimes.types import Code
from tests.unit.functions.runtimes.host import RESULT, RUNNING_RUNTIME, Runner, function

CODE = "import os, sys\ndef handler(event, context): return [os.environ.get('WRAPPED'), sys.flags.optimize]\n"
# As in AWS's example: options go in before the last argument, which is the runtime's own program.
WRAPPER = """#!/bin/bash
args=("$@")
export WRAPPED=yes
exec "${args[@]:0:$#-1}" -O "${args[@]: -1}"
"""


def wrapped_by(wrapper: str) -> tuple[tuple[str, str], ...]:
    return (("AWS_LAMBDA_EXEC_WRAPPER", wrapper),)


def test_a_wrapper_starts_the_runtime(runner: Runner) -> None:
    runner.write({"bin/wrapper": WRAPPER})
    (runner.task_root / "bin/wrapper").chmod(0o755)
    version = function(RUNNING_RUNTIME, environment=wrapped_by("/var/task/bin/wrapper"))
    with runner.ready(version, {"app.py": CODE}) as environment:
        answer = environment.invoke()
    assert (answer.type, answer.json()) == (RESULT, ["yes", 1])


def test_a_wrapper_that_is_not_there(runner: Runner) -> None:
    version = function(RUNNING_RUNTIME, environment=wrapped_by("/opt/absent"))
    with runner.starting(version, {"app.py": CODE}) as environment:
        ending = environment.ending()
        assert environment.output() == "/opt/absent: does not exist\n"
    assert (ending.frames, ending.status) == ((), 127)


def test_a_wrapper_must_be_executable(runner: Runner) -> None:
    version = function(RUNNING_RUNTIME, environment=wrapped_by("/var/task/wrapper"))
    with runner.starting(version, {"app.py": CODE, "wrapper": WRAPPER}) as environment:
        ending = environment.ending()
        assert environment.output() == "/var/task/wrapper: is not an executable\n"
    assert (ending.frames, ending.status) == ((), 126)


def test_custom_runtimes_have_no_wrapper(runner: Runner) -> None:
    runner.write({"bootstrap": "#!/bin/sh\n"})
    (runner.task_root / "bootstrap").chmod(0o755)
    version = function("provided.al2", environment=wrapped_by("/var/task/wrapper"))
    assert runner.directory.launch(version, Code(runner.task_root)).argv == ("./bootstrap",)
