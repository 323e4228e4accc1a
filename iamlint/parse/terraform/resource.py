"""Instances of resources and data sources: their bodies, and the attributes that only a provider computes."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.parse.terraform.blocks import Block
from iamlint.parse.terraform.bodies import META, META_BLOCKS, Body
from iamlint.parse.terraform.frames import Frame
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Borrowed, Located
from iamlint.parse.terraform.providers import reference_name
from iamlint.parse.terraform.values import BlockBody, Record
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown, Value
from iamlint.source.value import key as key_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.terraform.lifecycle import Ignored
    from iamlint.parse.terraform.module import Module


GRANTING_BLOCKS = frozenset({"statement", "inline_policy"})


class ResourceInstance:
    """An instance whose attributes are evaluated when somebody asks."""

    __slots__ = ("_body", "_instance", "address", "block", "frame", "key", "memo", "mode", "module", "name", "type")

    def __init__(self, module: Module, mode: str, block: Block, key: Any, names: dict[str, Located]) -> None:
        self.module = module
        self.mode = mode
        self.block = block
        self.type, self.name = block.labels
        self.key = key_text(key) if isinstance(key, (Text, Unknown)) else key
        expansion = module.expansion((mode, self.type, self.name), block)
        written = f"{'data.' if mode == 'data' else ''}{self.type}.{self.name}"
        self.address = f"{module.prefix}{written}{expansion.suffix(key)}"
        self.frame = Frame(module, names) if names else module.frame
        self.memo: dict[Any, Located] = {}
        module.root.memos.append(self.memo)
        self._body: Located | None = None
        self._instance: Instance | None = None

    def body(self) -> Located:
        """Return the evaluated content of the block."""
        if self._body is None:
            body = Body(self.module, self.address, self.memo)
            self._body = body.content(self.block, self.frame)
            ignored = self._ignored()
            if ignored is not None and isinstance(self._body.value, BlockBody):
                self._body.value.settle(ignored)
        return self._body

    def granting_parts(self) -> Iterator[tuple[int, Block, Located]]:
        """Yield the `dynamic` blocks that make statements or policies, each with its number and for what it makes them."""
        for order, inner in enumerate(self.block.blocks):
            for_each = inner.attributes.get("for_each") if inner.type == "dynamic" else None
            if for_each is not None and inner.stands_for in GRANTING_BLOCKS:
                body = Body(self.module, self.address, self.memo)
                yield order, inner, body.made_for(for_each, self.frame, (inner.stands_for,), order)

    def _ignored(self) -> Ignored | None:
        """Return what the resource ignores: of that, the file says only what it was at first."""
        if not any(inner.type == "lifecycle" and "ignore_changes" in inner.attributes for inner in self.block.blocks):
            return None
        from iamlint.parse.terraform.lifecycle import ignored_by

        return ignored_by(self.block)

    def _symbol(self, name: str) -> str:
        return f"{self.module.root.unit}#{self.address}.{name}"

    def instance(self) -> Instance:
        """Return the instance as readers of resources see it."""
        if self._instance is None:
            provider = self.module.provider(self._provider_name())
            region = provider.region
            if "region" in self.block.attributes and self.type.startswith("aws_"):
                region = self._region() or region
            self._instance = Instance(
                self.mode, self.type, self.name, self.address, self.key, self.body(), self.block.place, self.module.calls,
                provider.account, region, provider.partition, provider.address,
            )  # fmt: skip
        return self._instance

    def _region(self) -> Value | None:
        """Return the region that the block itself says, which outranks the provider's (AWS provider 6)."""
        written = self.body().get("region")
        return written.value if written is not None and isinstance(written.value, (str, Text, Unknown)) else None

    def _provider_name(self) -> str:
        attribute = self.block.attributes.get("provider")
        return (reference_name(attribute, self.frame) if attribute else None) or self.type.partition("_")[0]

    def attribute(self, name: str, place: Place) -> Located:
        """Return an attribute: as written, else as computed, else an unknown that carries its own name.

        What is computed stands nowhere: its place is that of the reference. `replaces` of the computed attributes names those
        (type, attribute) that the provider changes although they are written.
        """
        written = self.block.attributes.get(name)
        if (self.type, name) in getattr(self.module.root.computed, "replaces", ()):
            written = None
        body = Body(self.module, self.address, self.memo)
        if written is not None and name not in META:
            value = body.attribute(written, self.frame)
            if value.value is not None:
                ignored = self._ignored()
                if isinstance(value.value, str):
                    value = Borrowed(value, (name if name != "value" else f"{self.type}.value",))
                return value if ignored is None or not ignored.covers(name) else ignored.value(name, value, self._symbol(name))
        elif name not in META_BLOCKS and any(inner.stands_for == name for inner in self.block.blocks):
            return self.body().value.get(name) or body.nested(self.block, name, self.frame)
        found = self.module.root.guarded(
            self.memo, ("", name), f"{self.address}.{name}", self.block.place, lambda: self._computed(name)
        )
        return Located(
            found.value, place, keys=found.keys, is_set=found.is_set, tree=found.tree, segments=found.segments, file=found.file
        )

    def _computed(self, name: str) -> Located:
        if name == "outputs" and self.mode == "data" and self.type == "terraform_remote_state":
            from iamlint.parse.terraform.remote_state import outputs_of

            outputs = outputs_of(self)
            if isinstance(outputs, str):
                unknown = Unknown(outputs, self.block.place, self.instance().symbol(self.module.root.unit, name))
                return Located(unknown, self.block.place)
            if outputs is not None:
                return outputs
        if name == "rendered" and self.mode == "data" and self.type == "template_file":
            from iamlint.parse.terraform.rendered import rendered

            text = rendered(self)
            if text is not None:
                return text
        instance = self.instance()
        value: Located | None = self.module.root.computed(instance, name)
        if value is not None:
            return value
        reason = f"`{self.address}.{name}` is known to the provider only"
        return Located(Unknown(reason, self.block.place, instance.symbol(self.module.root.unit, name)), self.block.place)


def has_granting_parts(block: Block) -> bool:
    """Return whether `dynamic` blocks make statements or policies of a resource."""
    return block.mentions(b"dynamic") and any(
        inner.type == "dynamic" and inner.stands_for in GRANTING_BLOCKS for inner in block.blocks
    )


class ResourceRecord(Record):
    """An instance as an object of expressions."""

    __slots__ = ("instance",)

    def __init__(self, instance: ResourceInstance) -> None:
        super().__init__()
        self.instance = instance

    def attribute(self, name: str, place: Place) -> Located:
        """Return an attribute of the instance."""
        return self.instance.attribute(name, place)

    def fill(self) -> None:
        """Put in what the block writes."""
        self.update(self.instance.body().value)
