"""How the server is, from the outcomes of what is asked of it."""

from __future__ import annotations

import pytest

from stancewire.errors import StoreError, StoreRefused, StoreUnavailable, Trouble
from stancewire.server_state import EVENTS, Proof, ServerChange, ServerWatch


class Watched:
    """A watch with a clock that a test sets, and what it told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.told: list[ServerChange] = []
        self.watch = ServerWatch(monotonic=lambda: self.now, tell=self.told.append)

    def fails(self, error: StoreError) -> None:
        self.now += 1
        self.watch.failed(error, self.now)

    def works(self, proof: Proof) -> None:
        self.now += 1
        self.watch.worked(proof, self.now)

    @property
    def events(self) -> list[str]:
        return [change.event for change in self.told]


def trouble(kind: Trouble, message: str = "it is so") -> StoreError:
    return StoreError(message, "do this", trouble=kind)


def test_each_change_is_told_once_with_its_cause_and_how_long_it_lasted() -> None:
    server = Watched()
    for message in ("connection closed", "nothing listens there", "no answer"):
        server.fails(StoreUnavailable(message, "start it"))
    for _ in range(3):
        server.fails(trouble("loading", "still loading"))
    for _ in range(3):
        server.works("probing")

    assert [(change.event, dict(change.fields)) for change in server.told] == [
        ("server away", {"cause": "connection closed", "hint": "start it"}),
        ("server loading", {"cause": "still loading", "hint": "do this", "before": "server away", "seconds": 3.0}),
        ("server back", {"before": "server loading", "seconds": 6.0}),
    ]
    assert server.watch.state.takes_writes


@pytest.mark.parametrize(
    ("kind", "ends_by"),
    [
        ("away", {"reading", "probing", "saving"}),
        ("loading", {"reading", "probing", "saving"}),
        ("full", {"probing", "saving"}),
        ("disk", {"probing", "saving"}),
        ("replica", {"probing", "saving"}),
        ("unreplicated", {"probing", "saving"}),
        ("denied", {"probing", "saving"}),
        ("unfit", {"saving"}),
        ("refused", {"saving"}),
    ],
)
def test_a_trouble_is_over_when_that_works_which_it_had_kept_from_working(kind: Trouble, ends_by: set[Proof]) -> None:
    proofs: tuple[Proof, ...] = ("reading", "probing", "saving")
    for proof in proofs:
        server = Watched()
        server.fails(trouble(kind))
        server.works(proof)
        assert server.events == [EVENTS[kind], *(["server back"] if proof in ends_by else [])]


def test_what_passes_only_when_somebody_does_something_is_an_error() -> None:
    levels = {}
    for kind in EVENTS:
        server = Watched()
        server.fails(trouble(kind))
        levels[kind] = server.told[0].level

    assert {kind for kind, level in levels.items() if level == "error"} == {"full", "disk", "denied", "unfit"}
    assert {level for level in levels.values() if level != "error"} == {"warning"}


def test_another_reason_for_a_refusal_is_news() -> None:
    server = Watched()
    for message in ("a user is unknown", "a user is unknown", "a right is missing"):
        server.fails(StoreRefused(message))

    assert [change.fields["cause"] for change in server.told] == ["a user is unknown", "a right is missing"]


def test_what_was_asked_before_a_change_says_nothing_of_it() -> None:
    server = Watched()
    server.fails(StoreUnavailable("no answer"))
    server.watch.worked("saving", server.now - 0.5)
    server.works("reading")
    server.watch.failed(StoreUnavailable("no answer within ten seconds"), server.now - 0.5)

    assert server.events == ["server away", "server back"]


def test_a_long_poll_that_was_forgotten_is_told_of_though_it_began_before_the_outage() -> None:
    server = Watched()
    began = server.now
    server.fails(StoreUnavailable("no answer"))
    server.works("probing")
    server.watch.failed(trouble("forgetful"), began)

    assert server.events[-1] == "server forgot what it had taken in"


def test_only_what_may_do_the_next_time_keeps_nobody_from_saving() -> None:
    kinds = set()
    for kind in EVENTS:
        server = Watched()
        server.fails(trouble(kind))
        if server.watch.state.takes_writes:
            kinds.add(kind)

    assert kinds == {"forgetful", "refused"}
