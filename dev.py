#!/usr/bin/env python3
"""One entry for everything a developer does: `python3 dev.py help`. Needs no packages."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - it may be run by any Python
    sys.exit("Alliance needs Python 3.11 or newer; this is Python " + sys.version.split()[0] + ".")

from alliance.devstack.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
