"""Puts the parts together: settings in, running parts out; the only place where services, workers and adapters meet.

Nothing is decided here beyond who gets what; clock, chance and ids of a real run come from here.
"""
