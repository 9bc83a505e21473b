"""Data to start from: the feed catalogue, and the demo newsroom with articles written for it.

Reading a feed list is pure and done in `seeds.lists`; nothing here fetches.
"""
