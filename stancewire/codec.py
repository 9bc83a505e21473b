"""Types to JSON and back: the wire format of signals and the stored form of everything else.

Unknown fields are ignored on reading, so that an older reader understands a newer writer; nothing is stored or sent
here.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

import orjson
from pydantic import Field, TypeAdapter, ValidationError

from stancewire.errors import CodecError
from stancewire.types import (
    Announcement,
    Article,
    DeadLetter,
    FeedState,
    Interference,
    Item,
    Ledger,
    Listing,
    Mark,
    Note,
    Page,
    Revision,
    Signal,
    Stance,
    Standing,
    Statement,
    Subscription,
    WebhookStanding,
    Wording,
)

T = TypeVar("T")

_SURROGATE = re.compile("[\\ud800-\\udfff]")

#: Characters of the name of an entry's words.
FINGERPRINT_LENGTH = 16

#: Greatest size of a page after decompression; more than any page the poller lets through.
MAX_PAGE_BYTES = 8 * 1024 * 1024
#: Greatest size of an encoded item: a page that does not compress, in base64, and an entry's words.
MAX_ITEM_BYTES = 2 * MAX_PAGE_BYTES


class Codec(Generic[T]):
    """JSON of one type: `encode` gives canonical bytes, `decode` raises CodecError for anything else."""

    def __init__(self, adapter: TypeAdapter[T], name: str) -> None:
        self._adapter = adapter
        self._name = name

    def encode(self, value: T) -> bytes:
        """UTF-8 JSON, keys in the order of the type; lone surrogates become U+FFFD."""
        fields = self._adapter.dump_python(value, mode="json")
        try:
            return orjson.dumps(fields)
        except orjson.JSONEncodeError:
            return orjson.dumps(_clean(fields))

    def to_dict(self, value: T) -> Any:
        """The JSON object as Python data."""
        return _clean(self._adapter.dump_python(value, mode="json"))

    def decode(self, data: bytes | str) -> T:
        """The value that `data` holds."""
        try:
            return self._adapter.validate_json(data)
        except ValidationError as error:
            raise CodecError(f"not a valid {self._name}: {error.errors()[0]['msg']}") from error

    def schema(self) -> dict[str, Any]:
        """JSON Schema (2020-12) of the encoded form."""
        return self._adapter.json_schema(mode="serialization")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value


signals: Codec[Signal] = Codec(TypeAdapter(Annotated[Stance | Interference, Field(discriminator="kind")]), "signal")
announcements: Codec[Announcement] = Codec(
    TypeAdapter(Annotated[Stance | Interference | Revision, Field(discriminator="kind")]), "entry of the stream"
)
standings: Codec[Standing] = Codec(TypeAdapter(Standing), "record of what an article carries")
statements: Codec[Statement] = Codec(TypeAdapter(Statement), "statement")
articles: Codec[Article] = Codec(TypeAdapter(Article), "article")
feed_states: Codec[FeedState] = Codec(TypeAdapter(FeedState), "feed state")
subscriptions: Codec[Subscription] = Codec(
    TypeAdapter(Annotated[Subscription, Field(discriminator="state")]), "subscription"
)
webhook_standings: Codec[WebhookStanding] = Codec(TypeAdapter(WebhookStanding), "record of a webhook")
ledgers: Codec[Ledger] = Codec(TypeAdapter(Ledger), "ledger")
listings: Codec[Listing] = Codec(TypeAdapter(Listing), "listing")
dead_letters: Codec[DeadLetter] = Codec(TypeAdapter(DeadLetter), "dead letter")
_items: Codec[dict[str, Any]] = Codec(TypeAdapter(dict[str, Any]), "item")
_item_adapter: TypeAdapter[Item] = TypeAdapter(Item)


def encode_item(item: Item) -> bytes:
    """JSON of an item, its page compressed and in base64."""
    fields = _item_adapter.dump_python(replace(item, page=None), mode="json")
    if item.page is not None:
        packed = base64.b64encode(zlib.compress(item.page.body, 6)).decode("ascii")
        fields["page"] = {"url": item.page.url, "content_type": item.page.content_type, "zlib": packed}
    return orjson.dumps(_clean(fields))


def decode_item(data: bytes) -> Item:
    """The item that `encode_item` wrote; raises CodecError, also for one past its bound, packed or not."""
    if len(data) > MAX_ITEM_BYTES:
        raise CodecError("an item is larger than any may be")
    fields = _items.decode(data)
    packed = fields.pop("page", None)
    try:
        item = _item_adapter.validate_python({**fields, "page": None})
        if packed is None:
            return item
        inflater = zlib.decompressobj()
        body = inflater.decompress(base64.b64decode(packed["zlib"], validate=True), MAX_PAGE_BYTES)
        if inflater.unconsumed_tail:
            raise CodecError("the page of an item is larger than any page may be")
        return replace(item, page=Page(url=packed["url"], content_type=packed["content_type"], body=body))
    except (ValidationError, KeyError, TypeError, ValueError, zlib.error) as error:
        raise CodecError(f"not a valid item: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _FormerMark:
    """A mark in layout 1 of the store."""

    fingerprint: str
    revision: Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rare:
    """What few marks have."""

    story: str = ""
    former: tuple[str, ...] = ()
    returns: Annotated[int, Field(ge=0)] = 0
    shared: bool = False


_former_marks: Codec[_FormerMark] = Codec(TypeAdapter(_FormerMark), "mark")
_rare_of_marks: Codec[_Rare] = Codec(TypeAdapter(_Rare), "mark")

#: Revision, note, number of words and of sequences kept, title, text, outlet, feed, and the second when it was met.
_MARK = struct.Struct(">HBBB4s4s4s4sI")
_NOTES: tuple[Note, ...] = ("", "correction", "retraction")


def encode_mark(mark: Mark) -> bytes:
    """A mark in about a hundred bytes: its fingerprint, a colon, and the rest packed in base64.

    What few marks have follows after a full stop, as JSON. The article's id is left out: a mark is kept under it.
    """
    wording = mark.wording
    packed = _MARK.pack(
        min(mark.revision, 0xFFFF),
        _NOTES.index(wording.note),
        len(wording.title_words),
        len(wording.opening),
        *(_hex(name) for name in (wording.title, wording.text, mark.outlet, mark.feed)),
        min(max(round(mark.met_at.timestamp()), 0), 0xFFFFFFFF) if mark.met_at else 0,
    )
    numbers = struct.pack(
        f">{len(wording.title_words) + len(wording.opening)}H", *wording.title_words, *wording.opening
    )
    rare = {
        "story": mark.story_id if mark.story_id != mark.article_id else None,
        "former": list(mark.former),
        "returns": mark.returns,
        "shared": mark.link_is_shared,
    }
    tail = {name: value for name, value in rare.items() if value}
    text = f"{wording.fingerprint}:".encode() + base64.b64encode(packed + numbers).rstrip(b"=")
    return text + (b"." + orjson.dumps(tail) if tail else b"")


def decode_mark(data: bytes, article_id: str) -> Mark:
    """The mark that `encode_mark` wrote, or layout 1 of the store, which kept a fingerprint and a number."""
    try:
        if data.startswith(b"{"):
            former = _former_marks.decode(data)
            wording = Wording(fingerprint=_checked_name(former.fingerprint[:FINGERPRINT_LENGTH]))
            return Mark(article_id=article_id, story_id=article_id, wording=wording, revision=former.revision)
        return _unpack(data, article_id)
    except (ValueError, IndexError, struct.error) as error:
        raise CodecError(f"not a valid mark: {error}") from error


def _unpack(data: bytes, article_id: str) -> Mark:
    head, _, tail = data.partition(b".")
    fingerprint, _, packed = head.decode("ascii").partition(":")
    rare = _rare_of_marks.decode(tail) if tail else _Rare()
    raw = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    revision, note, words, opening, *names, met = _MARK.unpack_from(raw)
    numbers = struct.unpack_from(f">{words + opening}H", raw, _MARK.size)
    title, text, outlet, feed = (name.hex() if any(name) else "" for name in names)
    return Mark(
        article_id=article_id,
        story_id=rare.story or article_id,
        wording=Wording(
            fingerprint=_checked_name(fingerprint),
            title=title,
            text=text,
            note=_NOTES[note],
            title_words=numbers[:words],
            opening=numbers[words:],
        ),
        revision=revision,
        outlet=outlet,
        feed=feed,
        met_at=datetime.fromtimestamp(met, UTC) if met else None,
        former=rare.former,
        returns=rare.returns,
        link_is_shared=rare.shared,
    )


def _checked_name(fingerprint: str) -> str:
    if not (fingerprint.isascii() and fingerprint.isalnum()):
        raise ValueError(f"not the name of words: {fingerprint[:40]!a}")
    return fingerprint


def _hex(name: str) -> bytes:
    return bytes.fromhex(name) if name else bytes(4)


def digest(*parts: str, length: int = 32) -> str:
    """A stable name for `parts`: hexadecimal SHA-256, cut to `length` characters; no two lists of parts read alike."""
    hasher = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        hasher.update(len(raw).to_bytes(8, "big") + raw)
    return hasher.hexdigest()[:length]
