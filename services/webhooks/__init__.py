"""Sends what watches ask for to their webhooks.

How it is signed and when it is tried again is decided without network, store or clock.
"""
