"""The entry of ``python -m scheduler``."""

import sys

from .main import main

sys.exit(main(sys.argv[1:]))
