"""Benchmarks: commands that print figures, and what the tests need of them.

Nothing here is installed with the program.
"""
