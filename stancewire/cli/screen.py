"""What `stancewire up` shows: its steps, how to consume, each signal as it is published, and how things stand.

It is told everything and decides nothing; where there is no terminal it prints plain lines.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby

from rich.console import Console
from rich.rule import Rule
from rich.status import Status
from rich.text import Text

from config.characters import safe
from config.server_address import sentinel_address
from stancewire import keys
from stancewire.cli.signals import NEUTRAL, by_evidence, evidence_text, relation, what_became
from stancewire.cli.terminal import show
from stancewire.types import Announcement, Revision, Signal, StreamEntry
from stancewire.wiring.stores import Server

_STEP_WIDTH = 12


class SignalPrinter:
    """Prints signals one after the other; what they share with the one before is not said again."""

    def __init__(self, console: Console, *, with_date: bool = False) -> None:
        self._console = console
        self._time = "%Y-%m-%d %H:%M:%S" if with_date else "%H:%M:%S"
        self._article: tuple[str, str] | None = None

    def print(self, entries: Sequence[StreamEntry], taken_back: Container[str] = ()) -> None:
        """Print signals in their order, and after those of a revised article what became of them.

        `taken_back` has the ids of those that their article carries no more.
        """
        for is_revision, together in groupby((entry.signal for entry in entries), lambda each: each.kind == "revision"):
            if is_revision:
                self._print_revisions(each for each in together if isinstance(each, Revision))
            else:
                self._print_signals((each for each in together if not isinstance(each, Revision)), taken_back)

    def _print_revisions(self, revisions: Iterable[Revision]) -> None:
        for revision in revisions:
            self._head(revision)
            for line in what_became(revision):
                show(self._console, line, indent=2)

    def _head(self, first: Announcement) -> None:
        if (article := (first.article.id, first.article.revision)) != self._article:
            self._article = article
            show(self._console, "")
            show(self._console, _heading(first, self._time))

    def _print_signals(self, found: Iterable[Signal], taken_back: Container[str]) -> None:
        for evidence, signals in by_evidence(found):
            self._head(signals[0])
            text = evidence_text(evidence, signals)
            if evidence.field == "title":
                text = Text.assemble(("headline  ", "dim"), text)
            show(self._console, text, indent=2)
            for signal in signals:
                line = relation(signal)
                if signal.id in taken_back:
                    line.append("   replaced or taken back since", style=NEUTRAL)
                show(self._console, line, indent=4)


def _heading(signal: Announcement, time_format: str) -> Text:
    article = signal.article
    moment = signal.detected_at.astimezone() if signal.detected_at else None
    return Text.assemble(
        (f"{moment:{time_format}}  " if moment else "", "dim"),
        (article.outlet or "unknown outlet", "bold"),
        (f" · {signal.language}", "dim"),
        (f" · {article.url}" if article.url else "", "dim"),
    )


class Screen:
    """The screen of a running house."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._printer = SignalPrinter(console)
        self._status: Status | None = None
        #: Said when the screen closes.
        self.last = ""

    @contextmanager
    def open(self) -> Iterator[None]:
        """Keep a line at the bottom that says how things stand, on a terminal."""
        if self._console.is_terminal:
            self._status = Status("starting", console=self._console, spinner="dots")
            with self._status:
                yield
            self._status = None
        else:
            yield
        if self.last:
            self.note(self.last)

    def standing(self, text: str) -> None:
        """Say at the bottom how things stand."""
        if self._status is not None:
            self._status.update(Text(safe(text), style="dim"))

    def done(self, name: str, detail: str, seconds: float | None = None) -> None:
        """A step that is done."""
        took = f"  {seconds:.1f} s" if seconds is not None and seconds >= 0.1 else ""
        line = Text.assemble(("✓ ", "bold green"), f"{name:<{_STEP_WIDTH}}", (detail, ""), (took, "dim"))
        show(self._console, line)

    def note(self, text: str) -> None:
        """One line that somebody should see."""
        show(self._console, Text(text, style="dim"))

    def warn(self, text: str) -> None:
        """One dim line for a warning of the log."""
        show(self._console, Text(f"! {text}", style="dim"))

    def trouble(self, message: str, hint: str) -> None:
        """What keeps the house from starting, while it waits."""
        show(self._console, Text.assemble(("waiting: ", "bold yellow"), message))
        if hint:
            show(self._console, Text(hint, style="dim"), indent=9)

    def signals(self, entries: Sequence[StreamEntry]) -> None:
        """Signals that were published."""
        self._printer.print(entries)

    def how_to_consume(self, server: Server, *, health_url: str | None, log: str) -> None:
        """Say how the signals are read, where health is and how to stop; lines that are copied stand alone."""
        self._rule("read the signals")
        show(self._console, Text.assemble("in another terminal      ", ("stancewire tail", "cyan")))
        show(self._console, Text("with redis-cli"))
        self._copied(redis_cli_line(server))
        show(self._console, Text("from Python"))
        for line in python_lines(server):
            self._copied(line)
        self._rule("and")
        if health_url:
            show(self._console, Text.assemble("is it well?    ", (f"{health_url}/readyz", "cyan")))
        show(self._console, Text.assemble("the log        ", (log, "cyan")))
        show(self._console, Text.assemble("stop           ", ("Ctrl-C", "cyan")))
        self._rule("signals")

    def _rule(self, title: str) -> None:
        if self._console.is_terminal:
            self._console.print(Rule(Text(title, style="dim"), style="dim", align="left"))
        else:
            show(self._console, f"-- {title}")

    def _copied(self, line: str) -> None:
        # Not wrapped, so that it can be copied whole.
        self._console.print(Text(safe(line), style="cyan"), soft_wrap=True)


def redis_cli_line(server: Server) -> str:
    """A line for a shell that prints the newest signals and those to come."""
    if (by_sentinels := sentinel_address(server.url)) is not None:
        host, port = by_sentinels.sentinels[0]
        asked = f"redis-cli -h {host} -p {port} SENTINEL GET-MASTER-ADDR-BY-NAME {by_sentinels.service}"
        where = f"-u redis://$({asked} | paste -sd: -)"
    else:
        where = f"-s {server.socket}" if server.socket else f"-u {server.shown}"
    return f"redis-cli {where} XREAD BLOCK 0 STREAMS {keys.SIGNALS_STREAM} 0"


def python_lines(server: Server) -> tuple[str, ...]:
    """A consumer in Python, to be pasted."""
    if (by_sentinels := sentinel_address(server.url)) is not None:
        imported = "from redis.sentinel import Sentinel"
        made = f'Sentinel({list(by_sentinels.sentinels)!r}).master_for("{by_sentinels.service}")'
    else:
        imported = "from redis import Redis"
        made = f'Redis.from_url("{"unix://" + str(server.socket) if server.socket else server.shown}")'
    return (
        imported,
        "from stancewire.client import signals",
        "",
        f"redis = {made}",
        'for signal in signals(redis, group="my-desk"):',
        '    if signal.kind == "stance":',
        '        print(signal.holder.name, signal.polarity, signal.target.name, "|", signal.evidence.text)',
        '    elif signal.kind == "interference":',
        '        print(signal.actor.name, signal.status, signal.claim.text, "|", signal.evidence.text)',
        "    else:",
        '        print("revised:", signal.article.title, signal.reason, [gone.id for gone in signal.gone])',
        "",
    )


def clock_time(moment: datetime) -> str:
    """A time of day, as the screen says it."""
    return f"{moment.astimezone():%H:%M:%S}"
