"""The gate of suppressions: which of them count at all."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.source.record import NamedTuple


def _nobody(path: str) -> tuple[str, ...]:
    return ()


class Gate(NamedTuple):
    """`inline`: whether comments may suppress. `owners`: when given, one of them must own the file that holds a suppression.

    `owners_of` gives the owners of a file by CODEOWNERS, so that whoever may merge a suppression has been asked.
    """

    inline: bool = True
    owners: tuple[str, ...] = ()
    owners_of: Callable[[str], tuple[str, ...]] = _nobody

    def refusal(self, path: str, *, comment: bool = False) -> str | None:
        """Return why a suppression that stands in this file does not count, or None when it does."""
        if comment and not self.inline:
            return "the configuration forbids suppressions in comments"
        if self.owners and not {owner.casefold() for owner in self.owners} & {owner.casefold() for owner in self.owners_of(path)}:
            needed = " or ".join(f"`{owner}`" for owner in self.owners)
            return f"`{path}` does not belong to {needed} by CODEOWNERS"
        return None
