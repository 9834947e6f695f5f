"""What is asked of dmig for a pair of scripts in the daily work with it: a database that was adopted,
a domain in YAML, a commit, and the way up and down again."""

import os
import pathlib
import re
import shutil
import tempfile

import cases
from cases import Outcome, complaint

PHASES = ("adopt", "commit", "apply", "rows", "revert", "back", "drift", "churn")
UNREACHED = {phase: Outcome("unreached") for phase in PHASES}
CANDIDATE = re.compile(r"^      (.+?: .+?)\s+# \d+% alike$", re.M)
DROP = re.compile(r"^DROP (?!INDEX|SCHEMA|TABLE|SEQUENCE)([A-Z ]+?) ", re.M)


class Project:
    """A folder with a domain and a repository, whose target is one database."""

    def __init__(self, dmig, url, scratch):
        self.dmig, self.url = dmig, url
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="project-", dir=dmig.folder))
        self.options = ["-C", str(self.folder)]
        if scratch:
            self.options += ["-c", f"scratch.{dmig.engine}={scratch}"]

    def call(self, *arguments):
        return self.dmig.call(*self.options, *arguments)

    def write(self, url):
        file = self.folder / "domain.yaml"
        file.unlink(missing_ok=True)
        return self.call("inspect", url, "-o", str(file))

    def answer(self, told):
        """Takes every likely rename for one, as a user would who has not thought."""
        file = self.folder / "change.yaml"
        known = file.read_text(encoding="utf-8") if file.exists() else "renames:\n"
        new = [line for line in CANDIDATE.findall(told) if line not in known]
        file.write_text(known + "".join(f"  {line}\n" for line in new), encoding="utf-8")
        return bool(new)

    def commit(self, message):
        for _ in range(8):
            done = self.call("commit", "-m", message)
            if done.returncode != 3 or not self.answer(done.stderr):
                break
        return done

    def kept(self, name):
        """A file of the last revision, or ''."""
        done = cases.subprocess.run(
            ["git", f"--git-dir={self.folder / '.dmig'}", "show",
             f"HEAD:migrations/{self.dmig.engine}/{name}.sql"], capture_output=True, text=True,
            check=False)
        return done.stdout

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Stop(Exception):
    """A phase that failed, after which the others make no sense."""


def demand(phases, phase, what, done, good=(0, 2)):
    phases[phase] = Outcome("equal") if done.returncode in good else complaint(what, done)
    if done.returncode not in good:
        if not done.stderr.strip():
            phases[phase] = Outcome("failed", f"dmig {what}: {cases.shape(done.stdout)}", done.stdout)
        raise Stop


def moved(engine, done):
    """How apply or revert ended, and whether it is the rows that are in the way."""
    if done.returncode in (0, 2):
        return Outcome("equal"), False
    text = done.stderr + done.stdout
    rows = bool(re.search(r"\((23|22)\w{3}\)|found\)|constraint failed|violate|would be lost"
                          r"|duplicate key|invalid input|contains null|out of range", text))
    return complaint("apply", done), rows


def walk(engine, project, a, images, survivors, phases, kept):
    before, after = images
    rows = engine.rows(a, survivors)
    done = project.call("apply", "-t", project.url, "--yes", "--allow-data-loss")
    phases["apply"], in_the_way = moved(engine, done)
    if phases["apply"].status == "failed":
        return in_the_way
    phases["apply"] = engine.compare(engine.image(a), after)
    kept.write("apply.diff", phases["apply"].detail)
    counted = any(count for count, _ in rows.values())
    phases["rows"] = engine.compare_rows(rows, engine.rows(a, survivors)) if counted \
        else Outcome("none")
    demand(phases, "drift", "drift", project.call("drift", "-t", project.url))
    done = project.call("revert", "-t", project.url, "--yes", "--allow-data-loss")
    phases["revert"], in_the_way = moved(engine, done)
    if phases["revert"].status == "failed":
        return in_the_way
    phases["revert"] = engine.compare(engine.image(a), before)
    kept.write("revert.diff", phases["revert"].detail)
    phases["back"] = engine.compare_rows(rows, engine.rows(a, survivors)) if counted \
        else Outcome("none")
    demand(phases, "drift", "drift", project.call("drift", "-t", project.url))
    return False


def churn(project, dmig, a, b, kept):
    """Whether the revision drops what a diff of the two databases leaves standing."""
    live, failed = dmig.sql(a, b)
    mine = project.kept("upgrade")
    kept.write("upgrade.sql", mine)
    kept.write("downgrade.sql", project.kept("downgrade"))
    if failed:
        return Outcome("none")
    kept.write("live.sql", live)
    more = len(DROP.findall(mine)) - len(DROP.findall(live))
    if more <= 0:
        return Outcome("equal")
    words = sorted(set(DROP.findall(mine)))
    return Outcome("different", f"drops more: {', '.join(words)}", mine)


def judge(engine, dmig, name, before, after, keep):
    kept = cases.Kept(keep, name)
    phases, project, made = dict(UNREACHED), None, []
    try:
        b, c = engine.load(after), engine.load(before)
        made += [b, c]
        images = engine.image(c), engine.image(b)
        a = engine.load(before)
        made.append(a)
        engine.seed(a)
        project = Project(dmig, engine.url(a), engine.scratch())
        demand(phases, "adopt", "init", project.call("init"))
        demand(phases, "adopt", "inspect", project.write(project.url))
        demand(phases, "adopt", "commit (first)", project.commit("before"))
        demand(phases, "adopt", "baseline", project.call("baseline", "-t", project.url))
        demand(phases, "drift", "drift", project.call("drift", "-t", project.url))
        demand(phases, "commit", "inspect", project.write(engine.url(b)))
        kept.write("after.yaml", (project.folder / "domain.yaml").read_text(encoding="utf-8"))
        told = project.call("diff")
        done = project.commit("after")
        kept.write("commit.txt", told.stdout + told.stderr + "\n" + done.stdout + done.stderr)
        if done.returncode == 1 and "nothing to commit" in done.stdout:
            same = engine.compare(*images)
            phases.update({phase: same for phase in PHASES if phase not in ("adopt", "drift")})
            return phases
        demand(phases, "commit", "commit", done)
        phases["churn"] = churn(project, dmig, engine.url(c), engine.url(b), kept)
        survivors = engine.survivors(a, b)
        if walk(engine, project, a, images, survivors, phases, kept):
            refused = [phase for phase in PHASES if phases[phase].status == "failed"]
            why = Outcome("refused", phases[refused[0]].reason, phases[refused[0]].detail)
            a = engine.load(before)
            made.append(a)
            project.url = engine.url(a)
            parent = project.call("baseline", "-t", project.url, "HEAD~1")
            demand(phases, "apply", "baseline", parent)
            walk(engine, project, a, images, survivors, phases, kept)
            phases["rows"] = phases["back"] = why
        return phases
    except Stop:
        return phases
    except engine.Unloadable as unloadable:
        return {phase: Outcome("unloadable", str(unloadable)) for phase in PHASES}
    finally:
        if project:
            project.remove()
        engine.drop(*made)
