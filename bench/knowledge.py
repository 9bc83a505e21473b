"""Counts what is known about actors and lists the gaps: `python -m bench.knowledge [COUNTRY ...]`.

It judges no name and no date, only whether something is there; a gap is a stretch of more than six months in which
nobody is known to have held an office.
"""

from __future__ import annotations

import argparse
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources

from config.knowledge import Knowledge, load_knowledge
from config.knowledge.actors import Office

FIRST_DAY = date(2014, 1, 1)
LONGEST_GAP = timedelta(days=184)
OFFICES = ("head_of_state", "head_of_government", "foreign_minister")
#: Where no recognised or actual ruler is called head of state, the supreme leader counts as one.
STANDS_FOR = {"supreme_leader": "head_of_state"}
#: The British monarch is head of state of these; of Barbados until it became a republic.
REALMS = {
    **dict.fromkeys(("AG", "AU", "BS", "BZ", "CA", "GD", "JM", "KN", "LC", "NZ", "PG", "SB", "TV", "VC"), date.max),
    "BB": date(2021, 11, 30),
}
#: The head of state heads the government as well, for all the time or within these days: executive presidents by the
#: constitution, monarchs and presidents who are their own prime ministers, rulers without one.
EXECUTIVE_HEADS: dict[str, tuple[date, date]] = {
    **dict.fromkeys(
        (
            *(
                "AO",
                "AR",
                "BO",
                "BR",
                "BW",
                "CH",
                "CL",
                "CO",
                "CR",
                "CY",
                "DO",
                "EC",
                "GH",
                "GM",
                "GT",
                "HN",
                "ID",
                "IR",
            ),
            *(
                "KE",
                "KI",
                "LR",
                "MV",
                "MW",
                "MX",
                "NG",
                "NI",
                "OM",
                "PA",
                "PE",
                "PH",
                "PW",
                "PY",
                "SC",
                "SL",
                "SR",
                "SS",
            ),
            *("SV", "TM", "US", "UY", "VE", "ZA", "ZM", "ZW", "BJ", "BN", "ER", "GY", "KM"),
        ),
        (date.min, date.max),
    ),
    "AF": (date.min, date(2021, 8, 15)),
    "BI": (date.min, date(2020, 6, 23)),
    "CU": (date.min, date(2019, 12, 21)),
    "CG": (date.min, date(2016, 4, 23)),
    "MM": (date.min, date(2016, 4, 6)),
    "SA": (date.min, date(2022, 9, 27)),
    "SD": (date.min, date(2017, 3, 2)),
    "SN": (date(2019, 5, 14), date(2022, 9, 17)),
    "SY": (date(2025, 3, 29), date.max),
    "TD": (date(2018, 5, 5), date(2021, 4, 26)),
    "TR": (date(2018, 7, 9), date.max),
}
#: Kinds of bodies that a country should have.
BODIES: dict[str, frozenset[str]] = {
    "ministry": frozenset({"ministry"}),
    "parliament": frozenset({"parliament"}),
    "court": frozenset({"court"}),
    "intelligence or cyber agency": frozenset({"intelligence", "cyber_agency"}),
    "spokesperson's office": frozenset({"spokesperson_office", "presidency"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch without a known holder of an office."""

    country: str
    office: str
    start: date
    end: date


def known_until() -> date:
    """The day up to which every file of offices is known."""
    files = [path for path in resources.files("config.knowledge").iterdir() if path.name.startswith("people-")]
    days: list[date] = [tomllib.loads(path.read_text("utf-8"))["provenance"]["known_until"] for path in files]
    return min(days)


def terms_of(knowledge: Knowledge) -> dict[tuple[str, str], list[tuple[date, date]]]:
    """Terms by country and office, as this module counts them."""
    terms: dict[tuple[str, str], list[tuple[date, date]]] = {}
    for actor in knowledge.actors:
        for office in actor.offices:
            country = office.country or actor.country
            if country is not None:
                kind = STANDS_FOR.get(office.office, office.office)
                terms.setdefault((country, kind), []).append(_span(office))
    for realm, last in REALMS.items():
        terms.setdefault((realm, "head_of_state"), []).extend(_within(terms["GB", "head_of_state"], date.min, last))
    for country, (first, last) in EXECUTIVE_HEADS.items():
        heads = _within(terms.get((country, "head_of_state"), ()), first, last)
        terms.setdefault((country, "head_of_government"), []).extend(heads)
    return terms


def _span(office: Office) -> tuple[date, date]:
    return office.start or date.min, office.end or date.max


def _within(spans: Iterable[tuple[date, date]], first: date, last: date) -> list[tuple[date, date]]:
    cut = ((max(start, first), min(end, last)) for start, end in spans)
    return [(start, end) for start, end in cut if start <= end]


def gaps(knowledge: Knowledge, countries: Iterable[str], until: date) -> Iterator[Gap]:
    """Every gap from 2014 on, by country and office."""
    terms = terms_of(knowledge)
    for country in countries:
        for office in OFFICES:
            held = FIRST_DAY
            for start, end in [*sorted(terms.get((country, office), ())), (until, until)]:
                if (start := min(start, until)) - held > LONGEST_GAP:
                    yield Gap(country=country, office=office, start=held, end=start)
                held = max(held, min(end, until))


def countries_of(knowledge: Knowledge, *statuses: str) -> list[str]:
    """Codes of the states of some status, in order."""
    return sorted(
        actor.country
        for actor in knowledge.actors
        if actor.kind == "state" and actor.country is not None and actor.subkind in statuses
    )


def bodies(knowledge: Knowledge) -> dict[str, set[str]]:
    """Countries with a body of each kind."""
    kinds = {
        (actor.country, actor.subkind)
        for actor in knowledge.actors
        if actor.kind == "organisation" and actor.country is not None
    }
    return {name: {country for country, kind in kinds if country and kind in wanted} for name, wanted in BODIES.items()}


def well_covered(knowledge: Knowledge) -> set[str]:
    """Countries with a ministry, a parliament, a court and an intelligence or cyber agency."""
    *wanted, _ = bodies(knowledge).values()
    return set.intersection(*wanted)


def terms_in(knowledge: Knowledge, office: str) -> set[str]:
    """Countries with anybody known to have held an office."""
    return {country for country, kind in terms_of(knowledge) if kind == office}


def _counts(knowledge: Knowledge) -> Iterator[str]:
    kinds = Counter((actor.kind, actor.subkind) for actor in knowledge.actors)
    for (kind, subkind), number in sorted(kinds.items()):
        yield f"{kind:14}{subkind:22}{number:6}"
    seats = [name for actor in knowledge.actors for form, name in actor.names if form == "seat"]
    yield f"{'names':14}{'seat':22}{len(seats):6}"
    for name, countries in bodies(knowledge).items():
        yield f"countries with {name}: {len(countries)}"
    yield f"countries with all but the last: {len(well_covered(knowledge))}"
    yield f"countries with a spokesperson by name: {len(terms_in(knowledge, 'spokesperson'))}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the counts and the gaps."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("countries", nargs="*", help="codes of the countries whose gaps to list; all if left out")
    options = parser.parse_args(arguments)
    knowledge, until = load_knowledge(), known_until()
    print("\n".join(_counts(knowledge)))
    countries = countries_of(knowledge, "un_member", "un_observer", "contested")
    found = list(gaps(knowledge, countries, until))
    whole = [country for country in countries if country not in {gap.country for gap in found}]
    print(f"countries without a gap in {', '.join(OFFICES)} from {FIRST_DAY} to {until}: {len(whole)}")
    print(*whole)
    for gap in found:
        if not options.countries or gap.country in options.countries:
            print(f"gap: {gap.country} {gap.office} {gap.start} {gap.end}")
    return 0


if __name__ == "__main__":
    main()
