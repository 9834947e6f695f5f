"""The history that everything is tried on: a revision for each kind of step, for both databases.

Each revision is (message, domain, change). Rows go in at the second one, so that all that follow
have to keep them; `ROWS` is how many each table gets."""

import subprocess

ROWS = 40

# Where there was nothing and something had to be, it stays on the way back; all else comes back.
UNFILL = "UPDATE customers SET mail = NULL WHERE mail LIKE 'c%@shop.example'"

FIRST = """
domain: shop
dialects: [{dialect}]
enums:
  Tier: [free, pro]
entities:
  Customer:
    table: customers
    fields:
      id: bigint identity primary
      name: string(80) required
      phone: string(40)
      fax: string(40)
      rating: integer
      tier: Tier required default free
  Order:
    table: orders
    fields:
      id: bigint identity primary
      customer: bigint required
      total: integer required
      note: string(200)
  Scratch:
    table: scratch
    fields:
      id: bigint identity primary
      text: string(40)
"""

VISITS = """
  Visit:
    table: visits
    fields: {day: date required, page: string(80)}
    partition_by: range (day)
    partitions:
      visits_2024: from ('2024-01-01') to ('2025-01-01')
      visits_2025: from ('2025-01-01') to ('2026-01-01')
      visits_rest: default
"""

VIEW = """
views:
  Paying: SELECT id, name FROM customers WHERE tier <> 'free'
"""

POSTGRESQL_FUNCTION = """
functions:
  shout: {arguments: [a text], returns: text, body: SELECT upper(a), volatility: immutable}
  touch: {returns: trigger, language: plpgsql, body: BEGIN RETURN NEW; END}
"""

TRIGGER = {
    "sqlite": """
    triggers:
      trim: {timing: after, events: update of note, body: SELECT 1}
""",
    "postgresql": """
    triggers:
      trim: {timing: before, events: update, function: touch}
""",
}


def replace(text, *pairs):
    for old, new in pairs:
        assert old in text, (old, text)
        text = text.replace(old, new)
    return text


def revisions(dialect):
    """(message, domain, change or None), in order."""
    now = FIRST.format(dialect=dialect) + (VISITS.lstrip("\n") if dialect == "postgresql" else "")
    chain = [("Open the shop", now, None)]

    def add(message, change, *pairs):
        nonlocal now
        now = replace(now, *pairs)
        chain.append((message, now, change))

    add("Add a column, an index and a check", None,
        ("      rating: integer\n",
         "      rating: integer\n      mail: string(80)\n"),
        ("      note: string(200)\n",
         "      note: string(200)\n    indexes:\n      - [total]\n    checks:\n"
         "      total_not_negative: \"total >= 0\"\n"))
    add("Refer to customers, and make a table", None,
        ("      customer: bigint required\n",
         "      customer: references Customer required\n"),
        ("  Scratch:\n",
         "  Note:\n    table: notes\n    fields:\n      id: bigint identity primary\n"
         "      order: references Order on_delete cascade\n      body: text required\n  Scratch:\n"))
    add("Require and fill a column, change a type", """
fill: {Customer.mail: {sql: "'c' || id || '@shop.example'"}, Customer.rating: 0}
""",
        ("      mail: string(80)\n", "      mail: string(80) required\n"),
        ("      rating: integer\n", "      rating: bigint required\n"))
    add("Rename a column and a table", "renames: {Customer.phone: Customer.mobile, Order: Sale}\n",
        ("      phone: string(40)\n", "      mobile: string(40)\n"),
        ("  Order:\n    table: orders\n", "  Sale:\n    table: sales\n"),
        ("order: references Order", "order: references Sale"))
    add("More labels, a unique column, a longer text", None,
        ("  Tier: [free, pro]\n", "  Tier: [free, pro, enterprise]\n"),
        ("      mail: string(80) required\n", "      mail: string(80) required unique\n"),
        ("      note: string(200)\n", "      note: text\n"))
    now += VIEW
    if dialect == "postgresql":
        now += POSTGRESQL_FUNCTION
    chain.append(("A view" + (", functions" if dialect == "postgresql" else ""), now, None))
    add("A trigger, and another index", None,
        ("    indexes:\n      - [total]\n", "    indexes:\n      - [total]\n      - [note]\n"),
        ("    checks:\n", TRIGGER[dialect].strip("\n") + "\n    checks:\n"))
    if dialect == "postgresql":
        add("Other bounds for partitions", None,
            ("to ('2025-01-01')\n", "to ('2024-07-01')\n"),
            ("from ('2025-01-01')", "from ('2024-07-01')"),
            ("      visits_rest: default\n",
             "      visits_2026: from ('2026-01-01') to ('2026-05-01')\n      visits_rest: default\n"))
    add("Drop a column and a table", "drops: [Customer.fax, Scratch]\n",
        ("      fax: string(40)\n", ""),
        ("  Scratch:\n    table: scratch\n    fields:\n      id: bigint identity primary\n"
         "      text: string(40)\n", ""))
    add("Statements of one's own", """
sql:
  upgrade: {after: "INSERT INTO notes (id, body) SELECT coalesce(max(id), 0) + 1000, 'applied' FROM notes"}
  downgrade: {before: "DELETE FROM notes WHERE body = 'applied'"}
""",
        ("      name: string(80) required\n", "      name: string(120) required\n"))
    return chain


def rows(dialect):
    """The rows that are there at the second revision."""
    series = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) " % ROWS)
    text = "CAST(%s AS text)" if dialect == "postgresql" else "%s"
    tier = "CAST(CASE WHEN i % 3 = 0 THEN 'pro' ELSE 'free' END AS tier)" \
        if dialect == "postgresql" else "CASE WHEN i % 3 = 0 THEN 'pro' ELSE 'free' END"
    i = text % "i"
    visits = ["INSERT INTO visits (day, page) " + series +
              "SELECT date '2024-01-01' + i * 25, 'p' || i FROM n"] if dialect == "postgresql" else []
    return "".join(f"{statement};\n" for statement in visits + [
        "INSERT INTO customers (name, phone, fax, rating, tier, mail) " + series +
        f"SELECT 'it''s ' || {i}, '0' || {i}, CASE WHEN i % 2 = 0 THEN 'f' || {i} END, i, {tier},"
        f" CASE WHEN i % 5 > 0 THEN 'm' || {i} END FROM n",
        "INSERT INTO orders (customer, total, note) " + series +
        f"SELECT 1 + i % 7, i, CASE WHEN i % 2 = 0 THEN 'n' || {i} END FROM n",
        "INSERT INTO scratch (text) " + series + f"SELECT 's' || {i} FROM n",
    ])


def build(dmig, folder, dialect, environment):
    """A project with the chain committed. The ids of its revisions, in order."""
    def run(*arguments, **more):
        done = subprocess.run([dmig, *arguments], cwd=folder, env=environment, text=True,
                              capture_output=True, check=False, **more)
        if done.returncode not in (0, 2):
            raise SystemExit(f"dmig {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    run("init")
    for message, domain, change in revisions(dialect):
        (folder / "domain.yaml").write_text(domain, encoding="utf-8")
        if change:
            (folder / "change.yaml").write_text(change, encoding="utf-8")
        run("commit", "-m", message)
    log = subprocess.run(["git", "--git-dir=.dmig", "rev-list", "--reverse", "HEAD"], cwd=folder,
                         env=environment, text=True, capture_output=True, check=True)
    return log.stdout.split()
