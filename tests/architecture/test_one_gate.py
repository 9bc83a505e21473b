"""Every connection to the outside is made by the fetcher: what import rules cannot see, found in the syntax.

Whoever needs another way out adds it here, and says in its own docstring why the gate is not for it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("stancewire", "services", "workers", "config", "seeds")

#: Modules with which a connection can be made.
NETWORK = frozenset(
    {
        *("socket", "ssl", "httpx", "httpcore", "h11", "anyio", "requests", "urllib3", "aiohttp", "websockets"),
        *("urllib.request", "http.client", "ftplib", "smtplib", "poplib", "imaplib", "nntplib", "telnetlib"),
        *("xmlrpc.client", "socketserver", "asyncio.streams", "pycurl", "trafilatura.downloads", "trafilatura.feeds"),
        *("trafilatura.sitemaps", "trafilatura.spider", "spacy.cli", "huggingface_hub", "courlan"),
    }
)
#: Who may, and for what.
ALLOWED = {
    "services/poller/connecting.py": {"socket", "ssl", "httpx", "httpcore"},  # the gate: looks up, checks, connects
    "services/poller/metering.py": {"ssl", "httpcore"},  # the gate: counts what comes
    "services/poller/fetch.py": {"ssl", "httpx", "httpcore"},  # the gate: asks
    "services/poller/visit.py": {"httpcore"},  # the gate: looks at the address at the other end
    "services/poller/answers.py": {"ssl", "httpx", "httpcore"},  # reads answers and names errors
    "services/web.py": {"socket"},  # listens
    "services/newsroom/site.py": {"socket"},  # listens
    "services/embedded.py": {"socket"},  # asks our own server over its socket file
    "stancewire/client/naming.py": {"socket"},  # the name of this machine
    "stancewire/wiring/process_name.py": {"socket"},  # likewise
}
#: Calls that open a connection, look up a name or fetch, by the last part of their name; and where they may stand.
CALLS = {
    **dict.fromkeys(
        (
            *("open_connection", "open_unix_connection", "create_connection", "create_unix_connection", "connect_ex"),
            *("sock_connect", "sendto", "urlopen", "urlretrieve", "fetch_url", "fetch_response"),
            *("gethostbyname", "getfqdn", "create_datagram_endpoint", "AsyncClient", "Client", "HTTPTransport"),
            *("AsyncHTTPTransport", "connect_unix_socket", "import_from_url", "download"),
        ),
        frozenset(),
    ),
    # The second for the address to listen on.
    "getaddrinfo": frozenset({"services/poller/connecting.py", "services/web.py"}),
    "connect_tcp": frozenset({"services/poller/connecting.py"}),
    "AnyIOBackend": frozenset({"services/poller/connecting.py"}),
    "AsyncConnectionPool": frozenset({"services/poller/connecting.py"}),
    "GuardedBackend": frozenset({"services/poller/fetch.py"}),
    "GuardedTransport": frozenset({"services/poller/fetch.py"}),
    "HttpFetcher": frozenset({"stancewire/wiring/outside.py"}),
}
#: Calls that open what they are given, be it an address: lxml's, and feedparser's unless it gets a file.
PARSERS = frozenset({"etree.parse", "html.parse", "etree.iterparse", "ElementTree.parse", "minidom.parse", "sax.parse"})


@cache
def trees() -> tuple[tuple[str, ast.AST], ...]:
    files = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))) for path in files)


def imported(tree: ast.AST) -> Iterator[str]:
    """Modules of the network that a file imports."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            yield from (known for known in NETWORK if name == known or name.startswith(f"{known}."))


def called(tree: ast.AST) -> Iterator[tuple[int, str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node.lineno, ast.unparse(node.func), node


def misplaced_calls(file: str, tree: ast.AST) -> Iterator[str]:
    for line, name, _ in called(tree):
        last = name.rpartition(".")[2]
        if last in CALLS and file not in CALLS[last]:
            yield f"{file}:{line}: {name}"


def open_parsers(file: str, tree: ast.AST) -> Iterator[str]:
    """Parsers that would fetch what they are given or what a document names."""
    for line, name, call in called(tree):
        keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        if any(name.endswith(parser) for parser in PARSERS):
            yield f"{file}:{line}: {name}"
        if name == "feedparser.parse" and not ast.unparse(call.args[0]).startswith("io.BytesIO("):
            yield f"{file}:{line}: {name} of what may be an address"
        if name.endswith((".XMLParser", ".XMLPullParser")) and (
            keywords.get("no_network") != "True"
            or keywords.get("resolve_entities") != "False"
            or keywords.get("load_dtd") != "False"
        ):
            yield f"{file}:{line}: {name} that may load what a document names"
        if name in {"etree.fromstring", "etree.XML"} and len(call.args) + len(call.keywords) < 2:
            yield f"{file}:{line}: {name} with a parser that is not ours"


def test_only_the_gate_imports_what_connections_are_made_with() -> None:
    found = {file: modules for file, tree in trees() if (modules := set(imported(tree)))}

    assert found == ALLOWED


def test_nobody_but_the_gate_connects_looks_up_names_or_fetches() -> None:
    assert [each for file, tree in trees() for each in misplaced_calls(file, tree)] == []


def test_no_parser_loads_what_a_document_names() -> None:
    assert [each for file, tree in trees() for each in open_parsers(file, tree)] == []


def test_another_way_out_is_noticed() -> None:
    tree = ast.parse(
        "import urllib.request\nfrom trafilatura import fetch_url\nfetch_url('http://a')\n"
        "feedparser.parse(url)\netree.XMLParser(no_network=False)\netree.parse(url)\n"
    )

    assert set(imported(tree)) == {"urllib.request"}
    assert list(misplaced_calls("a.py", tree)) == ["a.py:3: fetch_url"]
    assert len(list(open_parsers("a.py", tree))) == 3
