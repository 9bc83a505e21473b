"""Writes feeds and pages as news sites do: RSS 2.0, Atom, JSON Feed 1.1 and HTML.

Pure: pieces in, text out; nothing here knows of time or of a server.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime
from html import escape
from typing import Any

import orjson

from services.newsroom.edition import Piece
from services.newsroom.material import Outlet

NOTICE = "Written for the stancewire demo. This outlet and its reporters are invented."

_STYLE = (
    "body{font:17px/1.5 Georgia,serif;max-width:44rem;margin:auto;padding:1rem}nav,aside,footer{font:14px sans-serif;"
    "color:#555}nav a{margin-right:1rem}.notice{background:#fe9;padding:.5rem}"
)


def render_feed(outlet: Outlet, pieces: Sequence[Piece], base: str) -> tuple[str, bytes]:
    """Content type and body of the outlet's feed, in the format it uses; `base` is the site without slash."""
    match outlet.format:
        case "atom":
            return "application/atom+xml; charset=utf-8", _atom(outlet, pieces, base).encode()
        case "json":
            return "application/feed+json", orjson.dumps(_json_feed(outlet, pieces, base))
        case _:
            return "application/rss+xml; charset=utf-8", _rss(outlet, pieces, base).encode()


def _rss(outlet: Outlet, pieces: Sequence[Piece], base: str) -> str:
    items = "".join(
        f"<item><title>{escape(piece.title)}</title><link>{base}{piece.path}</link>"
        f'<guid isPermaLink="false">{piece.story.id}</guid><description>{escape(piece.story.summary)}</description>'
        f"<pubDate>{format_datetime(piece.published_at, usegmt=True)}</pubDate>"
        + "".join(f"<dc:creator>{escape(author)}</dc:creator>" for author in piece.story.authors)
        + f"<content:encoded>{escape(_body(piece))}</content:encoded></item>\n"
        for piece in pieces
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/">\n<channel>'
        f"<title>{escape(outlet.name)}</title><link>{base}/{outlet.id}/</link><language>{outlet.language}</language>"
        f"<description>{NOTICE}</description>\n{items}</channel>\n</rss>\n"
    )


def _atom(outlet: Outlet, pieces: Sequence[Piece], base: str) -> str:
    entries = "".join(
        f"<entry><id>{base}{piece.path}</id><title>{escape(piece.title)}</title>"
        f'<link rel="alternate" href="{base}{piece.path}"/><summary>{escape(piece.story.summary)}</summary>'
        f"<published>{piece.published_at.isoformat()}</published><updated>{piece.updated_at.isoformat()}</updated>"
        + "".join(f"<author><name>{escape(author)}</name></author>" for author in piece.story.authors)
        + f'<content type="html">{escape(_body(piece))}</content></entry>\n'
        for piece in pieces
    )
    updated = max((piece.updated_at for piece in pieces), default=None)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">'
        f"<id>{base}/{outlet.id}/</id><title>{escape(outlet.name)}</title><subtitle>{NOTICE}</subtitle>"
        + (f"<updated>{updated.isoformat()}</updated>\n" if updated else "\n")
        + f"{entries}</feed>\n"
    )


def _json_feed(outlet: Outlet, pieces: Sequence[Piece], base: str) -> dict[str, Any]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "description": NOTICE,
        "home_page_url": f"{base}/{outlet.id}/",
        "language": outlet.language,
        "items": [
            {
                "id": f"{base}{piece.path}",
                "url": f"{base}{piece.path}",
                "title": piece.title,
                "summary": piece.story.summary,
                "content_html": _body(piece),
                "date_published": piece.published_at.isoformat(),
                "date_modified": piece.updated_at.isoformat(),
                "authors": [{"name": author} for author in piece.story.authors],
            }
            for piece in pieces
        ],
    }


def render_page(piece: Piece, others: Sequence[Piece]) -> str:
    """An article's page; `others` are linked beside it."""
    outlet, story = piece.outlet, piece.story
    links = "".join(f'<li><a href="{other.path}">{escape(other.title)}</a></li>' for other in others[:5])
    authors = escape(", ".join(story.authors))
    return f"""<!DOCTYPE html>
<html lang="{outlet.language}">
<head>
<meta charset="utf-8">
<title>{escape(piece.title)} | {escape(outlet.name)}</title>
<meta name="description" content="{escape(story.summary)}">
<meta name="author" content="{authors}">
<meta name="robots" content="noindex">
<meta property="og:type" content="article">
<meta property="og:title" content="{escape(piece.title)}">
<meta property="article:published_time" content="{piece.published_at.isoformat()}">
<link rel="canonical" href="{piece.path}">
<style>{_STYLE}</style>
</head>
<body>
<header><p><a href="/{outlet.id}/">{escape(outlet.name)}</a></p>
<nav><a href="/{outlet.id}/">Home</a> <a href="/{outlet.id}/#world">World</a> <a href="/{outlet.id}/#sport">Sport</a>
</nav>
</header>
<main>
<article>
<h1>{escape(piece.title)}</h1>
<p class="byline">{authors} <time datetime="{piece.published_at.isoformat()}">{piece.published_at:%d %B %Y}</time></p>
{_body(piece)}
</article>
<aside><h2>More</h2><ul>{links}</ul></aside>
</main>
<footer><p class="notice">{NOTICE} Facts from: {escape("; ".join(story.sources))}.</p></footer>
</body>
</html>
"""


def render_front_page(outlet: Outlet, pieces: Sequence[Piece], feed_path: str) -> str:
    """The outlet's front page, which names its feed."""
    links = "".join(f'<li><a href="{piece.path}">{escape(piece.title)}</a></li>' for piece in pieces)
    kind = {"atom": "application/atom+xml", "json": "application/feed+json"}.get(outlet.format, "application/rss+xml")
    return f"""<!DOCTYPE html>
<html lang="{outlet.language}">
<head>
<meta charset="utf-8">
<title>{escape(outlet.name)}</title>
<link rel="alternate" type="{kind}" href="{feed_path}">
<style>{_STYLE}</style>
</head>
<body>
<header><h1>{escape(outlet.name)}</h1></header>
<main><ul>{links}</ul></main>
<footer><p class="notice">{NOTICE}</p></footer>
</body>
</html>
"""


def _body(piece: Piece) -> str:
    return "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in piece.paragraphs)
