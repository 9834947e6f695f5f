"""PostgreSQL as the faults need it: a server of their own, that can be killed, a database a trial."""

import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse

import chain

NAME = "postgresql"
OWN_SCHEMAS = ("dmig", "dmig_kept")

# The rows of every table in their own order, and all that the catalogues say of the rest.
DUMP = r"""
SET search_path = '';
SET extra_float_digits = 1;
WITH spaces AS (
  SELECT oid, nspname FROM pg_catalog.pg_namespace
   WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
relations AS (
  SELECT c.oid, s.nspname, c.relname, c.relkind FROM pg_catalog.pg_class c JOIN spaces s ON s.oid = c.relnamespace),
structure(line) AS (
  SELECT format('%s %I.%I', relkind, nspname, relname) FROM relations
  UNION ALL
  SELECT format('column %I.%I %s %s %s %s', r.nspname, r.relname, a.attname,
                pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
                pg_catalog.pg_get_expr(d.adbin, d.adrelid))
    FROM relations r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
         LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT format('constraint %I.%I %s %s %s', r.nspname, r.relname, c.conname, c.convalidated,
                pg_catalog.pg_get_constraintdef(c.oid))
    FROM relations r JOIN pg_catalog.pg_constraint c ON c.conrelid = r.oid
  UNION ALL
  SELECT format('index %s %s %s', pg_catalog.pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready)
    FROM relations r JOIN pg_catalog.pg_index i ON i.indexrelid = r.oid
  UNION ALL
  SELECT format('trigger %s %s', pg_catalog.pg_get_triggerdef(t.oid), t.tgenabled)
    FROM relations r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal
  UNION ALL
  SELECT 'view ' || pg_catalog.pg_get_viewdef(oid) FROM relations WHERE relkind IN ('v', 'm')
  UNION ALL
  SELECT pg_catalog.pg_get_functiondef(p.oid) FROM pg_catalog.pg_proc p JOIN spaces s ON s.oid = p.pronamespace
   WHERE p.prokind = 'f'
  UNION ALL
  SELECT format('label %s.%s %s', s.nspname, t.typname, e.enumlabel)
    FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid JOIN spaces s ON s.oid = t.typnamespace)
SELECT pg_catalog.json_build_object(
  'structure', (SELECT pg_catalog.json_agg(line ORDER BY line COLLATE "C") FROM structure),
  'rows', (SELECT coalesce(pg_catalog.json_object_agg(format('%I.%I', nspname, relname),
             pg_catalog.query_to_xml(format('SELECT pg_catalog.to_jsonb(t)::text AS r FROM %I.%I t ORDER BY 1', nspname, relname),
                                     true, true, '')::text), '{}')
             FROM relations WHERE relkind = 'r' AND nspname NOT LIKE 'dmig%'),
  'own', (SELECT coalesce(pg_catalog.json_object_agg(format('%I.%I', nspname, relname),
             (pg_catalog.xpath('/table/row/n/text()', pg_catalog.query_to_xml(
                format('SELECT count(*) AS n FROM %I.%I', nspname, relname), true, false, '')))[1]::text::bigint), '{}')
            FROM relations WHERE relkind = 'r' AND nspname LIKE 'dmig%'))
"""

STEPS = ("SELECT coalesce(json_agg(json_build_array(from_revision, to_revision) ORDER BY number), '[]')"
         " FROM dmig.steps WHERE outcome = 'done'")


def binaries():
    folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"),
                     key=lambda folder: -int(re.sub(r"\D", "", folder.parent.name) or 0))
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


class Engine:
    name = NAME
    dialect = "postgresql"
    online = True

    def __init__(self, folder):
        self.binaries = binaries()
        if self.binaries is None:
            raise SystemExit("there is no PostgreSQL server to try this on")
        memory = pathlib.Path("/dev/shm")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dmig-faults-", dir=memory if memory.is_dir() else folder))
        self.user = None
        if os.getuid() == 0:
            names = [entry.pw_name for entry in pwd.getpwall()]
            self.user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.numbers = 0
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        self.environment.update(PGHOST=str(self.folder), PGPORT="5432", PGUSER="postgres", LC_ALL="C.UTF-8",
                                PGCONNECT_TIMEOUT="10")
        self.as_user([self.binaries / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust",
                      "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
        self.process = None
        self.start()

    def as_user(self, command):
        done = subprocess.run([str(word) for word in command], cwd=self.folder, text=True, capture_output=True,
                              check=False, **self.identity())
        if done.returncode != 0:
            raise SystemExit(done.stdout + done.stderr)

    def identity(self):
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    # --- the server ---------------------------------------------------------------------------

    def start(self):
        log = open(self.folder / "server.log", "ab")
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder}", "fsync=off",
                    "full_page_writes=off", "autovacuum=off", "jit=off", "max_connections=100",
                    "dynamic_shared_memory_type=mmap", "wal_level=minimal", "max_wal_senders=0",
                    "checkpoint_timeout=1h", "max_wal_size=4GB", "restart_after_crash=on",
                    "shared_buffers=32MB"]
        self.process = subprocess.Popen(
            [str(self.binaries / "postgres"), "-D", str(self.folder / "data"),
             *[word for setting in settings for word in ("-c", setting)]],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=self.folder,
            **self.identity())
        log.close()
        self.wait()

    def wait(self):
        for _ in range(600):
            if self.alive():
                return
            time.sleep(0.05)
        raise SystemExit("the server does not come up: " + (self.folder / "server.log").read_text()[-2000:])

    def alive(self):
        return self.psql("postgres", "SELECT 1", check=False).returncode == 0

    def backends(self):
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], text=True,
                                  capture_output=True, check=False).stdout.split()
        return [int(pid) for pid in children]

    def crash(self):
        """All of the server's processes at once, as when the machine goes."""
        children = self.backends()
        for pid in [self.process.pid, *children]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        for pid in children:
            while os.path.exists(f"/proc/{pid}"):
                time.sleep(0.005)
        for name in ("data/postmaster.pid", ".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self.folder / name).unlink(missing_ok=True)

    def close(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- databases ----------------------------------------------------------------------------

    def psql(self, database, sql, check=True):
        done = subprocess.run(
            [str(self.binaries / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"], input=sql,
            text=True, errors="replace", capture_output=True, env=self.environment, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"{database}: {done.stderr}\n{sql[:400]}")
        return done

    def url(self, database, host=None):
        query = urllib.parse.urlencode({"host": str(host or self.folder), "user": "postgres"})
        return f"postgresql:///{database}?{query}"

    def empty(self, more=""):
        self.numbers += 1
        database = f"f{self.numbers}"
        self.psql("postgres", f"CREATE DATABASE {database} {more}")
        return database

    def copy(self, template, more=""):
        return self.empty(f"TEMPLATE {template} {more}")

    def keep(self, database):
        return database

    def drop(self, database):
        self.psql("postgres", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)", check=False)

    def fill(self, database):
        self.psql(database, chain.rows("postgresql"))

    def execute(self, database, sql):
        self.psql(database, sql)

    def dump(self, database):
        return json.loads(self.psql(database, DUMP).stdout)

    def steps(self, database):
        return [tuple(pair) for pair in json.loads(self.psql(database, STEPS).stdout)]

    def leftovers(self, database):
        """Sessions of runs that are over, and locks that nobody could still want."""
        found = self.psql("postgres", "SELECT pid, state, query FROM pg_stat_activity"
                                      f" WHERE datname = '{database}' AND application_name = 'dmig'").stdout
        locks = self.psql("postgres", "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                                      f" WHERE l.locktype = 'advisory' AND d.datname = '{database}'").stdout
        return (found + locks).split("\n")[:-1]

    def terminate(self, database):
        self.psql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                              f" WHERE datname = '{database}' AND application_name = 'dmig'")
