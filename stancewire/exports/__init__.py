"""Signals in the formats of other programs of the field: one module for each format, pure.

What is exported is chosen elsewhere, and written elsewhere.
"""
