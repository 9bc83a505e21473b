"""Settings, logging and the knowledge about actors and language, with the files they are read from.

Nothing here reads the environment or a file at import.
"""
