"""Expressions in the scope of a root module, one after another, as `terraform console` answers them."""

from __future__ import annotations

from iamlint.parse.context import Context
from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.computed import ComputedAttributes
from iamlint.parse.terraform.expression_parser import ExpressionParser
from iamlint.parse.terraform.expressions import evaluate
from iamlint.parse.terraform.located import Borrowed, Located
from iamlint.parse.terraform.opening import open_top
from iamlint.parse.terraform.resource import ResourceRecord
from iamlint.parse.terraform.root import MOST_STEPS
from iamlint.parse.terraform.values import BlockBody, EvaluationError, ListValue, MapValue, OutOfBounds, Record
from iamlint.parse.terraform.variable_files import give_variables
from iamlint.source.files import Files
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LARGEST_ANSWER = 1_000_000


class Answer(NamedTuple):
    """What an expression is: its value (None when there is an error), and why the value or a part of it is not known."""

    value: Located | None
    unknown: str | None = None
    error: str | None = None


class Console:
    """Answers expressions in one root module; what was evaluated for one is there for the next."""

    def __init__(self, folder: str, files: Files, context: Context) -> None:
        self._top = open_top(folder, files, context, ComputedAttributes(context), None)
        self._root = self._top.root
        give_variables(self._top)

    def ask(self, text: str) -> Answer:
        """Return the answer to an expression."""
        budget = self._root.budget
        budget.left, budget.strict = MOST_STEPS, 1
        try:
            parser = ExpressionParser(text.encode("utf-8", "replace"), "<expression>")
            parser.lines = True
            node = parser.expression()
            parser.skip()
            if parser.position < parser.end:
                raise parser.fail("expected the end of the expression")
            if self._asks_for_secret(node):
                return Answer(None, unknown="the value is sensitive")
            value = evaluate(node, self._top.frame)
            return Answer(None, unknown="the value is sensitive") if _is_sensitive(value) else Answer(value, why_unknown(value))
        except s.SyntaxProblem as problem:
            return Answer(None, error=f"this is not HCL: {problem.message}")
        except EvaluationError as problem:
            return Answer(None, error=problem.message)
        except (OutOfBounds, RecursionError):
            return Answer(None, unknown="the expression is too large to evaluate")
        finally:
            budget.strict = 0

    def _asks_for_secret(self, node: Any) -> bool:
        """Return whether an expression names what is declared as sensitive: that is not shown."""
        if isinstance(node, s.Call) and node.name in ("sensitive", "nonsensitive"):
            return True
        first = node.steps[0] if isinstance(node, s.Access) and node.steps else None
        if isinstance(first, s.Attr) and isinstance(node.base, s.Ref) and node.base.name == "var":
            return self._is_secret(first.name) or any(self._asks_for_secret(step) for step in node.steps)
        if isinstance(node, s.Ref) and node.name == "var":
            return any(self._is_secret(name) for name in self._top.syntax.variables)
        return isinstance(node, tuple) and any(self._asks_for_secret(part) for part in node)

    def _is_secret(self, name: str) -> bool:
        block = self._top.syntax.variables.get(name)
        marked = block.attributes.get("sensitive") if block is not None else None
        return marked is not None and "false" not in marked.written()


_SENSITIVE = frozenset({
    "secret_string", "secret_binary", "plaintext_value", "secret_data", "data_json", "aws_ssm_parameter.value",
    "azurerm_key_vault_secret.value",
})  # fmt: skip
"""Attributes that providers mark as sensitive without calling them by a secret's name."""


def _hides(attribute: str) -> bool:
    from iamlint.parse.secret_texts import is_secret_name

    attribute = attribute.removesuffix("_wo")
    return attribute in _SENSITIVE or is_secret_name(attribute)


def _is_sensitive(value: Located) -> bool:
    """Return whether a value came from an attribute that its provider does not show, as it is or in a list or object."""
    if isinstance(value, Borrowed):
        return any(_hides(name) for name in value.attributes)
    inside = value.value
    if isinstance(inside, (Record, BlockBody)):
        return False
    if isinstance(inside, dict):
        return any(_is_sensitive(item) for item in inside.values())
    return isinstance(inside, list) and any(_is_sensitive(item) for item in inside)


def why_unknown(value: Located) -> str | None:
    """Return the reason of the first unknown in a value, None when all of it is known."""
    waiting = [value]
    seen = 0
    while waiting:
        seen += 1
        if seen > LARGEST_ANSWER:
            return "the value is too large"
        inside = waiting.pop().value
        if isinstance(inside, Unknown):
            return inside.reason
        if isinstance(inside, Text):
            return next(part.reason for part in inside.parts if isinstance(part, Unknown))
        if isinstance(inside, ResourceRecord):
            return f"not all attributes of `{inside.instance.address}` are in the repository"
        if isinstance(inside, BlockBody):
            return "not all attributes of the block are in the repository"
        if isinstance(inside, dict):
            waiting.extend(reversed(inside.values()))
        elif isinstance(inside, list):
            waiting.extend(reversed(inside))
    return None


def as_json(value: Located) -> Any:
    """Return a known value as JSON; sets are `{"$set": […]}`."""
    inside = value.value
    if isinstance(inside, dict):
        return {name: as_json(item) for name, item in inside.items()}
    if isinstance(inside, list):
        items = [as_json(item) for item in inside]
        return {"$set": items} if value.is_set else items
    return inside


def as_hcl(value: Located, indent: str = "") -> str:
    """Return a value as `terraform console` writes it (source: internal/repl/format.go); what is not known says why."""
    import json

    inside, deeper = value.value, f"{indent}  "
    if isinstance(inside, Unknown):
        return f"(unknown: {inside.reason})"
    if isinstance(inside, Text):
        shown = (part if isinstance(part, str) else f"${{unknown: {part.reason}}}" for part in inside.parts)
        return json.dumps("".join(shown), ensure_ascii=False)
    if isinstance(inside, dict):
        if not len(inside):  # an object whose attributes are computed is never false
            return "tomap({})" if isinstance(inside, MapValue) else "{}"
        kind = f"{inside.instance.type}." if isinstance(inside, ResourceRecord) else None
        lines = [
            f"{deeper}{json.dumps(name, ensure_ascii=False)} = "
            f"{'(sensitive value)' if kind and (_hides(name) or _hides(kind + name)) else as_hcl(item, deeper)}\n"
            for name, item in sorted(inside.items())
        ]
        shown_object = f"{{\n{''.join(lines)}{indent}}}"
        return f"tomap({shown_object})" if isinstance(inside, MapValue) else shown_object
    if isinstance(inside, list):
        lines = [f"{deeper}{as_hcl(item, deeper)},\n" for item in inside]
        shown_list = f"[\n{''.join(lines)}{indent}]" if lines else "[]"
        if value.is_set:
            return f"toset({shown_list})"
        return f"tolist({shown_list})" if isinstance(inside, ListValue) else shown_list
    if isinstance(inside, str):
        return _heredoc(inside, indent) if "\n" in inside else json.dumps(inside, ensure_ascii=False)
    from iamlint.parse.terraform.numbers import format_number

    if inside is None or isinstance(inside, bool):
        return {None: "null", True: "true", False: "false"}[inside]
    return format_number(inside) or repr(inside)


def _heredoc(text: str, indent: str) -> str:
    lines = text.split("\n")
    mark = "EOT"
    while any(line.strip() == mark for line in lines):
        mark += "_"
    return "\n".join([f"<<{'-' if indent else ''}{mark}", *(f"{indent}{line}" for line in lines), f"{indent}{mark}"])
