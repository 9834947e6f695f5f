"""One trial: a run, a fault, and the run after it, which must leave all as it would be without."""

import dataclasses
import os
import random
import subprocess
import threading
import time

LONGEST = 120  # seconds that a run may take before it counts as stuck


@dataclasses.dataclass
class Way:
    """A run that is tried over and over: from which database, with which command, and what is there
    afterwards when nothing goes wrong."""
    name: str
    command: tuple
    template: object
    expected: dict = None
    steps: list = None
    points: int = 0
    families: tuple = None  # the only ones that make sense for it; None: all
    messages: int = 0
    seconds: float = 0


@dataclasses.dataclass
class Outcome:
    fault: str
    lost: bool = False     # rows are not as they should be
    stuck: bool = False    # the run after it does not get to the end
    twice: bool = False    # a revision is recorded twice, or its effect is there twice
    stray: bool = False    # objects, locks, sessions, files that should not be there
    hit: bool = True       # the fault came before the run was over
    reason: str = ""

    @property
    def good(self):
        return not (self.lost or self.stuck or self.twice or self.stray)


class Bench:
    """What all trials on one engine share."""

    def __init__(self, dmig, project, engine, environment):
        self.dmig, self.project, self.engine = dmig, project, engine
        self.environment = environment
        self.random = random.Random(4711)

    # --- running dmig -------------------------------------------------------------------------

    def start(self, arguments, url, more=None, **options):
        environment = dict(self.environment, **(more or {}))
        return subprocess.Popen([self.dmig, *arguments[:1], "-t", url, *arguments[1:]], cwd=self.project,
                                env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, errors="replace", **options)

    def finish(self, process):
        try:
            out, errors = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            out, errors = process.communicate()
            return None, out, errors + "\nit went on for too long"
        return process.returncode, out, errors

    def run(self, arguments, url, more=None, **options):
        return self.finish(self.start(arguments, url, more, **options))

    # --- what is right ------------------------------------------------------------------------

    def learn(self, way):
        """Runs it without a fault: what is there afterwards, and how many points it has."""
        database = self.engine.copy(way.template)
        began = time.monotonic()
        status, out, errors = self.run(way.command, self.engine.url(database), {"DMIG_TEST_COUNT_POINTS": "1"})
        way.seconds = time.monotonic() - began
        if status not in (0, 2):
            raise SystemExit(f"{way.name} without a fault: status {status}\n{out}{errors}")
        counted = [line for line in errors.splitlines() if line.startswith("fault points: ")]
        if not counted:
            raise SystemExit(f"{self.dmig} has no fault points: take tests/faults/dmig-faults of a build folder")
        way.points = int(counted[-1].split()[-1])
        way.expected, way.steps = self.engine.dump(database), self.engine.steps(database)
        return database

    def check(self, way, outcome, database, also=""):
        """Whether all is as it would be without the fault."""
        found = self.engine.dump(database)
        reasons = [also] if also else []
        if found["rows"] != way.expected["rows"]:
            outcome.lost = True
            reasons.append("rows: " + difference(way.expected["rows"], found["rows"]))
        if found["structure"] != way.expected["structure"]:
            outcome.stray = True
            reasons.append("structure: " + difference(way.expected["structure"], found["structure"]))
        own, wanted = settled(found["own"]), settled(way.expected["own"])
        if own != wanted:
            outcome.stray = True
            reasons.append("dmig's own tables: " + difference(wanted, own))
        steps = self.engine.steps(database)
        if steps != way.steps:
            outcome.twice = True
            reasons.append("recorded steps: " + difference(way.steps, steps))
        left = self.engine.leftovers(database)
        if left:
            outcome.stray = True
            reasons.append(f"left over: {left}")
        outcome.reason = "; ".join(reasons)
        return outcome

    # --- a trial ------------------------------------------------------------------------------

    def after(self, way, outcome, database, command=None):
        """The next run, and what is there then."""
        status, out, errors = self.run((*(command or way.command), "--wait", "30"), self.engine.url(database))
        if status not in (0, 2):
            outcome.stuck = True
            outcome.reason = f"the run after it: status {status}: {last_line(errors or out)}"
            return outcome
        return self.check(way, outcome, database)

    def trial(self, way, fault, strike, database=None):
        """`strike(url)` runs the command with the fault and says whether it came in time."""
        database = database or self.engine.copy(way.template)
        outcome = Outcome(fault)
        try:
            outcome.hit = strike(self.engine.url(database), database)
            return self.after(way, outcome, database)
        finally:
            self.engine.drop(database)

    def at_point(self, way, number, variable):
        """Killed, or failed, at the n-th point."""
        def strike(url, _):
            status, _, _ = self.run(way.command, url, {variable: str(number)})
            return status not in (0, 2)
        return self.trial(way, f"{variable[len('DMIG_TEST_'):].lower()}={number}", strike)

    def at_instant(self, way, seconds, number):
        """A signal at any instant."""
        def strike(url, _):
            process = self.start(way.command, url)
            timer = threading.Timer(seconds, process.send_signal, (number,))
            timer.start()
            status, _, _ = self.finish(process)
            timer.cancel()
            return status not in (0, 2)
        return self.trial(way, f"{number.name} after {1000 * seconds:.1f} ms", strike)

    def at_signal(self, way, point, number):
        """A signal as soon as the n-th point is told of."""
        def strike(url, _):
            process = self.start(way.command, url, {"DMIG_TEST_TRACE_POINTS": "1"})
            for line in process.stderr:
                if line.startswith(f"fault point {point}:"):
                    os.kill(process.pid, number)
                    break
            status, _, _ = self.finish(process)
            return status not in (0, 2)
        return self.trial(way, f"{number.name} at point {point}", strike)


def settled(own):
    """dmig's own tables, without those that grow with every run, and with how full the rest is."""
    return {name: rows for name, rows in own.items()
            if not name.strip('"').endswith(("runs", "steps"))}


def last_line(text):
    lines = [line for line in text.strip().splitlines() if line]
    return lines[-1][:600] if lines else "it said nothing"


def difference(wanted, found):
    """The first few things that are otherwise, in one line."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        parts = [f"-{name}" for name in wanted if name not in found]
        parts += [f"+{name}" for name in found if name not in wanted]
        parts += [f"~{name}: {difference(wanted[name], found[name])}" for name in wanted
                  if name in found and wanted[name] != found[name]]
    elif isinstance(wanted, list) and isinstance(found, list):
        parts = [f"-{item}" for item in wanted if item not in found]
        parts += [f"+{item}" for item in found if item not in wanted]
        if not parts:
            parts = [f"{len(wanted)} became {len(found)}, or are in another order"]
    else:
        parts = [f"{str(wanted)[:200]} became {str(found)[:200]}"]
    return " | ".join(str(part)[:300] for part in parts[:4])
