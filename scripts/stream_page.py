"""A page for people about the streams and channels, from the AsyncAPI document: one file, no scripts, nothing fetched.

It says what the document says and nothing of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --dim: #777; --accent: #0a6b8a; }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1.2rem 4rem; }
h1 { font-size: 1.9rem; margin-bottom: .2rem } h2 { margin-top: 3rem; border-bottom: 1px solid var(--line) }
h3 { margin: 2.2rem 0 .3rem } code { font: .92em ui-monospace, monospace; background: var(--soft); padding: .1em .3em }
table { border-collapse: collapse; width: 100%; margin: .8rem 0 } th { text-align: left; color: var(--dim) }
th, td { padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
td:first-child { white-space: nowrap } td:nth-child(2) { min-width: 9rem } .dim { color: var(--dim) }
a { color: var(--accent); text-decoration: none } a:hover { text-decoration: underline } nav a { margin-right: 1rem }
@media (max-width: 40rem) { td, th { display: block; border: 0; padding: .1rem 0 } tr { display: block;
 border-bottom: 1px solid var(--line); padding: .5rem 0 } thead { display: none } }
"""


def page(document: Mapping[str, Any]) -> str:
    """The page, as HTML."""
    info, components = document["info"], document["components"]
    messages, schemas = components["messages"], components["schemas"]
    titles = {about["payload"]["schema"]["$ref"].rpartition("/")[2]: about["title"] for about in messages.values()}
    parts = [name for name in schemas if name not in titles and name != "EntryFields"]
    body = [
        f"<h1>{_text(info['title'])}: streams and channels</h1>",
        f'<p class="dim">version {_text(info["version"])}, made from <a href="asyncapi.json">asyncapi.json</a> '
        f"(AsyncAPI {_text(document['asyncapi'])})</p>",
        f"<p>{_text(info['description'])}</p>",
        '<nav><a href="#streams">Streams and channels</a><a href="#fields">Fields of an entry</a>'
        + "".join(f'<a href="#{name}">{_text(title)}</a>' for name, title in titles.items())
        + "</nav>",
        '<h2 id="streams">Streams and channels</h2>',
        *(_channel(channel, messages) for channel in document["channels"].values()),
        '<h2 id="fields">Fields of an entry</h2>',
        *_definition(schemas["EntryFields"]),
        "<h2>What <code>data</code> holds</h2>",
    ]
    for name in (*titles, *parts):
        body += [f'<h3 id="{name}">{_text(titles.get(name, name))}</h3>', *_definition(schemas[name])]
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{_text(info['title'])}: streams and channels</title>\n<style>{_STYLE}</style>\n"
        + "\n".join(body)
        + "\n</html>\n"
    )


def _channel(channel: Mapping[str, Any], messages: Mapping[str, Any]) -> str:
    redis = channel["x-redis"]
    what = ", ".join(
        f'<a href="#{_target(messages[name])}">{_text(messages[name]["title"])}</a>' for name in channel["messages"]
    )
    rows = [("kind", _text(redis["type"])), ("delivery", _text(redis["delivery"])), ("carries", what)]
    if kept := redis.get("retention"):
        rows.append(("kept", _retention(kept)))
    for name, about in channel.get("parameters", {}).items():
        rows.append((f"<code>{_text(name)}</code>", _text(about.get("description") or ", ".join(about["enum"]))))
    return (
        f"<h3>{_text(channel['title'])}</h3><p><code>{_text(channel['address'])}</code><br>{_text(channel['description'])}</p>"
        + "<table>"
        + "".join(f"<tr><td>{name}<td>{value}" for name, value in rows)
        + "</table>"
    )


def _retention(kept: Mapping[str, Any]) -> str:
    days = f"{kept['days']:g} days (<code>{_text(kept['setting'])}</code>), " if "days" in kept else ""
    unread = f"; unread by a group: {kept['maxUnreadLength']:,}. {_text(kept['rule'])}" if "rule" in kept else ""
    return f"{days}{kept['maxLength']:,} entries{unread}"


def _definition(schema: Mapping[str, Any]) -> Iterator[str]:
    if about := schema.get("description"):
        yield f"<p>{_text(about)}</p>"
    needed = set(schema.get("required", ()))
    yield "<table><thead><tr><th>field<th>form<th>meaning</thead>"
    for name, field in schema["properties"].items():
        missing = "" if name in needed else ' <span class="dim">may be missing</span>'
        yield f"<tr><td><code>{_text(name)}</code><td>{_form(field)}{missing}<td>{_text(field.get('description', ''))}"
    yield "</table>"


def _form(field: Mapping[str, Any]) -> str:
    """What a value looks like, in a few words."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f'<a href="#{name}">{_text(name)}</a>'
    for choice in ("allOf", "anyOf", "oneOf"):
        if choice in field:
            return " or ".join(_form(each) for each in field[choice])
    if "const" in field:
        return f"<code>{_text(field['const'])}</code>"
    if "enum" in field:
        return ", ".join(f"<code>{_text(each)}</code>" for each in field["enum"])
    if field.get("type") == "array":
        return f"list of {_form(field['items'])}"
    if field.get("format") == "date-time":
        return "time, ISO 8601"
    return {"string": "text", "integer": "whole number", "null": "<code>null</code>"}.get(
        field.get("type", ""), _text(field.get("type", ""))
    )


def _target(message: Mapping[str, Any]) -> str:
    return str(message["payload"]["schema"]["$ref"].rpartition("/")[2])


def _text(value: Any) -> str:
    """Escaped; what stands between backticks is code."""
    pieces = escape(str(value), quote=False).split("`")
    return "".join(f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces))
