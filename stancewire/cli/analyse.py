"""`stancewire analyse`: one article or a stream of them, analysed at once and without any store.

What is found goes to standard output; what went wrong, to standard error or into the line it happened in.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.text import Text

from config.characters import escaped
from stancewire.cli.inputs import MAX_INPUT_BYTES, SOURCES, article_of, numbered_lines, opened
from stancewire.cli.options import Config, settings_of
from stancewire.cli.pages import page_fields, page_lines
from stancewire.cli.signals import attribution, by_evidence, evidence_text, explanation, relation
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import StancewireError, UsageError

if TYPE_CHECKING:
    from stancewire.types import Analysis, Article, Statement
    from workers.pipeline import Pipeline


def analyse(
    source: Annotated[str, typer.Argument(metavar="FILE|URL|-", help=SOURCES, show_default=False)] = "-",
    jsonl: Annotated[
        bool,
        typer.Option("--jsonl", help='Read a JSON object {"id", "text", ...} a line, print {"id", "signals"} a line.'),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the analysis as one JSON object.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say which rule and which words made each signal.")
    ] = False,
    attributions: Annotated[
        bool,
        typer.Option("--attributions", help="Print who says what, too: source, cue, words. Every sentence is read."),
    ] = False,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="CODE", help="Language of the text, as `en`; else it is told.")
    ] = None,
    knowledge: Annotated[
        Path | None, typer.Option("--knowledge", metavar="FILE", help="Actors of your own, instead of the setting's.")
    ] = None,
    config: Config = None,
) -> None:
    """Find the stances and the reported interference in one article.

    [dim]stancewire analyse article.txt

    stancewire analyse https://example.org/news/story.html --explain

    pbpaste | stancewire analyse -

    stancewire analyse - --jsonl < articles.jsonl > signals.jsonl[/dim]
    """
    own = knowledge or settings_of(config).knowledge
    if jsonl:
        if as_json or explain:
            raise UsageError("--jsonl goes with neither --json nor --explain")
        raise typer.Exit(analyse_lines(source, lang, own, attributions=attributions))
    article = article_of(source, lang, config)
    pipeline = _pipeline(own)
    analysis = pipeline.analyse(article)
    statements = pipeline.statements(article) if attributions else None
    if as_json:
        typer.echo(_indented(article, analysis, statements))
    else:
        _show(article, analysis, statements, explain=explain)


def analyse_lines(source: str, language: str | None, own: Path | None, *, attributions: bool) -> int:
    """Analyse a JSON object a line, in order; the exit status is 1 where any line failed."""
    pipeline = None
    failed = False
    with opened(source) as lines:
        for number, line in numbered_lines(lines):
            pipeline = pipeline or _pipeline(own, quiet=True)
            answer = _answer(line, language, pipeline, attributions=attributions)
            if "error" in answer and answer["id"] is None:
                answer["error"] = f"line {number}: {answer['error']}"
            failed = failed or "error" in answer
            sys.stdout.buffer.write(escaped(orjson.dumps(answer).decode()).encode() + b"\n")
            sys.stdout.buffer.flush()
    return 1 if failed else 0


def _answer(line: bytes, language: str | None, pipeline: Pipeline, *, attributions: bool) -> dict[str, Any]:
    from stancewire.wiring.desk import article_from_record  # noqa: PLC0415

    name: Any = None
    if len(line) > MAX_INPUT_BYTES:
        return {"id": None, "error": f"more than {MAX_INPUT_BYTES:,} bytes"}
    try:
        record = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
        name = record.get("id") if isinstance(record, dict) else None
        if language is not None and isinstance(record, dict) and not record.get("lang"):
            record["lang"] = language
        article = article_from_record(record)
        analysis = pipeline.analyse(article)
        statements = pipeline.statements(article) if attributions else None
    except orjson.JSONDecodeError as error:
        return {"id": name, "error": f"not valid JSON at character {error.colno}: {error.msg}"}
    except StancewireError as error:
        return {"id": name, "error": error.message}
    except Exception as error:  # noqa: BLE001 - one line's failure must not end the others
        return {"id": name, "error": f"{type(error).__name__}: {error}"}
    return {"id": name, **_found(analysis, statements), **_lacking(analysis)}


def _lacking(analysis: Analysis) -> dict[str, Any]:
    """What was not analysed, where that is so: a line that was needs no more than its signals."""
    coverage = {"coverage": analysis.coverage} if analysis.coverage != "analysed" else {}
    return coverage | ({"left_out": analysis.left_out} if analysis.left_out else {})


def _found(analysis: Analysis, statements: Sequence[Statement] | None) -> dict[str, Any]:
    from stancewire import codec  # noqa: PLC0415

    found = {"signals": [codec.signals.to_dict(signal) for signal in analysis.signals]}
    if statements is not None:
        found["attributions"] = [codec.statements.to_dict(statement) for statement in statements]
    return found


def _pipeline(own: Path | None, *, quiet: bool = False) -> Pipeline:
    def load() -> Pipeline:
        from workers import pipeline  # noqa: PLC0415 - the model's libraries take seconds to load

        return pipeline.load(own)

    console = errors()
    if quiet or not console.is_terminal:
        return load()
    with console.status("loading the English model"):
        return load()


def _as_dict(article: Article, analysis: Analysis, statements: Sequence[Statement] | None) -> dict[str, Any]:
    return {
        "article": {
            "id": analysis.article.id,
            "url": analysis.article.url,
            "title": analysis.article.title,
            "outlet": analysis.article.outlet,
            "published_at": analysis.article.published_at,
            "revision": analysis.article.revision,
            "outlet_country": analysis.article.outlet_country,
            "ownership": analysis.article.ownership,
            **page_fields(article),
        },
        "language": analysis.language,
        "coverage": analysis.coverage,
        "left_out": analysis.left_out,
        **_found(analysis, statements),
    }


def _indented(article: Article, analysis: Analysis, statements: Sequence[Statement] | None) -> str:
    lines = orjson.dumps(_as_dict(article, analysis, statements), option=orjson.OPT_INDENT_2).decode().split("\n")
    return "\n".join(escaped(line) for line in lines)


def _show(article: Article, analysis: Analysis, statements: Sequence[Statement] | None, *, explain: bool) -> None:
    console = output()
    if article.title:
        show(console, Text(article.title, style="bold"))
    about = " · ".join(part for part in (article.outlet, article.language or analysis.language, article.url) if part)
    if about and article.url:
        show(console, Text(about, style="dim"))
    for line in page_lines(article):
        show(console, Text(line, style="dim"))
    for evidence, signals in by_evidence(analysis.signals):
        show(console, "")
        show(console, evidence_text(evidence, signals))
        for signal in signals:
            show(console, relation(signal), indent=2)
            if explain:
                show(console, explanation(signal), indent=4)
    show(console, "")
    for statement in statements or ():
        show(console, attribution(statement))
    if statements:
        show(console, "")
    for line in _summary(analysis):
        show(console, Text(line, style="dim"))


def _summary(analysis: Analysis) -> Iterator[str]:
    if analysis.coverage == "unsupported":
        if analysis.language is None:
            yield "The language of the text cannot be told, so it was not analysed. If you know it: --lang en."
        else:
            yield f"The text is in {analysis.language}, which is not analysed yet. If that is wrong: --lang en."
        return
    if analysis.left_out:
        yield f"The last {analysis.left_out:,} characters were left out: more are too many for one article."
    counts = Counter(signal.kind for signal in analysis.signals)
    if not counts:
        yield "No signal: nobody is said to take a stance toward somebody, and no interference is reported."
        return
    interference = counts["interference"]
    yield (
        f"{counts['stance']} {'stance' if counts['stance'] == 1 else 'stances'}, "
        f"{interference} {'report' if interference == 1 else 'reports'} of interference; language {analysis.language}"
    )
