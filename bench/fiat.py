"""Measures interference on cases coded by hand: `python -m bench.fiat [FILE] [--errors]`.

The cases are those of the DFRLab's Foreign Interference Attribution Tracker, or others in its columns; they lie beside
the repository. A case's short title is read as the title and its short description as the text, as they would come from
a feed, so that neither lends the other a subject. It trains nothing and pins nothing.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.parts.passages import article
from config.knowledge import Knowledge, load_knowledge
from stancewire.types import Entity, Interference
from workers.pipeline import Pipeline, load
from workers.text.names import Chooser, NameFinder

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "fiat-dev.jsonl"

#: What the tracker codes, and which of our families answer to it: the first, or any other. Codes that name a place
#: of publication without saying what is done there ("Independent Media") answer to none.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    # Accounts of invented people, automated accounts and organised pile-ons are one family here; that the invented
    # people pose as locals is another, which the tracker has no code for.
    "Sockpuppets": ("social_media_campaign", "impersonation"),
    "Botnets": ("social_media_campaign",),
    "Brigading": ("social_media_campaign",),
    # The tracker has one code for breaking in, whether or not what was taken is published.
    "Hacking - Data Exfiltration": ("cyber_intrusion", "hack_and_leak"),
    "Deceptive Content Manipulation": ("disinformation",),
    "Deep Learning Processes": ("ai_generated",),
    "State Media": ("state_media",),
    # A site got up as a newspaper: its content is false, or its front is.
    '"Junk News" Website': ("disinformation", "impersonation"),
}
#: Any platform in the tracker's column of social media says that it went over social media.
SOCIAL_MEDIA = ("social_media_campaign",)
_GOVERNMENTS = {"Government", "Foreign Government Body"}
_SPLIT = re.compile(r",|;| and/or | and ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One coded allegation."""

    id: str
    title: str
    text: str
    actors: frozenset[str]
    sources: tuple[str, ...]
    #: Country of the source, where the source is a government.
    government: str | None
    #: The families of each code.
    methods: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """F1 averaged over cases, and over all answers together."""

    cases: int
    mean: float
    micro: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} averaged over {self.cases} cases, {self.micro:.3f} over all answers"


class Countries:
    """Names of countries and people in running text, by the program's own knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        ambiguity = knowledge.lists["english/ambiguity"]
        self._finder = NameFinder(knowledge.actors, ambiguity["others"]["phrases"])
        self._chooser = Chooser(ambiguity)

    def states_in(self, text: str) -> frozenset[str]:
        """Codes of the states that `text` names."""
        names = self._chooser.choose(text, self._finder.find(text), None)
        return frozenset(n.actor.country for n in names if n.actor.kind == "state" and n.actor.country is not None)


def read_cases(path: Path, countries: Countries) -> tuple[Case, ...]:
    """Cases of a file with one JSON object a line."""
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())
    return tuple(_case(row, countries) for row in rows)


def _case(row: Mapping[str, str], countries: Countries) -> Case:
    codes = [part.strip() for column in ("methods", "open_web") for part in row[column].split(",")]
    methods = {FAMILIES[code] for code in codes if code in FAMILIES}
    if row["social_media"].strip():
        methods.add(SOCIAL_MEDIA)
    nation = sorted(countries.states_in(row["source_nation"]))
    return Case(
        id=row["case_hash"],
        title=row["short_title"],
        text=row["short_description"],
        actors=countries.states_in(row["disinformant_nation"].replace(",", ", ")),
        sources=tuple(part.strip() for part in _SPLIT.split(row["source"]) if part.strip()),
        government=nation[0] if nation and row["source_category"] in _GOVERNMENTS else None,
        methods=tuple(sorted(methods)),
    )


def find_in(pipeline: Pipeline, case: Case) -> tuple[Interference, ...]:
    """The interference reported in a case."""
    signals = pipeline.analyse(article(case.text, title=case.title, name=case.id, language="en")).signals
    return tuple(signal for signal in signals if isinstance(signal, Interference))


def actors_of(found: Iterable[Interference]) -> frozenset[str]:
    """Countries of all actors."""
    return frozenset(signal.actor.country for signal in found if signal.actor.country is not None)


def yardsticks(case: Case, countries: Countries) -> dict[str, frozenset[str]]:
    """What naming every foreign state would answer: of the title, or of the text if it names none; or of both."""
    home = {"US", "EU"}
    title, text = (countries.states_in(words) - home for words in (case.title, case.text))
    return {"every foreign state, title first": title or text, "every foreign state": title | text}


def shares(answers: Sequence[tuple[Collection[str], Collection[str]]]) -> Shares:
    """F1 of (expected, found) sets; an empty answer is right where nothing is expected."""
    hits = [len(set(expected) & set(found)) for expected, found in answers]
    sizes = [len(expected) + len(found) for expected, found in answers]
    each = [2 * hit / size if size else 1.0 for hit, size in zip(hits, sizes, strict=True)]
    return Shares(cases=len(answers), mean=sum(each) / len(each), micro=2 * sum(hits) / max(1, sum(sizes)))


def is_claimant_found(case: Case, found: Iterable[Interference]) -> bool:
    """Whether one of the coded sources is among the claimants: by name, or by its state if it is a government."""
    return any(
        _is_source(source, claimant)
        or (case.government is not None and claimant.country == case.government and claimant.type != "media")
        for signal in found
        for claimant in signal.claimants
        for source in case.sources
    )


def _is_source(source: str, claimant: Entity) -> bool:
    known = {_plain(claimant.name), _plain(claimant.mention.text)}
    wanted = _plain(source)
    return any(name and (name in wanted or wanted in name) for name in known)


def _plain(text: str) -> str:
    letters = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return letters.casefold().removeprefix("the ")


def methods_of(case: Case, found: Iterable[Interference]) -> tuple[set[str], set[str]]:
    """(expected, found) families, where a code that several answer to is called by the one that was found."""
    families = {technique.family for signal in found for technique in signal.techniques}
    expected = {next((family for family in code if family in families), code[0]) for code in case.methods}
    also_right = {family for code in case.methods for family in code}
    return expected, {family for family in families if family in expected or family not in also_right}


def main() -> int:
    """Print the figures, with those of the yardsticks in the same run."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--errors", action="store_true", help="list what went wrong in each case")
    options = parser.parse_args()
    if not options.file.exists():
        print(f"{options.file}: not here")
        return 1
    knowledge = load_knowledge()
    countries, pipeline = Countries(knowledge), load()
    cases = read_cases(options.file, countries)
    found = [find_in(pipeline, case) for case in cases]
    actors = [(case.actors, actors_of(signals)) for case, signals in zip(cases, found, strict=True)]
    print(f"countries of actors: {shares(actors)}")
    for name in yardsticks(cases[0], countries):
        print(f"  {name}: {shares([(case.actors, yardsticks(case, countries)[name]) for case in cases])}")
    claimed = [is_claimant_found(case, signals) for case, signals in zip(cases, found, strict=True)]
    print(f"claimant found: {sum(claimed) / len(claimed):.3f} ({sum(claimed)} of {len(claimed)})")
    # A case without a code says nothing about its methods, so it is left out.
    methods = [methods_of(case, signals) for case, signals in zip(cases, found, strict=True)]
    print(f"method families: {shares([pair for pair, case in zip(methods, cases, strict=True) if case.methods])}")
    if options.errors:
        _print_errors(cases, actors, claimed, methods)
    return 0


def _print_errors(
    cases: Sequence[Case],
    actors: Sequence[tuple[Collection[str], Collection[str]]],
    claimed: Sequence[bool],
    methods: Sequence[tuple[Collection[str], Collection[str]]],
) -> None:
    for case, (wanted, got), is_claimed, (codes, families) in zip(cases, actors, claimed, methods, strict=True):
        if set(wanted) != set(got):
            print(f"{case.id} actors: {sorted(got)} for {sorted(wanted)}")
        if not is_claimed:
            print(f"{case.id} claimant: none of {', '.join(case.sources)}")
        if case.methods and set(codes) != set(families):
            print(f"{case.id} methods: {sorted(families)} for {sorted(codes)}")


if __name__ == "__main__":
    sys.exit(main())
