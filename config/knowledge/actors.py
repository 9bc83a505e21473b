"""What is known about one actor: a state, a person, an organisation, an outlet or an operation.

Names are as the press writes them; which of several actors a name means in a text is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

ActorKind = Literal["state", "person", "organisation", "outlet", "operation"]
#: How a name stands for its actor: its own name, an adjective ("Russian"), its people, its capital, a seat of power.
NameForm = Literal["name", "adjective", "people", "capital", "seat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A term in an office; open ends are None."""

    office: str
    title: str
    start: date | None
    end: date | None
    #: ISO 3166 alpha-2, where the person has another country today.
    country: str | None = None

    def held_on(self, day: date | None) -> bool:
        """Whether the office was held on `day`; any day where it is None."""
        if day is None:
            return True
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownActor:
    """One actor of the knowledge."""

    kind: ActorKind
    #: Canonical name.
    name: str
    #: ISO 3166 alpha-2 of the state it is or belongs to.
    country: str | None
    #: Wikidata item.
    wikidata: str | None = None
    #: Names by form; within a form, names that often mean something else are in `ambiguous` too.
    names: tuple[tuple[NameForm, str], ...] = ()
    ambiguous: frozenset[str] = frozenset()
    #: Kind within its kind: `intelligence`, `ministry`, `state_run`, `threat_group`, `contested` ...
    subkind: str = ""
    speaks_for_state: bool = False
    #: Claimant category of an organisation.
    category: str | None = None
    gender: str | None = None
    offices: tuple[Office, ...] = ()
    #: Common nouns by which it is taken up again ("the kingdom").
    epithets: tuple[str, ...] = ()
    #: Technique families of an operation.
    families: tuple[str, ...] = ()
    #: An international organisation that a person heads.
    organisation: str | None = None
    #: Names in other languages, by language and form, in the nominative.
    foreign: tuple[tuple[str, NameForm, str], ...] = ()

    def on(self, day: date | None) -> KnownActor:
        """The actor as of `day`: with the country of an office then held, if that was another one."""
        for office in self.offices if day is not None else ():
            if office.country is not None and office.held_on(day):
                return replace(self, country=office.country)
        return self


#: Offices whose holder's word counts as the state's.
SPEAKING_OFFICES = frozenset(
    {
        "head_of_state",
        "head_of_government",
        "foreign_minister",
        "defence_minister",
        "spokesperson",
        "intelligence_chief",
        "supreme_leader",
    }
)


def speaks_for_state(person: KnownActor, day: date | None) -> bool:
    """Whether a person's word on `day` is the word of a state."""
    return person.country is not None and any(
        (office.office in SPEAKING_OFFICES or (office.office == "international_official" and person.country == "EU"))
        and office.held_on(day)
        for office in person.offices
    )
