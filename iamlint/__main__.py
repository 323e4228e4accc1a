"""`python -m iamlint`: the same program as `iamlint`."""

import sys

from iamlint.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
