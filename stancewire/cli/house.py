"""`stancewire up`, `poll` and `work`: the long-running commands.

They choose what runs and how it is shown; running it is `stancewire.cli.running`'s part.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from stancewire.cli.options import Config, config_folder, is_set, settings_of

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
    from stancewire.wiring.early_worker import starting  # noqa: PLC0415

    settings = settings_of(config)
    with starting(settings, works=True) as start:
        # While these are imported, the worker imports what it needs.
        from stancewire.cli.running import Run, run  # noqa: PLC0415
        from stancewire.wiring.demo import demo_settings, empty  # noqa: PLC0415
        from stancewire.wiring.house import Roles  # noqa: PLC0415

        keep = is_set("STANCEWIRE_DATA_DIR")
        if demo:
            settings = demo_settings(settings, keep=keep)
            if not keep:
                empty(settings.data_dir)
        plan = Run(
            settings=settings,
            config_folder=config_folder(config),
            roles=Roles(any_health_port=demo),
            demo=demo,
            screen=not quiet and (demo or sys.stdout.isatty()),
        )
        run(plan, start)


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

    settings = settings_of(config)
    with starting(settings, works=not polls) as start:
        from stancewire.cli.running import Run, run  # noqa: PLC0415
        from stancewire.wiring.house import Roles  # noqa: PLC0415
        from stancewire.wiring.stores import find_server  # noqa: PLC0415

        roles = Roles(poll=polls, work=not polls)
        server = find_server(settings)
        run(Run(settings=settings, config_folder=config_folder(config), roles=roles, server=server), start)
