"""Who takes what stance toward whom, and who is reported to interfere where: live, from the world's news feeds.

This package holds the contract and the ways in; the processes live in `services` and the language work in `workers`.
"""

__version__ = "0.1.0"
