"""The options that say which entries are wanted, the same for every command that takes them.

What an option means is decided in `stancewire.filtering`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, get_args

import typer

from stancewire.cli.options import taking
from stancewire.errors import UsageError
from stancewire.filtering import as_names, as_pair
from stancewire.types import Filter, Kind, Ownership, Polarity, Status

_PANEL = "Which signals (all must fit; of several values of one option, one)"
_PARTY = "RU|NAME"


def _option(*names: str, metavar: str | None = None, help: str) -> Any:  # noqa: A002 - typer's name
    return typer.Option(*names, metavar=metavar, help=help, show_default=False, rich_help_panel=_PANEL)


def _choice(allowed: Any, *, help: str) -> Any:  # noqa: A002
    return _option(metavar="|".join(get_args(allowed)), help=help)


def _options(
    kind: Annotated[
        list[str] | None, _choice(Kind, help="`revision`: what became of a revised article's signals.")
    ] = None,
    country: Annotated[
        list[str] | None, _option("--country", metavar=_PARTY, help="On either side, as a code, name or Wikidata item.")
    ] = None,
    by: Annotated[list[str] | None, _option(metavar=_PARTY, help="Who holds the stance, or is said to act.")] = None,
    toward: Annotated[list[str] | None, _option(metavar=_PARTY, help="Toward whom.")] = None,
    pair: Annotated[list[str] | None, _option(metavar="RU:US", help="By the one toward the other.")] = None,
    polarity: Annotated[list[str] | None, _choice(Polarity, help="Of a stance.")] = None,
    status: Annotated[list[str] | None, _choice(Status, help="How sure a report of interference is.")] = None,
    technique: Annotated[
        list[str] | None, _option(metavar="FAMILY|ID", help="Family as `ddos`, or DISARM id as `T0049`.")
    ] = None,
    claimant: Annotated[list[str] | None, _option(metavar=_PARTY, help="Who says that there was interference.")] = None,
    denied_by: Annotated[list[str] | None, _option(metavar=_PARTY, help="Who denies it.")] = None,
    outlet: Annotated[list[str] | None, _option(metavar="NAME", help="Outlet that the article stood in.")] = None,
    outlet_country: Annotated[list[str] | None, _option(metavar="GB", help="Where the outlet is at home.")] = None,
    ownership: Annotated[list[str] | None, _choice(Ownership, help="Who owns the outlet.")] = None,
    lang: Annotated[list[str] | None, _option(metavar="en", help="Language of the article.")] = None,
    min_confidence: Annotated[float, _option(metavar="0…1", help="At least so sure to be rightly read.")] = 0.0,
) -> Filter:
    if not 0 <= min_confidence <= 1:
        raise UsageError(f"--min-confidence {min_confidence} is not between 0 and 1")
    return Filter(
        kinds=_words(kind, Kind, "--kind"),
        parties=_names(country),
        by=_names(by),
        toward=_names(toward),
        pairs=frozenset(map(_pair, pair or ())),
        polarities=_words(polarity, Polarity, "--polarity"),
        statuses=_words(status, Status, "--status"),
        techniques=frozenset(technique or ()),
        claimants=_names(claimant),
        denied_by=_names(denied_by),
        outlets=frozenset(outlet or ()),
        outlet_countries=_names(outlet_country),
        ownerships=_words(ownership, Ownership, "--ownership"),
        languages=frozenset(each.lower() for each in lang or ()),
        min_confidence=min_confidence,
    )


def with_filter(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a filter; it takes what they say as its argument `wanted`."""
    return taking(command, _options, "wanted")


def _words(given: Iterable[str] | None, allowed: Any, option: str) -> frozenset[Any]:
    words = frozenset(each.lower() for each in given or ())
    if unknown := words - set(get_args(allowed)):
        raise UsageError(f"{option} {min(unknown)!r} is not known", f"There are: {', '.join(get_args(allowed))}.")
    return words


def _names(given: Iterable[str] | None) -> frozenset[str]:
    return as_names(given or ())


def _pair(written: str) -> tuple[str, str]:
    try:
        return as_pair(written)
    except ValueError as error:
        raise UsageError(f"--pair {error}", "Write --pair RU:US for Russia toward the United States.") from None
