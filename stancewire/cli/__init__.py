"""The command line: `stancewire`, its commands, and how errors are told."""

from stancewire.cli.edge import main

__all__ = ["main"]
