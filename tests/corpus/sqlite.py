"""SQLite as the corpus needs it: a file a side."""

import collections
import difflib
import itertools
import os
import re
import sqlite3
import subprocess

import cases
from cases import Failure, Outcome

TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)|(?P<string>'(?:[^']|'')*')"""
    r"""|(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?P<word>[\w$]+)|(?P<sign>[<>=!|]+|.)""",
    re.S)


class Unloadable(Exception):
    """A script that its own database does not take."""


def tokens(sql):
    """The words of a statement: without space and comments, names without their quotes."""
    for found in TOKEN.finditer(sql):
        text = found.group()
        if found.lastgroup == "name":
            name = text[1:-1].replace('""', '"') if text[0] == '"' else text[1:-1]
            yield name.lower() if re.fullmatch(r"\w+", name) else f'"{name.lower()}"'
        elif found.lastgroup != "space":
            yield text if found.lastgroup == "string" else text.lower()


def fold(name):
    """Letters that SQLite takes for the same: those of ASCII."""
    return re.sub("[A-Z]+", lambda found: found.group().lower(), name)


def items(words):
    """A statement's words, cut at the commas of its outermost parentheses."""
    result, depth = [[]], 0
    for word in words:
        depth += (word == "(") - (word == ")")
        if (word, depth) in ((",", 1), ("(", 1), (")", 0)):
            result.append([])
        else:
            result[-1].append(word)
    return [" ".join(item) for item in result]


def essence(words):
    """What a CREATE TABLE holds that no pragma tells: its checks, collations, generated columns,
    and so on, wherever in its text they stand."""
    found, depth, column, start = [], 0, "", True
    words = list(words)
    for at, word in enumerate(words):
        if start and depth == 1:
            column = word
        depth += (word == "(") - (word == ")")
        start = depth == 1 and word in (",", "(")
        following = words[at + 1:at + 2] + [""]
        if word in ("check", "as") and following[0] == "(":
            found.append((word, column if word == "as" else "", inside(words[at + 1:])))
        elif word == "collate":
            found.append((word, column, following[0]))
        elif word in ("constraint", "conflict", "initially"):
            found.append((word, following[0]))
        elif word in ("autoincrement", "deferrable", "stored") or depth == 0 and word == "rowid":
            found.append((word,))
        elif depth == 0 and at > 3 and word == "strict":
            found.append((word,))
    return sorted(found)


def inside(words):
    """The text up to where the first parenthesis closes."""
    depth = 0
    for at, word in enumerate(words):
        depth += (word == "(") - (word == ")")
        if depth == 0:
            return " ".join(words[:at + 1])
    return " ".join(words)


def quote(name):
    return '"' + name.replace('"', '""') + '"'


def sorted_all(rows):
    return sorted(rows, key=repr)


def target(reference, pragma):
    """The column that a reference leads to: the key's, where it names none."""
    key = {row[5]: row[1] for row in pragma("table_xinfo", reference[2])
           if len(row) > 5 and row[5] > 0}
    name = reference[4] or key.get(reference[1] + 1, "")
    return name.lower()


def dangling_rows(connection):
    """What foreign_key_check says, by table; it fails where a reference leads to no key."""
    found = collections.Counter()
    for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        try:
            for child, _, parent, _ in connection.execute(f"PRAGMA foreign_key_check({quote(name)})"):
                found[child.lower(), parent.lower()] += 1
        except sqlite3.Error:
            pass
    return found


def table_facts(connection, name):
    """What the pragmas tell of a table, without what its text's order gives it."""
    def pragma(what, argument):
        """A view of what is not there has no columns that could be told."""
        try:
            return connection.execute(f"PRAGMA {what}({quote(argument)})").fetchall()
        except sqlite3.Error as error:
            return [("", str(error))]

    columns = [row[1:] for row in pragma("table_xinfo", name)]
    indexes = []
    for _, index, unique, origin, partial in pragma("index_list", name):
        parts = [row[2:] for row in pragma("index_xinfo", index)]
        indexes.append((index if origin == "c" else "", unique, origin, partial, parts))
    keys = collections.defaultdict(list)
    for row in pragma("foreign_key_list", name):
        keys[row[0]].append((row[2].lower(), row[3], target(row, pragma)) + row[5:])
    return {"columns": columns, "indexes": sorted_all(indexes),
            "foreign keys": sorted_all(keys.values())}


class Engine:
    Unloadable = Unloadable

    def __init__(self, folder):
        self.folder, self.numbers = folder, itertools.count(1)

    def url(self, database):
        return "sqlite:" + database

    @staticmethod
    def scratch():
        return None

    def file(self, suffix):
        return os.path.join(self.folder, f"s{next(self.numbers)}.{suffix}")

    def empty(self):
        database = self.file("db")
        with open(database, "wb"):
            pass
        return database

    def drop(self, *databases):
        for database in databases:
            for suffix in ("", "-wal", "-shm", "-journal"):
                if database and os.path.exists(database + suffix):
                    os.unlink(database + suffix)

    def load(self, path):
        database = self.empty()
        failure = self.run(database, path.read_text(encoding="utf-8"))
        if failure:
            self.drop(database)
            raise Unloadable(f"{path.name}: {failure.message}")
        return database

    def run(self, database, sql):
        done = subprocess.run(["sqlite3", "-batch", "-bail", "-init", "/dev/null", database],
                              input=sql, capture_output=True, text=True, errors="replace",
                              check=False)
        # The shell's status is not to be trusted where its input is not a terminal.
        if done.returncode == 0 and not re.search(r"^(Parse|Runtime)? ?[Ee]rror", done.stderr, re.M):
            return None
        message = cases.first_line(done.stderr)
        return Failure(re.sub(r" near line \d+", "", message), "constraint failed" in message)

    def connect(self, database):
        connection = sqlite3.connect(database, isolation_level=None)
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        return connection

    def image(self, database):
        connection = self.connect(database)
        try:
            master = connection.execute(
                "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master"
                " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                " AND tbl_name NOT LIKE 'dmig\\_%' ESCAPE '\\'").fetchall()
            facts = {(kind, name): table_facts(connection, name)
                     for kind, name, _, _ in master if kind in ("table", "view")}
            texts = {(kind, name): (table, list(tokens(sql))) for kind, name, table, sql in master}
            settings = [connection.execute(f"PRAGMA {name}").fetchone()[0]
                        for name in ("user_version", "application_id")]
            dangling = dangling_rows(connection)
        finally:
            connection.close()
        return {"texts": texts, "facts": facts, "settings": settings, "dangling": dangling}

    def compare(self, got, wanted):
        """Equal; equal but for the order of columns; the same in other words; or different."""
        got, wanted = dict(got, dangling=None), dict(wanted, dangling=None)
        if got == wanted:
            return Outcome("equal")
        mine, theirs = loose(got), loose(wanted)
        if mine == theirs:
            return Outcome("order")
        kinds, lines = describe(mine, theirs)
        same = dict(mine, texts=essences(got)) == dict(theirs, texts=essences(wanted))
        return Outcome("text" if same else "different", kinds, lines)

    def seed(self, database):
        connection = self.connect(database)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            for _ in range(3):
                for (table,) in connection.execute(
                        "SELECT name FROM sqlite_master WHERE type = 'table'"
                        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'").fetchall():
                    if not self.count(connection, table):
                        self.fill(connection, table)
        finally:
            connection.close()

    @staticmethod
    def count(connection, table):
        try:
            return connection.execute(f"SELECT count(*) FROM {quote(table)}").fetchone()[0]
        except sqlite3.Error:
            return 0

    @staticmethod
    def fill(connection, table):
        """A row with only what has to be there, then two with a value in each column."""
        columns = [row for row in connection.execute(f"PRAGMA table_xinfo({quote(table)})")
                   if row[6] == 0]
        parents = {row[3]: (row[2], row[4]) for row in
                   connection.execute(f"PRAGMA foreign_key_list({quote(table)})")}
        for number in (1, 2, 3):
            chosen = [row for row in columns
                      if number > 1 or (row[3] and row[4] is None) or row[1] in parents]
            names = ", ".join(quote(row[1]) for row in chosen)
            values = ", ".join(value_of(row, number, parents) for row in chosen)
            try:
                connection.execute(
                    f"INSERT INTO {quote(table)} ({names}) VALUES ({values})" if chosen
                    else f"INSERT INTO {quote(table)} DEFAULT VALUES")
            except sqlite3.Error:
                pass

    def columns(self, database):
        connection = self.connect(database)
        try:
            return {name: {fold(row[1]): row[2].lower() for row in
                           connection.execute(f"PRAGMA table_xinfo({quote(name)})") if row[6] == 0}
                    for (name,) in connection.execute(
                        "SELECT name FROM sqlite_master WHERE type = 'table'"
                        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")}
        finally:
            connection.close()

    def survivors(self, a, b):
        """The tables of both, with the columns that are to keep their values."""
        before, after = self.columns(a), self.columns(b)
        shadows = self.shadows(a)
        return {table: sorted(column for column, native in before[table].items()
                              if after[table].get(column) == native)
                for table in before.keys() & after.keys() - shadows}

    def shadows(self, database):
        connection = self.connect(database)
        try:
            return {name for (name,) in connection.execute(
                "SELECT name FROM pragma_table_list WHERE type = 'shadow'")}
        finally:
            connection.close()

    def rows(self, database, survivors):
        connection = self.connect(database)
        result = {}
        try:
            for (child, parent), count in dangling_rows(connection).items():
                if {child, parent} <= {table.lower() for table in survivors}:
                    result[f"{child} without {parent}"] = (count, collections.Counter())
            for table, columns in survivors.items():
                names = ", ".join(map(quote, columns)) or "1"
                try:
                    found = connection.execute(f"SELECT {names} FROM {quote(table)}").fetchall()
                except sqlite3.Error:
                    found = []
                result[table] = (len(found), collections.Counter(map(repr, found)))
        finally:
            connection.close()
        return result

    @staticmethod
    def compare_rows(before, after):
        for table, (count, _) in sorted(after.items()):
            if table not in before:
                return Outcome("lost", "references lead nowhere", f"{table}: {count} rows\n")
        for table, (count, values) in sorted(before.items()):
            if table not in after:
                continue
            if after[table][0] != count:
                return Outcome("lost", "rows of a table went",
                               f"{table}: {count} rows, then {after[table][0]}\n")
            if after[table][1] != values:
                return Outcome("lost", "values of a column went",
                               f"{table}: {list(values - after[table][1])[:3]}, then "
                               f"{list(after[table][1] - values)[:3]}\n")
        return Outcome("equal")


def value_of(column, number, parents):
    if column[1] in parents:
        table, key = parents[column[1]]
        return f"(SELECT {quote(key) if key else 'rowid'} FROM {quote(table)}" \
               f" LIMIT 1 OFFSET {number - 1})"
    native = column[2].lower()
    if re.search("int|num|dec|real|floa|doub|bool", native):
        return str(number)
    if re.search("date|time", native):
        return f"'2024-01-0{number}'"
    if "blob" in native:
        return f"x'0{number}'"
    return f"'row {number}'"


def loose(image):
    facts = {key: dict(value, columns=sorted_all(value["columns"]))
             for key, value in image["facts"].items()}
    texts = {key: (table, sorted(items(words)) if key[0] == "table" else " ".join(words))
             for key, (table, words) in image["texts"].items()}
    return {"texts": texts, "facts": facts, "settings": image["settings"]}


def essences(image):
    return {key: (table, essence(words) if key[0] == "table" else words)
            for key, (table, words) in image["texts"].items()}


def describe(got, wanted):
    kinds, lines = set(), []
    if got["settings"] != wanted["settings"]:
        kinds.add("~settings")
        lines.append(f"-{got['settings']}\n+{wanted['settings']}")
    for part in ("texts", "facts"):
        for key in sorted(got[part].keys() | wanted[part].keys()):
            mine, theirs = got[part].get(key), wanted[part].get(key)
            if mine == theirs:
                continue
            sign = "~" if mine and theirs else "-" if theirs else "+"
            kinds.add(f"{sign}{key[0]} {'text' if part == 'texts' else 'facts'}")
            lines += [f"== {' '.join(key)}"] + [
                line for line in difflib.unified_diff(pieces(mine), pieces(theirs), n=0, lineterm="")
                if not line.startswith(("---", "+++", "@@"))]
    return ", ".join(sorted(kinds)), "\n".join(lines) + "\n"


def pieces(value):
    if value is None:
        return []
    if isinstance(value, dict):
        return [f"{name}: {row}" for name, rows in value.items() for row in rows]
    table, text = value
    return [f"on {table}"] + (text if isinstance(text, list) else [text])
