"""The edge of the program: commands run here, and errors become one message and an exit status.

0: done; 1: it failed; 2: the command line or the configuration is wrong; 130: interrupted; 141: whoever read the output
has gone, as with programs that a closed pipe ends.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from config.redaction import masked
from stancewire.errors import ConfigurationError, StancewireError

_CONTRACT_ALONE = """error: only the contract and its client are installed here, for programs that read the signals
       The program itself: pip install 'stancewire[service]'"""


def main() -> None:
    """What the installed command calls."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status."""
    if find_spec("typer") is None:
        print(_CONTRACT_ALONE, file=sys.stderr)  # noqa: T201 - nothing that shows errors is installed
        return 2
    from stancewire.cli.application import application  # noqa: PLC0415 - so that an interrupt while loading is clean

    try:
        application(args=list(arguments), prog_name="stancewire")
        sys.stdout.flush()
    except StancewireError as error:
        tell(error)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _reader_has_gone()
    except SystemExit as end:
        # The libraries that print end the program themselves at a closed pipe.
        if isinstance(end.__context__, BrokenPipeError):
            return _reader_has_gone()
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _reader_has_gone() -> int:
    """The interpreter must not fail at our output once more when it flushes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + signal.SIGPIPE


def tell(error: StancewireError) -> None:
    """Print an error with what to do, without a traceback."""
    from rich.text import Text  # noqa: PLC0415

    from stancewire.cli.terminal import errors, show  # noqa: PLC0415

    console = errors()
    problems = error.problems if isinstance(error, ConfigurationError) else (error,)
    for problem in problems:
        first, *rest = masked(str(problem)).splitlines() or [""]
        show(console, Text.assemble(("error: ", "bold red"), first))
        for line in rest:
            show(console, Text(line.strip(), style="dim"), indent=7)
