"""Blocks of `terraform` that say where a state is kept and how it is encrypted, as far as they may hold secrets.

Sources: "Backend Configuration" of Terraform; "State and Plan Encryption" and "Early Evaluation" of OpenTofu, by which
variables and local values may stand there too.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.parse.terraform.blocks import Block
from iamlint.parse.terraform.bodies import Body
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.parse.terraform.module import Module

_NAMES = (
    b"secret", b"token", b"pass", b"credential", b"access_key", b"private_key", b"client_key", b"account_key", b"customer_key",
    b"encryption_key", b"http_auth", b"conn_str", b"://",
)  # fmt: skip
"""Parts of the names of what a backend or a key provider is given in secret, and of an address: most blocks have none."""


def held_settings(module: Module) -> list[Block]:
    """Return the blocks of a root module that may hold secrets of its state."""
    found = [block for block in module.syntax.settings if any(block.mentions(name) for name in _NAMES)]
    for (mode, kind, _), block in module.syntax.resources.items():
        if mode == "data" and kind == "terraform_remote_state" and any(block.mentions(name) for name in _NAMES):
            found.append(block)
    return found


def settings_of(module: Module, blocks: list[Block]) -> Iterator[Instance]:
    """Yield each backend, key provider and configuration of a remote state, by its type (`backend.s3`)."""
    for block in blocks:
        if block.type == "data":
            yield from _remote_state(module, block)
            continue
        for inner in block.blocks:
            if inner.type == "backend" and inner.labels:
                yield from _block(module, f"backend.{inner.labels[0]}", inner)
            elif inner.type == "cloud":
                yield from _block(module, "backend.cloud", inner)
            elif inner.type == "encryption":
                for provider in inner.blocks:
                    if provider.type == "key_provider" and provider.labels:
                        yield from _block(module, f"key_provider.{provider.labels[0]}", provider)
        yield from _of_json(module, block)


def _block(module: Module, kind: str, block: Block) -> Iterator[Instance]:
    if not block.broken:
        address = f"terraform.{kind}"
        yield _instance(module, kind, Body(module, address, {}).content(block, module.frame), block)


def _of_json(module: Module, block: Block) -> Iterator[Instance]:
    """Yield the same of a file in JSON, where these blocks are objects by their labels."""
    body = Body(module, "terraform", {})
    for name in ("backend", "encryption"):
        attribute = block.attributes.get(name)
        written = None if attribute is None else body.attribute(attribute, module.frame)
        kind = "backend" if name == "backend" else "key_provider"
        by_type = written if name == "backend" or written is None else written.get("key_provider")
        for label, held in by_type.value.items() if by_type is not None and isinstance(by_type.value, dict) else ():
            for item in [held] if kind == "backend" else held.value.values() if isinstance(held.value, dict) else ():
                if isinstance(item.value, dict):
                    yield _instance(module, f"{kind}.{label}", item, block)


def _remote_state(module: Module, block: Block) -> Iterator[Instance]:
    body = Body(module, ".".join(block.labels), {})
    backend, config = block.attributes.get("backend"), block.attributes.get("config")
    if backend is None or config is None:
        return
    kind, given = body.attribute(backend, module.frame), body.attribute(config, module.frame)
    if isinstance(kind.value, str) and isinstance(given.value, dict):
        yield _instance(module, f"backend.{kind.value}", given, block)


def _instance(module: Module, kind: str, body: Located, block: Block) -> Instance:
    context = module.root.context
    address = f"terraform.{kind}"
    return Instance(
        "settings", kind, "", address, None, body, block.place, (), context.account, context.region, context.partition
    )
