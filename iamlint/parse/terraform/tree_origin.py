"""Where the parts of a document stand that HCL wrote as a structure."""

from __future__ import annotations

from iamlint.parse.terraform.located import Located, Sparse, is_partial_list
from iamlint.source.place import LeftOut, Origin, Place, Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class TreeOrigin(Origin):
    """Places inside a structure that HCL wrote: a route leads to the token itself."""

    __slots__ = ("tree",)

    def __init__(self, tree: Located) -> None:
        super().__init__(tree.place.path)
        self.tree = tree

    def at(self, route: Route = (), part: str = "value") -> Place:
        """Return the place of what stands at `route`, or of its nearest written parent."""
        here = self.tree
        for depth, step in enumerate(route):
            below: Any = here.known.value if is_partial_list(here) else here.value
            if part == "key" and depth == len(route) - 1 and here.keys and step in here.keys:
                return here.keys[str(step)]
            is_item = isinstance(below, list) and isinstance(step, int) and step < len(below)
            if not is_item and not (isinstance(below, dict) and step in below):
                break
            here = below[step]
        return here.place

    def left_out(self, route: Route) -> LeftOut | None:
        """Return what was written for an element that the structure does not have."""
        within = self.below(route[:-1]).tree if route else self.tree
        return within.left_out.get(str(route[-1])) if isinstance(within, Sparse) and route else None

    def below(self, route: Route) -> TreeOrigin:
        """Return the origin of the structure at `route`."""
        here = self.tree
        for step in route:
            here = (here.known if is_partial_list(here) else here).value[step]
        return TreeOrigin(here)
