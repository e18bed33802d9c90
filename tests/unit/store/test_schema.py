"""Migrations: each step once, in order, together with its number."""

import hashlib
import sqlite3
from pathlib import Path

import pytest

from gatewright.base.errors import SettingsError
from gatewright.store.schema import STEPS, migrate

OLD = (("CREATE TABLE a (x)",),)
NEW = (*OLD, ("ALTER TABLE a ADD COLUMN y DEFAULT 1", "CREATE TABLE b (z)"))


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path / "db", isolation_level=None)


def version(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def test_an_old_file_takes_the_steps_it_lacks(tmp_path: Path) -> None:
    connection = connect(tmp_path)
    migrate(connection, OLD)
    connection.execute("INSERT INTO a VALUES (5)")
    migrate(connection, NEW)
    migrate(connection, NEW)
    assert connection.execute("SELECT * FROM a").fetchall() == [(5, 1)]
    assert version(connection) == 2
    connection.close()


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    connection = connect(tmp_path)
    broken = (*OLD, ("CREATE TABLE b (z)", "CREATE TABLE a (again)"))
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(connection, broken)
    assert version(connection) == 1
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("a",)]
    migrate(connection, NEW)
    assert version(connection) == 2
    connection.close()


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    connection = connect(tmp_path)
    migrate(connection, NEW)
    with pytest.raises(SettingsError, match="schema version 2, this gatewright knows 1"):
        migrate(connection, OLD)
    connection.close()


def test_released_steps_never_change() -> None:
    """A file that has taken a step will not take it again: whoever changes one must add another instead."""
    digests = [hashlib.sha256("\n".join(step).encode()).hexdigest()[:16] for step in STEPS]
    assert digests == ["9c273d7eaea8010f", "a055f2ce373c85a3"]
