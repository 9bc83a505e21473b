"""What a file of watches may hold, and what is said of one that cannot be used."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from config.loading import dump, restore
from config.settings import Settings
from config.watches import MAX_WATCHES, read_watches
from stancewire.cli.filter_options import _options
from stancewire.errors import ConfigurationError
from stancewire.types import Filter, Webhook
from stancewire.wiring.watches import load_watches

CASES = tomllib.loads(Path(__file__).with_name("cases.toml").read_text("utf-8"))["case"]
EXAMPLE = Path(__file__).parents[2] / "config/watches.toml"


def read(text: str) -> Any:
    return read_watches(text, "watches.toml", Path("/etc/stancewire"))


def test_a_watch_asks_as_the_options_of_the_command_line_do() -> None:
    [watch] = read(
        """
        [[watch]]
        name = "moldova"
        kind = ["Interference", "revision"]
        country = ["md", "Dmitry Peskov"]
        by = "ru"
        toward = ["MD"]
        pair = ["RU:md", "US:RU"]
        polarity = ["adverse"]
        status = ["alleged"]
        technique = ["ddos", "T0049"]
        claimant = ["pl"]
        denied_by = ["RU"]
        outlet = ["The Gazette"]
        outlet_country = ["gb"]
        ownership = "public"
        lang = ["EN"]
        min_confidence = 0.5
        """
    )

    assert watch.wanted == _options(
        kind=["Interference", "revision"],
        country=["md", "Dmitry Peskov"],
        by=["ru"],
        toward=["MD"],
        pair=["RU:md", "US:RU"],
        polarity=["adverse"],
        status=["alleged"],
        technique=["ddos", "T0049"],
        claimant=["pl"],
        denied_by=["RU"],
        outlet=["The Gazette"],
        outlet_country=["gb"],
        ownership=["public"],
        lang=["EN"],
        min_confidence=0.5,
    )


def test_a_secret_lies_beside_the_file_that_names_it() -> None:
    [watch] = read(
        '[[watch]]\nname = "a"\n[watch.webhook]\nurl = "https://desk.example/hooks?a=1"\nsecret_file = "a.secret"\n'
    )

    assert watch.webhook == Webhook(url="https://desk.example/hooks?a=1", secret_file=Path("/etc/stancewire/a.secret"))
    assert "desk.example" not in repr(watch)


def test_a_watch_without_a_filter_asks_for_everything() -> None:
    assert read('[[watch]]\nname = "all"\n')[0].wanted == Filter()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_cannot_be_used_is_told_with_its_line_and_what_is_allowed(case: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(case["text"])

    [problem] = raised.value.problems
    assert (problem.where, problem.line) == ("watches.toml", case["line"])
    for words in case["says"]:
        assert words in str(problem)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as raised:
        read('[[watch]]\nname = "A"\n[[watch]]\nname = "b"\nkind = ["x", "y"]\n[[watch]]\n')

    assert [problem.line for problem in raised.value.problems] == [2, 5, 5, 6]


def test_more_watches_than_a_signal_may_be_held_against_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="more than 200 watches"):
        read("".join(f'[[watch]]\nname = "w{number}"\n' for number in range(MAX_WATCHES + 1)))


def test_filters_that_no_pipe_holds_are_refused() -> None:
    names = ", ".join(f'"{"x" * 190}{number:03}"' for number in range(300))

    with pytest.raises(ConfigurationError, match="more than 48,000 bytes"):
        read(f'[[watch]]\nname = "a"\nby = [{names}]\n')


def test_workers_are_given_names_and_filters_and_no_address_to_send_to() -> None:
    [watch] = read(
        '[[watch]]\nname = "a"\nby = "RU"\npair = "RU:MD"\n'
        '[watch.webhook]\nurl = "https://desk.example/hush"\nsecret_file = "k"\n'
    )

    line = dump(Settings(), (watch,))

    assert restore(line)[1][0].wanted == watch.wanted
    assert restore(line)[1][0].name == "a"
    assert b"hush" not in line


def test_the_example_that_comes_along_can_be_used_once_its_marks_are_taken_off(tmp_path: Path) -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    body = lines[next(number for number, line in enumerate(lines) if line.startswith("# [[watch]]")) :]
    own = tmp_path / "watches.toml"
    own.write_text("\n".join(line.removeprefix("# ") for line in body))

    watches = load_watches(Settings(watches=own))

    assert [watch.name for watch in watches] == [
        "moldova-interference",
        "moscow-on-washington",
        "state-outlets-on-elections",
    ]
    assert load_watches(Settings(watches=EXAMPLE)) == load_watches(Settings()) == ()


def test_a_file_that_is_missing_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be read: no such file[^\n]*\n.*`watches`"):
        load_watches(Settings(watches=tmp_path / "none.toml"))
