"""Becomes a program that ends when its parent does: `ending_with_parent.py PARENT PROGRAM ARGUMENT…`.

Run as a file, without this project's or any other package: it takes the place of code between fork and exec, which is
unsafe in a process with threads. On Linux only; elsewhere the program runs on by itself.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Ask the kernel for SIGTERM at the end of the parent's thread, and become the program."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
    try:
        os.execv(command[0], command)  # noqa: S606 - the caller names the program
    except OSError as error:
        sys.exit(f"{command[0]} cannot be started: {error.strerror}")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
