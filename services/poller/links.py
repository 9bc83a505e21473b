"""The canonical form of a link: what is left when all is taken off that does not choose the article.

It follows no redirects and asks no server; two canonical links may still lead to the same article.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

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
_INDEX = re.compile(r"/(?:index\.(?:html?|php))$", re.IGNORECASE)
_AMP = re.compile(r"&amp;", re.IGNORECASE)


def canonical_link(link: str) -> str | None:
    """The canonical form of an http(s) link, or None where it is none.

    >>> canonical_link("HTTP://www.Example.org:80/a/?b=1&amp;utm_source=rss&at_medium=RSS#top")
    'http://www.example.org/a/?b=1'
    """
    target = read_url(_AMP.sub("&", link.strip()))
    if isinstance(target, Refusal):
        return None
    parts = urlsplit(target.url)
    kept = [pair for pair in parts.query.split("&") if pair and not _is_tracking(pair)]
    return urlunsplit((parts.scheme, parts.netloc, _INDEX.sub("/", parts.path), "&".join(kept), ""))


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES)


def leads_to_one_article(canonical: str) -> bool:
    """Whether a canonical link can name an article: a site's front page cannot."""
    parts = urlsplit(canonical)
    return bool(parts.path.strip("/") or parts.query)
