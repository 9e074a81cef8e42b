"""API, views: the addresses other programs read, the way in with a token, and the page on which a person makes one."""

from tracker.api.views import entering, reading, tokens
from tracker.api.views.blueprint import bp

__all__ = ["bp", "entering", "reading", "tokens"]
