"""The forms that names take in Russian and French texts: cases, genders and plurals, all made before any text is read.

Which of its names an actor goes by in a language is decided here too; finding them is `names`'s part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from config.knowledge.actors import KnownActor, NameForm

#: Forms of one name of an actor.
Inflect = Callable[[str, NameForm, str | None], Iterable[str]]

_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_JOINING = {"и", "или"}
#: A man's family name that the dictionary does not know, by case.
_ENDINGS = ("", "а", "у", "а", "ом", "е")
_CONSONANTS = "бвгджзклмнпрстфхцчшщ"
#: English names that other languages take over as they are.
_KEPT = {"ru": {"outlet", "operation"}, "fr": {"outlet", "operation", "person"}}


def actors_in(
    language: str, actors: Iterable[KnownActor], inflect: Inflect, never: Iterable[str], sure: Iterable[str] = ()
) -> Iterator[KnownActor]:
    """The actors under their names in `language`, in all forms; common words (`never`) count in quotes only.

    `sure` are names that English has other meanings for, and this language none.
    """
    clear = frozenset(sure)
    barred = frozenset(form for word in never for form in inflect(word, "name", None))
    for actor in actors:
        names: dict[str, NameForm] = {}
        ambiguous: set[str] = set()
        for form, name in _names_of(actor, language):
            for written in inflect(name, form, actor.gender):
                spelling = f'"{written}"' if written in barred else written
                names.setdefault(spelling, form)
                if name in actor.ambiguous and name not in clear:
                    ambiguous.add(spelling)
        if names:
            yield replace(
                actor, names=tuple((form, name) for name, form in names.items()), ambiguous=frozenset(ambiguous)
            )


def _names_of(actor: KnownActor, language: str) -> Iterator[tuple[NameForm, str]]:
    yield from ((form, name) for tongue, form, name in actor.foreign if tongue == language)
    if actor.kind in _KEPT[language]:
        yield from actor.names
    elif actor.kind == "organisation":
        yield from ((form, name) for form, name in actor.names if " " not in name)


class RussianForms:
    """Declines names with a dictionary of word forms."""

    def __init__(self, dictionary: Any) -> None:
        self._dictionary = dictionary

    def __call__(self, name: str, form: NameForm, gender: str | None) -> list[str]:
        """`name` in all cases; adjectives in all cases, genders and numbers, in small letters and with a capital."""
        if not any("\u0400" <= char <= "\u04ff" for char in name):
            return [name]
        if form == "adjective":
            reading = self._parse(name, {"ADJF"}, None)
            words = [each.word for each in reading.lexeme if each.tag.POS == "ADJF"] if reading is not None else [name]
            return sorted({spelling for word in words for spelling in (word, word[0].upper() + word[1:])})
        words = name.split(" ")
        readings = [self._parse(word, {"NOUN", "ADJF", "PRTF"}, gender) for word in words]
        declined = [_in_case(words, readings, case, is_person=gender is not None) for case in _CASES]
        if gender == "m" and readings[-1] is None and words[-1][-1] in _CONSONANTS:
            declined = [[*others[:-1], words[-1] + ending] for others, ending in zip(declined, _ENDINGS, strict=True)]
        return list(dict.fromkeys(spelling for each in declined for spelling in _spellings(" ".join(each))))

    def _parse(self, word: str, parts: set[str], gender: str | None) -> Any:
        """How `word` is read in the nominative; None where it is not declined, or not known."""
        if word.isupper() or word in _JOINING or (gender == "f" and word[-1] not in "аяь"):
            return None
        if gender == "m" and word[-1] in "оеиуюэы":
            return None
        readings = [
            parse
            for parse in self._dictionary.parse(word)
            if "nomn" in parse.tag and parse.tag.POS in parts and "Fixd" not in parse.tag
        ]
        wanted = {"m": "masc", "f": "femn"}.get(gender or "")
        if wanted is not None:
            readings = [parse for parse in readings if wanted in parse.tag and "sing" in parse.tag]
        named = [parse for parse in readings if parse.tag.grammemes & {"Surn", "Name", "Geox", "Orgn"}]
        return next(iter(named or readings), None)


def _in_case(words: list[str], readings: list[Any], case: str, *, is_person: bool) -> list[str]:
    """The words up to the head of the name in `case`; what follows the head is a genitive and stays."""
    result: list[str] = []
    past_head = False
    for place, (word, reading) in enumerate(zip(words, readings, strict=True)):
        if past_head and not (place > 0 and words[place - 1] in _JOINING):
            result.append(word)
            continue
        past_head = past_head or (reading is not None and reading.tag.POS == "NOUN" and not is_person)
        changed = reading.inflect({case}) if reading is not None else None
        result.append(_with_capitals(word, changed.word) if changed is not None else word)
    return result


def _with_capitals(word: str, changed: str) -> str:
    """`changed` with the capitals that `word` has."""
    return "".join(
        before if before.lower() == after else after
        for before, after in zip(word.ljust(len(changed)), changed, strict=False)
    )


def _spellings(name: str) -> tuple[str, ...]:
    plain = name.replace("ё", "е").replace("Ё", "Е")
    return (name,) if plain == name else (name, plain)


_FEMININE = (
    ("grec", "grecque"), ("turc", "turque"), ("c", "que"), ("ien", "ienne"), ("éen", "éenne"), ("on", "onne"),
    ("f", "ve"), ("er", "ère"), ("e", "e"),
)  # fmt: skip


def french_forms(name: str, form: NameForm, gender: str | None) -> list[str]:  # noqa: ARG001 - one shape for all languages
    """`name`; adjectives in both genders and numbers, in small letters and with a capital."""
    if form != "adjective":
        return list(dict.fromkeys((name, name.replace("É", "E"))))
    feminine = next((name.removesuffix(end) + new for end, new in _FEMININE if name.endswith(end)), name + "e")
    plural = name if name.endswith(("s", "x")) else name + "s"
    words = (name, feminine, plural, feminine + "s")
    return sorted({spelling for word in words for spelling in (word, word[0].upper() + word[1:])})
