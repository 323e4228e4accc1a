"""`python -m benchmarks NAME…`: run benchmarks and print each ratio beside its target."""

from __future__ import annotations

import argparse
import sys

from benchmarks.cases import CASES

FIRST = ("start", "one-file", "managed")


def main() -> int:
    """Run what was asked for; exit with 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CASES)}; default: {', '.join(FIRST)}")
    parser.add_argument("--rounds", type=int, default=15, help="rounds in which the commands take turns (default 15)")
    parser.add_argument("--peers", action="store_true", help="measure the peers too, installing them where they are not yet")
    given = parser.parse_args()
    met = True
    for name in given.names or FIRST:
        if name not in CASES:
            parser.error(f"there is no benchmark `{name}`")
        print(f"== {name}: {(CASES[name].__doc__ or '').strip()}")
        met &= CASES[name](given.rounds, given.peers)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
