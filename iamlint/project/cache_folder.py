"""Where iamlint remembers things between runs: never in the repository."""

from __future__ import annotations

import os


def cache_folder() -> str:
    """Return the folder: `$IAMLINT_CACHE_DIR`, else `iamlint` in the user's cache folder. It need not exist."""
    return os.environ.get("IAMLINT_CACHE_DIR") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "iamlint"
    )
