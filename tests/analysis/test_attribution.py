"""Who says what: the source's words, the cue and the words laid to it, whatever form the report takes."""

from __future__ import annotations

import pytest

from bench.parts.passages import article
from stancewire.types import Stance, Statement
from workers.pipeline import Pipeline
from workers.text.quotations import find_quotations


def statements(pipeline: Pipeline, text: str) -> tuple[Statement, ...]:
    return pipeline.statements(article(text, language="en"))


def told(statement: Statement) -> tuple[str | None, str, str]:
    """Source, cue and content in words."""
    source = statement.source.text if statement.source is not None else None
    return source, statement.cue.text, " ... ".join(span.text for span in statement.content)


CASES = {
    "direct, before its cue": (
        "“The harbour is closed,” the mayor said.",
        ("the mayor", "said", "“The harbour is closed,”"),
    ),
    "direct, after its cue": (
        "The mayor replied: “The harbour stays closed.”",
        ("The mayor", "replied", "“The harbour stays closed.”"),
    ),
    "inverted": (
        "“The harbour is closed,” said Ilona Varga.",
        ("Ilona Varga", "said", "“The harbour is closed,”"),
    ),
    "split within a sentence": (
        "“The harbour,” Ilona Varga told reporters, “stays closed until May.”",
        ("Ilona Varga", "told", "“The harbour,” ... “stays closed until May.”"),
    ),
    "split over sentences": (
        "“The harbour is closed,” Ilona Varga said. “It opens again in May.”",
        ("Ilona Varga", "said", "“The harbour is closed,” ... “It opens again in May.”"),
    ),
    "of several sentences before its cue": (
        "“The harbour is closed. It opens again in May,” Ilona Varga said.",
        ("Ilona Varga", "said", "“The harbour is closed. ... It opens again in May,”"),
    ),
    "of several paragraphs": (
        "Ilona Varga said:\n\n“The harbour is closed.\n\n“It opens again in May.”",
        ("Ilona Varga", "said", "“The harbour is closed. ... “It opens again in May.”"),
    ),
    "set off without marks": (
        "The mayor added:\n\nThe harbour is closed.",
        ("The mayor", "added", "The harbour is closed."),
    ),
    "a question before a sentence that says who asked": (
        "“Who closed the harbour?” Varga asked.",
        ("Varga", "asked", "“Who closed the harbour?”"),
    ),
    "signed": (
        "“Nobody told us that the harbour was closed.” — Ilona Varga",
        ("Ilona Varga", "—", "“Nobody told us that the harbour was closed.”"),
    ),
    "indirect": (
        "Officials said that the harbour was closed.",
        ("Officials", "said", "that the harbour was closed"),
    ),
    "indirect, set into the sentence": (
        "The harbour, officials said, was closed.",
        ("officials", "said", "The harbour ... was"),
    ),
    "mixed": (
        "Officials said the harbour had “no future at all” without dredging.",
        ("Officials", "said", "the harbour had “no future at all” without dredging"),
    ),
    "according to": (
        "The harbour is closed, according to the ministry of transport.",
        ("the ministry of transport", "according to", "The harbour is closed,"),
    ),
    "a noun with its owner": (
        "Norway's claim that the harbour was closed is false.",
        ("Norway's", "claim", "that the harbour was closed"),
    ),
    "a noun with its maker": (
        "Norway issued a warning that it would close the harbour.",
        ("Norway", "warning", "that it would close the harbour"),
    ),
    "a name before a colon": (
        "Ilona Varga: Harbour stays closed until May",
        ("Ilona Varga", ":", "Harbour stays closed until May"),
    ),
    "judged": (
        "The mayor criticised the closure of the harbour.",
        ("The mayor", "criticised", "the closure of the harbour"),
    ),
    "asked for": (
        "The mayor called for an inquiry.",
        ("The mayor", "called", "an inquiry"),
    ),
    "by a pronoun": (
        "She insisted that the harbour was safe.",
        ("She", "insisted", "that the harbour was safe"),
    ),
    "the cue with its auxiliaries": (
        "The mayor has repeatedly said that the harbour is safe.",
        ("The mayor", "has repeatedly said", "that the harbour is safe"),
    ),
    "told by nobody named": (
        "The mayor was accused of closing the harbour.",
        (None, "was accused", "The mayor ... of closing the harbour"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_report_is_laid_to_its_source(pipeline: Pipeline, case: str) -> None:
    text, expected = CASES[case]

    assert [told(statement) for statement in statements(pipeline, text)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "The harbour is closed.",
        "The sign was painted red.",
        "She wore a coat the colour of “salmon”.",
        "The council met to discuss the harbour.",
        "UPDATE: The harbour is closed.",
    ],
)
def test_what_nobody_is_told_to_have_said_is_no_statement(pipeline: Pipeline, text: str) -> None:
    assert statements(pipeline, text) == ()


def test_what_is_said_within_a_quotation_stays_a_part_of_it(pipeline: Pipeline) -> None:
    found = statements(pipeline, "“I believe that they said no,” the mayor said.")

    assert [told(statement)[0] for statement in found] == ["the mayor"]


def test_added_words_are_laid_to_who_spoke_before(pipeline: Pipeline) -> None:
    found = statements(pipeline, "Ilona Varga said the harbour was closed, adding that dredging had failed.")

    assert [told(statement) for statement in found] == [
        ("Ilona Varga", "said", "the harbour was closed"),
        ("Ilona Varga", "adding", "that dredging had failed"),
    ]


def test_spans_are_the_words_at_their_offsets(pipeline: Pipeline) -> None:
    text = "“It’s closed,” said Ilona Varga – the mayor. “We’re sorry.”"

    for statement in statements(pipeline, text):
        for span in (statement.source, statement.cue, *statement.content):
            assert span is not None
            assert text[span.start : span.end] == span.text


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("“The harbour is closed,” the mayor said.", "quoted"),
        ("The mayor said that the harbour was closed.", "paraphrased"),
        ("The mayor said the harbour was a “ruin” that no money would save.", "paraphrased"),
    ],
)
def test_words_in_marks_are_told_from_those_retold(pipeline: Pipeline, text: str, voice: str) -> None:
    assert [statement.voice for statement in statements(pipeline, text)] == [voice]


SPEAKERS = {
    "a later sentence of the same quotation": (
        "“Peru has waited,” Foreign Minister Elena Quispe said in Lima. “Peru rejects the ruling of Chile's court.”",
        "Elena Quispe",
    ),
    "a sentence before the one that names them": (
        "“We condemn the coup in Gabon. We will recall our envoy,” said Elena Quispe, Peru's foreign minister.",
        "Elena Quispe",
    ),
    "a quotation of many sentences": (
        "“We condemn the coup in Gabon. It was wrong. It was long in the making. It will pass,” said Elena Quispe, "
        "Peru's foreign minister.",
        "Elena Quispe",
    ),
    "a pronoun": (
        "Peru's foreign minister, Elena Quispe, spoke in Lima. Peru rejects the ruling, she said.",
        "Elena Quispe",
    ),
    "a role named before, past another state": (
        "Peru's foreign ministry spokesman, Julio Ramos, met the press. Peru condemns the coup in Gabon, "
        "the spokesman said.",
        "Julio Ramos",
    ),
    "a role of whoever owns it": (
        "Vietnam went to court. “We reject the claims of Chile,” its foreign ministry spokeswoman, Linh Pham, said.",
        "Linh Pham",
    ),
    "a name given after the role": (
        "Poland's deputy foreign minister spoke on Tuesday. “We are against the pact with Chile,” Marek Nowak said.",
        "Marek Nowak",
    ),
    "a name taken up by its last part": (
        "Peru's foreign minister, Elena Quispe, spoke in Lima. “Peru rejects the ruling,” Quispe said.",
        "Elena Quispe",
    ),
    "an official whose state is named in the words alone": (
        "Speaking to reporters, Foreign Minister Elena Quispe said that Peru rejected the ruling.",
        "Elena Quispe",
    ),
    "a clause after the words, set off by commas": (
        "Peru opposes the pact, the foreign minister, Elena Quispe, told reporters.",
        "Elena Quispe",
    ),
    "a claim of the state's own, told by somebody": (
        "Peru finds the ruling of Chile's court “insulting”, its chief negotiator, Julio Ramos, told a radio station.",
        "Julio Ramos",
    ),
    "a name that hangs on the body spoken for": (
        "“We reject the ruling,” said a spokesman for the Peruvian foreign ministry in Lima, Julio Ramos.",
        "Julio Ramos",
    ),
    "a pronoun for an official whose state is named in the words alone": (
        "Foreign ministry spokesman Julio Ramos said Peru deplored the raid. He accused Gabon of breaking the truce.",
        "Julio Ramos",
    ),
    "a title taken for an apposition of the words before": (
        "Peru opposes the plan of the three banks in Lima, the foreign minister, Elena Quispe, said on Friday.",
        "Elena Quispe",
    ),
    "words that go on after the clause of speech": (
        "Peru does not mind the pact, Foreign Minister Elena Quispe said on Friday, but it rejects the ruling.",
        "Elena Quispe",
    ),
}


@pytest.mark.parametrize("case", SPEAKERS)
def test_who_voices_a_stance_is_named(pipeline: Pipeline, case: str) -> None:
    text, speaker = SPEAKERS[case]

    found = pipeline.analyse(article(text, language="en")).signals

    speakers = {s.speaker.name for s in found if isinstance(s, Stance) and s.speaker is not None}
    assert speakers == {speaker}


def test_a_subject_parted_from_its_verb_by_a_clause_of_speech_is_part_of_what_is_said(pipeline: Pipeline) -> None:
    found = statements(pipeline, "Peru, she told reporters, had rejected the ruling.")

    assert [told(statement) for statement in found] == [("she", "told", "Peru ... had rejected the ruling")]


def test_who_speaks_for_a_country_is_not_taken_from_the_country_spoken_of(pipeline: Pipeline) -> None:
    text = "Peru's foreign ministry met the press. Peru condemns the coup in Gabon, the spokesman said."

    holders = {s.holder.country for s in pipeline.analyse(article(text)).signals if isinstance(s, Stance)}

    assert holders == {"PE"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“one” and “two”", ["“one”", "“two”"]),
        ('"one" and "two"', ['"one"', '"two"']),
        ("«один» и «два»", ["«один»", "«два»"]),
        ("„eins“ und „zwei“", ["„eins“", "„zwei“"]),
        ('"he asked: “why?” and left"', ['"he asked: “why?” and left"']),
        ("“left open\nnext line", ["“left open"]),
        ("5″ pipes", []),
    ],
)
def test_quotations_are_told_by_their_marks(text: str, expected: list[str]) -> None:
    assert [text[q.start : q.end] for q in find_quotations(text)] == expected


def test_a_quotation_left_open_runs_on_in_the_next_paragraph() -> None:
    found = find_quotations("“One.\n\n“Two.”\n\n“Three.”")

    assert [quotation.runs_on for quotation in found] == [False, True, False]


def test_the_agencies_are_those_called_so_before_and_not_of_the_state_named_last(pipeline: Pipeline) -> None:
    text = (
        "Finnish intelligence and police agencies said on Monday that the clip was made up. "
        "They called it part of a wider effort by Minsk to mislead voters. "
        "The agencies also condemned Belarusian hackers for a second clip."
    )

    stances = [signal for signal in pipeline.analyse(article(text)).signals if isinstance(signal, Stance)]

    assert ("Finland", "adverse", "BY") in {(each.holder.name, each.polarity, each.target.country) for each in stances}
    assert "Belarus" not in {each.holder.name for each in stances}
