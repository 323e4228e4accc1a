"""The rules that ran, some of which were not loaded since they could find nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.lint.rule import Rule
    from iamlint.lint.settings import LoadedRule


class RanRules(Mapping[str, "Rule"]):
    """Rules by id, in the order given. `known` has None for those that are loaded when a report asks for more than their ids."""

    def __init__(self, known: Mapping[str, Rule | None], load: Callable[[], Iterable[LoadedRule]]) -> None:
        self._known = dict(known)
        self._load = load

    def __getitem__(self, id: str) -> Rule:
        if self._known[id] is None:
            every = {loaded.rule.id: loaded.rule for loaded in self._load()}
            self._known = {name: every[name] if rule is None else rule for name, rule in self._known.items()}
        rule = self._known[id]
        assert rule is not None
        return rule

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
