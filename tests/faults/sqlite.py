"""SQLite as the faults need it: a file a trial."""

import os
import pathlib
import shutil
import sqlite3

import chain

NAME = "sqlite"
ENDINGS = ("", "-wal", "-shm", "-journal")


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def rows_of(connection, table):
    """Each with its columns by name, wherever they stand."""
    cursor = connection.execute(f"SELECT * FROM {quoted(table)}")
    names = [column[0] for column in cursor.description]
    return sorted(repr(sorted(zip(names, row))) for row in cursor)


class Engine:
    name = NAME
    dialect = "sqlite"
    online = False

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.numbers = 0

    def close(self):
        pass

    def path(self):
        self.numbers += 1
        return self.folder / f"f{self.numbers}.db"

    def url(self, database):
        return f"sqlite:{database}"

    def empty(self):
        database = self.path()
        database.touch()
        return database

    def copy(self, template):
        database = self.path()
        shutil.copyfile(template, database)
        return database

    def keep(self, database):
        """For copies of it: nobody is connected any more."""
        return database

    def drop(self, database):
        for ending in ENDINGS:
            pathlib.Path(f"{database}{ending}").unlink(missing_ok=True)

    def fill(self, database):
        with sqlite3.connect(database) as connection:
            connection.executescript(chain.rows("sqlite"))

    def execute(self, database, sql):
        connection = sqlite3.connect(database)
        connection.execute(sql)
        connection.commit()
        connection.close()

    def alive(self):
        return True

    def dump(self, database):
        """What is there: the structure, the rows, and dmig's own tables with how many rows each."""
        connection = sqlite3.connect(database)
        connection.text_factory = lambda value: value.decode("utf-8", "replace")
        try:
            if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                return {"structure": ["the file is damaged"], "rows": {}, "own": {}}
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            entries = connection.execute(
                "SELECT name, type, tbl_name, coalesce(sql, '') FROM sqlite_master"
                " WHERE name NOT LIKE 'sqlite_%' ORDER BY 2, 1").fetchall()
            tables = [entry[0] for entry in entries if entry[1] == "table"]
            theirs = [name for name in tables if not name.startswith("dmig_")]
            return {
                "structure": [entry for entry in entries if not entry[0].startswith("dmig_")]
                + [("broken reference", *row) for row in broken],
                "rows": {name: rows_of(connection, name) for name in theirs},
                "own": {name: connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()[0]
                        for name in tables if name.startswith("dmig_")},
            }
        finally:
            connection.close()

    def steps(self, database):
        """The revisions' ways that are recorded as done: (from, to), in order."""
        connection = sqlite3.connect(database)
        try:
            return connection.execute("SELECT from_revision, to_revision FROM dmig_steps"
                                      " WHERE outcome = 'done' ORDER BY number").fetchall()
        finally:
            connection.close()

    def leftovers(self, database):
        """Files beside the database that should be gone once all is well and nobody is connected."""
        return [ending for ending in ("-journal",) if os.path.exists(f"{database}{ending}")]
