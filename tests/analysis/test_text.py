"""Folding, splitting and the language of a text, whatever the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.parts.passages import article
from workers.pipeline import Pipeline
from workers.text.fold import fold
from workers.text.language import tell_language
from workers.text.sentences import MAX_SENTENCE, split

#: Characters that decide where a sentence ends, among any others.
ANY_TEXT = st.text(
    st.one_of(st.sampled_from("aB. !?…\"'”’)[]\n\r\u2028\u2029\u00a0–U1"), st.characters()), max_size=400
)
NEWLINES = set("\n\r\u2028\u2029")


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(ANY_TEXT)
def test_folding_keeps_the_number_of_characters(text: str) -> None:
    assert len(fold(text)) == len(text)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("“Palau [will not] accept it”", '"Palau  will not  accept it"'),
        ("“[Palau] accepts,” he said", '" Palau  accepts," he said'),
        ("“[T]he reef is ours”", '"[T]he reef is ours"'),
        ("“as noted [1]”", '"as noted [1]"'),
        ("a list [of names] outside", "a list [of names] outside"),
        ("“a [b [c] d] e”", '"a [b [c] d] e"'),
    ],
)
def test_brackets_round_words_set_into_a_quotation_are_folded(written: str, folded: str) -> None:
    assert fold(written) == folded


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(ANY_TEXT)
def test_sentences_stand_in_order_apart_and_on_one_line_each(text: str) -> None:
    last = 0
    for start, end in split(text):
        assert last <= start < end <= len(text)
        assert not NEWLINES & set(text[start:end])
        assert text[start:end] == text[start:end].strip()
        assert end - start <= MAX_SENTENCE
        last = end


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(ANY_TEXT.map(lambda text: f"x {text}"))
def test_sentences_leave_out_nothing_but_white_space(text: str) -> None:
    """A text that opens with a small letter has no dateline, which alone is left out."""
    inside = {place for start, end in split(text) for place in range(start, end)}
    lines_after_first = text.splitlines()[1:]
    if not any(line[:1].isupper() or line[:1].isspace() for line in lines_after_first):
        assert all(text[place].isspace() for place in set(range(len(text))) - inside)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("Mr. Ode met Gen. Vik at 5 p.m. Friday.", ["Mr. Ode met Gen. Vik at 5 p.m. Friday."]),
        ("It fell by 2.5 percent. Then it rose.", ["It fell by 2.5 percent.", "Then it rose."]),
        ("“We agree.” She left.", ["“We agree.”", "She left."]),
        ("Was it so? Nobody knew!", ["Was it so?", "Nobody knew!"]),
        ("A title without a stop\nThe first line.", ["A title without a stop", "The first line."]),
        ("OSLO — The talks go on.", ["The talks go on."]),
        ("LIMA, Nov 6 (Agency) — The talks go on.", ["The talks go on."]),
        ("The U.S. Senate voted.", ["The U.S. Senate voted."]),
        ("So he waited… And then it came.", ["So he waited…", "And then it came."]),
        ("", []),
        (" \n\t\n ", []),
    ],
)
def test_a_text_is_split_where_a_reader_would(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in split(fold(text))] == sentences


LANGUAGES = {
    "en": "The ministry published the timetable for the new ferry line on Monday and asked the islands for comments.",
    "fr": "Le ministère a publié lundi le calendrier de la nouvelle ligne de ferry et demandé l’avis des îles.",
    "de": "Das Ministerium hat am Montag den Fahrplan der neuen Fährlinie veröffentlicht und die Inseln befragt.",
    "es": "El ministerio publicó el lunes el calendario de la nueva línea de transbordador y consultó a las islas.",
    "ru": "Министерство в понедельник опубликовало расписание новой паромной линии и запросило мнение островов.",
    "uk": "Міністерство в понеділок оприлюднило розклад нової поромної лінії та запитало думку мешканців островів.",
    "tr": "Bakanlık pazartesi günü yeni feribot hattının tarifesini yayımladı ve adaların görüşünü istedi.",
    "ar": "نشرت الوزارة يوم الاثنين جدول خط العبارات الجديد وطلبت رأي سكان الجزر في المواعيد المقترحة.",
    "zh": "该部周一公布了新渡轮航线的时刻表,并征求各岛居民对拟议时间的意见。居民将在两周内答复,"
    "新航线计划于明年春季开通,每天往返四班,冬季班次减少。",
    "el": "Το υπουργείο δημοσίευσε τη Δευτέρα το δρομολόγιο της νέας γραμμής και ζήτησε τη γνώμη των νησιών.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_of_a_sentence_is_told(language: str) -> None:
    assert tell_language(LANGUAGES[language], page=None, entry=None, feed=None) == language


def test_names_of_another_language_do_not_decide() -> None:
    text = "Lithuania’s deputy foreign minister, Rasa Venckutė, met reporters in Vilnius. She left for Medininkai."

    assert tell_language(text, page=None, entry=None, feed=None) in {"en", None}


@pytest.mark.parametrize("text", ["", "Oslo", "12345 67890 / 2026-11-23", "… — ?!"])
def test_no_language_is_told_from_too_few_letters(text: str) -> None:
    assert tell_language(text, page=None, entry=None, feed=None) is None


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language not in {"en", "ru", "fr"}])
def test_a_text_in_another_language_is_said_to_be_unsupported(pipeline: Pipeline, language: str) -> None:
    analysis = pipeline.analyse(article(LANGUAGES[language]))

    assert (analysis.language, analysis.coverage, analysis.signals) == (language, "unsupported", ())


def test_the_language_that_came_with_the_article_is_believed(pipeline: Pipeline) -> None:
    analysis = pipeline.analyse(article("Kenya condemned the closure of the canal.", language="sv"))

    assert (analysis.coverage, analysis.signals) == ("unsupported", ())
