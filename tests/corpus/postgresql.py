"""PostgreSQL as the corpus needs it: a private server, a database a side."""

import itertools
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import urllib.parse

import cases
import dump
from cases import Failure, Outcome

HERE = pathlib.Path(__file__).resolve().parent
SEED = (HERE / "seed.sql").read_text(encoding="utf-8")

NAME = r'(?:"(?:[^"]|"")+"|[a-zA-Z_]\w*)'
ROLES = re.compile(rf"(?:\bOWNER TO|\bAUTHORIZATION|\bFOR ROLE|\bTO|\bFROM)\s+({NAME}(?:\s*,\s*{NAME})*)",
                   re.I)
ROLE_STATEMENTS = re.compile(
    r"\b(?:GRANT|REVOKE|CREATE\s+POLICY|ALTER\s+POLICY|ALTER\s+DEFAULT|CREATE\s+SCHEMA"
    r"|ALTER\s[^;]*?OWNER\s+TO)\b[^;]*;", re.I)
NOT_ROLES = {"public", "current_user", "session_user", "current_role", "postgres", "group"}

COLUMNS = """
SELECT format('%I.%I', n.nspname, c.relname), c.relkind, quote_ident(a.attname),
  format_type(a.atttypid, a.atttypmod), a.attgenerated
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY 1, 3
"""


# A partition and the tables above it.
PARTITIONS = """
SELECT format('%I.%I', m.nspname, c.relname), format('%I.%I', n.nspname, p.relname)
FROM pg_class p JOIN pg_namespace n ON n.oid = p.relnamespace
  CROSS JOIN LATERAL pg_partition_tree(p.oid) t
  JOIN pg_class c ON c.oid = t.relid JOIN pg_namespace m ON m.oid = c.relnamespace
WHERE p.relkind = 'p' AND c.oid <> p.oid
"""


class Unloadable(Exception):
    """A script that its own database does not take."""


def binaries():
    """The client programs themselves: Debian's wrappers for them cost more than what they run."""
    folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"),
                     key=lambda folder: -int(re.sub(r"\D", "", folder.parent.name) or 0))
    return next((str(folder) + "/" for folder in folders if (folder / "pg_dump").exists()), "")


def parse_error(text):
    found = re.search(r"(?:ERROR|FATAL):\s+([0-9A-Z]{5}): (.*)", text)
    if not found:
        return Failure(cases.first_line(text))
    # Class 23: a constraint that rows break; class 22: a value that a type or function refuses.
    return Failure(f"{found.group(2)} ({found.group(1)})", found.group(1)[:2] in ("22", "23"))


class Engine:
    Unloadable = Unloadable

    def __init__(self, folder):
        query = urllib.parse.urlsplit(os.environ["DMIG_TEST_POSTGRES"]).query
        self.server = dict(urllib.parse.parse_qsl(query))
        self.folder, self.binaries, self.numbers = folder, binaries(), itertools.count(1)
        self.roles, self.roles_lock = set(), threading.Lock()
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith("PG")}
        self.environment.update(
            PGHOST=self.server["host"], PGPORT=self.server.get("port", "5432"),
            PGUSER=self.server.get("user", "postgres"), PGCLIENTENCODING="UTF8", LC_ALL="C.UTF-8",
            PGOPTIONS="-c client_min_messages=warning")
        if os.environ.get("DMIG_CORPUS_PRIVATE") == "1":
            self.live_in_memory()

    def live_in_memory(self):
        """A database is a thousand files: on most disks, making one costs more than all the rest.
        What is made from a template lives where the template does."""
        memory = pathlib.Path("/dev/shm")
        if not memory.is_dir() or shutil.disk_usage(memory).free < 2 << 30:
            return
        self.memory = tempfile.TemporaryDirectory(prefix="dmig-corpus-", dir=memory)
        owner = os.stat(self.server["host"])
        os.chown(self.memory.name, owner.st_uid, owner.st_gid)
        self.query("postgres", f"CREATE TABLESPACE corpus LOCATION '{self.memory.name}'")
        for template in ("template0", "template1"):
            self.query("postgres", f"ALTER DATABASE {template} SET TABLESPACE corpus")

    def psql(self, database, *arguments, sql=None):
        return subprocess.run(
            [f"{self.binaries}psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose",
             "-d", database, *arguments], input=sql, capture_output=True, text=True,
            errors="replace", env=self.environment, check=False)

    def query(self, database, sql):
        done = self.psql(database, "-F", "\x1f", "-R", "\x1e", "-c", sql)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        text = done.stdout.removesuffix("\n")
        return [record.split("\x1f") for record in text.split("\x1e")] if text else []

    def url(self, database):
        query = urllib.parse.urlencode({name: self.environment[f"PG{name.upper()}"]
                                        for name in ("host", "port", "user")})
        return f"postgresql:///{database}?{query}"

    def scratch(self):
        """Where dmig may make databases of its own: starting a server costs more than all the rest."""
        return self.url("postgres")

    def file(self, suffix):
        return os.path.join(self.folder, f"f{next(self.numbers)}.{suffix}")

    def empty(self):
        database = f"corpus_{os.getpid()}_{next(self.numbers)}"
        done = self.psql("postgres", "-c",
                         f"CREATE DATABASE {database} TEMPLATE template0 STRATEGY file_copy")
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return database

    def drop(self, *databases):
        for database in databases:
            if database:
                self.psql("postgres", "-c", f"DROP DATABASE {database} WITH (FORCE)")

    def make_roles(self, names):
        with self.roles_lock:
            for name in sorted(set(names) - self.roles):
                self.psql("postgres", "-c", f'CREATE ROLE {name} NOLOGIN')
                self.roles.add(name)

    def roles_of(self, script):
        for statement in ROLE_STATEMENTS.findall(script):
            for found in ROLES.findall(statement):
                for name in re.findall(NAME, found):
                    if name.lower() not in NOT_ROLES:
                        yield name

    def load(self, path):
        script = path.read_text(encoding="utf-8")
        self.make_roles(self.roles_of(script))
        for _ in range(8):
            database = self.empty()
            done = self.psql(database, "-f", str(path))
            if done.returncode == 0:
                return database
            self.drop(database)
            missing = re.search(r'role "(.*)" does not exist', done.stderr)
            if not missing:
                break
            self.make_roles(['"' + missing.group(1).replace('"', '""') + '"'])
        raise Unloadable(f"{path.name}: {parse_error(done.stderr).message}")

    def run(self, database, sql):
        done = self.psql(database, sql=sql)
        return parse_error(done.stderr) if done.returncode != 0 else None

    def image(self, database):
        """Without what dmig keeps of its own."""
        done = subprocess.run([f"{self.binaries}pg_dump", "-s", "-N", "dmig", "-d", database],
                              capture_output=True, text=True, env=self.environment, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"pg_dump: {done.stderr}")
        return dump.parse(done.stdout)

    compare = staticmethod(dump.compare)

    def seed(self, database):
        self.psql(database, sql=SEED)

    def columns(self, database):
        tables = {}
        for table, kind, column, native, generated in self.query(database, COLUMNS):
            tables.setdefault(table, (kind, {}))[1][column] = (native, generated)
        return tables

    def survivors(self, a, b):
        """The tables of both with what is to stay of them: {table: (source, columns)}. Columns that are
        None: rows of partitions that go may have joined."""
        before, after = self.columns(a), self.columns(b)
        stay = {parent for partition, parent in self.query(a, PARTITIONS) if partition in after}
        tops, new_tops = self.tops(a), self.tops(b)
        result = {}
        for table in before.keys() & after.keys():
            (kind, mine), (new_kind, theirs) = before[table], after[table]
            columns = sorted(column for column in mine.keys() & theirs.keys()
                             if mine[column][0] == theirs[column][0] and not theirs[column][1])
            top = tops.get(table, "")
            if top and top == new_tops.get(table):
                continue  # Its rows may move to other partitions: they are looked for in the whole.
            if kind == "p" and new_kind == "p" and table in tops.values():
                joined = any(above == table and name not in after for name, above in tops.items())
                result[table] = (self.whole(table, before, tops, new_tops), None if joined else columns)
            elif kind == "p" and (new_kind == "p" or table in stay):
                continue  # The rows are in its partitions.
            else:
                whole = "p" in (kind, new_kind)
                result[table] = (table if whole else f"ONLY {table}", columns)
        return result

    def tops(self, database):
        """The topmost table of each partition."""
        pairs = self.query(database, PARTITIONS)
        partitions = {partition for partition, _ in pairs}
        return {partition: above for partition, above in pairs if above not in partitions}

    @staticmethod
    def whole(table, before, tops, new_tops):
        """A partitioned table without the partitions that leave it, or that join it with their rows."""
        strangers = [name for name in before
                     if (tops.get(name) == table) != (new_tops.get(name) == table)]
        names = ", ".join("'" + name.replace("'", "''") + "'" for name in strangers)
        return table if not strangers else (
            f"{table} WHERE tableoid <> ALL (ARRAY(SELECT to_regclass(name) FROM unnest(ARRAY[{names}])"
            " AS name WHERE to_regclass(name) IS NOT NULL)::oid[])")

    def rows(self, database, survivors):
        """{table: (how many, a sum over them in no order; None: no sum can be told)}."""
        if not survivors:
            return {}
        parts = []
        for table, (source, columns) in sorted(survivors.items()):
            text = f"ROW({', '.join(columns)})::text" if columns else "''"
            label = table.replace("'", "''")
            parts.append(f"SELECT '{label}', count(*), coalesce(sum(hashtextextended({text}, 0)"
                         f"::numeric), 0) FROM {source}")
        try:
            found = self.query(database, " UNION ALL ".join(parts))
        except RuntimeError:
            found = [row for part in parts for row in self.query_or_none(database, part)]
        return {table: (int(count), total if survivors[table][1] is not None else None)
                for table, count, total in found}

    def query_or_none(self, database, sql):
        try:
            return self.query(database, sql)
        except RuntimeError:
            return []

    @staticmethod
    def compare_rows(before, after):
        for table, (count, total) in sorted(before.items()):
            if table not in after:
                return Outcome("lost", "a table or a column went", f"{table}\n")
            if after[table][0] < count if total is None else after[table][0] != count:
                return Outcome("lost", "rows of a table went",
                               f"{table}: {count} rows, then {after[table][0]}\n")
            if after[table][1] != total:
                return Outcome("lost", "values of a column went", f"{table}: other values\n")
        return Outcome("equal")
