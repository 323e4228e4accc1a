"""Terraform's functions: the table, and what all calls have in common."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.expressions import evaluate
from iamlint.parse.terraform.frames import Frame
from iamlint.parse.terraform.located import Borrowed, Located, blank_again, borrowed_again
from iamlint.parse.terraform.partial import Doubtful, by_parts
from iamlint.parse.terraform.values import EvaluationError, UndeclaredError, derived, first_unknown, joined
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown


class Arguments(NamedTuple):
    """What a function is called with."""

    name: str
    values: list[Located]
    place: Place
    frame: Frame

    def fail(self, message: str) -> EvaluationError:
        """Return the error of this call."""
        return EvaluationError(f"`{self.name}`: {message}", self.place)

    def unknown(self) -> Located:
        """Return this call's unknown result."""
        return derived(self.name, self.place, *self.values)

    def known(self, value: object) -> Located:
        """Return a result that the call itself wrote."""
        return Located(value, self.place)


Run = Callable[[Arguments], Located]


class Function(NamedTuple):
    """A function; `most` None takes any number of arguments.

    `aware` functions look at unknown arguments themselves; any other is unknown when anything in an argument is.
    """

    run: Run
    least: int
    most: int | None
    aware: bool
    nullable: bool


HOMES = {
    "collection": (
        "alltrue anytrue compact concat contains distinct element index keys lookup merge one reverse slice values zipmap"
    ),
    "convert": ("coalesce coalescelist ephemeral issensitive nonsensitive sensitive tobool tolist tomap tonumber toset tostring"),
    "encoding": (
        "base64decode base64encode base64sha256 base64sha512 csvdecode jsondecode jsonencode md5 sha1 sha256 sha512 urldecode "
        "urlencode uuidv5 yamldecode yamlencode"
    ),
    "expression": "provider::terraform::decode_tfvars provider::terraform::encode_expr provider::terraform::encode_tfvars",
    "file": (
        "abspath basename dirname file filebase64 filebase64sha256 filebase64sha512 fileexists filemd5 fileset filesha1 "
        "filesha256 filesha512 pathexpand templatefile templatestring"
    ),
    "number": "abs ceil cidrhost cidrnetmask cidrsubnet cidrsubnets floor log max min parseint pow range signum sum",
    "provider": (
        "base64gunzip base64gzip cidrcontains ephemeralasnull list map provider::aws::arn_build provider::aws::arn_parse "
        "provider::aws::trim_iam_role_path rsadecrypt textdecodebase64 textencodebase64"
    ),
    "sequence": "chunklist flatten matchkeys setintersection setproduct setsubtract setunion sort transpose",
    "string": "chomp indent length regex regexall split strrev substr title trim",
    "text": ("endswith format formatlist join lower replace startswith strcontains trimprefix trimspace trimsuffix upper"),
    "time": "formatdate timeadd timecmp",
}
"""The functions of each module `functions_…`, which is imported when one of them is first called."""

_HOME = {name: home for home, names in HOMES.items() for name in names.split()}
_KNOWN: dict[str, Function] = {}


def named(name: str) -> Function | None:
    """Return the function of this name, or None when there is none."""
    if name not in _KNOWN and name in _HOME:
        import_module(f"iamlint.parse.terraform.functions_{_HOME[name]}")
    return _KNOWN.get(name)


def function(
    name: str, least: int, most: int | None = -1, *, aware: bool = False, nullable: bool = False
) -> Callable[[Run], Run]:
    """Put a function into the table; without `most` it takes exactly `least` arguments."""

    def put(run: Run) -> Run:
        _KNOWN[name] = Function(run, least, least if most == -1 else most, aware, nullable)
        return run

    return put


_SHORT_TEXT, _SHORT_LIST = 10_000, 64
"""Results up to this length cost nothing beyond the call."""

WORLD = {
    "timestamp": "the time of the run",
    "plantimestamp": "the time of the run",
    "uuid": "a random value",
    "bcrypt": "a random salt",
}


def call(node: s.Call, frame: Frame) -> Located:
    """Return the value of a function call."""
    name = node.name
    if name == "try":
        return _try(node, frame)
    if name == "can":
        return _can(node, frame)
    if name == "convert":
        from iamlint.parse.terraform.functions_convert import converted

        return converted(node, frame)
    own = getattr(frame.scope, "functions", {}).get(name)
    if own is not None:
        values = [evaluate(argument, frame) for argument in node.arguments]
        return own(Arguments(name, values, node.place, frame))  # type: ignore[no-any-return]
    found = named(name.removeprefix("core::"))
    if found is None:
        return _no_function(node, frame)
    if name == "templatestring" and node.arguments and not isinstance(node.arguments[0], (s.Ref, s.Access)):
        raise EvaluationError("`templatestring`: the template must be a reference, not an expression", node.place)
    values = [evaluate(argument, frame) for argument in node.arguments]
    if node.expand and values:
        last = values.pop()
        if isinstance(last.value, Unknown):
            frame.scope.budget.doubts += 1
            return derived(name, node.place, *values, last)
        if not isinstance(last.value, list):
            raise EvaluationError(f"`{name}`: `...` spreads a list only", node.place)
        values.extend(last.value)
    frame.scope.budget.spend(len(values))
    arguments = Arguments(name, values, node.place, frame)
    if len(values) < found.least or (found.most is not None and len(values) > found.most):
        raise arguments.fail(f"called with {len(values)} arguments")
    some_unknown = False
    for value in values:
        if value.value is None and not found.nullable:
            raise arguments.fail("an argument is null")
        some_unknown = some_unknown or isinstance(value.value, Unknown)
    if some_unknown and not frame.scope.budget.strict:
        parts = by_parts(name, values, arguments.unknown, lambda given: found.run(arguments._replace(values=given)))
        if parts is not None:
            frame.scope.budget.doubts += 1
            return parts
    if not found.aware and first_unknown(values):
        frame.scope.budget.doubts += 1
        return arguments.unknown()
    result = found.run(arguments)
    if isinstance(result.value, str):
        if len(result.value) > _SHORT_TEXT:
            joined([result.value], node.place, frame.scope.budget)  # what encodes a text makes it longer each time
    elif isinstance(result.value, list) and len(result.value) > _SHORT_LIST:
        frame.scope.budget.spend(len(result.value))
    if isinstance(result.value, str) and any(isinstance(value, Borrowed) for value in values):
        result = borrowed_again(result, values, [value.value for value in values if not isinstance(value, Borrowed)])
    if result.value:
        return result
    inside = [item for value in values if isinstance(value.value, list) for item in value.value]  # `flatten([a, b])`
    return blank_again(result, [*values, *inside])


def _no_function(node: s.Call, frame: Frame) -> Located:
    frame.scope.budget.doubts += 1
    if node.name.startswith("provider::"):
        reason = f"`{node.name}` is a provider's function"
    elif node.name in WORLD:
        reason = f"`{node.name}` depends on {WORLD[node.name]}"
    else:
        reason = f"the function `{node.name}` is not evaluated"
    return Located(Unknown(reason, node.place, frame.scope.budget.own_symbol(node.name, node.place)), node.place)


def _try(node: s.Call, frame: Frame) -> Located:
    budget = frame.scope.budget
    budget.strict += 1
    try:
        return _first_without_error(node, frame)
    finally:
        budget.strict -= 1


def _first_without_error(node: s.Call, frame: Frame) -> Located:
    budget = frame.scope.budget
    failure = "`try`: called without arguments", node.place  # no exception: it would hold this call, which would hold it
    for argument in node.arguments:
        before, budget.unsure = budget.doubts, None
        try:
            value = evaluate(argument, frame)
        except UndeclaredError:
            raise
        except EvaluationError as problem:
            if budget.doubts != before:
                return derived("try", node.place, Located(Unknown("whether this fails is not known", node.place), node.place))
            failure = problem.message, problem.place
            continue
        if budget.doubts != before and argument is not node.arguments[-1] and first_unknown([value]):
            return derived("try", node.place, value, Located(repr(node.place), node.place))
        return value if budget.unsure is None else Doubtful.of(value, budget.unsure)
    raise EvaluationError(*failure)


def _can(node: s.Call, frame: Frame) -> Located:
    budget = frame.scope.budget
    before = budget.doubts
    if len(node.arguments) != 1:
        raise EvaluationError(f"`can`: called with {len(node.arguments)} arguments", node.place)
    budget.strict += 1
    try:
        value = evaluate(node.arguments[0], frame)
    except UndeclaredError:
        raise
    except EvaluationError as problem:
        value = Located(Unknown(problem.message, problem.place), node.place)
        if budget.doubts == before:
            return Located(False, node.place)
    finally:
        budget.strict -= 1
    if budget.doubts != before:
        return derived("can", node.place, value, Located(Unknown("whether this fails is not known", node.place), node.place))
    return Located(True, node.place)
