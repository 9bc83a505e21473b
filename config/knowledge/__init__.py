"""Knowledge about actors and language: TOML files with source and date, and the types they are read into.

Loading validates every entry and reports all problems at once; matching text against it is the analysis's part.
"""

from config.knowledge.actors import ActorKind, KnownActor, Office
from config.knowledge.loading import Knowledge, load_knowledge

__all__ = ["ActorKind", "Knowledge", "KnownActor", "Office", "load_knowledge"]
