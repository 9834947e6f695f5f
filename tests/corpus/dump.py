"""Reads what `pg_dump -s` wrote, and tells two of them apart."""

import collections
import difflib
import re

from cases import Outcome

HEADER = re.compile(r"^--\n-- Name: (.*); Type: ([A-Z ]+); Schema: (.*); Owner: .*\n--\n", re.M)
DEFAULTS = re.compile(r"^SET (default_\w+) = (.*);\n?", re.M)
END = re.compile(r"^--\n-- PostgreSQL database dump complete\n--\n", re.M)
# What stands for the schema public where anything of it is not as initdb made it.
INITDB = re.compile(r"^-- \*not\* creating schema, since initdb creates it\n", re.M)
OWNER = re.compile(r"^ALTER .* OWNER TO .*;\n?", re.M)
BODY = re.compile(r"^(CREATE (?:UNLOGGED |FOREIGN )?TABLE .*\(|CREATE TYPE .* AS \()\n((?:    .*\n)+)",
                  re.M)
PUBLISHED = re.compile(r"^(ALTER PUBLICATION .* ADD TABLE ONLY .*? )\((.*?)\)(?=;| WHERE)", re.M)


def parse(text):
    """The objects of a dump: {(type, schema, name): [text, ...]}. What stands in no object's text
    but holds for all that follow (`SET default_tablespace`) is put into it."""
    objects = collections.defaultdict(list)
    settings = {}
    headers = list(HEADER.finditer(text))
    end = END.search(text)
    if headers:
        settings.update(DEFAULTS.findall(text[:headers[0].start()]))
    for header, following in zip(headers, headers[1:] + [end]):
        body = text[header.end():following.start() if following else len(text)]
        last = body.rstrip().rfind("\n\n")
        tail = body[last:] if last >= 0 else ""
        changed = DEFAULTS.findall(tail)
        if changed:
            body = body[:last] + DEFAULTS.sub("", tail)
        name, kind, schema = header.groups()
        in_force = "".join(f"SET {name} = {value};\n" for name, value in sorted(settings.items())
                           if kind in ("TABLE", "INDEX", "CONSTRAINT", "MATERIALIZED VIEW")
                           and value not in ("''", "heap", "false"))
        body = INITDB.sub("", body)
        objects[kind, schema, name].append(in_force + body.strip() + "\n")
        settings.update(changed)
    return objects


def sort_columns(match):
    lines = sorted(line.rstrip(",") for line in match.group(2).splitlines())
    return match.group(1) + "\n" + "\n".join(lines) + "\n"


def sort_published(match):
    return f"{match.group(1)}({', '.join(sorted(match.group(2).split(', ')))})"


def normal(objects, order, owner):
    result = {}
    for key, texts in objects.items():
        if owner:
            texts = [OWNER.sub("", text) for text in texts]
        if order:
            texts = [PUBLISHED.sub(sort_published, BODY.sub(sort_columns, text)) for text in texts]
            if key[0].endswith("ACL"):
                texts = ["\n".join(sorted(text.splitlines())) for text in texts]
        if any(text.strip() for text in texts):
            result[key] = sorted(texts)
    return result


def describe(got, wanted):
    """Which kinds of objects are missing (-), extra (+) or other (~), and what of them."""
    kinds, lines = set(), []
    for key in sorted(got.keys() | wanted.keys()):
        mine, theirs = got.get(key, []), wanted.get(key, [])
        if mine == theirs:
            continue
        kind = key[0]
        changed = [line for line in difflib.unified_diff(
            "".join(mine).splitlines(), "".join(theirs).splitlines(), "got", "wanted", n=1,
            lineterm="")][2:]
        if not mine or not theirs:
            kinds.add(("-" if theirs else "+") + kind)
        else:
            first = next((line for line in changed if line[0] in "+-"), "")
            kinds.add(f"~{kind} ({'lacks' if first[0] == '+' else 'has'} {shape(first[1:])})")
        lines += [f"== {' '.join(key)}"] + changed
    return ", ".join(sorted(kinds)), "\n".join(lines) + "\n"


def shape(line):
    """A line without its names, so that like differences fall together."""
    words = re.findall(r"'[^']*'|\b[A-Z]{2,}\b", line)
    if line.startswith("    ") and not words:
        return "column"
    return " ".join("'…'" if word[0] == "'" else word for word in words[:8]) or line.strip()[:40]


def compare(got, wanted):
    """Two parsed dumps: equal, equal but for the order of columns or for owners, or different."""
    for status, order, owner in (("equal", False, False), ("order", True, False),
                                 ("owner", False, True), ("owner", True, True)):
        if normal(got, order, owner) == normal(wanted, order, owner):
            return Outcome(status)
    kinds, lines = describe(normal(got, True, True), normal(wanted, True, True))
    return Outcome("different", kinds, lines)
