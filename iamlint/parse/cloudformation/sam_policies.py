"""SAM: what `Policies` of a function or state machine comes to: managed policies, inline documents, policy templates."""

from __future__ import annotations

from iamlint.model.policy import Attachment, Layer, PolicyKind
from iamlint.parse.cloudformation.declared import Declared, Resource, texts_of
from iamlint.parse.cloudformation.fixed import fixed_policy
from iamlint.parse.cloudformation.rewritten import Evaluated
from iamlint.source.place import Place, Route
from iamlint.source.value import Text, Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def read_policies(resource: Resource, declared: Declared, role: Value, ref: str) -> None:
    """Add what the `Policies` of a resource give to its role.

    A text is a managed policy, a mapping with `Statement` a document, one with a single key a policy template.
    """
    found = resource.evaluated("Policies")
    if found is None:
        return
    listed = found.value if isinstance(found.value, list) else [found.value]
    for number, item in enumerate(listed):
        route: Route = (number,) if isinstance(found.value, list) else ()
        place = found.origin.at(route)
        inside = found.inside(route)
        part = f"{ref}.Policies[{number}]"
        if isinstance(item, Unknown) and (texts := _either(resource, declared, number, found)):
            for text, where in texts:
                attach(resource, declared, role, text, where, made=False)
        elif isinstance(item, (str, Text, Unknown)):
            attach(resource, declared, role, item, place, made=False)
        elif isinstance(item, dict) and "Statement" in item:
            policy = declared.policy(inside, PolicyKind.IDENTITY, _name(resource, number), part)
            if policy is not None:
                declared.add(Attachment(Layer.IDENTITY, "role", role, resource.account, place, declared.unit, policy))
        elif isinstance(item, dict) and len(item) == 1 and inside is not None:
            _template(resource, declared, role, inside, part, number)
        elif item:
            declared.note("what a policy of a serverless function means is not known", place)


def _either(resource: Resource, declared: Declared, number: int, found: Evaluated) -> list[tuple[Value, Place]]:
    """Return the managed policies of which conditions that nothing decides say one is attached, or none."""
    written: Any = resource.properties.get("Policies")
    route: Route = (*resource.route, "Properties", "Policies")
    if isinstance(found.value, list):
        if not isinstance(written, list) or len(written) != len(found.value):
            return []
        written, route = written[number], (*route, number)
    return declared.possible(written, lambda: texts_of(resource.template.evaluate(written, route)))


def _name(resource: Resource, number: int) -> str:
    """Return the name that SAM gives to the inline policy which an entry of `Policies` becomes."""
    return f"{resource.logical}RolePolicy{number}"


def attach(resource: Resource, declared: Declared, role: Value, policy: Value, place: Place, made: bool = True) -> None:
    """Attach a managed policy that is given by ARN, or by the name of one of AWS's; `made`: SAM adds it by itself."""
    from iamlint.parse.cloudformation.sam_data import MANAGED_PATHS

    arn = policy
    if isinstance(policy, str) and not policy.startswith("arn:"):
        path = MANAGED_PATHS.get(policy, "")
        arn = concat(["arn:", resource.template.context.partition, f":iam::aws:policy/{path}{policy}"])
    declared.add(Attachment(Layer.IDENTITY, "role", role, resource.account, place, declared.unit, policy_arn=arn, made=made))


def inline(declared: Declared, resource: Resource, role: Value, statements: Any, ref: str, place: Place) -> None:
    """Give a role an inline policy that SAM writes."""
    policy = fixed_policy(declared, statements, PolicyKind.IDENTITY, ref.rpartition("#")[2], ref, place)
    declared.add(Attachment(Layer.IDENTITY, "role", role, resource.account, place, declared.unit, policy, made=True))


def _template(resource: Resource, declared: Declared, role: Value, found: Evaluated, ref: str, number: int) -> None:
    from iamlint.parse.cloudformation.sam_data import POLICY_TEMPLATES

    name, given = next(iter(found.value.items()))
    place = found.origin.at((name,), "key")
    known = POLICY_TEMPLATES.get(name)
    statements: Any
    if known is None:
        statements = Unknown(f"SAM has no policy template `{name}`", place, f"{ref}.{name}")
    else:
        filled = filled_in(known, given if isinstance(given, dict) else {}, place, ref)
        statements = resource.template.value(filled, (*resource.route, "Properties", "Policies"))
    called = _name(resource, number)
    policy = fixed_policy(declared, statements, PolicyKind.IDENTITY, called, ref, place, found.maybe.get(()))
    declared.add(Attachment(Layer.IDENTITY, "role", role, resource.account, place, declared.unit, policy))


def filled_in(value: Any, given: dict[str, Any], place: Place, ref: str) -> Any:
    """Return a template's value with what it is given in place of its parameters."""
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(name := value.get("Ref"), str) and not name.startswith("AWS::"):
            missing = Unknown(f"the policy template is not given `{name}`", place, f"{ref}.{name}")
            return given.get(name, missing)
        return {name: filled_in(item, given, place, ref) for name, item in value.items()}
    if isinstance(value, list):
        return [filled_in(item, given, place, ref) for item in value]
    return value
