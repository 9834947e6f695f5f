"""The faults, by family. Each family is a generator of trials: functions that give an Outcome."""

import os
import shutil
import signal
import subprocess
import threading
import time

import proxy
import trial


def spread(numbers, most):
    """At most so many of them, evenly: the first and the last too."""
    numbers = list(numbers)
    if most is None or len(numbers) <= most:
        return numbers
    if most == 1:
        return [numbers[len(numbers) // 2]]
    return [numbers[round(i * (len(numbers) - 1) / (most - 1))] for i in range(most)]


def points(way, most):
    return spread(range(1, way.points + 1), most)


# --- the process ------------------------------------------------------------------------------

def killed(bench, way, most):
    for number in points(way, most):
        yield lambda number=number: bench.at_point(way, number, "DMIG_TEST_KILL_AT")


def failing(bench, way, most):
    for number in points(way, most):
        yield lambda number=number: bench.at_point(way, number, "DMIG_TEST_FAIL_AT")


def killed_anywhere(bench, way, most):
    for _ in range(most or 60):
        seconds = bench.random.random() * way.seconds * 1.1
        yield lambda seconds=seconds: bench.at_instant(way, seconds, signal.SIGKILL)


def killed_twice(bench, way, most):
    """Killed, and the run after it too, at any two points."""
    for number in points(way, most):
        def again(number=number):
            second = bench.random.randint(1, max(1, way.points - number))

            def strike(url, _):
                bench.run(way.command, url, {"DMIG_TEST_KILL_AT": str(number)})
                status, _, _ = bench.run((*way.command, "--wait", "30"), url, {"DMIG_TEST_KILL_AT": str(second)})
                return status not in (0, 2)
            return bench.trial(way, f"kill_at={number}, then {second}", strike)
        yield again


def signalled(bench, way, most):
    for number in points(way, most):
        one = signal.SIGINT if number % 2 else signal.SIGTERM
        yield lambda number=number, one=one: bench.at_signal(way, number, one)


# --- the server -------------------------------------------------------------------------------

def count_messages(bench, way):
    """How many messages a run sends, so that there is something to choose from."""
    if way.messages:
        return way.messages
    between = proxy.Proxy(bench.engine.folder / ".s.PGSQL.5432")
    database = bench.engine.copy(way.template)
    try:
        status, _, errors = bench.run(way.command, bench.engine.url(database, between.folder))
        if status not in (0, 2):
            raise SystemExit(f"through the proxy: {errors}")
        way.messages = between.messages
        return way.messages
    finally:
        between.close()
        bench.engine.drop(database)


def through_proxy(bench, way, name, number, before, act):
    def strike(url, database):
        struck, over = threading.Event(), threading.Event()

        def once():
            struck.set()
            try:
                return act(database)
            finally:
                over.set()
        between = proxy.Proxy(bench.engine.folder / ".s.PGSQL.5432", number, before, once)
        try:
            status, _, _ = bench.run(way.command, bench.engine.url(database, between.folder))
            time.sleep(0.05)  # nobody waits for the last message
            if struck.is_set():
                over.wait()
            return status not in (0, 2)
        finally:
            between.close()
    when = "before" if before else "after"
    return bench.trial(way, f"{name} {when} message {number}", strike)


def messages(bench, way, most):
    both = [(number, before) for number in range(1, count_messages(bench, way) + 1) for before in (True, False)]
    return spread(both, most)


def cut(bench, way, most):
    for number, before in messages(bench, way, most):
        yield lambda n=number, b=before: through_proxy(bench, way, "cut", n, b, lambda _: "cut")


def terminated(bench, way, most):
    for number, before in messages(bench, way, most):
        yield lambda n=number, b=before: through_proxy(bench, way, "backend terminated", n, b,
                                                       bench.engine.terminate)


def crashed(bench, way, most):
    engine = bench.engine

    def one(number, before):
        def strike(url, database):
            struck, restarted = threading.Event(), threading.Event()

            def crash():
                struck.set()
                engine.crash()
                threading.Thread(target=lambda: (engine.start(), restarted.set())).start()
                return "cut"
            between = proxy.Proxy(engine.folder / ".s.PGSQL.5432", number, before, crash)
            try:
                status, _, _ = bench.run(way.command, engine.url(database, between.folder))
                time.sleep(0.05)  # the last message is not waited for
            finally:
                between.close()
            if struck.is_set():
                restarted.wait()
            return status not in (0, 2)
        return bench.trial(way, f"server killed {'before' if before else 'after'} message {number}", strike)

    for number, before in messages(bench, way, most or 60):
        yield lambda n=number, b=before: one(n, b)


# --- the disk ---------------------------------------------------------------------------------

def unchecked(way):
    """The look before a run would refuse to begin with so little room."""
    return way.command if way.command[0] == "restore" else (*way.command, "--no-check")


class SmallDisk:
    """A file system in memory of a size that can be changed. Takes root."""

    def __init__(self, folder, size):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0777", "tmpfs", str(folder)], check=True,
                       capture_output=True)

    def resize(self, size, more=""):
        subprocess.run(["mount", "-o", f"remount,size={size}{more}", str(self.folder)], check=True,
                       capture_output=True)

    def close(self):
        for _ in range(50):
            if subprocess.run(["umount", str(self.folder)], capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.1)
        self.folder.rmdir()


def can_mount(folder):
    try:
        disk = SmallDisk(folder / "mounted", 65536)
    except (OSError, subprocess.CalledProcessError):
        return False
    disk.close()
    return True


def full_file_system(bench, way, most):
    """SQLite, on a file system with room for so many pages more."""
    if not can_mount(bench.engine.folder):
        return
    size = os.path.getsize(way.template)

    def one(pages):
        disk = SmallDisk(bench.engine.folder / "disk", 64 << 20)
        try:
            database = disk.folder / "shop.db"
            shutil.copyfile(way.template, database)

            def strike(url, _):
                disk.resize(size + 4096 * pages)
                status, _, _ = bench.run(unchecked(way), url)
                disk.resize(64 << 20)
                return status not in (0, 2)
            return bench.trial(way, f"room for {pages} pages", strike, database)
        finally:
            disk.close()

    for pages in spread(range(1, 2 + 3 * size // 4096), most):
        yield lambda pages=pages: one(pages)


def read_only_file_system(bench, way, most):
    """SQLite: the file system takes nothing."""
    if not can_mount(bench.engine.folder):
        return

    def one():
        disk = SmallDisk(bench.engine.folder / "disk", 64 << 20)
        try:
            database = disk.folder / "shop.db"
            shutil.copyfile(way.template, database)

            def strike(url, _):
                disk.resize(64 << 20, ",ro")
                status, _, _ = bench.run(unchecked(way), url)
                disk.resize(64 << 20, ",rw")
                return status not in (0, 2)
            return bench.trial(way, "read-only file system", strike, database)
        finally:
            disk.close()
    yield one


def limited_file_size(bench, way, most):
    """SQLite: no file may grow beyond so much, as with a quota."""
    import resource
    size = os.path.getsize(way.template)

    def one(pages):
        def strike(url, _):
            def limit():
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (size + 4096 * pages,) * 2)
            status, _, _ = bench.run(unchecked(way), url, preexec_fn=limit)
            return status not in (0, 2)
        return bench.trial(way, f"files of {pages} pages more", strike)

    for pages in spread(range(0, 2 + 2 * size // 4096), most):
        yield lambda pages=pages: one(pages)


def full_tablespace(bench, way, most):
    """PostgreSQL, with the database on a file system that has room for so much more."""
    engine = bench.engine
    if not can_mount(engine.folder):
        return

    def one(kilobytes):
        disk = SmallDisk(engine.folder / "space", 256 << 20)
        database = None
        try:
            if engine.user is not None:
                os.chown(disk.folder, engine.user.pw_uid, engine.user.pw_gid)
            os.chmod(disk.folder, 0o700)
            engine.psql("postgres", f"CREATE TABLESPACE small LOCATION '{disk.folder}'")
            database = engine.copy(way.template, "TABLESPACE small STRATEGY file_copy")

            def strike(url, _):
                used = int(subprocess.run(["du", "-s", "-B1", str(disk.folder)], text=True, capture_output=True,
                                          check=True).stdout.split()[0])
                disk.resize(used + 1024 * kilobytes)
                status, _, _ = bench.run(unchecked(way), url)
                disk.resize(256 << 20)
                return status not in (0, 2)
            return bench.trial(way, f"room for {kilobytes} kB", strike, database)
        finally:
            if database is not None:
                engine.drop(database)
            engine.psql("postgres", "DROP TABLESPACE IF EXISTS small", check=False)
            disk.close()

    for kilobytes in spread(range(8, 1400, 40), most):
        yield lambda kilobytes=kilobytes: one(kilobytes)


def read_only_server(bench, way, most):
    """PostgreSQL: a server that takes reading alone, as a standby does."""
    engine = bench.engine

    def one():
        def strike(url, database):
            engine.psql("postgres", f"ALTER DATABASE {database} SET default_transaction_read_only = on")
            status, _, _ = bench.run(unchecked(way), url)
            engine.psql("postgres", f"ALTER DATABASE {database} RESET default_transaction_read_only")
            return status not in (0, 2)
        return bench.trial(way, "read-only database", strike)
    yield one


# --- others -----------------------------------------------------------------------------------

def together(bench, way, most):
    """Two, and twenty, at once; some of them killed half way."""
    def one(runs, kills, wait):
        def strike(url, _):
            more = ("--wait", "60") if wait else ()
            processes = [bench.start((*way.command, *more), url) for _ in range(runs)]
            for process in processes[:kills]:
                time.sleep(way.seconds * bench.random.random() / 2)
                process.kill()
            strike.ends = [bench.finish(process) for process in processes]
            return True
        outcome = bench.trial(way, f"{runs} at once{', waiting' if wait else ''}{f', {kills} killed' if kills else ''}",
                              strike)
        for status, out, errors in strike.ends[kills:]:
            names_holder = status == 4 and "locked by" in errors and "since" in errors
            if status not in (0, 2) and not names_holder or wait and status not in (0, 2):
                if outcome.stuck:
                    continue
                outcome.stuck = True
                outcome.reason += f"; one ended with {status}: {trial.last_line(errors or out)}"
        if kills == 0 and not wait and not any(status in (0, 2) for status, _, _ in strike.ends):
            outcome.stuck = True
            outcome.reason += "; none got through"
        return outcome

    crowds = [(20, 0, False), (2, 0, False), (2, 0, True), (2, 1, True), (20, 0, True), (20, 5, True)]
    for runs, kills, wait in spread(crowds, most):
        for _ in range(1 if most else 3):
            yield lambda runs=runs, kills=kills, wait=wait: one(runs, kills, wait)


# --- restoring --------------------------------------------------------------------------------

def given_up(bench, way, most):
    """Half way, where the way back fails too, so that nothing leads back but the backup. What is
    restored is as it was before the run."""
    if not bench.engine.online or "apply" not in way.name:
        return
    before = bench.engine.dump(way.template)

    def one(number):
        def strike(url, database):
            arguments = [word for word in way.command if not word.startswith("--backup")]
            status, out, errors = bench.run(("apply", *arguments[1:], "--backup=always"), url,
                                            {"DMIG_TEST_FAIL_AT": f"{number}-{number + 5}"})
            strike.restored = "was restored from the backup" in errors
            strike.wrong = ""
            if strike.restored:
                found = bench.engine.dump(database)
                strike.wrong = "; ".join(f"{part}: {trial.difference(before[part], found[part])}"
                                         for part in ("rows", "structure") if found[part] != before[part])
            return strike.restored
        outcome = bench.trial(way, f"given up at point {number}", strike)
        if strike.wrong:
            outcome.lost = True
            outcome.reason = f"after restoring by itself: {strike.wrong}; {outcome.reason}"
        return outcome

    for number in points(way, most):
        yield lambda number=number: one(number)


OF_RESTORE = ("kill", "kill-anywhere", "signal", "cut", "terminate", "crash", "tablespace-full", "disk-full",
              "file-size", "read-only")

FAMILIES = {
    # name: (function, engines, how many in the short form)
    "kill": (killed, ("sqlite", "postgresql"), 5),
    "fail": (failing, ("sqlite", "postgresql"), 3),
    "kill-anywhere": (killed_anywhere, ("sqlite", "postgresql"), 1),
    "kill-twice": (killed_twice, ("sqlite", "postgresql"), 1),
    "signal": (signalled, ("sqlite", "postgresql"), 2),
    "cut": (cut, ("postgresql",), 2),
    "terminate": (terminated, ("postgresql",), 2),
    "crash": (crashed, ("postgresql",), 1),
    "disk-full": (full_file_system, ("sqlite",), 3),
    "tablespace-full": (full_tablespace, ("postgresql",), 1),
    "file-size": (limited_file_size, ("sqlite",), 2),
    "read-only": (read_only_file_system, ("sqlite",), 1),
    "read-only-server": (read_only_server, ("postgresql",), 1),
    "give-up": (given_up, ("postgresql",), 2),
    "together": (together, ("sqlite", "postgresql"), 2),
}
