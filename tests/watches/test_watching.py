"""Which watches an entry of the stream goes to."""

from __future__ import annotations

from dataclasses import replace

from store_samples import interference, item, publication, revision, stance

from stancewire.types import Filter, Gone, Publication, Replacement, Revision, Watch
from stancewire.watching import goes_to, watched

ON_FRANCE = Watch(name="on-france", wanted=Filter(kinds=frozenset({"stance"}), toward=frozenset({"FR"})))
ON_MOLDOVA = Watch(name="on-moldova", wanted=Filter(toward=frozenset({"MD"})))
REPORTS = Watch(name="reports", wanted=Filter(kinds=frozenset({"interference"})))
ALL = Watch(name="all", wanted=Filter())
WATCHES = (ON_FRANCE, ON_MOLDOVA, REPORTS, ALL)


def told(*, number: int = 2, **lists: object) -> Revision:
    return replace(revision("r"), **{"gone": (), **lists})  # type: ignore[arg-type]


def of(*signals: object, told: Revision | None = None) -> Publication:
    return replace(publication(item("story")), signals=signals, revision=told)  # type: ignore[arg-type]


def gone(name: str) -> Gone:
    return Gone(id=name, kind="stance", by="Russia", toward="France", evidence="Russia thanks France.")


def test_a_signal_goes_to_each_watch_that_asks_for_it() -> None:
    found = watched(of(stance("s"), interference("i")), (), WATCHES)

    assert found == {"s": ("on-france", "all"), "i": ("reports", "all")}


def test_what_nobody_asks_for_goes_nowhere() -> None:
    assert watched(of(stance("s")), (), (ON_MOLDOVA,)) == {}
    assert watched(of(stance("s")), (), ()) == {}


def test_that_a_signal_is_gone_is_told_where_the_signal_went_whatever_kinds_are_asked_for() -> None:
    found = watched(of(told=told(gone=(gone("s"),))), (stance("s"),), WATCHES)

    assert found == {"r": ("on-france", "all")}


def test_that_a_signal_stands_or_is_changed_is_told_likewise() -> None:
    changed = Replacement(former="s", now="t", differs=("polarity",))
    stands = watched(of(told=told(unchanged=("s",))), (stance("s"),), (ON_FRANCE,))
    elsewhere = replace(stance("t"), target=replace(stance("t").target, country="MD", name="Moldova"))
    turns = watched(of(elsewhere, told=told(changed=(changed,))), (stance("s"),), (ON_FRANCE, ON_MOLDOVA))

    assert stands == {"r": ("on-france",)}
    # Who was told of the former is told what became of it, also where the new one is nothing to them.
    assert turns == {"t": ("on-moldova",), "r": ("on-france", "on-moldova")}


def test_a_revision_goes_where_a_signal_goes_that_it_adds() -> None:
    found = watched(of(stance("s"), told=told(added=("s",))), (), (ON_FRANCE, ON_MOLDOVA))

    assert found == {"s": ("on-france",), "r": ("on-france",)}


def test_of_signals_that_a_revision_does_not_name_nothing_is_told() -> None:
    found = watched(of(told=told(unchanged=("other",))), (stance("s"), stance("other")), (ON_FRANCE,))
    none = watched(of(told=told()), (stance("s"),), (ON_FRANCE,))

    assert (found, none) == ({"r": ("on-france",)}, {})


def test_who_asks_for_revisions_gets_those_of_the_articles_asked_for() -> None:
    by_kind = Watch(name="r", wanted=Filter(kinds=frozenset({"revision"})))
    by_outlet = Watch(name="o", wanted=Filter(outlets=frozenset({"The Gazette"})))

    assert goes_to(told(), by_kind)
    assert goes_to(told(), by_outlet)
    assert not goes_to(told(), ON_FRANCE)
    assert goes_to(told(unchanged=("s",)), ON_FRANCE, {"s"})
