"""A root module's files become evaluated instances of its resources and data sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from iamlint.parse.context import Context
from iamlint.parse.terraform.instance import Evaluation, Instance, ProviderBlock
from iamlint.parse.terraform.located import Located
from iamlint.source.files import Files
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from iamlint.parse.terraform.module import Module
    from iamlint.parse.terraform.root import Root
else:
    Protocol = object


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
    """Return the instances of a root module and of the modules it calls, all of their bodies evaluated.

    `interesting(mode, type)` says which resources and data sources are wanted; others are evaluated only when one of
    those refers to them. Where a `dynamic` block's `for_each` is unknown, the list of blocks holds one `Unknown`
    for "any number of blocks more".
    """
    from iamlint.parse.terraform.bodies import HEAVIEST, weigh

    opened = open_root(folder, files, context, computed, interesting)
    for instance in opened.instances:
        weigh(instance.body, HEAVIEST)
    return opened.close()


class OpenRoot(NamedTuple):
    """A root module whose instances' bodies are evaluated part by part, when somebody looks at them."""

    instances: tuple[Instance, ...]
    root: Root
    off: tuple[Unresolved, ...] = ()

    def close(self) -> Evaluation:
        """Return the evaluation, with what was found wrong so far."""
        root = self.root
        root.gather_problems()
        problems = sorted(root.problems.values(), key=lambda problem: (_position(problem.at), problem.message))
        unresolved = sorted(root.unresolved.values(), key=lambda line: (_position(line.at), line.reason))
        return Evaluation(self.instances, root.paths(), tuple(problems), tuple(unresolved), self.off)


def open_root(
    folder: str,
    files: Files,
    context: Context,
    computed: Computed,
    interesting: Callable[[str, str], bool] | None = None,
) -> OpenRoot:
    """Return the instances as `evaluate_root` does, their bodies still to be evaluated."""
    from iamlint.parse.terraform.module import walk
    from iamlint.parse.terraform.opening import open_top
    from iamlint.parse.terraform.settings import held_settings, settings_of
    from iamlint.parse.terraform.variable_files import give_variables

    top = open_top(folder, files, context, computed, interesting)
    root = top.root
    instances: list[Instance] = []
    walked: list[Module] = []
    settings = held_settings(top)
    if root.matters(root.stack or root.folder, "") or top.syntax.providers or settings:
        give_variables(top)
        if settings:
            instances.extend(settings_of(top, settings))
        providers = _provider_instances(top)
        instances.extend(providers)
        for module in walk(top):
            walked.append(module)
            for (mode, kind, name), block in list(module.syntax.resources.items()):
                if mode == "ephemeral" or (interesting is not None and not interesting(mode, kind)):
                    continue
                while providers:  # before anything else, since an account that is not known gets its short name there
                    _ = providers.pop(0).account
                address = f"{'data.' if mode == 'data' else ''}{kind}.{name}"
                if block.broken:
                    root.unresolve(f"`{address}` cannot be read", block.place)
                    continue
                unknown = module.expansion((mode, kind, name), block)
                found = module.instances(mode, kind, name)
                if unknown.maybe is not None:
                    root.unresolve(f"how many instances `{address}` has is not known: {unknown.maybe.reason}", block.place)
                instances.extend(instance.instance() for instance in found)
    instances.sort(key=lambda instance: instance.address)
    return OpenRoot(tuple(instances), root, _off(walked, partial(_again, folder, files, context, root), interesting))


def _off(
    walked: list[Module], again: Callable[[], Module], interesting: Callable[[str, str], bool] | None
) -> tuple[Unresolved, ...]:
    if not any(module.may_be_less() for module in walked):
        return ()
    from iamlint.parse.terraform.switched_off import switched_off

    return switched_off(walked, interesting, again)


def _again(folder: str, files: Files, context: Context, root: Root) -> Module:
    """Open a root module a second time; its files need not be read again."""
    from iamlint.parse.terraform.computed import ComputedAttributes
    from iamlint.parse.terraform.opening import open_top
    from iamlint.parse.terraform.variable_files import give_variables

    top = open_top(folder, files, context, ComputedAttributes(context), None, defaults_open=True)
    top.root.folders.update({path: known for path, known in root.folders.items() if path not in top.root.folders})
    give_variables(top)
    return top


def _position(place: Place) -> tuple[str, tuple[int, int], str]:
    return place.path, place.span or (0, 0), str(place.route)


def _provider_instances(top: Module) -> list[ProviderBlock]:
    from iamlint.parse.terraform.providers import body_of

    result: list[ProviderBlock] = []
    for name, block in list(top.syntax.providers.items()):
        if block.broken:
            continue
        kind, _, alias = name.partition(".")
        body = body_of(top, name, block)
        address = f"provider.{name}"
        surroundings: Any = partial(_surroundings, top, name)
        result.append(ProviderBlock("provider", kind, alias, address, None, body, block.place, (), surroundings, "", "", address))
    return result


def _surroundings(module: Module, provider: str) -> tuple[Value, Value, Value]:
    found = module.provider(provider)
    return found.account, found.region, found.partition


def find_root_modules(paths: Iterable[str], files: Files) -> list[str]:
    """Return the folders with Terraform files that no other folder of the run calls as a module, sorted.

    Every folder is a root or called, at some depth, by one: of folders that call each other, the first is a root.
    """
    from iamlint.parse.terraform.roots import find_roots

    return find_roots(paths, files)


def evaluate_expression(folder: str, files: Files, context: Context, text: str, computed: Computed | None = None) -> Located:
    """Return the value of an expression in a root module's scope; what cannot be known says why."""
    from iamlint.parse.terraform.expression_parser import ExpressionParser
    from iamlint.parse.terraform.expressions import evaluate
    from iamlint.parse.terraform.opening import open_top
    from iamlint.parse.terraform.variable_files import give_variables

    top = open_top(folder, files, context, computed or (lambda instance, attribute: None), None)
    root = top.root
    give_variables(top)
    parser = ExpressionParser(text.encode(), "<expression>")
    parser.lines = True
    place = Place("<expression>")

    def compute() -> Located:
        node = parser.expression()
        parser.skip()
        if parser.position < parser.end:
            raise parser.fail("expected the end of the expression")
        return evaluate(node, top.frame)

    value = root.guarded({}, "", "expression", place, compute)
    if isinstance(value.value, Unknown) and value.value.reason == "the expression is not HCL":
        problem = next((problem for problem in root.problems.values() if problem.at.path == "<expression>"), None)
        return Located(Unknown(problem.message if problem else value.value.reason, place), place)
    return value
