"""The poller: asks feeds when they are due, tells what is new in them, and hands it over to the workers.

    schedule | fetch | parse | identity | fetch pages | accept

It analyses nothing: what an article says is the workers' part.
"""
