"""Subscriptions at hubs (WebSub): a feed that names a hub is delivered when it changes, and polled slowly beside it.

What is delivered goes the way of a polled document; nothing here parses or accepts entries.
"""
