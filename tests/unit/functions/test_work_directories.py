import fcntl
import os
import time
from pathlib import Path

from gatewright.functions.work_directories import remove_abandoned, work_directory


def test_it_is_there_for_the_block_only(tmp_path: Path) -> None:
    with work_directory("code", tmp_path) as made:
        assert made.parent == tmp_path
        (made / "package").mkdir()
        (made / "package" / "file").write_text("x")
        (made / "package").chmod(0o555)
    assert list(tmp_path.iterdir()) == []


def test_two_nodes_have_one_each(tmp_path: Path) -> None:
    with work_directory("code", tmp_path) as one, work_directory("code", tmp_path) as two:
        assert one != two


def test_what_a_dead_node_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    dead, living, other = tmp_path / "gatewright-code-d", tmp_path / "gatewright-code-l", tmp_path / "mine"
    for path in (dead, living, other):
        (path / "inner").mkdir(parents=True)
    (tmp_path / "gatewright-link").symlink_to(other)
    lock = os.open(living, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        remove_abandoned(tmp_path)  # all are new: a node may be about to lock them
        assert dead.exists()
        remove_abandoned(tmp_path, now=time.time() + 60)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["gatewright-code-l", "gatewright-link", "mine"]
        assert (other / "inner").exists()
    finally:
        os.close(lock)
