"""News of any length, composed from templates: the same seed gives the same words.

The gate lets a third of its sentences through, as in the pages of newspapers, and one in sixteen gives a signal (there
one in twenty-five); nothing in it is true, and nobody in it is a real person.
"""

from __future__ import annotations

import random

_STATES = "Kenya Ghana Peru Chile Norway Finland Japan Vietnam Turkey Brazil Poland Morocco Canada Egypt Serbia".split()
_TOWNS = "Arvika Tornby Velmont Kisora Hadrun Oldhaven Marsley Pontello Quarrington Lisveld Brandal Emsworth".split()
_PEOPLE = "Mara Oduya|Teodor Halvik|Ines Carrado|Piet van Roon|Salma Berrin|Jonas Ekdal|Lucia Monte|Arun Devrai".split(
    "|"
)
_ROLES = "the mayor|a harbour pilot|the union's secretary|a teacher|the head of the clinic|an engineer|a farmer".split(
    "|"
)
_THINGS = (
    "the harbour|the ferry|the old bridge|the market hall|the rail link|the reservoir|the festival|the school".split(
        "|"
    )
)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

#: Without a known party or without a clue.
_PLAIN = (
    "Work on {thing} in {town} is to go on until the spring, and residents have been told to expect noise at night.",
    "Some {number} people came to {thing} on {day}, more than in any year since it was opened.",
    "The rain that had fallen since {day} stopped before noon, and by evening the roads around {town} were dry again.",
    "“We had to carry everything up the stairs,” said {person}, {role} in {town}, “and then down again.”",
    "It costs {number} a month to keep {thing} open.",
    "{person} has lived in {town} for {number} years and remembers when {thing} was built (it took two summers).",
    "The council's budget for the year leaves {number} for {thing}; a decision is expected by the end of the month.",
    "Trains between {town} and {town2} will be replaced by buses from {day}, the operator's timetable shows.",
    "Nobody was hurt.",
    "The museum shows {number} photographs, among them a view of {town} from the water that had been thought lost.",
    "Prices for bread and milk rose by about three per cent, while rents in {town} stayed where they were.",
    "A second survey, paid for by the region, found cracks in two pillars of {thing} and none in the others.",
    "He trained as a carpenter before he took over the shop, which his grandmother had opened next to {thing}.",
    "The team lost its third match in a row on {day} and is now seventh of twelve, with {number} points.",
)
#: With a known party and a clue, as a gate sees them, but without a signal.
_NEAR = (
    "The team from {state} beat {state2} on {day} after an attack down the left in the last minute of play.",
    "{person}, {role} in {town}, said that visitors from {state} had asked for the film with subtitles.",
    "Exports from {state} to {state2} grew by {number} tonnes last year, according to the shipping register.",
    "The film, which opened in {state} on {day}, is about a false accusation in a village school.",
    "A storm from the coast of {state} is expected to hit {town} by {day}, the weather service warned.",
    "Doctors in {state} support the use of the older vaccine for people over sixty, the journal reported.",
    "“The book was published in {state} first,” said {person}, {role}. “Then they denied me the reprint.”",
    "The company said it would open an office in {state} and close the one in {town}, where {number} people work.",
)
#: With a signal.
_TELLING = (
    "{state} condemned {state2} on {day} over the closure of {thing}.",
    "The government of {state} welcomed the decision by {state2} to reopen the border near {town}.",
    "{state}'s foreign ministry accused {state2} of running a network of fake accounts ahead of the vote.",
    "“We reject the claims that {state2} has made,” the foreign ministry of {state} said on {day}.",
)

_WEIGHTS = (56, 39, 5)


def compose(characters: int, seed: int) -> str:
    """News of exactly so many characters."""
    source = random.Random(seed)
    paragraphs: list[str] = []
    length = 0
    while length < characters:
        paragraphs.append(" ".join(sentence(source) for _ in range(source.randint(1, 5))))
        length += len(paragraphs[-1]) + 1
    return "\n".join(paragraphs)[:characters]


def sentence(source: random.Random, weights: tuple[int, int, int] = _WEIGHTS) -> str:
    """A sentence; `weights` are those of the plain, of those that only look like it, and of those with a signal."""
    (templates,) = source.choices((_PLAIN, _NEAR, _TELLING), weights=weights)
    state, other = source.sample(_STATES, 2)
    town, other_town = source.sample(_TOWNS, 2)
    words = source.choice(templates).format(
        state=state, state2=other, town=town, town2=other_town, person=source.choice(_PEOPLE),
        role=source.choice(_ROLES), thing=source.choice(_THINGS), day=source.choice(_DAYS),
        number=source.randint(11, 990),
    )  # fmt: skip
    return words[0].upper() + words[1:]
