"""What the site's handler prints, with every logger as the settings have it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from django.conf import settings

from alliance.logs import PrivateFormatter


@contextmanager
def site_log() -> Iterator[StringIO]:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PrivateFormatter(settings.LOGGING["formatters"]["line"]["format"]))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)
