"""What is asked of dmig for a pair of scripts, and for one script."""

import collections
import os
import pathlib
import shutil
import subprocess

# status: see score.PASSES; reason: one line that groups; detail: what to look at first.
Outcome = collections.namedtuple("Outcome", "status reason detail", defaults=("", ""))

# What a database says of running a script; rows: it is the rows that are in the way.
Failure = collections.namedtuple("Failure", "message rows", defaults=(False,))

PAIR_PHASES = ("up", "second", "rows", "down")
SCRIPT_PHASES = ("inspect", "same")


class Dmig:
    """The program under test."""

    def __init__(self, program, folder, timeout, engine):
        self.program, self.timeout, self.engine = program, timeout, engine
        self.folder = os.path.join(folder, "nowhere")
        os.makedirs(self.folder, exist_ok=True)
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("DMIG", "PG")) and name != "DATABASE_URL"}
        self.environment.update(HOME=self.folder, NO_COLOR="1", LC_ALL="C.UTF-8",
                                GIT_AUTHOR_NAME="Ada", GIT_AUTHOR_EMAIL="ada@example.org",
                                GIT_COMMITTER_NAME="Ada", GIT_COMMITTER_EMAIL="ada@example.org")
        self.can_inspect = self.call("inspect", "--help").returncode == 0

    def call(self, *arguments):
        try:
            return subprocess.run([self.program, *arguments], capture_output=True, text=True,
                                  errors="replace", cwd=self.folder, env=self.environment,
                                  stdin=subprocess.DEVNULL, timeout=self.timeout)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(arguments, 124, "", f"no end after {self.timeout} s")

    def sql(self, a, b):
        """The SQL from A to B, or the outcome that says why there is none."""
        done = self.call("diff", f"--sql={self.engine}", a, b)
        if done.returncode in (0, 2):
            return done.stdout, None
        return None, complaint("diff", done)

    def differences(self, a, b):
        """What dmig still tells between two that should be equal."""
        done = self.call("diff", "--exit-code", a, b)
        if done.returncode == 1 and done.stdout.strip():
            return Outcome("different", shape(done.stdout), done.stdout)
        if done.returncode not in (0, 2):
            return complaint("diff", done)
        sql, failed = self.sql(a, b)
        if failed:
            return failed
        if sql.strip():
            return Outcome("different", "only --sql: " + first_line(sql), sql)
        return Outcome("equal")


def complaint(what, done):
    if done.returncode < 0:
        return Outcome("failed", f"dmig {what}: killed by signal {-done.returncode}", done.stderr)
    return Outcome("failed", f"dmig {what}: {first_line(done.stderr)}", done.stderr)


def first_line(text):
    return next((line.strip() for line in text.splitlines() if line.strip()), "nothing said")


def shape(outline):
    """An outline without its names: the first words of its lines."""
    words = {" ".join(line.split()[:2]) for line in outline.splitlines() if line.strip()}
    return "still told: " + ", ".join(sorted(words)[:4])


class Kept:
    """Where the texts of a case stay, if anybody wants them."""

    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder, name) if folder else None
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)

    def write(self, name, text):
        if self.folder:
            (self.folder / name).write_text(text, encoding="utf-8")


IMAGES = {}


def image_of(engine, path, database):
    """What a database that was just loaded from the script looks like; scripts recur."""
    key = type(engine), path.read_bytes()
    if key not in IMAGES:
        IMAGES[key] = engine.image(database)
    return IMAGES[key]


def lead(engine, dmig, a, b, wanted, kept, name):
    """Takes database A to what dmig sees in B, which should look as wanted. Also tells where it is
    the rows that are in the way."""
    sql, failed = dmig.sql(engine.url(a), b)
    if failed:
        return failed, False
    kept.write(f"{name}.sql", sql)
    failure = engine.run(a, sql)
    if failure:
        return Outcome("failed", f"sql: {failure.message}", sql), failure.rows
    outcome = engine.compare(engine.image(a), wanted)
    if outcome.detail:
        kept.write(f"{name}.diff", outcome.detail)
    return outcome, False


def upgrade(engine, dmig, before, b, wanted, kept):
    """A made from before, with rows, and then upgraded; the outcomes of up and rows."""
    a = engine.load(before)
    engine.seed(a)
    survivors = engine.survivors(a, b)
    rows = engine.rows(a, survivors)
    outcome, rows_in_the_way = lead(engine, dmig, a, engine.url(b), wanted, kept, "up")
    if rows_in_the_way:
        refused = Outcome("refused", outcome.reason)
        engine.drop(a)
        a = engine.load(before)
        outcome, _ = lead(engine, dmig, a, engine.url(b), wanted, kept, "up")
        return a, outcome, refused
    if outcome.status == "failed":
        return a, outcome, Outcome("unreached")
    if not any(count for count, _ in rows.values()):
        return a, outcome, Outcome("none")
    return a, outcome, engine.compare_rows(rows, engine.rows(a, survivors))


def judge_pair(engine, dmig, name, before, after, keep):
    kept = Kept(keep, name)
    a = b = c = None
    try:
        c, b = engine.load(before), engine.load(after)
        fresh, wanted = image_of(engine, before, c), image_of(engine, after, b)
        a, up, rows = upgrade(engine, dmig, before, b, wanted, kept)
        phases = {"up": up, "rows": rows, "second": Outcome("unreached")}
        if up.status != "failed":
            phases["second"] = dmig.differences(engine.url(a), engine.url(b))
        # Where there was no way up, the way down is still worth knowing.
        start = b if up.status in ("failed", "different") else a
        phases["down"], _ = lead(engine, dmig, start, engine.url(c), fresh, kept, "down")
        if phases["down"].status == "failed" and start is a:
            engine.drop(a)
            a, retried = engine.load(after), None
            retried, _ = lead(engine, dmig, a, engine.url(c), fresh, kept, "down")
            if retried.status != "failed":
                phases["down"] = retried
        return phases
    except engine.Unloadable as unloadable:
        return {phase: Outcome("unloadable", str(unloadable)) for phase in PAIR_PHASES}
    finally:
        engine.drop(a, b, c)


def judge_script(engine, dmig, name, path, keep):
    """Inspected and built again from what inspection wrote."""
    if not dmig.can_inspect:
        return {phase: Outcome("no inspect") for phase in SCRIPT_PHASES}
    kept = Kept(keep, name)
    origin = copy = None
    try:
        origin, copy = engine.load(path), engine.empty()
        file = engine.file("yaml")
        done = dmig.call("inspect", engine.url(origin), "-o", file)
        if done.returncode not in (0, 2):
            return {"inspect": complaint("inspect", done), "same": Outcome("unreached")}
        if kept.folder and os.path.exists(file):
            shutil.copy(file, kept.folder / "inspected.yaml")
        wanted = image_of(engine, path, origin)
        inspected, _ = lead(engine, dmig, copy, file, wanted, kept, "build")
        same = dmig.differences(engine.url(origin), file)
        return {"inspect": inspected, "same": same}
    except engine.Unloadable as unloadable:
        return {phase: Outcome("unloadable", str(unloadable)) for phase in SCRIPT_PHASES}
    finally:
        engine.drop(origin, copy)
