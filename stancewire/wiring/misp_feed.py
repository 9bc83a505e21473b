"""Writes a MISP feed into a folder: a file for each event, `hashes.csv`, and last the manifest that names them.

Whoever reads the folder meanwhile finds every event that its manifest names. What an event holds is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from config.knowledge.reference import DisarmTechnique
from stancewire.errors import UsageError
from stancewire.exports.misp import Organisation, event_of, hashes_of, manifest_of
from stancewire.exports.reports import ReportedArticle

_EVENT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json")
_MANIFEST, _HASHES = "manifest.json", "hashes.csv"


def write_feed(
    folder: Path,
    articles: Iterable[ReportedArticle],
    owner: Organisation,
    disarm: Mapping[str, DisarmTechnique],
    written: Callable[[int], None],
) -> int:
    """Make `folder` the feed of these articles, and nothing else of that owner; returns how many events it has.

    `written` is told of each event. Raises UsageError where it cannot be written, or holds the feed of somebody else.
    """
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        first = min(_events(folder), default=None)
        if first is not None and not _is_of(first, owner):
            message = f"{folder} holds a feed of another organisation ({first.name})"
            raise UsageError(message, "Name another folder, or the organisation that the feed is of.")
        with TemporaryDirectory(dir=folder, prefix=".draft-") as name:
            draft = Path(name)
            count = _write(draft, articles, owner, disarm, written)
            _publish(draft, folder, owner)
    return count


def _write(
    draft: Path,
    articles: Iterable[ReportedArticle],
    owner: Organisation,
    disarm: Mapping[str, DisarmTechnique],
    written: Callable[[int], None],
) -> int:
    count = 0
    with (draft / _MANIFEST).open("wb") as manifest, (draft / _HASHES).open("w", encoding="ascii") as hashes:
        for article in articles:
            event = event_of(article, owner, disarm)
            uuid, entry = manifest_of(event)
            (draft / f"{uuid}.json").write_bytes(orjson.dumps(event))
            manifest.write((b",\n" if count else b"{\n") + b'"' + uuid.encode() + b'": ' + orjson.dumps(entry))
            hashes.writelines(hashes_of(event))
            count += 1
            written(count)
        manifest.write(b"\n}\n" if count else b"{}\n")
    return count


def _publish(draft: Path, folder: Path, owner: Organisation) -> None:
    """Events first, so that what the manifest names is there; those that it names no more last."""
    gone = [path for path in _events(folder) if not (draft / path.name).exists() and _is_of(path, owner)]
    for path in (*_events(draft), draft / _HASHES, draft / _MANIFEST):
        path.replace(folder / path.name)
    for path in gone:
        path.unlink(missing_ok=True)


def _events(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if _EVENT.fullmatch(path.name))


def _is_of(path: Path, owner: Organisation) -> bool:
    try:
        return bool(orjson.loads(path.read_bytes())["Event"]["Orgc"]["uuid"] == str(owner.uuid))
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return False


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror}", "Name a folder that is yours.") from error
