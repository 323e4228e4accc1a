"""Provider configurations: which account, region and partition the instances of a module belong to."""

from __future__ import annotations

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import Attribute, Block
from iamlint.parse.terraform.bodies import Body
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.values import forget_digests
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.terraform.frames import Frame
    from iamlint.parse.terraform.module import Module

_CREDENTIALS = frozenset({"profile", "access_key", "assume_role", "assume_role_with_web_identity", "shared_config_files",
                          "shared_credentials_files", "dynamic"})  # fmt: skip


class Provider(NamedTuple):
    """What a provider configuration says."""

    account: Value
    region: Value
    partition: Value
    signature: tuple[str, ...]  # what decides whose credentials it uses
    address: str = ""  # of the block


def reference_name(attribute: Attribute, frame: Frame | None = None) -> str | None:
    """Return the provider that an expression names: `aws`, `aws.prod`, or `aws.by_region[eu-west-1]` (OpenTofu's `for_each`)."""
    try:
        return _name(attribute.node(), frame)
    except s.SyntaxProblem:
        return None


def _name(node: s.Node, frame: Frame | None = None) -> str | None:
    if isinstance(node, s.Ref):
        return node.name
    if isinstance(node, s.Const) and isinstance(node.located.value, str):
        return node.located.value
    if isinstance(node, s.Template) and node.wrap and isinstance(node.parts[0], s.Interpolation):  # `"${aws.prod}"` of JSON
        return _name(node.parts[0].expression, frame)
    if not isinstance(node, s.Access) or not isinstance(node.base, s.Ref) or not isinstance(node.steps[0], s.Attr):
        return None
    kind, alias, rest = node.base.name, node.steps[0].name, node.steps[1:]
    if kind == "provider" and rest and isinstance(rest[0], s.Attr):  # in a stack: `provider.aws.by_region[each.value]`
        kind, alias, rest = alias, rest[0].name, rest[1:]
    name = f"{kind}.{alias}"
    if not rest:
        return name
    return f"{name}[{_instance_key(rest[0], frame)}]" if len(rest) == 1 and isinstance(rest[0], s.Index) else None


def _instance_key(step: s.Index, frame: Frame | None) -> str:
    """Return the key of an instance of a provider; a text that no key can be when it is not known."""
    from iamlint.parse.terraform.expressions import evaluate
    from iamlint.parse.terraform.values import EvaluationError

    try:
        value = evaluate(step.key, frame).value if frame is not None else None
    except EvaluationError:
        value = None
    return value if isinstance(value, str) else "\0"


def provider_of(module: Module, name: str) -> Provider:
    """Return the configuration that a name means in a module."""
    here: Module | None = module
    for _ in range(100):
        if here is None:
            break
        block = here.syntax.providers.get(name.partition("[")[0])
        if block is not None and not block.broken and not _is_proxy(block):
            # Modules that use it share what it says: evaluated once, where its block stands.
            return _configured(here, name, block) if here is module else here.provider(name)
        passed = _passed(here).get(name)
        if passed is None and ("." in name or here.parent is None):
            break
        name = passed or name
        here = here.parent
    context = module.root.context
    if "." not in name:
        account = _as_aws(module, ()) if name == "awscc" else None
        return Provider(account or context.account, context.region, context.partition, ())
    symbol = f"account:{context.unit or '.'}:{module.prefix}{name}"
    unknown = Unknown(f"the provider `{name}` is not configured in the repository", None, symbol)
    return Provider(unknown, Unknown(unknown.reason, None, f"region:{symbol}"), context.partition, (symbol,))


def _is_proxy(block: Block) -> bool:
    """Return whether a block in a child module only names a provider that the caller passes."""
    return not block.blocks and set(block.attributes) <= {"alias", "version"} and "alias" in block.attributes


def _passed(module: Module) -> dict[str, str]:
    """Return the names that a module call passes providers under."""
    attribute = module.call.attributes.get("providers") if module.call else None
    if attribute is None:
        return {}
    try:
        node = attribute.node()
    except s.SyntaxProblem:
        return {}
    if not isinstance(node, s.ObjectExpr):
        return {}
    pairs = ((_name(left), _name(right, module.outer)) for left, right in node.items)
    return {left: right for left, right in pairs if left and right}


def body_of(module: Module, name: str, block: Block) -> Located:
    """Return the evaluated content of a provider block."""
    memo: dict[Any, Located] = {}
    module.root.memos.append(memo)
    frame = module.frame
    for_each = block.attributes.get("for_each")
    if for_each is not None:
        frame = frame.within(_each(module, name, for_each))
    return Body(module, f"{module.prefix}provider.{name}", memo).content(block, frame, ())


def _each(module: Module, name: str, for_each: Attribute) -> dict[str, Located]:
    """Return what `each` means in one instance of a provider (OpenTofu: "Provider Configuration", `for_each`)."""
    from iamlint.parse.terraform.expressions import elements

    key = name.partition("[")[2].removesuffix("]")
    value = module.guarded(
        ("provider", name.partition("[")[0], "for_each"), f"provider.{name}.for_each", for_each.place, for_each
    )
    pairs = elements(value, for_each.place) if not isinstance(value.value, Unknown) else None
    for entry, item in pairs or ():
        if entry.value == key:
            return {"each": Located({"key": entry, "value": item}, for_each.place)}
    symbol = f"{module.root.unit}#{module.prefix}provider.{name}.each"
    unknown = Unknown("which instance of the provider is meant is not known", for_each.place, symbol)
    return {"each": Located(unknown, for_each.place)}


def _configured(module: Module, name: str, block: Block) -> Provider:
    context = module.root.context
    body = body_of(module, name, block)
    region = _text(body.get("region"))
    role = _role(body)
    partition = _partition(region, role, context.partition)
    plain = "." not in name and module.parent is None
    signature = _signature(block)
    account = _allowed(body) or _account_of(role)
    if isinstance(account, Unknown):
        account = _short(module, name, account, plain)
    if account is None and name.partition(".")[0] == "awscc" and module.parent is None:
        account = _as_aws(module, signature)
    if account is None:
        account = context.account if plain else _shared_account(module, name, signature)
    if account is None:
        symbol = f"account:{context.unit or '.'}:{module.prefix}{name}"
        account = Unknown(f"the account of the provider `{name}` is not in the repository", block.place, symbol)
    if region is None:
        region = context.region
    return Provider(account, region, partition, signature, f"{module.prefix}provider.{name}")


LONGEST_SYMBOL = 60


def _short(module: Module, name: str, account: Unknown, plain: bool) -> Unknown:
    """Return an unknown account under a name that a reader can take in: one for each distinct expression of a unit.

    What the same expression gives elsewhere (an ARN with that account, say) takes the name too, so that the two still join.
    """
    if len(account.symbol) <= LONGEST_SYMBOL:
        return account
    unit = module.root.context.unit or "."
    symbol = f"account:{unit}" if plain else f"account:{unit}:{module.prefix}{name}"
    account.symbol = module.budget.renamed.setdefault(account.symbol, symbol)
    forget_digests()
    return account


def _as_aws(module: Module, signature: tuple[str, ...]) -> str | None:
    """Return the account of an AWS provider whose credentials the AWS Cloud Control provider takes too, from the same sources."""
    root = module
    while root.parent is not None:
        root = root.parent
    for name, block in root.syntax.providers.items():
        if name.partition(".")[0] == "aws" and not block.broken and _signature(block) == signature:
            account = root.provider(name).account
            if isinstance(account, str):
                return account
    return None


def _shared_account(module: Module, name: str, signature: tuple[str, ...]) -> Value | None:
    """Return the default provider's account, when this one uses the same credentials (it differs in region only)."""
    root = module
    while root.parent is not None:
        root = root.parent
    kind = name.partition(".")[0]
    default = root.syntax.providers.get(kind)
    if default is None or default.broken:
        return None if signature else module.root.context.account
    return root.provider(kind).account if signature == _signature(default) else None


def circular(module: Module, name: str) -> Provider:
    """Return what holds while a provider is being evaluated: its own configuration cannot depend on it."""
    symbol = f"account:{module.root.unit or '.'}:{module.prefix}{name}:itself"
    unknown = Unknown(f"the provider `{name}` depends on itself", None, symbol)
    return Provider(unknown, unknown, module.root.context.partition, ())


def _signature(block: Block) -> tuple[str, ...]:
    """Return whose credentials the provider uses, as it is written: evaluating it could go round in a circle."""
    written = [attribute.written() for name, attribute in sorted(block.attributes.items()) if name in _CREDENTIALS]
    for inner in block.blocks:
        if inner.type in _CREDENTIALS:
            written += [inner.type, *(attribute.written() for _, attribute in sorted(inner.attributes.items()))]
    return tuple(written)


def _text(value: Located | None) -> Value | None:
    if value is None or not isinstance(value.value, (str, Text, Unknown)):
        return None
    return value.value


def _role(body: Located) -> Value | None:
    """Return the role that the provider assumes (the last of a chain)."""
    for name in ("assume_role", "assume_role_with_web_identity"):
        blocks = body.get(name)
        if blocks is None:
            continue
        # The AWS Cloud Control provider has an attribute of the name, which holds an object.
        written = blocks.value if isinstance(blocks.value, list) else [blocks]
        for block in reversed(written):
            if isinstance(block.value, Unknown):
                return block.value
            role = _text(block.get("role_arn"))
            if role is not None:
                return role
    return None


def _allowed(body: Located) -> Value | None:
    """Return the one account that the provider may work in."""
    allowed = body.get("allowed_account_ids")
    if allowed is None or not isinstance(allowed.value, list) or len(allowed.value) != 1:
        return None
    value = allowed.value[0].value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value).zfill(12)
    return value if isinstance(value, (str, Unknown)) else None


def _fields(role: Value | None) -> list[list[str | Unknown]]:
    """Return the fields of an ARN between colons."""
    if role is None or isinstance(role, Unknown):
        return []
    fields: list[list[str | Unknown]] = [[]]
    for part in (role,) if isinstance(role, str) else role.parts:
        if isinstance(part, Unknown):
            fields[-1].append(part)
            continue
        first, *more = part.split(":")
        if first:
            fields[-1].append(first)
        fields.extend([piece] if piece else [] for piece in more)
    return fields if fields[0] == ["arn"] else []


def _account_of(role: Value | None) -> Value | None:
    fields = _fields(role)
    if len(fields) < 6 or len(fields[4]) != 1:
        return None
    return fields[4][0]


def _partition(region: Value | None, role: Value | None, default: Value) -> Value:
    fields = _fields(role)
    if len(fields) >= 6 and len(fields[1]) == 1 and isinstance(fields[1][0], str):
        return fields[1][0]
    if isinstance(region, str):
        if region.startswith("cn-"):
            return "aws-cn"
        if region.startswith("us-gov-"):
            return "aws-us-gov"
    return default
