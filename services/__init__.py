"""The long-running processes: the poller, the embedded server, the workers' supervisor, health and the demo newsroom.

They never import `workers`: work is named by a string in the queue.
"""
