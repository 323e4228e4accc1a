"""Evaluation of HCL expressions over values of which parts may be unknown."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.common_type import common_type
from iamlint.parse.terraform.frames import Frame, Instances
from iamlint.parse.terraform.located import Keyed, Located, Partial, blank_again
from iamlint.parse.terraform.numbers import arithmetic, undecided
from iamlint.parse.terraform.partial import Doubtful, either
from iamlint.parse.terraform.values import (
    LONGEST_TEXT,
    BlockBody,
    BlockList,
    EmptyList,
    EvaluationError,
    ListValue,
    MapValue,
    OutOfBounds,
    Record,
    as_bool,
    as_number,
    as_text,
    derived,
    equal,
    kind_of,
)
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown
from iamlint.source.value import key as key_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def evaluate(node: s.Node, frame: Frame) -> Located:
    """Return the value of an expression. Raises `EvaluationError` where Terraform would refuse it."""
    budget = frame.scope.budget
    budget.left -= 1
    if budget.left < 0:
        raise OutOfBounds
    return _EVALUATORS[type(node)](node, frame)


def part(node: s.Node, frame: Frame) -> Located:
    """Return the value of a part of something larger; an error in it makes only this part unknown."""
    budget = frame.scope.budget
    if type(node) is s.Const and budget.left > 0:  # nothing can be wrong with it
        budget.left -= 1
        return node.located
    try:
        return evaluate(node, frame)
    except EvaluationError as problem:
        if budget.strict:
            raise
        symbol = budget.own_symbol(problem.message, problem.place)
        return Located(Unknown(problem.message, problem.place, symbol), problem.place)


def opaque(operation: str, place: Place, frame: Frame, *operands: Located) -> Located:
    """Return an unknown that equals no other: its value hangs on more than the operands."""
    return derived(frame.scope.budget.own_symbol(operation, place), place, *operands)


def _const(node: s.Const, frame: Frame) -> Located:
    return node.located


def _ref(node: s.Ref, frame: Frame) -> Located:
    if node.name in frame.names:
        return frame.names[node.name]
    return frame.scope.resolve(node, (), frame)[0]  # type: ignore[no-any-return]


def _access(node: s.Access, frame: Frame) -> Located:
    base = node.base
    steps = node.steps
    if isinstance(base, s.Ref) and base.name not in frame.names:
        taken: int
        value, taken = frame.scope.resolve(base, steps, frame)
        steps = steps[taken:]
    else:
        value = evaluate(base, frame)
    return take_steps(value, steps, frame, node.place)


def take_steps(value: Located, steps: tuple[Any, ...], frame: Frame, place: Place) -> Located:
    """Return what stands behind steps into a value."""
    for step in steps:
        if type(step) is s.Attr:
            inside = value.value
            found = inside.get(step.name) if type(inside) is dict or type(inside) is MapValue else None
            value = attribute(value, step.name, frame, place) if found is None else found
        elif isinstance(step, s.Index):
            value = index(value, evaluate(step.key, frame), frame, place)
        else:
            value = _splat(value, step, frame, place)
    return value


def attribute(value: Located, name: str, frame: Frame, place: Place) -> Located:
    """Return an attribute of an object, or an element of a map."""
    inside = value.value
    if isinstance(inside, Record):
        return inside.attribute(name, place)
    if isinstance(inside, dict):
        found: Located | None = inside.get(name)
        if isinstance(inside, BlockBody) and (found is None or found.value is None):
            frame.scope.budget.doubts += 1
            return inside.computed(name, value.place)
        if found is None:
            raise EvaluationError(f"there is no attribute or key `{name}`", place)
        return found
    if isinstance(inside, Unknown):
        frame.scope.budget.doubts += 1
        return Located(Unknown(inside.reason, inside.place, frame.scope.budget.symbol(f"{inside.symbol}.{name}")), place)
    if isinstance(inside, BlockList) and len(inside) == 1:
        return attribute(inside[0], name, frame, place)  # a block that its provider declares as single
    raise EvaluationError(f"`{name}` is taken of {kind_of(value)}", place)


def index(value: Located, key: Located, frame: Frame, place: Place) -> Located:
    """Return the element at an index or key."""
    inside = value.value
    if isinstance(inside, Instances) and isinstance(key.value, (str, int)):
        frame.scope.budget.doubts += 1
        return inside.at(key.value)
    if isinstance(inside, Instances) and isinstance(key.value, Unknown) and key.value.symbol == inside.each:
        frame.scope.budget.doubts += 1
        return inside.at(None)
    if isinstance(inside, Unknown):
        frame.scope.budget.doubts += 1
        if isinstance(key.value, (str, int)) and not isinstance(key.value, bool):
            part = f"[{key.value}]" if isinstance(key.value, int) else f".{key.value}"
            return Located(Unknown(inside.reason, inside.place, frame.scope.budget.symbol(f"{inside.symbol}{part}")), place)
        found = derived("index", place, value, key)
        found.value.symbol = frame.scope.budget.symbol(found.value.symbol)
        return found
    if isinstance(inside, list):
        if value.is_set:
            raise EvaluationError("the elements of a set have no index", place)
        number = as_number(key, place)
        if isinstance(number, Unknown):
            frame.scope.budget.doubts += 1
            return _one_of(inside, derived("index", place, key, value))
        if not isinstance(number, int) or not 0 <= number < len(inside):
            raise EvaluationError("the index is outside the list", place)
        if isinstance(value, Doubtful):
            frame.scope.budget.unsure = value.unknown
        chosen: Located = inside[number]
        return chosen
    if isinstance(inside, dict):
        name = as_text(key, place, "a key")
        if isinstance(name, str):
            return attribute(value, name, frame, place)
        if not isinstance(inside, Record) and (shown := key_text(name)) in inside:  # an instance by a key that is not known
            held: Located = inside[shown]
            return held
        frame.scope.budget.doubts += 1
        return _one_of(list(inside.values()), derived("index", place, key, value))
    raise EvaluationError(f"an index is taken of {kind_of(value)}", place)


def _one_of(choices: list[Located], unknown: Located) -> Located:
    """Return the value that all choices share, else the unknown."""
    if choices and all(equal(choices[0], other) for other in choices[1:]) and len(choices) < 100:
        return choices[0]
    return unknown


def _splat(value: Located, step: s.Splat, frame: Frame, place: Place) -> Located:
    inside = value.value
    if isinstance(inside, Unknown):
        frame.scope.budget.doubts += 1
        names = "".join(f".{inner.name}" for inner in step.steps if isinstance(inner, s.Attr))
        return Located(Unknown(inside.reason, inside.place, f"{inside.symbol}[*]{names}"), place)
    if inside is None:
        return Located([], place)
    items = inside if isinstance(inside, list) else [value]
    frame.scope.budget.spend(len(items))
    results = [take_steps(item, step.steps, frame, place) for item in items]
    if isinstance(value, Doubtful):
        return Doubtful(Located([Doubtful.of(item, value.unknown) for item in results], place), value.unknown)
    if not isinstance(inside, ListValue) and not value.is_set:
        return Located(results, place)
    if isinstance(inside, EmptyList):
        try:
            return Located(EmptyList(take_steps(inside.sample, step.steps, frame, place)), place)
        except EvaluationError:
            pass  # what the elements have not got
    return Located(ListValue(results), place)


@cache
def _function_calls() -> Callable[[s.Call, Frame], Located]:
    from iamlint.parse.terraform.functions import call  # it knows this module; to import it at each call is slow

    return call


def _call(node: s.Call, frame: Frame) -> Located:
    return _function_calls()(node, frame)


def _unary(node: s.Unary, frame: Frame) -> Located:
    operand = evaluate(node.operand, frame)
    if node.operator == "!":
        truth = as_bool(operand, node.place)
        return derived("!", node.place, operand) if isinstance(truth, Unknown) else Located(not truth, node.place)
    number = as_number(operand, node.place)
    if isinstance(number, Unknown):
        return derived("-", node.place, operand)
    return Located(arithmetic("*", -1, number), node.place)


def _binary(node: s.Binary, frame: Frame) -> Located:
    # Chains of one operator lean to the left and may be long: walk down the left side without recursion.
    spine = [node]
    while isinstance(spine[-1].left, s.Binary):
        spine.append(spine[-1].left)
    left = evaluate(spine[-1].left, frame)
    for operation in reversed(spine):
        if operation.operator in ("&&", "||") and as_bool(left, operation.place) is (operation.operator == "||"):
            # Decided: Terraform 1.12 and later do not mind what is wrong on the right, and earlier ones deploy nothing then.
            left = Located(operation.operator == "||", operation.place)
            continue
        left = _operate(operation, left, evaluate(operation.right, frame))
    return left


def _operate(node: s.Binary, left: Located, right: Located) -> Located:
    operator, place = node.operator, node.place
    if operator in ("==", "!="):
        verdict = equal(left, right)
        if verdict is None:
            return derived(operator, place, left, right)
        return Located(verdict is (operator == "=="), place)
    if operator in ("&&", "||"):
        one, two = as_bool(left, place), as_bool(right, place)
        decisive = operator == "||"
        if one is decisive or two is decisive:
            return Located(decisive, place)
        if isinstance(one, Unknown) or isinstance(two, Unknown):
            return derived(operator, place, left, right)
        return Located(not decisive, place)
    a, b = as_number(left, place), as_number(right, place)
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return derived(operator, place, left, right)
    if operator in "<=>=":
        if undecided(a, b):
            return Located(Unknown("the digits of a quotient are not computed", place), place)
        holds = {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]
        return Located(holds, place)
    if abs(a) > 1e60 or abs(b) > 1e60:
        return Located(Unknown("a number is too large to compute with", place), place)
    result = arithmetic(operator, a, b)
    if result is None:
        raise EvaluationError("division by zero" if operator in "/%" else "the number is out of range", place)
    return Located(result, place)


def _conditional(node: s.Conditional, frame: Frame) -> Located:
    condition = evaluate(node.condition, frame)
    truth = as_bool(condition, node.place)
    if isinstance(truth, Unknown):
        yes, no = _attempt(node.yes, frame), _attempt(node.no, frame)
        if yes is not None and no is not None and equal(yes, no):
            return yes
        operands = [condition, *(side for side in (yes, no) if side is not None)]
        frame.scope.budget.doubts += 1
        whole = derived("conditional", node.place, *operands)
        return whole if yes is None or no is None else either(whole, yes, no, node.place)
    chosen = evaluate(node.yes if truth else node.no, frame)
    if chosen.value is None or isinstance(chosen.value, Unknown) or (
        isinstance(chosen.value, (str, Text)) and not frame.scope.budget.strict
    ):  # fmt: skip
        return chosen  # the type of the other side can never change these, only make them an error
    other = _attempt(node.no if truth else node.yes, frame)
    return chosen if other is None or other.value is None else common_type(chosen, other, node.place)


def _attempt(node: s.Node, frame: Frame) -> Located | None:
    try:
        return evaluate(node, frame)
    except EvaluationError:
        return None


def _tuple(node: s.TupleExpr, frame: Frame) -> Located:
    return Located([part(item, frame) for item in node.items], node.place)


def _object(node: s.ObjectExpr, frame: Frame) -> Located:
    result: dict[str, Located] = {}
    keys: dict[str, Place] = {}
    texts: dict[str, Text] = {}
    in_part: Located | None = None
    budget = frame.scope.budget
    for key_node, value_node in node.items:
        if type(key_node) is s.Const and type(key_node.located.value) is str:  # most keys
            budget.left -= 1
            name: Any = key_node.located.value
            value = part(value_node, frame)
        else:
            key = evaluate(key_node, frame)
            name = as_text(key, key_node.place, "an object's key")
            value = part(value_node, frame)
            if isinstance(name, Text) and isinstance(name.parts[-1], str) and ":" in name.parts[-1]:
                # A claim of an issuer that is not known (`${var.issuer}:sub`), as in `policy_document.py`.
                in_part, shown = in_part or key, key_text(name)
                texts[shown], name = name, shown
            elif not isinstance(name, str):
                return opaque("object", node.place, frame, key)
        result[name] = value
        keys[name] = key_node.place
    structure = Located(result, node.place, keys=keys)
    return structure if in_part is None else Keyed(opaque("object", node.place, frame, in_part), structure, texts)


def elements(collection: Located, place: Place) -> list[tuple[Located, Located]] | None:
    """Return keys and values in Terraform's order; None when they are unknown."""
    inside = collection.value
    if isinstance(inside, Unknown):
        return None
    if isinstance(inside, list):
        if collection.is_set:
            return [(item, item) for item in inside]
        return [(Located(number, item.place), item) for number, item in enumerate(inside)]
    if isinstance(inside, dict):
        places = collection.keys or {}
        return [(Located(name, places.get(name, inside[name].place)), inside[name]) for name in sorted(inside)]
    raise EvaluationError(f"`for` goes over {kind_of(collection)}", place)


def _for(node: s.ForExpr, frame: Frame) -> Located:
    collection = evaluate(node.collection, frame)
    rest: Unknown | None = None
    more: list[Located] | None = []
    if isinstance(collection, Partial):
        frame.scope.budget.doubts += 1
        pairs: list[tuple[Located, Located]] | None = collection.pairs()
        rest, more = collection.rest, _more_of(node, collection, frame) if collection.rest is not None else []
    else:
        pairs = elements(collection, node.collection.place)
    if pairs is None:
        frame.scope.budget.doubts += 1
        whole = opaque("for", node.place, frame, collection)
        more = None if frame.scope.budget.strict else _more_of(node, collection, frame)
        return whole if more is None else Partial(whole, Located([], node.place), whole.value, more=more)
    frame.scope.budget.spend(len(pairs))
    items: list[Located] = []
    result: dict[str, Located] = {}
    groups: dict[str, list[Located]] = {}
    texts: dict[str, Text | Unknown] = {}
    names = dict(frame.names)
    inner = Frame(frame.scope, names)
    for key, value in pairs:
        names[node.value_name] = value
        if node.key_name is not None:
            names[node.key_name] = key
        if node.condition is not None:
            condition = evaluate(node.condition, inner)
            truth = as_bool(condition, node.place)
            if isinstance(truth, Unknown):
                if node.grouping or frame.scope.budget.strict:
                    return opaque("for", node.place, frame, condition, collection)
                rest = rest or truth
                if node.key is None and more is not None:
                    more.append(part(node.value, inner))
                continue
            if not truth:
                continue
        if node.key is None:
            items.append(part(node.value, inner))
            continue
        made = evaluate(node.key, inner)
        name = as_text(made, node.key.place, "an object's key")
        if not isinstance(name, str):
            if node.grouping or frame.scope.budget.strict:
                return opaque("for", node.place, frame, made, collection)
            shown = key_text(name)
            if shown in result:
                return opaque("for", node.place, frame, made, collection)
            texts[shown], name = name, shown
        if node.grouping:
            groups.setdefault(name, []).append(part(node.value, inner))
            continue
        if name in result:
            raise EvaluationError("two elements of a `for` expression have one key", node.place)
        result[name] = part(node.value, inner)
    if rest is not None or texts:
        cause = Located(rest if rest is not None else next(iter(texts.values())), node.place)
        whole = opaque("for", node.place, frame, cause, collection)
        made_of = items if node.key is None else {key: Located(group, node.place) for key, group in groups.items()} or result
        if node.key is not None:
            more = None
        return Partial(whole, Located(made_of, node.place), rest, texts, more) if made_of or more else whole
    if node.grouping:
        result = {name: Located(group, node.place) for name, group in groups.items()}
    made = Located(items if node.key is None else result, node.place)
    return made if made.value else blank_again(made, (collection,))


def possible_pairs(collection: Located) -> list[tuple[Located, Located]]:
    """Return the keys and values that there may be in a collection besides the known ones; where any may be, one for all."""
    if isinstance(collection, Partial) and collection.more is not None:
        return collection.possible_pairs()
    inside = collection.rest if isinstance(collection, Partial) else collection.value
    assert isinstance(inside, Unknown)
    each = inside.each if isinstance(inside, Instances) and inside.each else f"{inside.symbol}.each.key"
    value = Unknown(inside.reason, inside.place, f"{inside.symbol}.each.value")
    item = inside.at(None) if isinstance(inside, Instances) else Located(value, collection.place)
    return [(Located(Unknown(inside.reason, inside.place, each), collection.place), item)]


def _more_of(node: s.ForExpr, collection: Located, frame: Frame) -> list[Located] | None:
    """Return what a loop makes of the elements that there may be in a collection; None where it makes a map of them."""
    if node.key is not None:
        return None
    pairs = possible_pairs(collection)
    frame.scope.budget.spend(len(pairs))
    made = []
    for key, value in pairs:
        names = {node.value_name: value} if node.key_name is None else {node.key_name: key, node.value_name: value}
        inner = frame.within(names)
        try:
            if node.condition is None or as_bool(evaluate(node.condition, inner), node.place) is not False:
                made.append(part(node.value, inner))
        except EvaluationError:
            return None
    return made


def _template(node: s.Template, frame: Frame) -> Located:
    if node.wrap:
        return evaluate(node.parts[0].expression, frame)
    return _rendering()(node, frame)


@cache
def _rendering() -> Callable[[s.Template, Frame], Located]:
    from iamlint.parse.terraform.templates import render  # it knows this module

    return render


def _heredoc(node: s.Heredoc, frame: Frame) -> Located:
    if len(node.located.value) > LONGEST_TEXT:
        raise OutOfBounds
    frame.scope.budget.spend(node.cost)
    return node.located


_EVALUATORS: dict[type, Callable[[Any, Frame], Located]] = {
    s.Const: _const,
    s.Ref: _ref,
    s.Access: _access,
    s.Call: _call,
    s.Unary: _unary,
    s.Binary: _binary,
    s.Conditional: _conditional,
    s.TupleExpr: _tuple,
    s.ObjectExpr: _object,
    s.ForExpr: _for,
    s.Template: _template,
    s.Heredoc: _heredoc,
}
