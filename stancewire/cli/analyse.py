"""`stancewire analyse`: one article or a stream of them, analysed at once and without any store.

What is found goes to standard output; what went wrong, to standard error or into the line it happened in.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import orjson
import typer
from rich.text import Text

from config.characters import escaped, safe
from stancewire import codec
from stancewire.cli.options import Config, settings_of
from stancewire.cli.signals import attribution, by_evidence, evidence_text, explanation, relation
from stancewire.cli.terminal import errors, output, show
from stancewire.errors import StancewireError, UsageError
from stancewire.types import Analysis, Article, Page, Statement

if TYPE_CHECKING:
    from workers.pipeline import Pipeline

#: Bytes of a file or of standard input that are read as one article.
MAX_INPUT_BYTES = 8_000_000
_SOURCE = "Give a text file, an HTML file, an http(s) address, or - for standard input."


def analyse(
    source: Annotated[str, typer.Argument(metavar="FILE|URL|-", help=_SOURCE, show_default=False)] = "-",
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
        typer.echo(_indented(analysis, statements))
    else:
        _show(article, analysis, statements, explain=explain)


def analyse_lines(source: str, language: str | None, own: Path | None, *, attributions: bool) -> int:
    """Analyse a JSON object a line, in order; the exit status is 1 where any line failed."""
    pipeline = None
    failed = False
    with _opened(source) as lines:
        for line in lines:
            if not line.strip():
                continue
            pipeline = pipeline or _pipeline(own, quiet=True)
            answer = _answer(line, language, pipeline, attributions=attributions)
            failed = failed or "error" in answer
            sys.stdout.buffer.write(escaped(orjson.dumps(answer).decode()).encode() + b"\n")
            sys.stdout.buffer.flush()
    return 1 if failed else 0


def _answer(line: bytes, language: str | None, pipeline: Pipeline, *, attributions: bool) -> dict[str, Any]:
    from stancewire.wiring.desk import article_from_record  # noqa: PLC0415

    name: Any = None
    try:
        record = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
        name = record.get("id") if isinstance(record, dict) else None
        if language is not None and isinstance(record, dict) and not record.get("lang"):
            record["lang"] = language
        article = article_from_record(record)
        analysis = pipeline.analyse(article)
        statements = pipeline.statements(article) if attributions else None
    except orjson.JSONDecodeError as error:
        return {"id": name, "error": f"not valid JSON: {error}"}
    except StancewireError as error:
        return {"id": name, "error": error.message}
    except Exception as error:  # noqa: BLE001 - one line's failure must not end the others
        return {"id": name, "error": f"{type(error).__name__}: {error}"}
    return {"id": name, **_found(analysis, statements)}


def _found(analysis: Analysis, statements: Sequence[Statement] | None) -> dict[str, Any]:
    found = {"signals": [codec.signals.to_dict(signal) for signal in analysis.signals]}
    if statements is not None:
        found["attributions"] = [codec.statements.to_dict(statement) for statement in statements]
    return found


def article_of(source: str, language: str | None, config: Path | None) -> Article:
    """The article that `source` names; raises StancewireError."""
    from stancewire.wiring.desk import (  # noqa: PLC0415 - the reader's libraries take a second to load
        article_from_page,
        article_from_text,
        fetch_page,
        primary_subtag,
    )

    wanted = primary_subtag(language)
    if source.lower().startswith(("http://", "https://")):
        with errors().status(Text(f"fetching {safe(source)}")):
            page = asyncio.run(fetch_page(source, settings_of(config)))
        return article_from_page(page, language=wanted)
    with _opened(source) as file:
        data = file.read(MAX_INPUT_BYTES + 1)
    name = "standard input" if source == "-" else source
    _check(data, name)
    if _is_page(data, source):
        page = Page(url=Path(source).absolute().as_uri() if source != "-" else "", content_type="text/html", body=data)
        return article_from_page(page, language=wanted)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "save it as UTF-8: iconv -f windows-1252 -t utf-8 FILE"
        raise StancewireError(f"{name} is not UTF-8 text: byte {error.start} cannot be read", hint) from None
    return article_from_text(text, name=name, language=wanted)


def _check(data: bytes, name: str) -> None:
    if len(data) > MAX_INPUT_BYTES:
        raise StancewireError(
            f"{name} has more than {MAX_INPUT_BYTES:,} bytes", "give one article at a time, or many with --jsonl"
        )
    if not data.strip():
        raise StancewireError(f"{name} is empty", _SOURCE)
    if b"\x00" in data[:65_536] or data.startswith((b"%PDF", b"PK\x03\x04", b"\x1f\x8b")):
        raise StancewireError(f"{name} is not text", "text and HTML are read; save other files as one of them")


def _is_page(data: bytes, source: str) -> bool:
    start = data[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return source.lower().endswith((".html", ".htm", ".xhtml")) or start.startswith((b"<!doctype html", b"<html"))


class _opened:  # noqa: N801 - reads as a function
    """A file or standard input; raises UsageError where there is no such file."""

    def __init__(self, source: str) -> None:
        self._source = source

    def __enter__(self) -> BinaryIO:
        if self._source == "-":
            if sys.stdin.isatty():
                show(errors(), Text("reading from the terminal; end with Ctrl-D", style="dim"))
            self._file: BinaryIO = sys.stdin.buffer
            return self._file
        try:
            self._file = Path(self._source).open("rb")
        except OSError as error:
            raise UsageError(f"{self._source} cannot be read: {(error.strerror or '').lower()}", _SOURCE) from None
        return self._file

    def __exit__(self, *_: object) -> None:
        if self._source != "-":
            self._file.close()


def _pipeline(own: Path | None, *, quiet: bool = False) -> Pipeline:
    def load() -> Pipeline:
        from workers import pipeline  # noqa: PLC0415 - the model's libraries take seconds to load

        return pipeline.load(own)

    console = errors()
    if quiet or not console.is_terminal:
        return load()
    with console.status("loading the English model"):
        return load()


def _as_dict(analysis: Analysis, statements: Sequence[Statement] | None) -> dict[str, Any]:
    return {
        "article": {
            "id": analysis.article.id,
            "url": analysis.article.url,
            "title": analysis.article.title,
            "outlet": analysis.article.outlet,
            "published_at": analysis.article.published_at,
            "revision": analysis.article.revision,
        },
        "language": analysis.language,
        "coverage": analysis.coverage,
        **_found(analysis, statements),
    }


def _indented(analysis: Analysis, statements: Sequence[Statement] | None) -> str:
    lines = orjson.dumps(_as_dict(analysis, statements), option=orjson.OPT_INDENT_2).decode().split("\n")
    return "\n".join(escaped(line) for line in lines)


def _show(article: Article, analysis: Analysis, statements: Sequence[Statement] | None, *, explain: bool) -> None:
    console = output()
    if article.title:
        show(console, Text(article.title, style="bold"))
    about = " · ".join(part for part in (article.outlet, article.language or analysis.language, article.url) if part)
    if about and article.url:
        show(console, Text(about, style="dim"))
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
        yield f"The text is in {analysis.language}, which is not analysed yet. If that is wrong: --lang en."
        return
    counts = Counter(signal.kind for signal in analysis.signals)
    if not counts:
        yield "No signal: nobody is said to take a stance toward somebody, and no interference is reported."
        return
    interference = counts["interference"]
    yield (
        f"{counts['stance']} {'stance' if counts['stance'] == 1 else 'stances'}, "
        f"{interference} {'report' if interference == 1 else 'reports'} of interference; language {analysis.language}"
    )
