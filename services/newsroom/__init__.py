"""The demo newsroom: a site on the loopback that plays news outlets, from the articles in `seeds/newsroom`.

It stands in for the world and uses nothing of the poller; nothing outside the demo and the tests needs it.
"""

from services.newsroom.site import NewsroomSite

__all__ = ["NewsroomSite"]
