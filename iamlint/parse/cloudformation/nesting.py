"""Which template of the repository a stack is made of, what it passes to it, and where it goes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from iamlint.parse.cloudformation.assemblies import Assets, nested_file
from iamlint.parse.cloudformation.template import Template, as_text, intrinsic
from iamlint.source.place import Route
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown, Value, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STACK_SET = "AWS::CloudFormation::StackSet"
LOCATIONS = {
    "AWS::CloudFormation::Stack": "TemplateURL",
    STACK_SET: "TemplateURL",
    "AWS::Serverless::Application": "Location",
}
"""Types that are made of a template, with the property that says which."""


class Nested(NamedTuple):
    """A stack that a template nests; `by_address` when no path says which template it is made of."""

    parent: str
    logical: str
    child: str
    by_address: bool = False


class Given(NamedTuple):
    """What a stack gives to the template that it is made of: parameters, account and region; None where not known, or not one.

    The account of a nested stack is that of the stack that nests it, known or not.
    `defaults` names the parameters that it passes as a default decides, with whose it is.
    """

    account: Value | None
    region: str | None
    parameters: dict[str, Value]
    defaults: Mapping[str, str] = {}


def by_path(path: str, value: dict[str, Any], known: Collection[str], assets: Assets) -> Iterator[Nested]:
    """Yield the stacks of a template that name another one by its path in the repository, or as an asset of the AWS CDK."""
    for logical, resource, name in _made_of_templates(value):
        location = resource["Properties"].get(name)
        if "Metadata" in resource:
            location = nested_file(resource) or location
        if isinstance(location, dict) or (isinstance(location, str) and "://" in location):
            key_of_object = _literal_end(location).rpartition("/")[2]
            location = assets.file(path.rpartition("/")[0], key_of_object) or location
        if not isinstance(location, str) or "://" in location or location.startswith("/"):
            continue
        child = joined(path.rpartition("/")[0], location)
        if child in known and child != path:
            yield Nested(path, logical, child)


def has_addresses(value: dict[str, Any]) -> bool:
    """Return whether a template names another one by something that is put together when it is deployed."""
    return any(isinstance(resource["Properties"].get(name), dict) for _, resource, name in _made_of_templates(value))


def by_address(path: str, template: Template, named: Mapping[str, list[str]], read: Callable[[str], Any]) -> Iterator[Nested]:
    """Yield the stacks that name another template by an address, which only one file of the repository can be.

    Such an address is made where the templates of the repository are uploaded: a parameter (or another resource) says to which
    bucket and under which prefix, and the rest is the path of the file. So the path has to end as the address is written, and as
    it comes to farther than that of any other file, and the stack has to fit: CloudFormation refuses one that passes a parameter
    which the template lacks, lacks one that has no default, or reads an output that is not there. `named` are the files by name.
    """
    for logical, resource, name in _made_of_templates({"Resources": template.resources}):
        written = resource["Properties"].get(name)
        if not isinstance(written, dict) or not _is_chosen(written):
            continue
        address = template.text(written, ("Resources", logical, "Properties", name))
        child = _only(_tail(address), _steps(_literal_end(written), address), path, named)
        value = read(child) if child is not None else None
        if child is not None and isinstance(value, dict) and _fits(template, logical, resource, value):
            yield Nested(path, logical, child, by_address=True)


def _made_of_templates(value: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    for logical, resource in value["Resources"].items():
        name = LOCATIONS.get(str(resource.get("Type"))) if isinstance(resource, dict) else None
        if name is not None and isinstance(resource.get("Properties"), dict):
            yield str(logical), resource, name


_EVERYWHERE = ("AWS::Region", "AWS::Partition", "AWS::URLSuffix", "AWS::NoValue")


def _is_chosen(written: Any) -> bool:
    """Return whether whoever deploys has a say in an address, beyond the region."""
    if isinstance(written, list):
        return any(_is_chosen(item) for item in written)
    if not isinstance(written, dict):
        return False
    name = intrinsic(written)
    if name == "Fn::Sub":
        text = written[name][0] if isinstance(written[name], list) and written[name] else written[name]
        names = [piece.partition("}")[0].strip() for piece in text.split("${")[1:]] if isinstance(text, str) else []
        return any(one not in _EVERYWHERE and not one.startswith("!") for one in names)
    if name == "Ref":
        return written[name] not in _EVERYWHERE
    if name in ("Fn::GetAtt", "Fn::FindInMap", "Fn::ImportValue"):
        return True
    return any(_is_chosen(item) for item in written.values())


def _tail(address: Any) -> list[str]:
    """Return the steps of a path with which an address ends for sure, the last one first."""
    last = address.parts[-1] if isinstance(address, Text) else address
    if not isinstance(last, str):
        return []
    whole = isinstance(address, str)
    path = last.partition("://")[2] if whole else last
    steps = path.partition("?")[0].split("/")
    return [step for step in steps[:0:-1] if step]  # the first may be a piece of something, or the host


def _literal_end(written: Any) -> str:
    """Return the text with which an address is written behind the last reference in it."""
    if isinstance(written, str):
        return written
    name = intrinsic(written) if isinstance(written, dict) else None
    if name == "Fn::Sub":
        text = written[name][0] if isinstance(written[name], list) and written[name] else written[name]
        return text[text.rfind("}") + 1 :] if isinstance(text, str) else ""
    if name == "Fn::Join" and isinstance(written[name], list) and len(written[name]) == 2:
        delimiter, items = written[name]
        end = ""
        for number, item in enumerate(reversed(items) if isinstance(items, list) else ()):
            if number and isinstance(delimiter, str):
                end = delimiter + end
            if not isinstance(item, str):
                return _literal_end(item) + end
            end = item + end
        return end
    return ""


def _steps(end: str, address: Any) -> int:
    """Return how many steps of a path the end of an address is; what joins a known text without a slash is a piece of a step."""
    whole = address.parts[-1] if isinstance(address, Text) else address
    before = whole[: len(whole) - len(end)] if isinstance(whole, str) and whole.endswith(end) else ""
    steps = [step for step in end.partition("?")[0].split("/") if step]
    return len(steps) - (0 if end.startswith("/") or before.endswith("/") else 1)


def _only(tail: list[str], least: int, path: str, named: Mapping[str, list[str]]) -> str | None:
    """Return the file whose path ends as the tail does, by so many steps at least, and farther than that of any other."""
    best: list[str] = []
    most = max(least, 1)
    for other in named.get(tail[0], ()) if tail and least > 0 else ():
        if other == path:
            continue
        alike = 0
        for step, own in zip(tail, reversed(other.split("/")), strict=False):
            if step != own:
                break
            alike += 1
        if alike >= most:
            best = [*best, other] if alike == most else [other]
            most = alike
    return best[0] if len(best) == 1 else None


def _fits(template: Template, logical: str, resource: dict[str, Any], child: dict[str, Any]) -> bool:
    parameters = child.get("Parameters")
    known = parameters if isinstance(parameters, dict) else {}
    given = passed_names(resource)
    if given is None or not given <= set(known):
        return False
    if any(isinstance(one, dict) and "Default" not in one and name not in given for name, one in known.items()):
        return False
    outputs = child.get("Outputs")
    read = _outputs_read([template.resources, template.outputs], logical)
    return read <= (set(outputs) if isinstance(outputs, dict) else set())


def passed_names(resource: dict[str, Any]) -> set[str] | None:
    """Return the names of the parameters that a stack passes, None when they are not written one by one."""
    written = resource["Properties"].get("Parameters")
    if written is None:
        return set()
    if isinstance(written, dict) and not any(name.startswith("Fn::") for name in written):
        return set(written)
    if not isinstance(written, list):
        return None
    names = [item.get("ParameterKey") if isinstance(item, dict) else None for item in written]
    return {name for name in names if isinstance(name, str)} if all(isinstance(name, str) for name in names) else None


def _outputs_read(values: list[Any], logical: str) -> set[str]:
    """Return the names of the outputs of a nested stack that values ask for."""
    found: set[str] = set()
    head = f"{logical}.Outputs."
    pending = list(values)
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            if head in value:
                found |= {_word(piece) for piece in value.split(head)[1:]}
        elif isinstance(value, list):
            if len(value) == 2 and value[0] == logical and isinstance(value[1], str) and value[1].startswith("Outputs."):
                found.add(value[1][8:])
            pending.extend(value)
        elif isinstance(value, dict):
            pending.extend(value.values())
    return found


def _word(text: str) -> str:
    end = next((number for number, sign in enumerate(text) if not sign.isalnum()), len(text))
    return text[:end]


def passed(template: Template, logical: str) -> list[Given]:
    """Return what a stack gives to the template that it is made of, a stack set in each account; nothing if it is not there."""
    resource = template.resources[logical]
    condition = resource.get("Condition")
    if isinstance(condition, str) and template.condition(condition) is False:
        return []
    if resource.get("Type") == STACK_SET:
        from iamlint.parse.cloudformation.declared import Resource
        from iamlint.parse.cloudformation.stack_sets import targets  # it knows this module

        return targets(Resource(template, logical, resource))
    written = resource["Properties"].get("Parameters")
    made: dict[str, Value] = {}
    defaults: dict[str, str] = {}
    for name, item in written.items() if isinstance(written, dict) else ():
        here = ("Resources", logical, "Properties", "Parameters", name)
        value = template.value(item, here)
        if value is not None:
            if isinstance(value, str) and isinstance(item, dict) and (by := by_default(template, item, here, value)):
                defaults[name] = by
            symbol = f"{template.unit}#{logical}#parameter {name}"
            unknown = Unknown(f"what is passed as `{name}` is not known", template.at(("Resources", logical), "key"), symbol)
            made[name] = unknown if (text := as_passed(value)) is None else text
    account, region = template.context.account, template.context.region
    return [Given(account, region if isinstance(region, str) else None, made, defaults)]


def by_default(template: Template, written: Any, here: Route, value: str) -> str | None:
    """Return the default that decides what is passed, with the template whose it is; None where none does."""
    from iamlint.parse.cloudformation.switched_off import hangs_on

    return hangs_on(template, lambda again: again.text(written, here) != value, f" of `{template.origin.path}`")


def as_passed(value: Any) -> Value | None:
    """Return a value as it is passed on: a list as the text that CloudFormation makes of it, when all of it is known."""
    if isinstance(value, list):
        return ",".join(value) if all(isinstance(item, str) for item in value) else None
    return as_text(value)


def agreed(child: str, passes: list[dict[str, Value]]) -> dict[str, Value]:
    """Return the parameters that all who nest a stack pass alike; what they do not agree on is unknown."""
    made: dict[str, Value] = {}
    for name in dict.fromkeys(name for one in passes for name in one):
        found = {key(one[name]): one[name] for one in passes if name in one}
        if len(found) == 1 and all(name in one for one in passes):
            made[name] = next(iter(found.values()))
        else:
            made[name] = Unknown(f"the stack is nested with different values of `{name}`", None, f"{child}#parameter {name}")
    return made


def joined(folder: str, location: str) -> str:
    """Return the path of the repository that a relative location means; empty when it leads out of it."""
    steps = folder.split("/") if folder else []
    for step in location.split("/"):
        if step == "..":
            if not steps:
                return ""
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)
