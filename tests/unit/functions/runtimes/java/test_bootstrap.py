"""The bootstrap: its jar, and that it runs on every Java of this machine."""

import shutil
import zipfile
from pathlib import Path

import pytest

from gatewright.functions.runtimes.discovery import run_probe
from gatewright.functions.runtimes.java.bootstrap import CompileError, compile_jar, find_jar, jar_name

JAVAC = shutil.which("javac")


def test_the_name_says_what_it_was_compiled_from(tmp_path: Path) -> None:
    (tmp_path / "A.java").write_text("class A {}")
    before = jar_name(tmp_path)
    (tmp_path / "A.java").write_text("class A { }")
    after = jar_name(tmp_path)
    assert before != after
    (tmp_path / before).touch()
    assert find_jar((tmp_path,), tmp_path) is None
    (tmp_path / after).touch()
    assert find_jar((tmp_path / "absent", tmp_path), tmp_path) == tmp_path / after


def test_a_compiler_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CompileError, match="cannot be run"):
        compile_jar(tmp_path / "javac", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(JAVAC is None, reason="no JDK on this machine")
def test_the_bootstrap_is_compiled_and_runs(tmp_path: Path) -> None:
    jar = compile_jar(Path(str(JAVAC)), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [jar.name] == [jar_name()]
    with zipfile.ZipFile(jar) as archive:
        content = archive.read("gatewright/lambda/Main.class")
    assert content[:8] == b"\xca\xfe\xba\xbe\x00\x00\x00\x34"  # class files of Java 8
    for java in Path("/usr/lib/jvm").glob("*/bin/java"):
        command = ("/usr/bin/env", "-i", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128", str(java), "-classpath", str(jar))
        answer = run_probe((*command, "gatewright.lambda.Training"))
        assert answer is not None
        assert Path(answer["home"]) == java.resolve().parent.parent
