"""Describes the streams and channels as an AsyncAPI 3.0 document, from the names, the schemas and the types.

What Redis knows and AsyncAPI has no word for (the binding for Redis is empty by specification) stands under `x-redis`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from config.settings import Settings
from stancewire import __version__, keys, schemas
from stancewire.types import Kind

_DRAFT_7 = "application/schema+json;version=draft-07"
_TITLES: Mapping[str, str] = {
    "stance": "Stance",
    "interference": "Report of interference",
    "revision": "What became of a revised article's signals",
    "dead": "Article that was given up",
}
_ENTRY_FIELDS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "specversion": ("Version of CloudEvents.", {"const": "1.0"}),
    "id": ("Id of the signal or the revision. It is on the stream once; tell repetitions by it.", {}),
    "type": ("Kind and major version.", {"pattern": r"^org\.stancewire\.(stance|interference|revision)\.v1$"}),
    "source": ("Address of the article, or `urn:stancewire:article:ID`.", {"format": "uri-reference"}),
    "time": ("When it was published.", {"format": "date-time"}),
    "subject": (
        "By whom and toward whom, as `RU->US`: codes of countries, else names. Of a revision, its article.",
        {},
    ),
    "datacontenttype": ("Of `data`.", {"const": "application/json"}),
    "dataschema": ("Address that names the schema of `data`; it need not be fetched.", {"format": "uri"}),
    "lang": ("Language of the article, as a primary subtag of BCP 47; `und` where it is not known.", {}),
}


def document(kinds: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The document; `kinds` are JSON Schemas (2020-12) by name, of which those are taken that are sent."""
    channels = _channels()
    definitions: dict[str, Any] = {}
    for name in _TITLES:
        definitions |= {each: _as_draft_7(inner) for each, inner in kinds[name].get("$defs", {}).items()}
        whole = {key: value for key, value in kinds[name].items() if key not in ("$defs", "$schema", "$id")}
        definitions[whole["title"]] = _as_draft_7(whole)
    return {
        "asyncapi": "3.0.0",
        "id": "urn:stancewire:api:v1",
        "info": {
            "title": "stancewire",
            "version": __version__,
            "description": (
                "Who takes what stance toward whom, and who is reported to interfere where, who says so, how sure they "
                "are, and who denies it; live, with the sentence that proves it. An entry of a stream is a CloudEvent "
                "1.0: its attributes are the flat fields of the entry, `data` is JSON. At least once; one entry for "
                "each id. Within a major version fields are only added."
            ),
            "license": {"name": "Apache 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "externalDocs": {"url": "https://github.com/stancewire/stancewire/blob/main/docs/consuming.md"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "store": {
                "host": "localhost:6379",
                "protocol": "redis",
                "description": "The Redis or Valkey of the installation; `stancewire doctor` names it.",
                "security": [{"$ref": "#/components/securitySchemes/user"}],
            }
        },
        "channels": channels,
        "operations": {
            name: {"action": "send", "channel": {"$ref": f"#/channels/{name}"}, "summary": channel["title"]}
            for name, channel in channels.items()
        },
        "components": {
            "securitySchemes": {
                "user": {
                    "type": "userPassword",
                    "description": "Where the server asks for one; deploy/valkey/users.acl.in has the user `consumer`.",
                }
            },
            "schemas": {"EntryFields": _entry_fields(), **dict(sorted(definitions.items()))},
            "messages": {name: _message(name, kinds[name]["title"]) for name in _TITLES},
        },
    }


def _channels() -> dict[str, Any]:
    publish = Settings().publish
    retention = {
        "days": publish.retention_days,
        "setting": "publish.retention_days",
        "maxLength": publish.max_stream_length,
        "maxUnreadLength": publish.max_unread_length,
        "rule": "What a consumer group has not acknowledged stays until maxUnreadLength; losses are counted.",
    }
    on_the_stream = get_args(Kind)
    return {
        "signals": {
            "address": keys.SIGNALS_STREAM,
            "title": "The signals, and what became of those of revised articles",
            "description": "The stream to consume: XREADGROUP, then XACK.",
            "messages": _references(on_the_stream),
            "x-redis": {"type": "stream", "delivery": "at least once", "retention": retention},
        },
        "announcements": {
            "address": keys.SIGNALS_CHANNEL,
            "title": "The same as a wake-up",
            "description": "The `data` of an entry as it is appended, with its stream id in `stream_id`.",
            "messages": _references(on_the_stream),
            "x-redis": {"type": "pubsub", "delivery": "at most once"},
        },
        "announcementsByKind": {
            "address": keys.signals_channel("{kind}", "{language}"),
            "title": "The same by kind and language",
            "description": "PSUBSCRIBE takes every language of a kind, as in "
            f"`{keys.signals_channel('interference', '*')}`.",
            "parameters": {
                "kind": {"enum": list(on_the_stream)},
                "language": {"description": "Primary subtag of BCP 47; `und` where it is not known."},
            },
            "messages": _references(on_the_stream),
            "x-redis": {"type": "pubsub", "delivery": "at most once"},
        },
        "watched": {
            "address": keys.watch_stream("{watch}"),
            "title": "What goes to a watch",
            "description": "The entries that a watch of the installation asks for, as they stand on the stream of all.",
            "parameters": {"watch": {"description": "Name of the watch, as `stancewire watch list` has it."}},
            "messages": _references(on_the_stream),
            "x-redis": {"type": "stream", "delivery": "at least once", "retention": retention},
        },
        "watchedAnnouncements": {
            "address": keys.watch_stream("{watch}"),
            "title": "The same as a wake-up",
            "description": "The `data` of an entry as it is appended, with its id on the stream of the watch.",
            "parameters": {"watch": {"description": "Name of the watch."}},
            "messages": _references(on_the_stream),
            "x-redis": {"type": "pubsub", "delivery": "at most once"},
        },
        "deadLetters": {
            "address": keys.DEAD_STREAM,
            "title": "Articles that were given up",
            "description": "For operators; `stancewire dead` shows them and tries them once more.",
            "messages": _references(("dead",)),
            "x-redis": {"type": "stream", "delivery": "once", "retention": {"maxLength": keys.DEAD_STREAM_LENGTH}},
        },
    }


def _references(names: tuple[str, ...]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _message(name: str, title: str) -> dict[str, Any]:
    message = {
        "name": name,
        "title": _TITLES[name],
        "contentType": "application/json",
        "payload": {"schemaFormat": _DRAFT_7, "schema": {"$ref": f"#/components/schemas/{title}"}},
        "x-schema": schemas.url(name),
    }
    if name != "dead":
        message["headers"] = {"$ref": "#/components/schemas/EntryFields"}
    return message


def _entry_fields() -> dict[str, Any]:
    properties = {
        name: {"type": "string", "description": about, **more} for name, (about, more) in _ENTRY_FIELDS.items()
    }
    return {
        "type": "object",
        "description": "The flat fields of a stream entry beside `data`: the attributes of CloudEvents 1.0 and `lang`.",
        "properties": properties,
        "required": list(properties),
    }


def _as_draft_7(schema: Any) -> Any:
    """References point into the document, and stand alone, as older drafts ignore what stands beside them."""
    if isinstance(schema, list):
        return [_as_draft_7(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _as_draft_7(value) for key, value in schema.items()}
    if isinstance(reference := made.get("$ref"), str):
        pointer = {"$ref": reference.replace("#/$defs/", "#/components/schemas/")}
        others = {key: value for key, value in made.items() if key != "$ref"}
        return {"allOf": [pointer], **others} if others else pointer
    return made
