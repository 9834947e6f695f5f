"""Counts outcomes by suite and phase, and groups what failed."""

import collections
import re
import sys

import daily
from cases import PAIR_PHASES, SCRIPT_PHASES

PHASES = PAIR_PHASES + SCRIPT_PHASES + tuple(
    phase for phase in daily.PHASES if phase not in PAIR_PHASES)
# Told apart in the notes under the table, but as good as equal: `order`, columns in another order;
# `owner`, other owners; `text`, SQLite's text of a table; `refused`, the rows are in the way of any
# upgrade; `none`, no row was to be had.
PASSES = {"equal", "order", "owner", "text", "refused", "none"}
ASIDE = {"unloadable", "no inspect"}


def failed(outcomes):
    return any(outcome.status not in PASSES | ASIDE
               for phases in outcomes.values() for outcome in phases.values())


def suite_of(name):
    return "/".join(name.split("/")[:2])


def print_table(outcomes):
    counts = collections.OrderedDict()
    for name, phases in outcomes.items():
        suite = counts.setdefault(suite_of(name), {phase: collections.Counter() for phase in PHASES})
        for phase, outcome in phases.items():
            suite[phase][outcome.status] += 1
    width = max(len(suite) for suite in counts)
    asked = [phase for phase in PHASES if any(suite[phase] for suite in counts.values())]
    print(f"{'':{width}}" + "".join(f"{phase:>11}" for phase in asked))
    total = {phase: collections.Counter() for phase in asked}
    for suite, phases in counts.items():
        print(f"{suite:{width}}" + "".join(f"{cell(phases[phase]):>11}" for phase in asked))
        for phase in asked:
            total[phase].update(phases[phase])
    if len(counts) > 1:
        print(f"{'all':{width}}" + "".join(f"{cell(total[phase]):>11}" for phase in asked))
    for phase in asked:
        apart = {status: count for status, count in total[phase].items() if status != "equal"}
        if apart:
            print(f"{phase}: " + ", ".join(f"{count} {status}" for status, count in
                                           sorted(apart.items())))


def cell(counter):
    tried = sum(count for status, count in counter.items() if status not in ASIDE)
    passed = sum(counter[status] for status in PASSES)
    return f"{passed}/{tried}" if tried else "-"


def nameless(reason):
    reason = re.sub(r"\S*/\w+\.yaml(:\d+)*", "the YAML", reason)
    return re.sub(r'"[^"]*"|`[^`]*`', '"…"', re.sub(r"(?<!\()\b\d+\b", "N", reason))


def print_at_once(name, phases):
    for phase, outcome in phases.items():
        if outcome.status not in PASSES | {"no inspect", "unreached"}:
            print(f"{phase}: {name}: {outcome.status}: {outcome.reason}", file=sys.stderr, flush=True)


def print_failures(outcomes):
    """The largest group first, each with its cases and the first one's detail."""
    for phase in PHASES:
        groups = collections.defaultdict(list)
        for name, phases in outcomes.items():
            outcome = phases.get(phase)
            if outcome and outcome.status not in PASSES | {"no inspect", "unreached"}:
                groups[outcome.status, nameless(outcome.reason)].append((name, outcome))
        if groups:
            print(f"# {phase}\n")
        for (status, reason), members in sorted(groups.items(), key=lambda item: -len(item[1])):
            print(f"## {len(members)} {status}: {reason}")
            for name, outcome in members:
                print(f"   {name}: {outcome.reason}" if outcome.reason != reason else f"   {name}")
            for line in members[0][1].detail.splitlines()[:14]:
                print(f"   | {line}")
            print()
