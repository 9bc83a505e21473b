"""Settings from files, the environment and the command line, and every way to get them wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.catalogue import settings
from config.loading import dump, load, restore
from config.settings import Settings
from stancewire.errors import ConfigurationError, Problem

HOME = {"HOME": "/home/reader"}


def problems_of(environ: dict[str, str], **given: object) -> tuple[Problem, ...]:
    with pytest.raises(ConfigurationError) as raised:
        load(HOME | environ, version="1.2", **given)  # type: ignore[arg-type]
    return raised.value.problems


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_anything_given_the_defaults_hold() -> None:
    loaded = load(HOME, version="1.2")

    assert loaded.poll == Settings().poll
    assert loaded.data_dir == Path("/home/reader/.local/share/stancewire")
    assert loaded.fetch.user_agent == "stancewire/1.2 (+https://github.com/stancewire/stancewire)"


def test_each_layer_goes_over_the_one_before(tmp_path: Path) -> None:
    path = written(tmp_path, "[fetch]\nconcurrency = 2\nmax_redirects = 2\nhost_interval_s = 2\n")
    environ = HOME | {"STANCEWIRE_FETCH__MAX_REDIRECTS": "3", "STANCEWIRE_FETCH__HOST_INTERVAL_S": "3"}

    fetch = load(environ, user_file=path, version="1").fetch

    assert (fetch.max_feed_bytes, fetch.concurrency, fetch.max_redirects, fetch.host_interval_s) == (
        10_000_000,
        2,
        3,
        3,
    )


def test_the_file_in_the_home_directory_is_read_when_none_is_named(tmp_path: Path) -> None:
    folder = tmp_path / ".config/stancewire"
    folder.mkdir(parents=True)
    written(folder, "[poll]\ninterval_s = 60\n")

    assert load({"HOME": str(tmp_path)}, version="1").poll.interval_s == 60


def test_the_environment_can_name_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "[poll]\ninterval_s = 60\n")

    assert load(HOME | {"STANCEWIRE_CONFIG": str(path)}, version="1").poll.interval_s == 60


def test_lists_in_the_environment_are_separated_by_commas() -> None:
    loaded = load(HOME | {"STANCEWIRE_FETCH__ALLOW_NETWORKS": "127.0.0.0/8, ::1/128"}, version="1")

    assert [str(network) for network in loaded.fetch.allow_networks] == ["127.0.0.0/8", "::1/128"]


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load(HOME | {"STANCEWIRE_REDIS_URL": ""}, version="1").redis_url is None


def test_a_secret_is_read_from_the_file_that_its_twin_names(tmp_path: Path) -> None:
    secret = tmp_path / "redis-url"
    secret.write_text("redis://:pass word @server\n")

    loaded = load(HOME | {"STANCEWIRE_REDIS_URL_FILE": str(secret)}, version="1")

    assert loaded.redis_url is not None
    assert loaded.redis_url.get_secret_value() == "redis://:pass word @server"


def test_paths_start_at_home_or_in_the_folder_of_their_file(tmp_path: Path) -> None:
    path = written(tmp_path, 'data_dir = "~/data"\nfeeds = "feeds.toml"\n')

    loaded = load(HOME, user_file=path, version="1")

    assert loaded.data_dir == Path("/home/reader/data")
    assert loaded.feeds == tmp_path / "feeds.toml"


def test_what_kubernetes_adds_for_a_service_of_our_name_is_passed_over() -> None:
    links = {
        "STANCEWIRE_SERVICE_HOST": "10.0.0.1",
        "STANCEWIRE_SERVICE_PORT_HTTP": "8790",
        "STANCEWIRE_PORT": "tcp://10.0.0.1:8790",
        "STANCEWIRE_PORT_8790_TCP_ADDR": "10.0.0.1",
    }

    assert load(HOME | links, version="1") == load(HOME, version="1")


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("[fetch]\n\nconcurency = 3", 3, "unknown setting fetch.concurency", "Did you mean fetch.concurrency?"),
        ("concurrency = 3", 1, "unknown setting concurrency", "Did you mean fetch.concurrency?"),
        ("[fecth]\nconcurrency = 3", 1, "unknown setting fecth", "Did you mean fetch?"),
        ("[log]\nzzz = 3", 2, "unknown setting log.zzz", "Known here: level, format."),
        ("\nlog = 3", 2, "log is a table", "Write [log] and its settings below it."),
        ("[fetch]\nconcurrency = 'many'", 2, "fetch.concurrency cannot be 'many'", "a whole number, at least 1 and"),
        ("[fetch]\nconcurrency = 0", 2, "fetch.concurrency cannot be 0", "at most 1,000"),
        ("fetch.concurrency = [1]", 1, "fetch.concurrency cannot be [1]", "a whole number"),
        ("fetch = { concurrency = 1.5 }", 1, "fetch.concurrency cannot be 1.5", "a whole number"),
        ("[poll]\ninterval_s = nan", 2, "poll.interval_s cannot be nan", "a number, at least 1"),
        ("[poll]\nmax_backoff_s = inf", 2, "poll.max_backoff_s cannot be inf", "at most 31,536,000"),
        ("[log]\nlevel = 'loud'", 2, "log.level cannot be 'loud'", "one of debug, info, warning, error"),
        (
            "[fetch]\nallow_networks = ['10.0.0.0/8', '127.0.0.1/8']",
            2,
            "fetch.allow_networks cannot be '127.0.0.1/8'",
            "no bit set behind the prefix",
        ),
        ("[fetch]\nallow_ports = ['http']", 2, "fetch.allow_ports cannot be 'http'", "a list of whole numbers"),
        ("[health]\nport = 65536", 2, "health.port cannot be 65536", "at most 65,535"),
        ("redis_url = 3", 1, "redis_url cannot be what was given", "a text"),
        ('[fetch]\nuser_agent = "a\\nb"', 2, "fetch.user_agent or fetch.contact holds characters", "ASCII"),
        ('[fetch]\nuser_agent = "{name}"', 2, "braces that stand for nothing known", "{version} and {contact}"),
        ('[fetch]\nuser_agent = "desk/1"', 2, "names no address at which a site's owner could ask", "{contact}"),
        ('[fetch]\ncontact = "nobody"', 2, "names no address at which a site's owner could ask", "{contact}"),
        ("[fetch]\nconcurrency = ", 2, "not valid TOML: Invalid value", ""),
        ("[fetch]\nconcurrency = 1\n[fetch]", 3, "not valid TOML: Cannot declare", ""),
        ("a = " + "[" * 5_000, None, "not valid TOML: nested too deeply", ""),
    ],
)
def test_a_bad_file_is_reported_with_its_line_and_a_hint(
    tmp_path: Path, text: str, line: int | None, message: str, hint: str
) -> None:
    path = written(tmp_path, text)

    (problem,) = problems_of({}, user_file=path)

    assert (problem.where, problem.line) == (str(path), line)
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("variable", "value", "message", "hint"),
    [
        ("STANCEWIRE_FETCH__CONCURRENCY", "many", "fetch.concurrency cannot be 'many'", "a whole number"),
        ("STANCEWIRE_FETCH__ALLOW_NETWORKS", "127.0.0.0/33", "cannot be '127.0.0.0/33'", "networks such as"),
        ("STANCEWIRE_FETCH_CONCURRENCY", "3", "unknown setting", "Did you mean STANCEWIRE_FETCH__CONCURRENCY?"),
        ("STANCEWIRE_HEALTH_PORT", "3", "unknown setting", "Did you mean STANCEWIRE_HEALTH__PORT?"),
        ("STANCEWIRE_REDISURL", "x", "unknown setting", "Did you mean STANCEWIRE_REDIS_URL?"),
        ("STANCEWIRE_XYZZY", "x", "unknown setting", "The README lists all settings."),
        ("STANCEWIRE_REDIS_URL_FILE", "/nowhere", "/nowhere cannot be read", "must name a file"),
        ("STANCEWIRE_FETCH__CONTACT", "mailto:ключ@example.org", "characters that a request cannot carry", "ASCII"),
        ("STANCEWIRE_POLL__PAGES", "perhaps", "poll.pages cannot be 'perhaps'", "true or false"),
    ],
)
def test_a_bad_variable_is_reported_by_its_name(variable: str, value: str, message: str, hint: str) -> None:
    (problem,) = problems_of({variable: value})

    assert (problem.where, problem.line) == (variable, None)
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("localhost:6379", "it must begin with redis://, rediss://, unix://"),
        ("http://hush@one", "it must begin with redis://"),
        ("redis://:hush@one:port", "a port is a number from 1 to 65535"),
        ("redis://:hush@one:70000", "a port is a number from 1 to 65535"),
        ("unix://", "it names no socket"),
        ("redis+sentinel://:hush@one:26379", "it names no service"),
        ("redis+sentinel://:hush@one:26379/", "it names no service"),
        ("redis+sentinel://:hush@one:26379,/news", "it names no host"),
        ("redis+sentinel://:hush@one:26379,two:x/news", "a port is a number"),
        ("redis+sentinel://:hush@one:0/news", "a port is a number"),
        ("rediss+sentinel://:hush@one/news/two", "the number of a database"),
        ("redis+sentinel://:hush@::1/news", "stands in brackets"),
    ],
)
def test_an_address_that_is_none_is_refused_with_the_reason_and_without_its_password(url: str, reason: str) -> None:
    (problem,) = problems_of({"STANCEWIRE_REDIS_URL": url})

    assert problem.where == "STANCEWIRE_REDIS_URL"
    assert problem.message.startswith("redis_url cannot be what was given: ")
    assert reason in problem.message
    assert "hush" not in str(problem)


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        "redis:///1",
        "rediss://user:pa%40ss@[::1]:6380/2?ssl_ca_certs=/etc/ca.pem",
        "unix:///run/valkey.sock?db=1",
        "redis+sentinel://one/news",
        "rediss+sentinel://user:pass@one:26379,[::1]:26380,three/news/2?sentinel_password=other",
    ],
)
def test_each_form_of_an_address_will_do(url: str) -> None:
    given = load(HOME | {"STANCEWIRE_REDIS_URL": url}, version="1").redis_url

    assert given is not None
    assert given.get_secret_value() == url


def test_a_setting_and_its_file_twin_exclude_each_other(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("redis://other")

    (problem,) = problems_of({"STANCEWIRE_REDIS_URL": "redis://:hush@one", "STANCEWIRE_REDIS_URL_FILE": str(secret)})

    assert str(problem) == "STANCEWIRE_REDIS_URL_FILE: STANCEWIRE_REDIS_URL is set as well\n  Keep one of the two."


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "zzz = 1\n[fetch]\nconcurrency = 0\n[poll]\npages = 'so'\n")

    found = problems_of({"STANCEWIRE_LOG__LEVEL": "loud"}, user_file=path)

    assert {(problem.where, problem.line) for problem in found} == {
        (str(path), 1),
        (str(path), 3),
        (str(path), 5),
        ("STANCEWIRE_LOG__LEVEL", None),
    }


def test_a_named_file_that_is_missing_is_a_problem(tmp_path: Path) -> None:
    (problem,) = problems_of({}, user_file=tmp_path / "none.toml")

    assert problem.message == "there is no such file"


def test_a_file_that_is_not_text_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe")

    (problem,) = problems_of({}, user_file=path)

    assert problem.message.startswith("not UTF-8 text")


def test_without_a_home_directory_the_data_folder_must_be_named() -> None:
    with pytest.raises(ConfigurationError, match="no home directory"):
        load({}, version="1")

    assert load({"STANCEWIRE_DATA_DIR": "/srv/data"}, version="1").data_dir == Path("/srv/data")


def test_settings_pass_through_a_pipe_unchanged_with_their_secrets() -> None:
    environ = HOME | {"STANCEWIRE_REDIS_URL": "redis://:hush@one", "STANCEWIRE_FETCH__ALLOW_NETWORKS": "::1/128"}
    loaded = load(environ, version="1")

    assert restore(dump(loaded)) == (loaded, ())
    assert b"\n" not in dump(loaded)


def test_every_setting_says_what_it_means() -> None:
    assert [setting.name for setting in settings() if not setting.meaning.endswith(".")] == []
