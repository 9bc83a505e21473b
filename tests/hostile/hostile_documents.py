"""Feed documents made to keep a parser busy or to make it open something, by their numbers in the list of cases.

Each has an honest entry before and one after what is hostile. `TRAP` stands for the address of a site that nobody may
connect to.
"""

from __future__ import annotations

from collections.abc import Callable

TRAP = "http://127.0.0.1:9"
BEFORE = "<title>Before</title><link>https://a.example/1</link>"
AFTER = "<title>After</title><link>https://a.example/2</link>"
ATTRIBUTES = " ".join(f'a{number}="x"' for number in range(100_000))
LAUGHS = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
XINCLUDE = 'xmlns:xi="http://www.w3.org/2001/XInclude"'


def rss(*items: str, head: str = "", prolog: str = "", root: str = "") -> str:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'{prolog}<rss version="2.0"{root}><channel><title>World</title>{head}{body}</channel></rss>'


def between(hostile: str) -> str:
    return rss(BEFORE, hostile, AFTER)


def typed(subset: str, title: str) -> str:
    return rss(BEFORE, f"<title>{title}</title>", AFTER, prolog=f"<!DOCTYPE rss {subset}>")


def in_json(hostile: str) -> str:
    items = f'{{"id":"1","title":"Before"}},{hostile},{{"id":"2","title":"After"}}'
    return f'{{"version":"https://jsonfeed.org/version/1.1","title":"World","items":[{items}]}}'


DOCUMENTS: dict[str, Callable[[], str]] = {
    "34 billion laughs": lambda: typed(f'[<!ENTITY l0 "lol">{LAUGHS}]', "&l9;"),
    "34 quadratic": lambda: typed(f'[<!ENTITY a "{"x" * 50_000}">]', "&a;" * 40_000),
    "34 external file": lambda: typed('[<!ENTITY x SYSTEM "file:///etc/passwd">]', "&x;"),
    "34 external address": lambda: typed(f'[<!ENTITY x SYSTEM "{TRAP}/x">]', "&x;"),
    "34 external types": lambda: typed(f'SYSTEM "{TRAP}/x.dtd"', "x"),
    "34 parameter entity": lambda: typed(f'[<!ENTITY % x SYSTEM "{TRAP}/x.dtd"> %x;]', "&x;"),
    "34 included file": lambda: between(
        f'<title {XINCLUDE}><xi:include href="file:///etc/passwd" parse="text"/></title><description>x</description>'
    ),
    "34 included address": lambda: between(f'<title>x</title><xi:include {XINCLUDE} href="{TRAP}/x" parse="text"/>'),
    "34 style sheet": lambda: rss(BEFORE, AFTER, prolog=f'<?xml-stylesheet type="text/xsl" href="{TRAP}/x.xsl"?>'),
    "34 type without end": lambda: f"<!DOCTYPE {'[' * 100_000}{rss(BEFORE, AFTER)}",
    "34 comments in a type": lambda: f"<!DOCTYPE r [{'<!-- ' * 100_000}]>{rss(BEFORE, AFTER)}",
    "35 nested tags": lambda: between("<b>" * 200_000 + "</b>" * 200_000),
    "35 nested tags without end": lambda: between("<b>" * 200_000),
    "35 nested tags before": lambda: rss(BEFORE, AFTER, head="<b>" * 200_000 + "</b>" * 200_000),
    "35 nested tags in a text": lambda: between(f"<description>{'&lt;b&gt;' * 200_000}</description>"),
    "35 nested tags, malformed": lambda: between(f"<title>x & y</title>{'<b>' * 9_000}"),
    "35 nested lists in JSON": lambda: in_json(f'{{"title":"x","authors":{"[" * 900}{"]" * 900}}}'),
    "36 attributes": lambda: between(f"<title {ATTRIBUTES}>x</title>"),
    "36 attributes, malformed": lambda: between(f"<title {ATTRIBUTES}>x & y</title>"),
    "36 attributes without values": lambda: between(f"<title {'a ' * 100_000}>x</title>"),
    "36 attributes after a bracket": lambda: between(f'<title x=">" {ATTRIBUTES}>x</title>'),
    "36 attributes of the root": lambda: rss(BEFORE, AFTER, root=f" {ATTRIBUTES}"),
    "36 attributes of the root, malformed": lambda: rss(BEFORE, AFTER, root=f" {ATTRIBUTES}", head="&"),
    "37 comments without end": lambda: between("<!-- " * 40_000),
    "37 comments": lambda: between("<title>x</title>" + "<!-- x -->" * 40_000),
    "37 comments, malformed": lambda: between("<title>x & y</title>" + "<!-- x -->" * 40_000),
    "37 comments before": lambda: f"{'<!-- ' * 100_000}{rss(BEFORE, AFTER)}",
    "37 raw text without end": lambda: between("<title>x</title>" + "<![CDATA[" * 20_000),
    "37 raw text": lambda: between(f"<description>{'<![CDATA[a]]>' * 40_000}</description>"),
    "37 raw text, malformed": lambda: between(f"<title>&</title><description>{'<![CDATA[a]]>' * 40_000}</description>"),
    "37 references": lambda: between(f"<title>{'&amp;&#65;' * 90_000}</title>"),
    "37 unknown references": lambda: between(f"<title>{'&amp;&#65;&nbsp;' * 50_000}</title>"),
    "37 ampersands": lambda: between(f"<description>{'&' * 300_000}</description>"),
    "37 an author": lambda: between(f"<title>x</title><author>{'a' * 31_000}</author>"),
    "37 an author with dots": lambda: between(f"<author><![CDATA[{'a.' * 15_000}@]]></author><title>&</title>"),
    "37 tags without end": lambda: between(f"<title>x</title><description>{'&lt;b' * 100_000}</description>"),
    "37 brackets": lambda: between(f"<title>x</title><description>{'<' * 9_000}</description>"),
    "37 instructions": lambda: between("<title>x</title>" + "<?x " * 9_000),
    "37 declarations": lambda: between("<title>x</title>" + "<!x " * 9_000),
    "37 a name": lambda: between(f"<title>x</title><{'a' * 500_000}>"),
    "38 control characters": lambda: between(f"<title>a\x00b</title>{chr(0) * 100_000}"),
    "38 every control character": lambda: between(f"<title>a{''.join(map(chr, range(32)))}\x7f\x9bb</title>"),
    "38 references to them": lambda: between(
        f"<title>{''.join(f'&#{code};&#x{code:x};' for code in range(32))}b</title>"
    ),
    "38 control characters in JSON": lambda: in_json(r'{"title":"a\u0000\u0008\u001b[2Jb"}'),
    "42 a date": lambda: between(f"<title>x</title><pubDate>{'9' * 5_000}</pubDate>"),
    "42 a date of hyphens": lambda: between(f"<title>x & y</title><pubDate>{'-' * 500_000}</pubDate>"),
    "44 a title": lambda: between(f"<title>{'x' * 1_000_000}</title>"),
    "44 a title, malformed": lambda: between(f"<title>{'x & ' * 250_000}</title>"),
    "44 half a character in JSON": lambda: in_json(r'{"title":"a\ud800b","id":"\udfff"}'),
    "44 a number in JSON": lambda: in_json(f'{{"title":"x","id":{"9" * 4_000}}}'),
    "44 a title in JSON": lambda: in_json(f'{{"title":"{"x" * 1_000_000}"}}'),
}
