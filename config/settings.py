"""All settings with their meanings, units and bounds; the table in the README is made from this file.

What a setting may be is decided here; where its value comes from is `config.loading`'s part.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from config.server_address import check_address


class Section(BaseModel):
    """A group of settings; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class LogSettings(Section):
    """What the log says, and how."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Lowest level that is logged.")
    format: Literal["auto", "json", "console"] = Field(
        "auto", description="`json` for machines, `console` for people, `auto`: console on a terminal, else json."
    )


class ServerSettings(Section):
    """The embedded server, used where no `redis_url` is set."""

    fsync: Literal["always", "everysec"] = Field(
        "always", description="When writes reach the disk; `everysec` may lose two seconds when the power fails."
    )
    binary: Path | None = Field(None, description="Another Valkey or Redis server program to start.")


class FetchSettings(Section):
    """How documents are fetched."""

    user_agent: str = Field("stancewire/{version} (+{contact})", description="User-Agent sent with every request.")
    contact: str = Field(
        "https://github.com/stancewire/stancewire", description="Address put into the User-Agent for site owners."
    )
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="Networks let through the guard although they are not public, as `127.0.0.0/8`."
    )
    allow_ports: tuple[int, ...] = Field(
        (80, 443, 8080, 8443), description="Ports that may be connected to; on allowed networks every port may."
    )
    connect_timeout_s: float = Field(10, gt=0, le=120, description="Seconds to connect.")
    total_timeout_s: float = Field(30, gt=0, le=600, description="Seconds for a whole exchange, redirects included.")
    max_feed_bytes: int = Field(10_000_000, ge=1_000, description="Greatest size of a feed, decompressed.")
    max_page_bytes: int = Field(4_000_000, ge=1_000, le=8_000_000, description="Greatest size of a page, decompressed.")
    max_redirects: int = Field(5, ge=0, le=20, description="Redirects followed.")
    concurrency: int = Field(32, ge=1, le=1_000, description="Requests under way at once.")
    host_interval_s: float = Field(1.0, ge=0, le=3_600, description="Least seconds between two requests to one host.")
    robots: bool = Field(True, description="Keep to each host's robots.txt, for feeds and pages.")
    max_crawl_delay_s: float = Field(
        60,
        ge=0,
        le=3_600,
        description="Longest Crawl-delay of a robots.txt that is kept to; longer ones are cut to it.",
    )
    retry_after_scope: Literal["host", "feed"] = Field(
        "host", description="Who waits when a server asks for time (Retry-After): all of its host, or the feed alone."
    )


class PollSettings(Section):
    """How often feeds are asked, and what is taken from them."""

    interval_s: float = Field(
        600, ge=1, le=86_400, description="Seconds between two polls of a feed whose rhythm is not known yet."
    )
    min_interval_s: float = Field(
        60,
        ge=1,
        le=86_400,
        description="Shortest interval for a feed with a quick rhythm, unless `interval_s` is less.",
    )
    max_interval_s: float = Field(
        86_400, ge=1, le=86_400, description="Longest interval for a feed with a slow rhythm."
    )
    max_asked_s: float = Field(
        86_400, ge=0, le=604_800, description="Longest wait that a feed may ask for, by its headers, ttl or sy:*."
    )
    max_backoff_s: float = Field(86_400, ge=60, le=31_536_000, description="Longest wait after repeated failures.")
    max_entries: int = Field(1_000, ge=1, description="Entries read from one feed document.")
    max_age_days: float = Field(14, gt=0, le=36_500, description="Entries dated earlier than this are left out.")
    pages: bool = Field(True, description="Fetch the articles' pages, not only the feeds' own words.")
    max_pending: int = Field(5_000, ge=1, description="Polling pauses while more items than this wait for a worker.")
    parse_timeout_s: float = Field(15, gt=0, le=600, description="Seconds a feed may take to parse.")


class WorkSettings(Section):
    """The worker processes."""

    processes: int = Field(0, ge=0, le=256, description="Worker processes; 0: one per core.")
    batch_size: int = Field(16, ge=1, le=64, description="Articles a job.")
    job_timeout_s: float = Field(120, gt=0, le=3_600, description="Seconds a job may take before its worker is killed.")
    lease_s: float = Field(
        10, ge=3, le=600, description="Seconds after which a silent worker's job is given to another."
    )
    max_attempts: int = Field(3, ge=1, description="Attempts on an item before it goes to the dead letters.")
    max_jobs: int = Field(2_000, ge=1, description="Jobs after which a worker process is replaced by a fresh one.")
    max_memory_mb: int = Field(1_500, ge=200, description="Resident memory at which a worker process is replaced.")
    grace_s: float = Field(25, gt=0, le=3_600, description="Seconds given to running jobs on shutdown.")


class PublishSettings(Section):
    """What is kept of what was published."""

    retention_days: float = Field(30, gt=0, le=3_650, description="Days that signals and articles are kept.")
    max_stream_length: int = Field(
        1_000_000,
        ge=1_000,
        description="Entries of the signal stream; beyond it the oldest go that all consumer groups have read.",
    )
    max_unread_length: int = Field(
        2_000_000,
        ge=1_000,
        description="Entries of the signal stream beyond which the oldest go, read or not; losses are counted.",
    )


class HealthSettings(Section):
    """The web port for health and metrics."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8790, ge=0, le=65_535, description="Port to listen on; 0: any free port.")
    enabled: bool = Field(True, description="Serve `/livez`, `/readyz` and `/metrics`.")


class WebSubSettings(Section):
    """Subscriptions at the hubs that feeds name, so that news comes at once; off without `callback_url`."""

    callback_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="Public address under which hubs reach `websub.port`, as `https://news.example.org/hubs`.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on for hubs.")
    port: int = Field(8791, ge=0, le=65_535, description="Port to listen on for hubs; 0: any free port.")
    lease_s: int = Field(864_000, ge=3_600, le=2_592_000, description="Seconds of the lease that hubs are asked for.")
    poll_interval_s: float = Field(
        3_600, ge=1, le=86_400, description="Seconds between two polls of a feed whose hub delivers."
    )


class WebhookSettings(Section):
    """The webhooks of watches, which only `watches` can name."""

    timeout_s: float = Field(20, gt=0, le=120, description="Seconds that a receiver may take for its answer.")
    give_up_after_s: float = Field(
        86_400,
        ge=1,
        le=2_592_000,
        description="Seconds for which one signal is tried again, first in its line; then it is given up and counted, "
        "and the next one is sent.",
    )
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        (),
        description="Networks that webhooks may be sent to although they are not public, as `10.0.0.0/8`; nothing else "
        "is fetched from there.",
    )
    allow_ports: tuple[int, ...] = Field(
        (80, 443, 8080, 8443), description="Ports that webhooks may be sent to; on allowed networks every port may."
    )


class Settings(Section):
    """Everything that can be set."""

    redis_url: SecretStr | None = Field(
        None,
        description="Redis or Valkey to use: `redis://`, `rediss://` (TLS), `unix://`, or "
        "`redis+sentinel://HOST:PORT,HOST:PORT/SERVICE`; without it the embedded server runs.",
    )
    data_dir: Path = Field(
        Path("~/.local/share/stancewire"), description="Folder of the embedded server's data and of the log."
    )
    feeds: Path | None = Field(None, description="Feed list, TOML or OPML; without it the catalogue that comes along.")
    knowledge: Path | None = Field(
        None,
        description="TOML file of the form of `config/knowledge`: its actors are added, or take the place of those of "
        "the same name; `remove = true` beside a name takes one out.",
    )
    watches: Path | None = Field(
        None,
        description="TOML file of watches, of the form of `config/watches.toml`: filters with a name, whose matches "
        "get a stream of their own and may call a webhook. Read when `up`, `poll` or `work` starts.",
    )
    log: LogSettings = LogSettings()
    server: ServerSettings = ServerSettings()
    fetch: FetchSettings = FetchSettings()
    poll: PollSettings = PollSettings()
    work: WorkSettings = WorkSettings()
    publish: PublishSettings = PublishSettings()
    health: HealthSettings = HealthSettings()
    websub: WebSubSettings = WebSubSettings()
    webhooks: WebhookSettings = WebhookSettings()

    @field_validator("redis_url")
    @classmethod
    def _is_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            check_address(value.get_secret_value())
        return value
