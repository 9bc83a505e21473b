"""From an accepted item to an article: its text, title, authors, date and language, and how good a text it is.

    limits | read the page, field by field | choose page or feed | language

The page was fetched by the poller; nothing here fetches, queues or stores. All is pure but `bounded_reader`, which
reads pages in a child process.
"""

from workers.read.reading import read

__all__ = ["read"]
