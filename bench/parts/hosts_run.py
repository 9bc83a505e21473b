"""One run of `bench.hosts`: server, poller and workers on hosts of their own; one may be cut off and connected again.

What is served, and what is good, is decided elsewhere.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis

from bench.parts.chaos_news import plan
from bench.parts.chaos_oracle import Verdict, judge
from bench.parts.chaos_programs import Program, children_of
from bench.parts.chaos_run import SETTLE_S, say, wait_until
from bench.parts.chaos_sides import COMMAND_LINE, Stancewire, environment_of, list_of
from bench.parts.hosts_network import NETWORK, SWITCH, Network
from bench.parts.hosts_result import Options, Result
from config.settings import PollSettings
from services.embedded import find_binary
from stancewire import keys

SERVER, POLLER, STANDBY = "server", "poller", "standby"
WORKERS = ("workers1", "workers2")
#: Share of a run's time after which a host is cut off.
CUT_AT = 0.35
_PORT = 6379
_LOOK_S = 0.5
#: Share of the articles that must be published before.
BEFORE_CUT = 0.1


class Run:
    """One run: everything is started, cut off, connected again, and in the end looked at."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._side = Stancewire()
        self._planned = plan(options.articles, options.seconds, options.seed, 0)
        hosts = [WORKERS[place] for place, count in enumerate(options.workers) if count]
        pollers = (POLLER, STANDBY) if options.standby else (POLLER,)
        self._network = Network((SERVER, *pollers, *hosts), sites=1 + max(each.feed for each in self._planned))
        self._socket = options.folder / "server.sock"
        # Past the network, so that it sees the server also while that is cut off.
        self._password = secrets.token_hex(8)
        self._client = redis.Redis(unix_socket_path=str(self._socket), password=self._password)
        self._heard: dict[str, float] = {}
        self._told_at = 0.0
        #: What the server says of itself when all is done.
        self._facts: Any = {}
        self._poller_cpu_s = 0.0

    def run(self) -> Result:
        """Run it."""
        with self._network:
            programs: list[Program] = []
            try:
                return self._run(programs)
            finally:
                for program in reversed(programs):
                    program.end()
                self._client.close()

    def _run(self, programs: list[Program]) -> Result:
        programs.append(self._start_server())
        port = self._start_site(programs)
        (poller, *standby), workers = self._programs(port)

        def start(*these: Program) -> None:
            for program in these:
                programs.append(program)
                program.start()

        if self._options.workers_last:
            start(poller)
            self._wait(lambda: self._began_at(port) is not None, 60, "no feed was asked for")
            before_s = cpu_of(poller.pid)
            self._wait(self._is_all_taken_in, 180, "not all articles were taken in")
            self._poller_cpu_s = cpu_of(poller.pid) - before_s
            start(*workers)
        else:
            start(*workers)
            self._wait(self._are_ready, 180, "the workers were not ready")
            start(poller)
        self._wait(lambda: self._began_at(port) is not None, 60, "no feed was asked for")
        start(*standby)
        began_at = self._began_at(port) or 0.0
        cut_at, back_at = self._cut(began_at) if self._options.cut else (0.0, 0.0)
        verdict = self._judge_when_done(began_at, back_at)
        moments = [one.at for one in self._side.found(self._client)]
        return Result(
            verdict=verdict,
            published_at=moments,
            cut_at=cut_at,
            back_at=back_at,
            heard=self._heard,
            poller_cpu_s=self._poller_cpu_s,
            server=self._facts,
        )

    def _start_server(self) -> Program:
        folder = self._options.folder / "server"
        folder.mkdir()
        file = folder / "server.conf"
        # In a file: what stands in a command line, everybody reads.
        file.touch(mode=0o600)
        file.write_text(
            f"bind {self._network.address[SERVER]}\nport {_PORT}\nunixsocket {self._socket}\nunixsocketperm 700\n"
            f'requirepass {self._password}\ndir "{folder}"\n'
            'appendonly yes\nappendfsync always\nsave ""\nmaxmemory-policy noeviction\n'
        )
        command = (*self._network.on(SERVER), str(find_binary()), str(file))
        server = Program(command, environment_of(folder, {}), self._options.folder / "server.log")
        server.start()
        self._wait(self._answers, 30, "the server did not answer")
        return server

    def _start_site(self, programs: list[Program]) -> int:
        log = self._options.folder / "site.log"
        given = (str(self._options.articles), str(self._options.seconds), str(self._options.seed), "0")
        command = (*self._network.on(SWITCH), sys.executable, "-P", "-m", "bench.parts.chaos_site", *given)
        site = Program(command, environment_of(self._options.folder, {}), log, tree=True)
        programs.append(site)
        site.start()
        self._wait(lambda: log.read_text().endswith("\n"), 30, "the site did not start")
        return int(log.read_text())

    def _programs(self, port: int) -> tuple[list[Program], list[Program]]:
        """The pollers, and what starts the workers."""
        folder, network = self._options.folder, self._network
        urls = [f"http://{address}:{port}/feed-{place}.xml" for place, address in enumerate(network.sites)]
        settings = {
            "STANCEWIRE_REDIS_URL": f"redis://:{self._password}@{network.address[SERVER]}:{_PORT}",
            "STANCEWIRE_FEEDS": str(list_of(urls, folder)),
            "STANCEWIRE_FETCH__ALLOW_NETWORKS": NETWORK,
            "STANCEWIRE_FETCH__HOST_INTERVAL_S": "0",
            "STANCEWIRE_POLL__INTERVAL_S": "2",
            "STANCEWIRE_HEALTH__ENABLED": "false",
        }

        def program(host: str, part: str, more: dict[str, str]) -> Program:
            command = (*network.on(host), *COMMAND_LINE, part)
            return Program(command, environment_of(folder, settings | more), folder / f"{host}.log")

        counts = zip(WORKERS, self._options.workers, strict=False)
        workers = [program(host, "work", {"STANCEWIRE_WORK__PROCESSES": str(count)}) for host, count in counts if count]
        pollers = [program(host, "poll", {}) for host in (POLLER, STANDBY) if host in network.address]
        return pollers, workers

    def _answers(self) -> bool:
        try:
            return bool(self._client.ping())
        except redis.RedisError:
            return False

    def _are_ready(self) -> bool:
        known: Any = self._client.scard(keys.RQ_WORKERS)
        return int(known) == sum(self._options.workers)

    def _is_all_taken_in(self) -> bool:
        originals = sum(each.copy_of is None for each in self._planned)
        return self._side.left(self._client) >= min(originals, PollSettings().max_pending)

    def _began_at(self, port: int) -> float | None:
        asking = f"import urllib.request as u; print(u.urlopen('http://127.0.0.1:{port}/began').read().decode())"
        command = (*self._network.on(SWITCH), sys.executable, "-I", "-S", "-c", asking)
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() or 0) or None

    def _cut(self, began_at: float) -> tuple[float, float]:
        hosts, options = self._options.cut, self._options
        self._wait(lambda: self._is_time_to_cut(began_at), 600, "the moment of the cut did not come")
        cut_at = time.time()
        for host in hosts:
            self._network.cut(host)
        say(f"  {cut_at - began_at:4.0f} s: {' and '.join(hosts)} cut off")
        time.sleep(options.cut_s)
        for host in hosts:
            self._network.connect(host)
        say(f"  {time.time() - began_at:4.0f} s: {' and '.join(hosts)} back")
        return cut_at, time.time()

    def _is_time_to_cut(self, began_at: float) -> bool:
        """Whether it is time, and work is going on."""
        is_time = time.time() - began_at > CUT_AT * self._options.seconds
        return is_time and len(self._side.found(self._client)) > BEFORE_CUT * self._options.articles

    def _listen(self, back_at: float) -> None:
        """Note whom the server hears of again, of those that were behind a cut."""
        cut = self._options.cut
        addresses = {
            address: host
            for host, address in self._network.address.items()
            if host != SERVER and (host in cut or SERVER in cut)
        }
        clients: Any = self._client.client_list()
        now = time.time()
        for each in clients:
            host = addresses.get(each["addr"].partition(":")[0])
            # The server counts in whole seconds.
            if host and int(each["idle"]) + 1 < now - back_at:
                # RQ calls the connection by which a worker takes batches by the worker's own name.
                _, is_ours, purpose = each["name"].rpartition("stancewire-")
                name = f"{host} ({purpose if is_ours else 'worker'})"
                self._heard.setdefault(name, now - back_at - int(each["idle"]))

    def _judge_when_done(self, began_at: float, back_at: float) -> Verdict:
        reached, reached_at, done_at = -1, time.time(), None
        while time.time() < reached_at + self._options.patience_s:
            if back_at:
                self._listen(back_at)
            left = self._side.left(self._client)
            if left != reached:
                reached, reached_at = left, time.time()
            # All is read only when it may be over: the server has other things to do.
            is_done = left == 0 and not self._verdict(began_at).lost
            if is_done and done_at is None:
                self._facts = self._client.info()
            done_at = (done_at or time.time()) if is_done else None
            if done_at is not None and time.time() - done_at > SETTLE_S:
                break
            self._tell(began_at, left)
            time.sleep(_LOOK_S)
        return self._verdict(began_at)

    def _verdict(self, began_at: float) -> Verdict:
        return judge(self._planned, began_at, self._side.found(self._client), self._side.dead(self._client))

    def _tell(self, began_at: float, left: int) -> None:
        if time.time() > self._told_at + 5:
            self._told_at = time.time()
            published: Any = self._client.xlen(keys.SIGNALS_STREAM)
            say(f"  {self._told_at - began_at:4.0f} s: {published:,} signals published, {left:,} articles waiting")

    def _wait(self, reached: Callable[[], bool], seconds: float, what: str) -> None:
        wait_until(reached, seconds, what, self._options.folder)


def cpu_of(pid: int) -> float:
    """Seconds of processor time that a process and its children have had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(cpu_of, children_of(pid)))
