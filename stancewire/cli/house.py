"""`stancewire up`, `poll` and `work`: the long-running commands.

They choose what runs and how it is shown; running it is `stancewire.cli.running`'s part.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from stancewire.cli.options import Config, config_folder, is_set, settings_of

if TYPE_CHECKING:
    from config.settings import Settings

_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no signals: only the log, on standard error.")]


def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="Read a newsroom that comes along, on this machine, instead of the feeds.")
    ] = False,
    config: Config = None,
    quiet: _Quiet = False,
) -> None:
    """Run everything: server, poller and workers.

    Without STANCEWIRE_REDIS_URL an embedded server keeps the data, in ~/.local/share/stancewire. On a terminal each
    signal is shown as it is published; as a daemon the log goes to standard error, as JSON.

    [dim]stancewire up --demo

    stancewire up --config /etc/stancewire.toml --quiet[/dim]
    """
    from stancewire.cli.logfile import errors_to  # noqa: PLC0415
    from stancewire.wiring.early_worker import starting  # noqa: PLC0415

    screen, log_file = not quiet and (demo or sys.stdout.isatty()), None
    with ExitStack() as stack:
        # While all else is imported, the worker imports what it needs.
        if not screen:
            start = stack.enter_context(starting(works=True))
        settings = settings_of(config)
        if demo:
            settings = _demo_settings(settings)
        if screen:
            # First, as the worker's standard error is what ours is when it starts.
            log_file = stack.enter_context(errors_to(settings.data_dir.expanduser()))
            start = stack.enter_context(starting(works=True))
        from stancewire.cli.running import Run, run  # noqa: PLC0415
        from stancewire.wiring.house import Roles  # noqa: PLC0415

        roles, folder = Roles(any_health_port=demo), config_folder(config)
        run(Run(settings=settings, config_folder=folder, roles=roles, demo=demo, log_file=log_file), start)


def _demo_settings(settings: Settings) -> Settings:
    """Those of a demo, whose folder is emptied unless it is the user's own."""
    from stancewire.wiring.demo import demo_settings, empty  # noqa: PLC0415

    keep = is_set("STANCEWIRE_DATA_DIR")
    changed = demo_settings(settings, keep=keep)
    if not keep:
        empty(changed.data_dir)
    return changed


def poll(config: Config = None) -> None:
    """Run only the poller, on a server that runs.

    [dim]STANCEWIRE_REDIS_URL=redis://queue:6379 stancewire poll[/dim]
    """
    _part(config, polls=True)


def work(config: Config = None) -> None:
    """Run only the workers, on a server that runs; add hosts to add workers.

    [dim]STANCEWIRE_REDIS_URL=redis://queue:6379 STANCEWIRE_WORK__PROCESSES=8 stancewire work[/dim]
    """
    _part(config, polls=False)


def _part(config: Config, *, polls: bool) -> None:
    from stancewire.wiring.early_worker import starting  # noqa: PLC0415

    with starting(works=not polls) as start:
        settings = settings_of(config)
        from stancewire.cli.running import Run, run  # noqa: PLC0415
        from stancewire.wiring.house import Roles  # noqa: PLC0415
        from stancewire.wiring.stores import find_server  # noqa: PLC0415

        roles = Roles(poll=polls, work=not polls)
        server = find_server(settings)
        run(Run(settings=settings, config_folder=config_folder(config), roles=roles, server=server), start)
