"""The only files that touch redis and rq: the ports of `stancewire.ports` against a real server.

What is decided here is how things are kept and handed on atomically, never what is worth keeping.
"""
