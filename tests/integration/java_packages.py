"""Java functions for tests: compiled by the `javac` of this machine from the sources in `java_functions`."""

import io
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from gatewright.functions.runtimes.java.bootstrap import HERE
from tests.integration.nodes import zip_of

SOURCES = Path(__file__).with_name("java_functions")
CORE = HERE / "source"
"""Where the interfaces of `aws-lambda-java-core` are, against which functions are compiled."""
JAVAC = shutil.which("javac")
needs_java = pytest.mark.skipif(JAVAC is None, reason="no JDK on this machine")


@cache
def installed_majors() -> frozenset[int]:
    """Return the versions of Java on this machine, by the files that they have in Debian's place or on PATH."""
    homes = [*Path("/usr/lib/jvm").glob("*")]
    if JAVAC is not None:
        homes.append(Path(JAVAC).resolve().parent.parent)
    found = set()
    for home in homes:
        release = home / "release"
        if release.is_file() and (home / "bin" / "java").exists():
            version = re.search(r'JAVA_VERSION="(\d+)', release.read_text())
            found.add(int(version[1]) if version else 0)
    return frozenset(found)


def needs_version(major: int) -> pytest.MarkDecorator:
    """Skip a test where no Java can run functions of a version."""
    return pytest.mark.skipif(
        JAVAC is None or not any(each >= major for each in installed_majors()), reason=f"no Java {major} or newer"
    )


@cache
def classes(folder: str, release: int = 8) -> Mapping[str, bytes]:
    """Compile the sources in a folder; return class files by their names in a package."""
    assert JAVAC is not None
    files = sorted(map(str, (SOURCES / folder).rglob("*.java")))
    with tempfile.TemporaryDirectory() as target:
        subprocess.run(
            [
                *(JAVAC, "--release", str(release), "-nowarn", "-Xlint:-options", "-encoding", "UTF-8"),
                *("-sourcepath", os.pathsep.join((str(SOURCES), str(CORE))), "-implicit:none", "-d", target, *files),
            ],
            check=True,
            timeout=300,
        )
        return {str(path.relative_to(target)): path.read_bytes() for path in sorted(Path(target).rglob("*.class"))}


def jar(folder: str, release: int = 8) -> bytes:
    """Return a jar, which is a zip file with a manifest."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n\n")
        for name, octets in classes(folder, release).items():
            archive.writestr(name, octets)
    return content.getvalue()


def package(*folders: str, **more: bytes) -> bytes:
    """Return a deployment package with the classes of some folders."""
    files: dict[str, str | bytes] = {}
    for folder in folders:
        files |= classes(folder)
    return zip_of({**files, **more})
