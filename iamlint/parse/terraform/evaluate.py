"""A root module's files become evaluated instances of its resources and data sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from iamlint.parse.context import Context
from iamlint.parse.terraform.instance import Evaluation, Instance
from iamlint.parse.terraform.located import Located
from iamlint.source.files import Files


class Computed(Protocol):
    """What a provider would compute: an attribute that is not written in the body (`arn`, `id`, `json`)."""

    def __call__(self, instance: Instance, attribute: str) -> Located | None:
        """Return the attribute's value, or None when only the provider knows it."""


def evaluate_root(
    folder: str,
    files: Files,
    context: Context,
    computed: Computed,
    interesting: Callable[[str, str], bool] | None = None,
) -> Evaluation:
    """Return the instances of a root module and of the modules it calls.

    `interesting(mode, type)` says which resources and data sources are wanted; others are evaluated only when one of
    those refers to them. Where a `dynamic` block's `for_each` is unknown, the list of blocks holds one `Unknown`
    for "any number of blocks more".
    """
    return Evaluation((), (), (), ())


def find_root_modules(paths: Iterable[str], files: Files) -> list[str]:
    """Return the folders with Terraform files that no other folder of the run calls as a module, sorted."""
    return sorted({path.rpartition("/")[0] for path in paths if path.endswith((".tf", ".tofu"))})
