"""Services of the Serverless Framework: the role that their functions share, and the CloudFormation resources beside it."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.aws import AwsResource
from iamlint.model.estate import Facts
from iamlint.model.policy import Attachment, Layer, Policy, PolicyKind
from iamlint.parse.cloudformation.declared import Declared, Resource, texts_of
from iamlint.parse.cloudformation.nesting import joined
from iamlint.parse.cloudformation.reader import read_resources
from iamlint.parse.cloudformation.rewritten import Evaluated, RewrittenOrigin
from iamlint.parse.cloudformation.template import Template
from iamlint.parse.context import Context
from iamlint.parse.serverless_functions import SHARED, Function, functions_of, written_functions
from iamlint.parse.serverless_variables import Filler
from iamlint.source.files import Files
from iamlint.source.place import Origin, Place, Route
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_service(value: Any) -> bool:
    """Return whether a value is a service of the Serverless Framework on AWS."""
    if not isinstance(value, dict) or "service" not in value:
        return False
    provider = value.get("provider")
    return provider == "aws" or (isinstance(provider, dict) and provider.get("name") == "aws")


def parse_serverless(value: Any, origin: Origin, context: Context, files: Files | None = None) -> Facts:
    """Return what a service declares. Never raises on what the file holds."""
    facts = Facts(context.unit, "serverless", (origin.path,))
    filler = Filler(value, origin, {"aws:accountId": context.account, "aws:region": context.region})
    filled = filler.filled(value, ())
    resources, written = {}, {}
    sections = list(_sections(filled.get("resources"), ("resources",)))
    for route, section in sections:
        listed = section.get("Resources") if isinstance(section, dict) else None
        for logical, resource in listed.items() if isinstance(listed, dict) else ():
            resources[logical], written[logical] = resource, (*route, "Resources", logical)
    roles = list(_roles(filled))
    for role in roles:
        resources[role.logical], written[role.logical] = role.resource(), role.within
    functions: list[Function] = list(functions_of(filled, origin, filler.stage(("provider",)), {role.logical for role in roles}))
    for function in functions:
        resources.setdefault(function.logical, function.resource)
        written.setdefault(function.logical, function.route)
    template = Template({"Resources": resources}, origin, context, files)
    template.written = {**template.written, **written}
    declared = Declared(template, facts)
    for stage in filler.stages:
        declared.expect(stage)
    for what, route, section in (
        *(("resources", *one) for one in sections),
        *(("functions", *one) for one in written_functions(filled)),
    ):
        if isinstance(section, (Unknown, Text)):
            alone = _template_alone(section, origin.path, files)
            if alone is None:
                reason = f"{what} in another file of the Serverless Framework are not read"
            else:
                reason = f"`{alone}` is read by itself: what it and the service that takes it in say of each other is not"
            declared.note(reason, origin.at(route))
            declared.close()
    read_resources(template, declared)
    for role in roles:
        role.attach(declared)
        declared.close()
    for function in functions:
        function.add(declared, filler.where)
    _api_policy(filled, declared)
    _of_plugins(filled, declared)
    facts.files += tuple(dict.fromkeys(template.included))
    return facts


def _template_alone(section: Unknown | Text, path: str, files: Files | None) -> str | None:
    """Return the template of the repository that a section is (`${file(./infra.yml)}`); None for any other section."""
    _, found, name = section.symbol.partition("#file(") if isinstance(section, Unknown) else ("", "", "")
    other = joined(path.rpartition("/")[0], name.removesuffix(")")) if found else ""
    data = files.read(other) if other and files is not None else None
    return other if data is not None and b"Resources" in data and b"::" in data else None


def _sections(value: Any, route: Route) -> Iterator[tuple[Route, Any]]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield (*route, number), item
    elif value is not None:
        yield route, value


class _Role(NamedTuple):
    """A role that the framework makes: where it is written, and under which names its statements and policies stand there."""

    logical: str
    within: Route
    written: dict[str, Any]
    statements: str
    managed: str

    def resource(self) -> dict[str, Any]:
        """Return the resource that the framework makes, less what `attach` adds."""
        service = {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": ["lambda.amazonaws.com"]}}
        properties: dict[str, Any] = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [service]}}
        for name, here in (("RoleName", "name"), ("Path", "path"), ("PermissionsBoundary", "permissionsBoundary")):
            if self.statements == "statements" and here in self.written:
                properties[name] = self.written[here]
        return {"Type": "AWS::IAM::Role", "Properties": properties}

    def attach(self, declared: Declared) -> None:
        """Add the statements as a policy of the role, and the managed policies."""
        template = declared.template
        role = Resource(template, self.logical, template.resources[self.logical])

        def attachment(place: Place, policy: Policy | None = None, arn: Value | None = None) -> Attachment:
            return Attachment(Layer.IDENTITY, "role", role.name, role.account, place, declared.unit, policy, arn)

        if self.statements in self.written:
            route = (*self.within, self.statements)
            document = _document(template, self.written[self.statements], route)
            policy = declared.policy(document, PolicyKind.IDENTITY, f"{self.logical}.{self.statements}", f"{role.ref}.statements")
            declared.add(attachment(template.origin.at(route, "key"), policy))
        if self.managed in self.written:
            route = (*self.within, self.managed)
            for arn, place in texts_of(template.evaluate(self.written[self.managed], route)):
                declared.add(attachment(place, arn=arn))


def _document(template: Template, written: Any, route: Route) -> Evaluated:
    """Return the policy document that the framework makes of statements, with their places."""
    found = template.evaluate(written, route)
    moved: dict[Route, Route] = {("Statement",): template.origin.base + route}
    if isinstance(found.origin, RewrittenOrigin):
        moved.update({("Statement", *inner): to for inner, to in found.origin.moved.items()})
    origin = RewrittenOrigin(template.origin.path, template.origin.base + route, template.origin.document, moved)
    perhaps = {("Statement", *inner): unknown for inner, unknown in found.maybe.items()}
    return Evaluated({"Version": "2012-10-17", "Statement": found.value}, origin, perhaps)


def _api_policy(service: dict[str, Any], declared: Declared) -> None:
    """Add the policy of the API that the framework makes: `apiGateway.resourcePolicy`, before version 3 `resourcePolicy`."""
    provider = service["provider"] if isinstance(service["provider"], dict) else {}
    gateway = provider.get("apiGateway")
    for above, route in ((gateway, ("provider", "apiGateway")), (provider, ("provider",))):
        if not isinstance(above, dict) or "resourcePolicy" not in above:
            continue
        template, route = declared.template, (*route, "resourcePolicy")
        api = Resource(template, _API, {"Type": "AWS::ApiGateway::RestApi"})
        name = Unknown("the Serverless Framework makes up the name of the API", template.origin.at(route), f"{api.ref}.name")
        arn = Unknown("AWS chooses the ARN of the API", template.origin.at(route), f"{api.ref}.Arn")
        declared.expect(name)
        declared.expect(arn)
        policy = declared.policy(
            _document(template, above["resourcePolicy"], route), PolicyKind.RESOURCE, name, f"{api.ref}.resourcePolicy"
        )
        place = template.origin.at(route, "key")
        declared.add(AwsResource("execute-api:api", name, arn, api.account, place, declared.unit, api.ref, policy=policy))
        declared.close()


def _of_plugins(service: dict[str, Any], declared: Declared) -> None:
    """Say that sections which are not the framework's own hold statements: what a plugin makes of them is not read."""
    for name, section in service.items():
        route = None if name in _OWN else _statements_within(section, (name,))
        if route is not None:
            reason = f"what a plugin of the Serverless Framework makes of the statements in `{name}` is not read"
            declared.note(reason, declared.template.origin.at(route))
            declared.close()


def _statements_within(section: Any, below: Route) -> Route | None:
    pending: list[tuple[Any, Route]] = [(section, below)]
    while pending:
        value, route = pending.pop()
        if isinstance(value, dict):
            if "Effect" in value and not {"Action", "NotAction"}.isdisjoint(value):
                return route
            pending += [(item, (*route, step)) for step, item in reversed(value.items())]
        elif isinstance(value, list):
            pending += [(item, (*route, step)) for step, item in reversed(list(enumerate(value)))]
    return None


_OWN = frozenset({"service", "provider", "functions", "resources", "layers", "custom", "params"})
_API = "ApiGatewayRestApi"
"""The name in the template of the API that functions share."""


def _roles(service: dict[str, Any]) -> Iterator[_Role]:
    """Yield the role that functions share which name none, and those of functions with statements of their own."""
    functions = service.get("functions")
    provider = service["provider"]
    if functions and isinstance(provider, dict) and provider.get("role") is None:
        iam = provider.get("iam")
        role = iam.get("role") if isinstance(iam, dict) else None
        if isinstance(role, dict):
            yield _Role(SHARED, ("provider", "iam", "role"), role, "statements", "managedPolicies")
        elif role is None:
            yield _Role(SHARED, ("provider",), provider, "iamRoleStatements", "iamManagedPolicies")
    for route, function in written_functions(service):
        if isinstance(function, dict) and "iamRoleStatements" in function:
            yield _Role(f"{route[-1]}{SHARED}", route, function, "iamRoleStatements", "iamRoleManagedPolicies")
