"""Types to JSON and back: the wire format of signals and the stored form of everything else.

Unknown fields are ignored on reading, so that an older reader understands a newer writer; nothing is stored or sent
here.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from dataclasses import replace
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
    Page,
    Revision,
    Signal,
    Stance,
    Standing,
    Statement,
    Subscription,
    WebhookStanding,
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


def digest(*parts: str, length: int = 32) -> str:
    """A stable name for `parts`: hexadecimal SHA-256, cut to `length` characters; no two lists of parts read alike."""
    hasher = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        hasher.update(len(raw).to_bytes(8, "big") + raw)
    return hasher.hexdigest()[:length]
