"""The rules of conduct towards the sites of a week, each checked on what their server saw.

Nothing of the poller is asked here, except for what it says in words of the feeds it does not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from protego import Protego

from bench.parts.conduct_server import Seen
from bench.parts.conduct_sites import BEGIN, HOUR, LISTED, SITES, WEEK, Site
from bench.parts.conduct_week import Finding, Week
from stancewire.types import Validators

DAY = 86_400.0
#: Chance that may be added to a wait.
_SPREAD = 1.1


def check(week: Week) -> list[Finding]:
    """All rules on one week."""
    return [rule(week, Finding(rule=(rule.__doc__ or "").strip(". "))) for rule in RULES]


def _documents(week: Week) -> Iterator[tuple[Site, Seen, Validators, Seen | None]]:
    """Each request for a feed with the validators of the last document taken in, and that document's own request."""
    for site in SITES:
        last, document = Validators(), None
        for each in week.feed_requests(site.host):
            yield site, each, last, document
            if each.status == 200 and (each.host, each.at) not in week.cut:
                last, document = each.given, each


def validators_are_exact(week: Week, finding: Finding) -> Finding:
    """Validators are sent back as they came, both of them, and only after the entries were accepted."""
    for site, each, last, _ in _documents(week):
        # Those of a feed that has moved are of where it is now.
        if each.sent != Validators() and not site.moved_to:
            finding.look(each.sent == last, each, f"sent {each.sent}, was given {last}")
    return finding


def requests_are_conditional(week: Week, finding: Finding) -> Finding:
    """After one document all requests are conditional, but for one a day at most, or an hour where validators lie."""
    for site, each, last, document in _documents(week):
        if last != Validators() and document is not None and not site.moved_to:
            rest = HOUR if site.validators == "false" else DAY
            is_rare = (each.at - document.at).total_seconds() >= rest
            finding.look(each.sent != Validators() or is_rare, each, "unconditional though validators were given")
    return finding


def feeds_are_not_asked_early(week: Week, finding: Finding) -> Finding:
    """No feed is asked earlier than max-age, Expires, ttl or sy:* say, up to a day."""
    for site in SITES:
        for before, each in pairwise(week.feed_requests(site.host)):
            if before.feed_waits:
                waited = (each.at - before.at).total_seconds()
                finding.look(waited >= min(before.feed_waits, DAY) - 1, each, f"after {waited:.0f} s")
    return finding


def hosts_are_left_alone(week: Week, finding: Finding) -> Finding:
    """No host is asked anything earlier than Retry-After says, in seconds or as a date, up to a day."""
    for site in SITES:
        until = BEGIN
        for each in week.requests(site.host):
            if until > BEGIN:
                finding.look(each.at >= until - timedelta(seconds=1), each, f"before {until:%a %H:%M:%S}")
            until = max(until, each.at + timedelta(seconds=min(each.host_waits, DAY)))
    return finding


def no_cookies_are_sent(week: Week, finding: Finding) -> Finding:
    """No cookie is sent back."""
    for each in week.seen:
        finding.look("cookie" not in each.headers, each, "a cookie")
    return finding


def a_contact_is_named(week: Week, finding: Finding) -> Finding:
    """The User-Agent names an address for site owners."""
    for each in week.seen:
        agent = each.headers.get("user-agent", "")
        finding.look("(+http" in agent or "@" in agent, each, repr(agent))
    return finding


def robots_txt_is_asked_for(week: Week, finding: Finding) -> Finding:
    """Each run asks a host for robots.txt first, and not more than once a day, or an hour while it is broken."""
    for site in SITES:
        for _, requests in _runs(week, week.requests(site.host)):
            finding.look(requests[0].path == "/robots.txt", requests[0], "before robots.txt")
            asked = [each for each in requests if each.path == "/robots.txt"]
            for before, each in pairwise(asked):
                least = HOUR if before.status >= 500 else DAY
                finding.look((each.at - before.at).total_seconds() >= least - 1, each, "robots.txt again")
    return finding


def robots_txt_is_kept_to(week: Week, finding: Finding) -> Finding:
    """Nothing is asked for that robots.txt forbids, and nothing at all while it is broken."""
    for site in SITES:
        rules, is_broken = Protego.parse(site.robots or ""), False
        for each in week.requests(site.host):
            if each.path == "/robots.txt":
                is_broken = each.status >= 500
            else:
                allowed = not is_broken and rules.can_fetch(f"http://{site.host}{each.path}", "stancewire")
                finding.look(allowed, each, "robots.txt is broken" if is_broken else "forbidden")
    return finding


def crawl_delay_is_kept(week: Week, finding: Finding) -> Finding:
    """Between any two requests to a host lies its Crawl-delay."""
    for site in SITES:
        for before, each in pairwise(week.requests(site.host)):
            if site.crawl_delay:
                waited = (each.at - before.at).total_seconds()
                finding.look(waited >= site.crawl_delay - 0.001, each, f"after {waited:.1f} s")
    return finding


def moves_are_adopted_late(week: Week, finding: Finding) -> Finding:
    """A new address is asked by itself only after three permanent redirects over a day, and a temporary one never."""
    for site in SITES:
        target = site.moved_to.partition("/")[0]
        permanent: list[datetime] = []
        sent_on: Seen | None = None
        for each in week.seen:
            if each.host == site.host and each.path == "/feed" and site.moved_to:
                sent_on = each
                permanent += [each.at] if each.status in {301, 308} else []
            elif each.host == target and each.path == "/feed":
                is_old = len(permanent) >= 3 and (each.at - permanent[0]).total_seconds() >= DAY
                finding.look(sent_on is not None or is_old, each, "asked directly")
                sent_on = None
    adopted = [each for each in week.feed_requests("moved.example") if each.at > BEGIN + 2 * timedelta(seconds=DAY)]
    for each in adopted:
        finding.look(False, each, "asked at the old address after two days of permanent redirects")
    return finding


def nobody_is_sent_inside(week: Week, finding: Finding) -> Finding:
    """No redirect leads to a private address."""
    finding.looked_at += len(week.feed_requests("moved-inside.example")) + len(
        week.feed_requests("moved-to-name.example")
    )
    finding.violations += ["a connection to a private address"] * week.trapped
    return finding


def what_is_gone_is_left_alone(week: Week, finding: Finding) -> Finding:
    """After 410 a feed is not asked again, which is said."""
    for site in SITES:
        is_gone = False
        for each in week.feed_requests(site.host):
            finding.look(not is_gone, each, "asked after 410")
            is_gone = is_gone or each.status == 410
        if is_gone and "(410)" not in week.said.get(site.host, ""):
            finding.violations.append(f"{site.host}: retired without a word")
    return finding


def failures_are_followed_ever_later(week: Week, finding: Finding) -> Finding:
    """After each failure in a row the wait is longer, up to a day."""
    for site in SITES:
        for requests in _failing(week.feed_requests(site.host)):
            for (first, second), (_, third) in pairwise(pairwise(requests)):
                before, after = (second.at - first.at).total_seconds(), (third.at - second.at).total_seconds()
                finding.look(after >= min(1.7 * before, DAY), third, f"after {after:.0f} s, before {before:.0f} s")
    return finding


def _failing(requests: Iterable[Seen]) -> Iterator[list[Seen]]:
    row: list[Seen] = []
    for each in requests:
        if each.status >= 400 and not each.host_waits:
            row.append(each)
        else:
            yield row
            row = []
    yield row


def no_feed_is_forgotten(week: Week, finding: Finding) -> Finding:
    """Every feed is asked at least once in a day, but for those of which it is said in words why not."""
    for host in LISTED:
        moments = [each.at for each in week.feed_requests(host)]
        last = max(moments, default=BEGIN)
        finding.looked_at += 1
        if (BEGIN + WEEK - last).total_seconds() > DAY * _SPREAD and host not in week.said:
            finding.violations.append(f"{host}: last asked {last:%a %H:%M}, without a word")
        for before, after in pairwise(moments):
            finding.looked_at += 1
            if (after - before).total_seconds() > 2 * DAY * _SPREAD:
                finding.violations.append(f"{host}: not asked from {before:%a %H:%M} to {after:%a %H:%M}")
    return finding


def intervals_are_in_bounds(week: Week, finding: Finding) -> Finding:
    """Between two requests for a feed lies a minute at least."""
    for site in SITES:
        for before, each in pairwise(week.feed_requests(site.host)):
            waited = (each.at - before.at).total_seconds()
            finding.look(waited >= 60 or (site.host, before.at) in week.cut, each, f"after {waited:.0f} s")
    return finding


def intervals_follow_the_rhythm(week: Week, finding: Finding) -> Finding:
    """A feed is asked the more often the more often it has something new."""
    counts = [len(week.feed_requests(host)) for host in ("quick.example", "both.example", "daily.example")]
    finding.looked_at += len(counts)
    if not counts[0] > 2 * counts[1] > 4 * counts[2]:
        finding.violations.append(f"something new every hour, 6 hours and 24 hours: asked {counts} times")
    return finding


def nothing_offered_is_lost(week: Week, finding: Finding) -> Finding:
    """Each entry of each document served is accepted once; where validators lie, within a day and a half."""
    offered = {
        f"{site.host} {number}"
        for site in SITES
        for each in week.feed_requests(site.host)
        if each.status == 200
        for number in site.offered(each.at)
    }
    false = next(site for site in SITES if site.validators == "false")
    end = BEGIN + WEEK - timedelta(seconds=1.5 * DAY)
    offered |= {f"{false.host} {number}" for number in range(false.newest(BEGIN), false.newest(end) + 1)}
    finding.looked_at += len(offered)
    finding.violations += [f"{title}: not accepted" for title in sorted(offered.difference(week.accepted))]
    finding.violations += [f"{len(week.accepted) - len(set(week.accepted))} accepted twice"] * (
        len(week.accepted) != len(set(week.accepted))
    )
    return finding


def _runs(week: Week, requests: Sequence[Seen]) -> Iterator[tuple[datetime, list[Seen]]]:
    bounds = [BEGIN, *week.restarts, BEGIN + 2 * WEEK]
    for begin, end in pairwise(bounds):
        if found := [each for each in requests if begin <= each.at < end]:
            yield begin, found


RULES: tuple[Callable[[Week, Finding], Finding], ...] = (
    validators_are_exact,
    requests_are_conditional,
    feeds_are_not_asked_early,
    hosts_are_left_alone,
    no_cookies_are_sent,
    a_contact_is_named,
    robots_txt_is_asked_for,
    robots_txt_is_kept_to,
    crawl_delay_is_kept,
    moves_are_adopted_late,
    nobody_is_sent_inside,
    what_is_gone_is_left_alone,
    failures_are_followed_ever_later,
    no_feed_is_forgotten,
    intervals_are_in_bounds,
    intervals_follow_the_rhythm,
    nothing_offered_is_lost,
)
