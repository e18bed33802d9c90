"""The log groups of an archive."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import orjson

from gatewright.observe.log_archive.database import Database, name_range
from gatewright.observe.log_archive.known import KnownIds
from gatewright.observe.log_archive.types import GroupExists, GroupKey, GroupMissing, LogGroup

_COLUMNS: Final = (
    "account, region, name, created_ms, retention_days, kms_key_id, class, is_protected, tags, stored_bytes"
)


class Groups:
    """Safe to use from several threads; what a call changed is durable when it returns."""

    def __init__(self, database: Database, known: KnownIds) -> None:
        self._database = database
        self._known = known

    def create(self, group: LogGroup) -> None:
        """Keep a new group. Raises `GroupExists`."""
        try:
            with self._database.writing() as connection:
                insert_group(connection, group)
        except sqlite3.IntegrityError as error:
            raise GroupExists(group.key.name) from error

    def get(self, key: GroupKey) -> LogGroup:
        """Return a group. Raises `GroupMissing`."""
        with self._database.reading() as connection:
            return _get(connection, key)

    def change(self, key: GroupKey, changed: Callable[[LogGroup], LogGroup]) -> None:
        """Replace the attributes of a group by what the function makes of them. Raises `GroupMissing`."""
        with self._database.writing() as connection:
            before = _get(connection, key)
            group = replace(changed(before), key=before.key)
            connection.execute(
                "UPDATE groups SET retention_days = ?, kms_key_id = ?, is_protected = ?, tags = ?"
                " WHERE account = ? AND region = ? AND name = ?",
                (group.retention_days, group.kms_key_id, group.is_protected, orjson.dumps(group.tags).decode(), *key),
            )

    def delete(self, key: GroupKey) -> None:
        """Delete a group with its streams and events. Raises `GroupMissing`."""
        with self._database.writing() as connection:
            group_id = group_id_of(connection, key)
            for statement in (
                "DELETE FROM chunks WHERE group_id = ?",
                "DELETE FROM streams WHERE group_id = ?",
                "DELETE FROM groups WHERE id = ?",
            ):
                connection.execute(statement, (group_id,))
            self._known.clear()

    def by_name(
        self,
        account_id: str,
        region: str,
        *,
        prefix: str = "",
        part: str = "",
        log_class: str | None = None,
        after: str = "",
        limit: int,
    ) -> list[LogGroup]:
        """Return groups in the order of their names, which begin with `prefix`, have `part`, come after `after`."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM groups WHERE account = ? AND region = ? AND name > ? AND name >= ?"  # noqa: S608
                " AND name < ? AND instr(name, ?) > 0 AND class = coalesce(?, class) ORDER BY name LIMIT ?",
                (account_id, region, after, *name_range(prefix), part, log_class, limit),
            ).fetchall()
        return [_group(row) for row in rows]


def insert_group(connection: sqlite3.Connection, group: LogGroup) -> int:
    """Write a new group and return its id. Raises sqlite3.IntegrityError when there is one of the name."""
    cursor = connection.execute(
        "INSERT INTO groups (account, region, name, created_ms, retention_days, kms_key_id, class, is_protected, tags)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *group.key,
            group.created_ms,
            group.retention_days,
            group.kms_key_id,
            group.log_class,
            group.is_protected,
            orjson.dumps(group.tags).decode(),
        ),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def find_group_id(connection: sqlite3.Connection, key: GroupKey) -> int | None:
    """Return the id of a group, or None."""
    row = connection.execute("SELECT id FROM groups WHERE account = ? AND region = ? AND name = ?", key).fetchone()
    return None if row is None else int(row[0])


def group_id_of(connection: sqlite3.Connection, key: GroupKey) -> int:
    """Return the id of a group. Raises `GroupMissing`."""
    found = find_group_id(connection, key)
    if found is None:
        raise GroupMissing(key.name)
    return found


def _get(connection: sqlite3.Connection, key: GroupKey) -> LogGroup:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM groups WHERE account = ? AND region = ? AND name = ?",  # noqa: S608
        key,
    ).fetchone()
    if row is None:
        raise GroupMissing(key.name)
    return _group(row)


def _group(row: tuple[str, str, str, int, int | None, str | None, str, int, str, int]) -> LogGroup:
    account, region, name, created_ms, retention_days, kms_key_id, log_class, is_protected, tags, stored_bytes = row
    return LogGroup(
        GroupKey(account, region, name),
        created_ms,
        retention_days,
        kms_key_id,
        log_class,
        bool(is_protected),
        orjson.loads(tags),
        stored_bytes,
    )
