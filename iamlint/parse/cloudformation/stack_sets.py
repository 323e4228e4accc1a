"""Stack sets: the template that one holds as a text, read in the accounts into which it goes."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.identities import no_gaps
from iamlint.parse.cloudformation.json_texts import written_at
from iamlint.parse.cloudformation.nesting import Given, as_passed, by_default
from iamlint.parse.cloudformation.rewritten import Evaluated
from iamlint.parse.cloudformation.template import Template
from iamlint.parse.context import Context, StackContext
from iamlint.parse.filled_text import read_filled
from iamlint.source.place import TEXT, Origin, Route
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, key, unknowns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeGuard


MAX_DEPTH = 4
"""How many stack sets may hold one another."""

MAX_ACCOUNTS = 16
"""In how many accounts a template that a stack set holds is read one by one; of more, the account is unknown."""


def stack_set(resource: Resource, declared: Declared) -> None:
    """Add what the template declares that a stack set holds as a text, in each account into which it goes."""
    shown = declared.template.shown(resource.logical)
    found = resource.evaluated("TemplateBody")
    if found is None:
        if resource.logical in resource.template.context.stacks.nested:
            taken_for(resource, declared)
        elif "TemplateURL" in resource.properties:
            declared.note(f"the template of the stack set `{shown}` is not a file of the repository", resource.place)
        return
    value = read_filled(found.value) if resource.template.unit.count("#") < MAX_DEPTH else None
    from iamlint.parse.cloudformation import is_template
    from iamlint.parse.cloudformation.reader import read_resources

    if not isinstance(value, dict) or not is_template(value):
        declared.note(f"the template of the stack set `{shown}` is not known", found.origin.at())
        return
    from iamlint.parse.cloudformation.secrets import secret_parameters

    place = found.origin.at()
    origin = Origin(place.path, (*_scalar(resource, place.route), TEXT), place.document)
    inner = declared
    for number, context in enumerate(_contexts(resource, found.value)):
        template = Template(value, origin, context)
        inner = declared.inside(template)
        read_resources(template, inner)
        if not number:
            secret_parameters(inner)
        inner.close()
    declared.take(inner)


def taken_for(resource: Resource, declared: Declared) -> None:
    """Say that no path but only an address tells of which template a stack is made."""
    path = resource.template.context.stacks.by_address.get(resource.logical)
    if path is not None:
        shown = declared.template.shown(resource.logical)
        declared.assume(f"the stack `{shown}` is taken to be made of `{path}`, as which its address ends", resource.place)


def _scalar(resource: Resource, route: Route) -> Route:
    """Return the route of the text itself: `Fn::Sub` holds it, alone or in front of what it is given."""
    written: Any = resource.properties.get("TemplateBody")
    if not isinstance(written, dict) or "Fn::Sub" not in written:
        return route
    return (*route, "Fn::Sub", 0) if isinstance(written["Fn::Sub"], list) else (*route, "Fn::Sub")


class _Passed(NamedTuple):
    """Parameters that are passed, and which of them as a default decides, with whose it is."""

    parameters: dict[str, Value]
    defaults: dict[str, str]


class _Group(NamedTuple):
    accounts: set[str | None]
    regions: set[str | None]
    overrides: _Passed


def targets(resource: Resource) -> list[Given]:
    """Return where a stack set goes: the accounts one by one where they are listed, else one that is not known."""
    common = _parameters(resource, resource.evaluated("Parameters"))
    listed = resource.evaluated("StackInstancesGroup")
    groups = [_group(resource, listed, number) for number in range(len(listed.value))] if _is_list(listed) else []
    accounts = sorted({account or "" for group in groups for account in group.accounts})
    if not accounts or "" in accounts or len(accounts) > MAX_ACCOUNTS:
        return [_target(resource, None, groups, common)]
    return [_target(resource, one, [group for group in groups if one in group.accounts], common) for one in accounts]


def _group(resource: Resource, listed: Evaluated, number: int) -> _Group:
    written = listed.value[number] if isinstance(listed.value[number], dict) else {}
    where = written.get("DeploymentTargets")
    one_by_one = isinstance(where, dict) and set(where) == {"Accounts"}
    accounts = _known(where["Accounts"] if isinstance(where, dict) and one_by_one else None)
    return _Group(accounts, _known(written.get("Regions")), _parameters(resource, listed.inside((number, "ParameterOverrides"))))


def _target(resource: Resource, account: str | None, groups: list[_Group], common: _Passed) -> Given:
    parameters, defaults = dict(common.parameters), dict(common.defaults)
    for name in {name: None for group in groups for name in group.overrides.parameters}:
        passed = [group.overrides if name in group.overrides.parameters else common for group in groups]
        found = {key(value): value for one in passed if (value := one.parameters.get(name)) is not None}
        same = len(found) == 1 and all(name in one.parameters for one in passed)
        symbol = f"{resource.template.unit}#{resource.logical}#parameter {name}"
        overridden = Unknown(f"the stack set overrides `{name}`", resource.place, symbol)
        parameters[name] = next(iter(found.values())) if same else overridden
        defaults.pop(name, None)
        for one in passed:
            if name in one.defaults:
                defaults[name] = one.defaults[name]
    regions = {region for group in groups for region in group.regions}
    return Given(account, next(iter(regions)) if len(regions) == 1 else None, parameters, defaults)


def _contexts(resource: Resource, body: Value) -> Iterator[Context]:
    """Yield what the inner template is told in each account: account, region, parameters, and what of `body` is no gap."""
    context = resource.template.context
    shown = resource.template.shown(resource.logical)
    found = targets(resource)
    for target in found:
        unit = f"{context.unit}#{resource.logical}" + (f"[{target.account}]" if len(found) > 1 else "")
        reason = f"the accounts into which the stack set `{shown}` goes are not known one by one"
        everywhere = Unknown(f"the stack set `{shown}` goes into regions that differ", resource.place, f"region:{unit}")
        yield context._replace(
            unit=unit,
            account=target.account or Unknown(reason, resource.place, f"account:{unit}"),
            region=target.region or everywhere,
            stacks=StackContext(
                target.parameters,
                defaults=target.defaults,
                expected=frozenset(no_gaps(resource.template, unknowns([body, *target.parameters.values()]))),
            ),
        )


def _is_list(found: Evaluated | None) -> TypeGuard[Evaluated]:
    return found is not None and isinstance(found.value, list)


def _known(value: Any) -> set[str | None]:
    items = value if isinstance(value, list) else [None]
    return {item if isinstance(item, str) else None for item in items} or {None}


def _parameters(resource: Resource, listed: Evaluated | None) -> _Passed:
    made = _Passed({}, {})
    template = resource.template
    if not _is_list(listed):
        return made
    for number, item in enumerate(listed.value):
        name = item.get("ParameterKey") if isinstance(item, dict) else None
        if not isinstance(name, str) or (passed := item.get("ParameterValue")) is None:
            continue
        text = as_passed(passed)
        symbol = f"{template.unit}#{resource.logical}#parameter {name}"
        unknown = Unknown(f"what is passed as `{name}` is not known", resource.place, symbol)
        made.parameters[name] = unknown if text is None else text
        here = listed.origin.at((number, "ParameterValue")).route
        written = written_at(template, here)
        if isinstance(text, str) and isinstance(written, dict) and (by := by_default(template, written, here, text)):
            made.defaults[name] = by
    return made
