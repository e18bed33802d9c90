"""The tables of a SQLite store, as numbered steps: `PRAGMA user_version` counts the steps that a file has taken.

A step, once released, never changes; a new form of the tables is a new step at the end. Each runs in a transaction of
its own together with its number, so that a crash between two steps loses nothing.

The feed (`changes`) is never pruned yet: a line costs about 100 bytes. It can be compacted by deleting the lines up to
the lowest revision that every follower has seen; `state` keeps the revision, so that an emptied feed loses nothing.
"""

import sqlite3

from gatewright.base.errors import SettingsError

STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
        "INSERT INTO state (name, value) VALUES ('revision', 0)",
        """
        CREATE TABLE documents (
            service TEXT NOT NULL, kind TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
            body TEXT NOT NULL
        )
        """,
        # Serves `get` and `list` (all but the id are equal) and `scan` (service and kind are equal).
        "CREATE UNIQUE INDEX documents_key ON documents (service, kind, account, region, id)",
        """
        CREATE TABLE changes (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, revision INTEGER NOT NULL,
            service TEXT NOT NULL, kind TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
            is_deleted INTEGER NOT NULL
        )
        """,
        "CREATE INDEX changes_revision ON changes (revision)",
    ),
    (
        # Asynchronous invocations that wait, and records on their way to destinations. Sequences are never used again.
        """
        CREATE TABLE queue (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, lane TEXT NOT NULL, due REAL NOT NULL,
            header BLOB NOT NULL, payload BLOB NOT NULL
        )
        """,
        "CREATE INDEX queue_due ON queue (lane, due)",
    ),
)


def migrate(connection: sqlite3.Connection, steps: tuple[tuple[str, ...], ...] = STEPS) -> None:
    """Take the steps that a database lacks. Raises `SettingsError` when it knows more steps than we do."""
    version = _version(connection)
    if version > len(steps):
        raise SettingsError(
            f"its database has schema version {version}, this gatewright knows {len(steps)}: it was written by a newer"
            " gatewright"
        )
    for number in range(version + 1, len(steps) + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in steps[number - 1]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
