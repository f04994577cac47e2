"""The site with its scanner locks taken out: what the rivals' test must be able to notice."""

from alliance.wsgi import application
from scheduling.actions import holds

__all__ = ["application"]

holds.lock_scanners = lambda scanner_ids: []
