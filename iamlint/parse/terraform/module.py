"""One instance of a module: what its names mean, evaluated when somebody asks."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import Attribute, Block
from iamlint.parse.terraform.expansion import Expansion, expand
from iamlint.parse.terraform.expressions import evaluate
from iamlint.parse.terraform.frames import Frame, Instances
from iamlint.parse.terraform.located import Blank, Located, Partial, blank_again, plain
from iamlint.parse.terraform.partial import Doubtful
from iamlint.parse.terraform.providers import Provider, circular, provider_of
from iamlint.parse.terraform.resource import ResourceInstance, ResourceRecord, has_granting_parts
from iamlint.parse.terraform.root import ACTIVE, DEEPEST_CALLS, Root
from iamlint.parse.terraform.type_constraints import ANY, Type, convert, read_type
from iamlint.parse.terraform.values import EvaluationError, MapValue, Record, UndeclaredError
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown
from iamlint.source.value import key as key_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_META = frozenset({"source", "version", "providers", "count", "for_each", "depends_on"})
_NO_PLACE = Place("")


class Module:
    """An instance of a module. It is the scope of its expressions."""

    def __init__(
        self,
        root: Root,
        folder: str,
        *,
        prefix: str = "",
        key: str = "",
        parent: Module | None = None,
        call: Block | None = None,
        frame: Frame | None = None,
    ) -> None:
        self.root = root
        root.modules.append(self)
        self.budget = root.budget
        self.syntax = root.folder_syntax(folder)
        self.folder = folder
        self.prefix = prefix
        self.key = key
        self.parent = parent
        self.call = call
        self.outer = frame
        self.calls: tuple[Place, ...] = (*parent.calls, call.place) if parent and call else ()
        self.depth: int = parent.depth + 1 if parent else 0
        self.given: dict[str, Located] = {}
        self.others_given: Unknown | None = None  # why variables may be given values that are not known
        self.frame = Frame(self)
        self.memo: dict[Any, Located] = {}
        self.provider_memo: dict[str, Provider] = {}
        self._types: dict[str, Type] = {}
        self._resources: dict[tuple[str, str, str], list[ResourceInstance]] = {}
        self._modules: dict[str, list[tuple[Any, Module]] | None] = {}
        self._expansions: dict[Any, Expansion] = {}
        self.locate = root.locate
        self.read = root.read
        self.listing = root.listing
        self.template = root.template

    # Names

    def resolve(self, ref: s.Ref, steps: tuple[Any, ...], frame: Frame) -> tuple[Located, int]:
        """Return the value of a reference and how many steps were taken for it."""
        name = ref.name
        if steps and type(steps[0]) is s.Attr:  # most references
            if name == "local":
                return self.local(steps[0].name, ref.place), 1
            if name == "var":
                return self.variable(steps[0].name, ref.place), 1
        names = [step.name if isinstance(step, s.Attr) else None for step in steps[:2]]
        first = names[0] if names else None
        if self.root.stack and self.parent is None and first is not None and name in ("component", "stack"):
            return (self.called if name == "component" else self._inner_stack)(first, ref.place), 1
        if name == "resource" and None not in names and len(names) == 2:
            return self.resource("managed", str(first), str(names[1]), ref.place), 2
        if name in ("var", "local", "module", "path", "terraform", "data", "ephemeral", "each", "count", "self"):
            if name in ("each", "count", "self"):
                raise EvaluationError(f"`{name}` has no meaning here", ref.place)
            if first is None:
                return self._whole(name, ref.place), 0
            if name == "module":
                return self.called(first, ref.place), 1
            if name == "path":
                return self._path(first, ref.place), 1
            if name == "terraform":
                return self._terraform(first, ref.place), 1
            second = names[1] if len(names) > 1 else None
            if second is None:
                self.budget.doubts += 1
                return Located(Unknown(f"`{name}.{first}` as a whole is not evaluated", ref.place), ref.place), len(steps)
            return self.resource(name, first, second, ref.place), 2
        if first is None:
            raise EvaluationError(f"there is no `{name}` here", ref.place)
        return self.resource("managed", name, first, ref.place), 1

    def _whole(self, name: str, place: Place) -> Located:
        """Return all variables, local values or modules as one object."""
        if name not in ("var", "local", "module") or self.syntax.incomplete:
            self.budget.doubts += 1
            return Located(Unknown(f"`{name}` as a whole is not evaluated", place), place)
        names, one = {
            "var": (sorted(self.syntax.variables), self.variable),
            "local": (self.syntax.local_names() if name == "local" else [], self.local),
            "module": (sorted(self.syntax.calls), self.called),
        }[name]
        return Located({inner: one(inner, place) for inner in names}, place)

    def guarded(self, key: Any, name: str, place: Place, attribute: Attribute, frame: Frame | None = None) -> Located:
        """Return the value of an attribute, evaluated once."""
        inner = frame or self.frame
        return self.root.guarded(self.memo, key, self.prefix + name, place, lambda: evaluate(attribute.node(), inner))

    def _inner_stack(self, name: str, place: Place) -> Located:
        """Return the outputs of a stack inside a stack, which is not read."""
        self.budget.doubts += 1
        return Located(Unknown(f"the stack `{name}` is not read", place, f"{self.root.unit}#stack.{name}"), place)

    def _missing(self, what: str, place: Place) -> Located:
        """Return the unknown for a name that a broken part of the module may declare; raise when nothing is broken."""
        if self.syntax.incomplete:
            self.budget.doubts += 1
            reason = f"`{what}` is not declared in what could be read of the module"
            return Located(Unknown(reason, place, f"{self.root.unit}#{self.prefix}{what}"), place)
        kind = (
            EvaluationError if what.startswith("output.") else UndeclaredError
        )  # which outputs a module has is no static matter
        raise kind(f"`{what}` is not declared", place)

    def local(self, name: str, place: Place) -> Located:
        """Return a local value."""
        known = self.memo.get(("local", name))
        if known is not None and known is not ACTIVE:
            return known
        attribute = self.syntax.find_local(name)
        if attribute is None:
            return self._missing(f"local.{name}", place)
        return self.guarded(("local", name), f"local.{name}", attribute.place, attribute)

    def output(self, name: str, place: Place) -> Located:
        """Return an output, as the caller sees it."""
        block = self.syntax.outputs.get(name)
        if block is None and self.folder in self.root.named_only and self.parent is not None and self.call is not None:
            self.budget.doubts += 1
            symbol = f"{self.root.unit}#{self.prefix}{name}"
            return Located(Unknown(self.parent.absence(self.call), self.call.place, symbol), self.call.place)
        if block is None:
            return self._missing(f"output.{name}", place)
        attribute = block.attributes.get("value")
        if attribute is None:
            return Located(Unknown(f"the output `{name}` has no value", block.place), block.place)
        return self.guarded(("output", name), f"output.{name}", attribute.place, attribute)

    def _path(self, name: str, place: Place) -> Located:
        if name == "module":
            return Located(posixpath.relpath(self.syntax.folder or ".", self.root.folder or "."), place)
        if name == "root":
            return Located(".", place)
        self.budget.doubts += 1
        return Located(Unknown(f"`path.{name}` depends on where Terraform runs", place, f"path.{name}"), place)

    def _terraform(self, name: str, place: Place) -> Located:
        if name in ("workspace", "env"):
            return Located(self.root.context.workspace, place)
        return Located(Unknown(f"`terraform.{name}` depends on the run", place, f"terraform.{name}"), place)

    # Variables

    def variable(self, name: str, place: Place) -> Located:
        """Return a variable's value: what the caller or a variable file gives, else its default."""
        known = self.memo.get(("var", name))
        if known is not None and known is not ACTIVE:
            return known
        block = self.syntax.variables.get(name)
        if block is None:
            return self._missing(f"var.{name}", place)
        return self.root.guarded(
            self.memo, ("var", name), f"{self.prefix}var.{name}", block.place, lambda: self._settled(name, block)
        )

    def _settled(self, name: str, block: Block) -> Located:
        type_attribute = block.attributes.get("type") if not block.broken else None
        wanted = read_type(type_attribute.node()) if type_attribute else ANY
        own = self._variable(name, block, wanted)
        if self.parent is not None or self.root.unit not in self.root.context.loose_files:
            return own
        from iamlint.parse.terraform.loose_files import settled

        return settled(self, name, block, wanted, own)

    def _variable(self, name: str, block: Block, wanted: Type) -> Located:
        symbol = f"{self.root.unit}#{self.prefix}var.{name}"
        if block.broken:
            return Located(Unknown(f"the variable `{name}` cannot be read", block.place, symbol), block.place)
        default = block.attributes.get("default")
        value = given = self._given(name, wanted)
        if value is None or (value.value is None and default is not None and self.not_nullable(block)):
            if default is None:
                why = "has no default" if self.parent is None else "is given no value by the module's caller"
                return Located(Unknown(f"the variable `{name}` {why}", block.place, symbol), block.place)
            if self.root.defaults_open and self.parent is None:
                return Located(Unknown(f"the default of the variable `{name}`", block.place, symbol), block.place)
            value = evaluate(default.node(), self.frame)
        found = convert(value, wanted, value.place, lambda node: evaluate(node, self.frame))
        if given is None and self.parent is None and found.value in ("", [], {}):
            reason = f"the default of the variable `{name}` is empty"
            return Blank(found.value, found.place, Unknown(reason, found.place, symbol), is_set=found.is_set)
        return found if given is None else blank_again(found, (given,))

    def not_nullable(self, block: Block) -> bool:
        """Return whether null stands for the default of a variable."""
        attribute = block.attributes.get("nullable")
        return attribute is not None and evaluate(attribute.node(), self.frame).value is False

    def _given(self, name: str, wanted: Type) -> Located | None:
        if self.parent is None:
            found = self.given.get(name)
            if (
                found is not None
                and isinstance(found.value, str)
                and found.keys is not None
                and wanted.name not in ("string", "number", "bool", "any")
            ):
                # As with `-var`: text for a variable of a complex type is an expression.
                from iamlint.parse.terraform.expression_parser import parse_expression
                from iamlint.parse.terraform.variable_files import locate

                if found.tree is not None:
                    return found.tree
                read = evaluate(parse_expression(found.value.encode(), found.place.path), Frame(self))
                return locate(plain(read), found.place, None)  # its parts stand in the text, not in the file
            if found is None and self.others_given is not None:
                reason = f"what the variable `{name}` is given is not known: {self.others_given.reason}"
                symbol = f"{self.root.unit}#{self.prefix}var.{name}"
                return Located(Unknown(reason, self.others_given.place, symbol), self.others_given.place or _NO_PLACE)
            return found
        if self.call is not None and self.call.type == "component":
            from iamlint.parse.terraform.deployments import component_input

            return component_input(self, name)
        attribute = self.call.attributes.get(name) if self.call and name not in _META else None
        if attribute is None or self.outer is None:
            return None
        return self.parent.guarded(
            ("input", self.prefix, name), f"{self.prefix}var.{name}", attribute.place, attribute, self.outer
        )

    # Resources

    def resource(self, mode: str, kind: str, name: str, place: Place) -> Located:
        """Return a resource or data source: an object, a list of them (`count`) or a map (`for_each`)."""
        known = self.memo.get((mode, kind, name))
        if known is not None and known is not ACTIVE:
            return known
        block = self.syntax.resources.get((mode, kind, name))
        address = f"{'data.' if mode == 'data' else ''}{kind}.{name}"
        if block is None:
            return self._missing(address, place)
        if block.broken or mode == "ephemeral":
            self.budget.doubts += 1
            reason = f"`{address}` cannot be read" if block.broken else f"`{address}` is ephemeral"
            return Located(Unknown(reason, block.place, f"{self.root.unit}#{self.prefix}{address}"), place)
        return self.root.guarded(
            self.memo,
            (mode, kind, name),
            self.prefix + address,
            block.place,
            lambda: self._resource_value(mode, kind, name, block),
        )

    def _resource_value(self, mode: str, kind: str, name: str, block: Block) -> Located:
        expansion = self.expansion((mode, kind, name), block)
        instances = self.instances(mode, kind, name)

        def value(instance: ResourceInstance) -> Located:
            return Located(ResourceRecord(instance), block.place)

        if expansion.unknown is not None:
            symbol = f"{self.root.unit}#{instances[0].address}"
            known = {str(instance.key): value(instance) for instance in instances if instance.key is not None}

            def at(key: Any) -> Located:
                if key is None:
                    return value(instances[0])
                if key in known:
                    return known[key]
                return value(ResourceInstance(self, mode, block, key, expansion.names_at(key, block.place)))

            return _in_part(expansion, Instances(expansion.unknown.reason, block.place, symbol, at, expansion.each), known, block)
        if expansion.kind == "single":
            return value(instances[0]) if instances else Located(None, block.place)
        if expansion.kind == "count":
            listed = Located([value(instance) for instance in instances], block.place)
            return listed if expansion.maybe is None else Doubtful(listed, expansion.maybe)
        return Located({str(instance.key): value(instance) for instance in instances}, block.place)

    def expansion(self, key: Any, block: Block) -> Expansion:
        """Return the keys of a resource's or module call's instances."""
        known = self._expansions.get(key)
        if known is None:
            known = self._expansions[key] = expand(block, self, key)
        return known

    def instances(self, mode: str, kind: str, name: str) -> list[ResourceInstance]:
        """Return the instances of a resource, the same objects each time."""
        key = (mode, kind, name)
        known = self._resources.get(key)
        if known is None:
            block = self.syntax.resources[key]
            expansion = self.expansion(key, block)
            known = [ResourceInstance(self, mode, block, number, names) for number, names in expansion.entries]
            self._resources[key] = known
            self.root.instances += len(known)
        return known

    def may_be_less(self) -> bool:
        """Return whether something that was looked at is not there, or may be: an instance, or a statement in one."""
        none = any(not expansion.entries for expansion in self._expansions.values())
        return none or any(has_granting_parts(found[0].block) for found in self._resources.values() if found)

    # Modules

    def called(self, name: str, place: Place) -> Located:
        """Return the outputs of a called module: an object, a list of them or a map."""
        block = self.syntax.calls.get(name)
        if block is None:
            return self._missing(f"module.{name}", place)
        symbol = f"{self.root.unit}#{self.prefix}{block.type}.{name}"
        modules = self.modules(name)
        if modules is None:
            from iamlint.parse.terraform.adapters.label_call import is_label, labels

            if is_label(block):
                return labels(self, name, block)
            self.budget.doubts += 1
            return Located(Unknown(self.absence(block), block.place, symbol), block.place)
        expansion = self.expansion(("module", name), block)
        if expansion.unknown is not None:
            reason, place = expansion.unknown.reason, block.place
            known = {_shown(key): Located(Outputs(module), place) for key, module in modules if key is not None}

            def at(key: Any) -> Located:
                if key is None:
                    return Located(Outputs(modules[0][1]), place)
                if key in known:
                    return known[key]
                part = f"[{key}]" if isinstance(key, int) else f".{key}"
                return Located(Unknown(reason, place, self.budget.symbol(f"{symbol}{part}")), place)

            return _in_part(expansion, Instances(reason, place, symbol, at, expansion.each), known, block)
        if expansion.kind == "single":
            return Located(Outputs(modules[0][1]) if modules else None, block.place)
        if expansion.kind == "count":
            return Located([Located(Outputs(module), block.place) for _, module in modules], block.place)
        return Located(MapValue({str(key): Located(Outputs(module), block.place) for key, module in modules}), block.place)

    def source_of(self, block: Block) -> str | None:
        """Return the source of a module call: as it is written, or what its expression over variables and locals comes to."""
        source = block.source()
        attribute = block.attributes.get("source") if source is None and not block.broken else None
        if attribute is None:
            return source
        value = self.guarded(("source", *block.labels), f"module.{block.labels[0]}.source", attribute.place, attribute).value
        return value if isinstance(value, str) else None

    def absence(self, block: Block) -> str:
        """Return why a called module cannot be evaluated."""
        if block.broken:
            return f"the call of module `{block.labels[0]}` cannot be read"
        source = self.source_of(block)
        return f"module `{source}` is not in the repository" if source else f"module `{block.labels[0]}` has no fixed source"

    def modules(self, name: str) -> list[tuple[Any, Module]] | None:
        """Return the instances of a called module; None when it is not in the repository or calls itself."""
        if name not in self._modules:
            self._modules[name] = self._called_modules(name)
        return self._modules[name]

    def _called_modules(self, name: str) -> list[tuple[Any, Module]] | None:
        block = self.syntax.calls[name]
        key = f"{self.key}.{name}" if self.key else name
        folder = self.root.called_folder(self.syntax, block, key, self.source_of(block))
        if folder is None or block.broken:
            return None
        above: Module | None = self
        while above is not None:
            if above.folder == folder and (self.source_of(block) or "").startswith("."):
                self.root.problem("IL003", f"module `{name}` calls itself", block.place)
                return None
            above = above.parent
        if self.depth >= DEEPEST_CALLS:
            self.root.problem("IL003", f"modules are nested more than {DEEPEST_CALLS} deep", block.place)
            return None
        result: list[tuple[Any, Module]] = []
        expansion = self.expansion(("module", name), block)
        for number, names in expansion.entries:
            address = f"{self.prefix}{block.type}.{name}{expansion.suffix(number)}."
            frame = self.frame.within(names) if names else self.frame
            result.append((number, Module(self.root, folder, prefix=address, key=key, parent=self, call=block, frame=frame)))
        return result

    # Providers

    def provider(self, name: str) -> Provider:
        """Return what a provider configuration (`aws`, `aws.prod`) says of account and region."""
        known = self.provider_memo.get(name)
        if known is None:
            self.provider_memo[name] = circular(self, name)
            known = self.provider_memo[name] = provider_of(self, name)
        return known


class Outputs(Record):
    """The outputs of a module, evaluated when asked for."""

    __slots__ = ("module",)

    def __init__(self, module: Module) -> None:
        super().__init__()
        self.module = module

    def attribute(self, name: str, place: Place) -> Located:
        """Return one output; what is computed or comes from a stand-in stands nowhere: its place is that of the reference."""
        found = self.module.output(name, place)
        if type(found) is not Located or not self._stands_nowhere(name, found.place):
            return found
        return Located(found.value, place, keys=found.keys, is_set=found.is_set, tree=found.tree, segments=found.segments)

    def _stands_nowhere(self, name: str, place: Place) -> bool:
        block, call = self.module.syntax.outputs.get(name), self.module.call
        attribute = block.attributes.get("value") if block is not None else None
        if call is not None and place == call.place:
            return True
        if attribute is None or place == attribute.place:  # the latter: the expression cannot be evaluated
            return False
        return place == (node := attribute.node()).place and isinstance(node, s.Access)

    def fill(self) -> None:
        """Evaluate all outputs."""
        for name in sorted(self.module.syntax.outputs):
            self[name] = self.module.output(name, self.module.syntax.outputs[name].place)


def _in_part(expansion: Expansion, unknown: Instances, known: dict[str, Located], block: Block) -> Located:
    """Return instances of which not all are known."""
    whole = Located(unknown, block.place)
    if expansion.kind != "each" or not known:
        return whole
    texts = {_shown(key): key for key, _ in expansion.entries if isinstance(key, (Text, Unknown))}
    return Partial(whole, Located(known, block.place), unknown, texts)


def _shown(key: Any) -> str:
    return key_text(key) if isinstance(key, (Text, Unknown)) else str(key)


def walk(module: Module) -> Iterator[Module]:
    """Yield a module and all that it calls which may hold something interesting."""
    root = module.root
    waiting = [module]
    while waiting:
        here = waiting.pop()
        yield here
        for name, block in list(here.syntax.calls.items()):
            key = f"{here.key}.{name}" if here.key else name
            folder = root.called_folder(here.syntax, block, key, here.source_of(block))
            if folder is None:
                from iamlint.parse.terraform.adapters.label_call import is_label

                if not is_label(block):
                    root.unresolve(here.absence(block), block.place)
                continue
            if folder in root.named_only:
                root.unresolve(here.absence(block), block.place)
                continue
            if not root.matters(folder, key):
                continue
            inner = here.modules(name)
            if inner is None:
                if block.broken:
                    root.unresolve(here.absence(block), block.place)
                continue
            unknown = here.expansion(("module", name), block).maybe
            if unknown is not None:
                root.unresolve(f"how many instances module `{name}` has is not known: {unknown.reason}", block.place)
            waiting.extend(called for _, called in reversed(inner))
