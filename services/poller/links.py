"""Links as names of articles: what is left of one when all is taken off that does not choose the article.

It follows no redirects and asks no server; two folded links may still lead to the same article.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Literal
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from services.poller.guard import Refusal, read_url

# Names that analytics, newsletters and social networks add to links, on any site.
_TRACKING_NAMES = frozenset(
    {
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "twclid", "ttclid"),
        *("igshid", "igsh", "mc_cid", "mc_eid", "mkt_tok", "vero_id", "vero_conv", "wickedid", "oly_anon_id"),
        *("oly_enc_id", "_openstat", "_hsenc", "_hsmi", "__s", "s_cid", "ncid", "cmpid", "ito", "ocid", "smid"),
        *("ftag", "ref_src", "ref_url", "guccounter", "guce_referrer", "guce_referrer_sig", "xtor"),
    }
)
_TRACKING_PREFIXES = ("utm_", "at_", "mtm_", "pk_", "piwik_", "hsa_", "ga_", "stm_", "trk_", "ns_", "traffic_source")
# Further ones, which layout 1 of the store kept: taken off only in the folded form.
_MORE_TRACKING = frozenset(
    {
        *("maca", "cmp", "icid", "intcid", "int_source", "int_medium", "int_campaign", "rss", "partner", "sref"),
        *("srsltid", "wt.mc_id", "wt_mc", "wt_zmc", "dgcid", "cid_source", "mbid", "xid", "ref", "referrer", "taid"),
        *(
            "syn-25a6b1a6",
            "ftcamp",
            "campaign_id",
            "emc",
            "_ga",
            "_gl",
            "fb_action_ids",
            "fb_ref",
            "sharetype",
            "share",
        ),
    }
)
_AMP_PAIRS = frozenset(
    {"amp", "amp=1", "amp=true", "amp=yes", "amp=", "outputtype=amp", "output=amp", "view=amp", "isamp=1"}
)
_MOBILE_PAIRS = frozenset({"m=1", "mobile=1", "mobile=true", "view=mobile", "platform=mobile"})
#: Labels at the front of a host that choose a form of the page and no other site.
_FORM_LABELS = frozenset({"www", "ww2", "www2", "m", "mobile", "mobi", "amp", "touch", "wap"})
_INDEX = re.compile(r"/(?:index\.(?:html?|php))$", re.IGNORECASE)
_ANY_INDEX = re.compile(
    r"/(?:(?:index|default|home|homepage|start|startseite|main)(?:\.(?:x?html?|php\d?|aspx?|jsp|cfm|do))?)$",
    re.IGNORECASE,
)
_AMP = re.compile(r"&amp;", re.IGNORECASE)
_AMP_CACHE = re.compile(r"/[a-z]/(?:s/)?(.+)", re.IGNORECASE)
_GOOGLE_AMP = re.compile(r"/amp/(?:s/)?(.+)", re.IGNORECASE)
_AMP_PATH = re.compile(r"(?:/amp(?:\.html?)?|\.amp)(?=$|/$)|(?<=\.)amp\.(?=html?$)", re.IGNORECASE)
_AMP_START = re.compile(r"^/amp(?:html)?(?=/)", re.IGNORECASE)
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#]*", re.IGNORECASE)
_SLASHES = re.compile(r"/{2,}")

_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?", re.IGNORECASE)
_WORDS = re.compile(r"[-_+.~,\s]+")
_LIVE_SEGMENTS = frozenset({"live", "liveblog", "live-blog", "liveticker", "live-ticker", "en-direct"})
_LIVE_WORDS = re.compile(
    r"(?<![a-z])(?:live-(?:updates?|blog|news|ticker|coverage|reporting)|liveblog|liveticker|live-?ticker|en-direct"
    r"|minuto-a-minuto|en-vivo|ao-vivo|minute-par-minute|as-it-happened|live(?=[-\d]*$))(?![a-z])",
    re.IGNORECASE,
)
#: Segments that an article's own name follows.
_BEFORE_NAME = frozenset(
    {"article", "articles", "artikel", "articulo", "story", "stories", "post", "posts", "articleshow"}
)
_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")

Kind = Literal["article", "live", "section", "front"]


def canonical_link(link: str) -> str | None:
    """The canonical form of an http(s) link that layout 1 of the store names articles by, or None where it is none.

    >>> canonical_link("HTTP://www.Example.org:80/a/?b=1&amp;utm_source=rss&at_medium=RSS#top")
    'http://www.example.org/a/?b=1'
    """
    target = read_url(_AMP.sub("&", link.strip()))
    if isinstance(target, Refusal):
        return None
    parts = urlsplit(target.url)
    kept = [pair for pair in parts.query.split("&") if pair and not _is_tracking(pair)]
    return urlunsplit((parts.scheme, parts.netloc, _INDEX.sub("/", parts.path), "&".join(kept), ""))


def fold_link(link: str) -> str | None:
    """A link without scheme, tracking and the forms for telephones and AMP, its query in order; None where it is none.

    >>> fold_link("https://m.example.org/2026/story/amp/?utm_source=rss&amp;b=2&a=1#top")
    'example.org/2026/story?a=1&b=2'
    >>> fold_link("https://www-example-org.cdn.ampproject.org/c/s/www.example.org/2026/story.amp.html")
    'example.org/2026/story.html'
    """
    text = link.strip()
    for _ in range(3):
        text, before = unescape(text), text
        if text == before:
            break
    target = read_url(text)
    if isinstance(target, Refusal):
        return None
    parts = urlsplit(target.url)
    behind = _behind_amp_cache(target.host, parts.path)
    if behind is not None:
        return fold_link(f"https://{behind}" + (f"?{parts.query}" if parts.query else ""))
    port = "" if target.port in {80, 443} else f":{target.port}"
    pairs = sorted({pair for pair in parts.query.split("&") if pair and not _is_form_or_tracking(pair)})
    return f"{_fold_host(target.host)}{port}{_fold_path(parts.path)}" + (f"?{'&'.join(pairs)}" if pairs else "")


def _behind_amp_cache(host: str, path: str) -> str | None:
    if host.endswith((".cdn.ampproject.org", ".ampproject.net")):
        found = _AMP_CACHE.fullmatch(path)
    elif host.startswith(("www.google.", "google.")):
        found = _GOOGLE_AMP.fullmatch(path)
    else:
        return None
    return found[1] if found else None


def _fold_host(host: str) -> str:
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in _FORM_LABELS:
        labels = labels[1:]
    # As in en.m.example.org.
    if len(labels) > 3 and labels[1] in {"m", "mobile", "amp"}:
        labels = [labels[0], *labels[2:]]
    return ".".join(labels)


def _fold_path(path: str) -> str:
    path = _SLASHES.sub("/", _SESSION.sub("", path))
    path = _AMP_START.sub("", _AMP_PATH.sub("", path)).rstrip("/")
    path = _ANY_INDEX.sub("", path.removesuffix("/.")).rstrip("/")
    return quote(unquote(path, errors="replace"), safe="/:@!$&'()*+,;=~-._%") if "%" in path else path


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES)


def _is_form_or_tracking(pair: str) -> bool:
    lower = pair.lower()
    if lower in _AMP_PAIRS or lower in _MOBILE_PAIRS:
        return True
    return _is_tracking(pair) or lower.startswith("amp_") or lower.partition("=")[0] in _MORE_TRACKING


def kind_of(folded: str) -> Kind:
    """What a folded link can name: one article, a page that holds many entries in turn, or the front of a site.

    >>> [kind_of(link) for link in ("example.org", "example.org/en-gb", "example.org/world/europe")]
    ['front', 'front', 'section']
    >>> [kind_of(link) for link in ("example.org/2026/05/talks", "example.org/ministers-meet-again", "example.org?p=7")]
    ['article', 'article', 'article']
    >>> kind_of("example.org/world/live/2026/may/15/talks-latest-updates")
    'live'
    """
    place, _, query = folded.partition("?")
    segments = [segment for segment in place.split("/")[1:] if segment]
    if query and (_DIGITS.search(query) or any(len(_WORDS.split(pair)) >= 3 for pair in query.split("&"))):
        return "article"
    if not segments or (len(segments) == 1 and _LANGUAGE.fullmatch(segments[0])):
        return "front"
    if any(segment.lower() in _LIVE_SEGMENTS for segment in segments) or any(map(_LIVE_WORDS.search, segments[-2:])):
        return "live" if _names_article(segments) else "section"
    return "article" if _names_article(segments) else "section"


def on_one_site(one: str, other: str) -> bool:
    """Whether two folded links are of one host, or of a host and a part of it.

    >>> on_one_site("example.org/a", "news.example.org/a"), on_one_site("example.org/a", "example.com/a")
    (True, False)
    """
    hosts = sorted((link.partition("?")[0].partition("/")[0] for link in (one, other)), key=len)
    return hosts[0] == hosts[1] or hosts[1].endswith(f".{hosts[0]}")


def _names_article(segments: list[str]) -> bool:
    """Whether a path reads as one article's: a number, a date, a sentence or a name of letters and figures in it."""
    last = unquote(segments[-1])
    words = [word for word in _WORDS.split(last) if word]
    if len(words) >= 3 or (len(last) >= 15 and not last.isascii()):
        return True
    if "." in last and last.rpartition(".")[2].lower() in {"html", "htm", "shtml", "cms", "ece", "story", "article"}:
        return len(segments) > 1 or len(words) > 1
    if len(segments) > 1 and segments[-2].lower() in _BEFORE_NAME:
        return True
    dated = any(_YEAR.fullmatch(segment) for segment in segments[:-1])
    return dated or any(_holds_number(segment) for segment in segments) or _is_token(last)


def _holds_number(segment: str) -> bool:
    return any(len(digits) >= 3 and not _YEAR.fullmatch(digits) for digits in _DIGITS.findall(segment))


def _is_token(segment: str) -> bool:
    """Whether letters and figures are mixed as a system does and people do not, as in c4g48kj40lwo."""
    return len(segment) >= 9 and bool(_DIGITS.search(segment)) and segment.isalnum()


def number_in(folded: str) -> str | None:
    """The number that a site's own system gave an article, at the end of its path; None for dates and short ones.

    >>> number_in("example.org/world/ministers-meet-again-6119396")
    '6119396'
    >>> number_in("example.org/video/2026/5/13/clip-students-130526") is None
    True
    """
    segments = [segment for segment in folded.partition("?")[0].split("/")[1:] if segment]
    if not segments:
        return None
    found = _DIGITS.findall(segments[-1]) or ([segments[-2]] if len(segments) > 1 and segments[-2].isdigit() else [])
    longest = max(found, key=len, default="")
    return longest if len(longest) >= 6 and not _may_be_date(longest) else None


def _may_be_date(digits: str) -> bool:
    readings: tuple[tuple[str, str], ...]
    if len(digits) == 6:
        readings = ((digits[:2], digits[2:4]), (digits[2:4], digits[:2]), (digits[4:], digits[2:4]))
    elif len(digits) == 8 and _YEAR.match(digits):
        readings = ((digits[6:], digits[4:6]),)
    elif len(digits) == 8 and _YEAR.fullmatch(digits[4:]):
        readings = ((digits[:2], digits[2:4]), (digits[2:4], digits[:2]))
    else:
        # A time stamp: 10, 12 or 14 figures that begin with a year.
        return len(digits) in {10, 12, 14} and bool(_YEAR.match(digits))
    return any(1 <= int(day) <= 31 and 1 <= int(month) <= 12 for day, month in readings)
