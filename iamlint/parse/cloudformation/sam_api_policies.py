"""SAM: the policies of REST APIs: what `Auth.ResourcePolicy` of an API or of its events says, and what its description holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamlint.model.policy import Policy, PolicyKind
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.physical import IMPLICIT_APIS
from iamlint.parse.cloudformation.rewritten import Evaluated
from iamlint.parse.cloudformation.sam_events import Event, events_of
from iamlint.parse.cloudformation.template import Template, as_text
from iamlint.source.place import FixedOrigin, Origin, Place, Route
from iamlint.source.value import Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Paths = dict[str, list[str]]

POLICY = "x-amazon-apigateway-policy"
_FUNCTIONS = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")


def with_implicit_apis(template: Template) -> None:
    """Add the APIs that SAM makes for events that name none, where `Globals` say something of them that bears on access."""
    for kind, logical in IMPLICIT_APIS.items():
        common = template.globals.get(kind)
        told = isinstance(common, dict) and not {"Auth", "Policy"}.isdisjoint(common)
        if logical in template.resources or not (told or (kind == "Api" and _has_policies(template))):
            continue
        users = [event.resource.logical for event in _events(template) if event.type == kind and _api_of(event) == logical]
        if users:
            stage = "Prod" if kind == "Api" else "$default"
            made = {"Type": f"AWS::Serverless::{kind}", "Properties": {"StageName": stage}}
            template.resources = {**template.resources, logical: made}
            template.written[logical] = ("Globals", kind) if told else ("Resources", users[0])


def _has_policies(template: Template) -> bool:
    """Return whether an event of the template writes a resource policy."""
    for written in template.resources.values():
        properties = written.get("Properties") if isinstance(written, dict) and written.get("Type") in _FUNCTIONS else None
        events = properties.get("Events") if isinstance(properties, dict) else None
        for event in events.values() if isinstance(events, dict) else ():
            auth = _at(event, ("Properties", "Auth"))
            if isinstance(auth, dict) and "ResourcePolicy" in auth:
                return True
    return False


def of_api(resource: Resource, declared: Declared, auths: Sequence[Evaluated]) -> Iterator[Policy]:
    """Yield the policies that `Auth` of an API, its description and its events make."""
    template = resource.template
    described = description(resource, declared, "DefinitionBody", "DefinitionUri")
    if described is not None:
        written = described.inside((POLICY,))
        policy = declared.policy(written, PolicyKind.RESOURCE, resource.name, f"{resource.ref}.{POLICY}")
        if policy is not None:
            yield policy
    paths = _paths(resource, described)
    stage = resource.text("StageName") or Unknown("the stage is not known", resource.place, f"{resource.ref}.stage")
    for auth in auths:
        found = auth.inside(("ResourcePolicy",))
        if found is not None:
            within = "Globals." if auth.origin.at().route[:1] == ("Globals",) else ""
            everywhere = [uri for path, methods in paths.items() for uri in _uris(stage, path, methods)]
            if not everywhere and _is_open(resource, described):
                gap = "the paths of the API are not in the template"
                everywhere = [Unknown(gap, resource.place, f"paths of {resource.ref}")]
            policy = _said(resource, declared, found, everywhere, f"{within}ResourcePolicy")
            if policy is not None:
                yield policy
    for event in _events(template):
        route = (*event.resource.route, "Properties", "Events", event.name, "Properties", "Auth", "ResourcePolicy")
        auth_written = event.properties.get("Auth")
        path = event.text("Path")
        if event.type != "Api" or _api_of(event) != resource.logical or not isinstance(auth_written, dict):
            continue
        if isinstance(auth_written.get("ResourcePolicy"), dict) and isinstance(path, str):
            found = template.evaluate(_at(event.resource.properties, route[3:]), route)
            uris = _uris(stage, path, paths.get(path, []))
            policy = _said(resource, declared, found, uris, f"{event.resource.logical}.{event.name}.ResourcePolicy")
            if policy is not None:
                yield policy


def _is_open(resource: Resource, described: Evaluated | None) -> bool:
    """Return whether an API may have paths that nobody can know here."""
    return "DefinitionUri" in resource.properties if described is None else not isinstance(described.value, dict)


def description(resource: Resource, declared: Declared, body: str, location: str) -> Evaluated | None:
    """Return how OpenAPI describes an API: in the template, or in a file of the repository."""
    if body in resource.properties:
        return resource.evaluated(body)
    template = resource.template
    path = resource.get(location)
    if not isinstance(path, str) or "://" in path or path.startswith("/") or template.files is None:
        return None
    from iamlint.parse.cloudformation.nesting import joined

    file = joined(template.origin.path.rpartition("/")[0], path)
    data = template.files.read(file) if file else None
    if data is None:
        return None
    template.included.append(file)
    if file.endswith((".yaml", ".yml")):
        from iamlint.source.read_yaml import read_yaml

        readings = read_yaml(data, file)
        value = readings[0].value if len(readings) == 1 else None
    else:
        from iamlint.source.read_json import read_json

        value = read_json(data, file).value
    return Evaluated(value, Origin(file), {})


def _events(template: Template) -> Iterator[Event]:
    for logical, written in template.resources.items():
        if isinstance(written, dict) and written.get("Type") in _FUNCTIONS:
            yield from events_of(Resource(template, logical, written))


def _api_of(event: Event) -> str:
    """Return the logical name of the API of an event."""
    properties = event.resource.properties["Events"][event.name].get("Properties")
    named = properties.get("RestApiId" if event.type == "Api" else "ApiId") if isinstance(properties, dict) else None
    if named is None:
        return IMPLICIT_APIS.get(str(event.type), "")
    return str(named.get("Ref", "") if isinstance(named, dict) else named)


def _paths(resource: Resource, described: Evaluated | None) -> Paths:
    """Return the methods of each path of an API."""
    found: Paths = {}
    listed = described.value.get("paths") if described is not None and isinstance(described.value, dict) else None
    for path, methods in listed.items() if isinstance(listed, dict) else ():
        found[path] = [str(method) for method in methods] if isinstance(methods, dict) else []
    for event in _events(resource.template):
        path, method = event.text("Path"), event.text("Method")
        if event.type == "Api" and _api_of(event) == resource.logical and isinstance(path, str) and isinstance(method, str):
            methods = found.setdefault(path, [])
            if method.lower() not in (one.lower() for one in methods):
                methods.append(method)
    return found


def _uris(stage: Value, path: str, methods: Sequence[str]) -> list[Value]:
    from re import sub

    ends = ["*" if method.lower() in ("any", "x-amazon-apigateway-any-method") else method.upper() for method in methods]
    return [concat(["execute-api:/", stage, "/", end, sub(r"\{[^{}]*\}", "*", path)]) for end in ends]


def _at(value: Any, route: Route) -> Any:
    for step in route:
        value = value.get(step) if isinstance(value, dict) else None
    return value


_IP = (("IpRangeWhitelist", "NotIpAddress"), ("IpRangeBlacklist", "IpAddress"))
_NETWORKS = (
    ("StringEquals", "SourceVpcBlacklist", "IntrinsicVpcBlacklist", "IntrinsicVpceBlacklist"),
    ("StringNotEquals", "SourceVpcWhitelist", "IntrinsicVpcWhitelist", "IntrinsicVpceWhitelist"),
)


def _said(resource: Resource, declared: Declared, found: Evaluated, uris: Sequence[Value], part: str) -> Policy | None:
    """Return the policy that a `ResourcePolicy` makes: what it says in words of SAM, and its own statements."""
    if not isinstance(found.value, dict):
        return None
    statements: list[Any] = []
    origins: list[Origin] = []
    for word, statement in _statements(found.value, list(uris)):
        if statement not in statements:
            statements.append(statement)
            origins.append(FixedOrigin(found.origin.at((word,))))
    maybe: dict[Route, Unknown] = {}
    custom = found.inside(("CustomStatements",))
    if custom is not None and custom.value is not None:
        own = custom.value if isinstance(custom.value, list) else [custom.value]
        for number, statement in enumerate(own):
            within: Route = (number,) if isinstance(custom.value, list) else ()
            for route, unknown in custom.maybe.items():
                if route[: len(within)] == within:
                    maybe[("Statement", len(statements), *route[len(within) :])] = unknown
            statements.append(statement)
            origins.append(custom.origin.below(within))
    if not statements:
        return None
    document = {"Version": "2012-10-17", "Statement": statements}
    whole = Evaluated(document, _Statements(found.origin.at(), origins), maybe)
    return declared.policy(whole, PolicyKind.RESOURCE, resource.name, f"{resource.ref}.{part}")


def _statements(said: dict[str, Any], uris: list[Value]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the statements that SAM writes, each with the word that makes it."""
    common: dict[str, Any] = {"Action": "execute-api:Invoke", "Resource": uris}
    if not uris:
        return
    for word, effect in (("AwsAccountWhitelist", "Allow"), ("AwsAccountBlacklist", "Deny")):
        if said.get(word):
            yield word, {"Effect": effect, **common, "Principal": {"AWS": _list(said[word])}}
    for word, operator in _IP:
        if said.get(word):
            yield from _except(word, common, {operator: {"aws:SourceIp": _list(said[word])}})
    for operator, mixed, networks, endpoints in _NETWORKS:
        plain = [item for item in _list(said.get(mixed)) if isinstance(item, str)]
        keys = {
            "aws:SourceVpc": [item for item in plain if item.startswith("vpc-")] + _list(said.get(networks)),
            "aws:SourceVpce": [item for item in plain if item.startswith("vpce-")] + _list(said.get(endpoints)),
        }
        if any(keys.values()):
            word = next(name for name in (mixed, networks, endpoints) if said.get(name))
            yield from _except(word, common, {operator: {name: items for name, items in keys.items() if items}})


def _except(word: str, common: dict[str, Any], condition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield word, {"Effect": "Allow", **common, "Principal": "*"}
    yield word, {"Effect": "Deny", **common, "Principal": "*", "Condition": condition}


def _list(value: Any) -> list[Any]:
    items = value if isinstance(value, list) else [] if value is None else [value]
    return [item if isinstance(item, (dict, list)) else as_text(item) for item in items]


class _Statements(Origin):
    """Places in a document whose statements are written here and there."""

    __slots__ = ("origins", "whole")

    def __init__(self, whole: Place, origins: Sequence[Origin]) -> None:
        super().__init__(whole.path, whole.route, whole.document)
        self.whole = whole
        self.origins = origins

    def at(self, route: Route = (), part: str = "value") -> Place:
        """Return the place of what stands in a statement, or of all of them."""
        origin = self._of(route)
        return self.whole if origin is None else origin.at(route[2:], part)

    def below(self, route: Route) -> Origin:
        """Return the origin of what stands in a statement."""
        origin = self._of(route)
        return self if origin is None else origin.below(route[2:])

    def _of(self, route: Route) -> Origin | None:
        number = route[1] if len(route) > 1 and route[0] == "Statement" else None
        return self.origins[number] if isinstance(number, int) else None
