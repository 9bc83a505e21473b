"""From an accepted item to an article: its text, title, authors, date and language, and how good a text it is.

    cheap limits | extract the page | choose page or feed | language

Pure: the page was fetched by the poller, and nothing here fetches, queues or stores.
"""

from workers.read.reading import read

__all__ = ["read"]
