"""`aws_*` resources that run as a role: functions, instances, tasks, build projects, notebooks, state machines."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.compute import ComputeRole
from iamlint.parse.terraform.attributes import as_text, nested, not_in_repository, text, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, concat


class Compute(NamedTuple):
    """How a type names itself and its roles. A role is at a path of blocks and an attribute (`service.role`)."""

    kind: str
    name: str
    arn: str  # what follows the account; `{}` is the name
    roles: tuple[str, ...]
    role_is: str = "role"


COMPUTE = {
    "aws_lambda_function": Compute("lambda:function", "function_name", "function:{}", ("role",)),
    "aws_instance": Compute("ec2:instance", "id", "instance/{}", ("iam_instance_profile",), "instance-profile"),
    "aws_spot_instance_request": Compute("ec2:instance", "id", "instance/{}", ("iam_instance_profile",), "instance-profile"),
    "aws_launch_template": Compute(
        "ec2:launch-template", "id", "launch-template/{}", ("iam_instance_profile.name", "iam_instance_profile.arn"),
        "instance-profile",
    ),
    "aws_ecs_task_definition": Compute("ecs:task", "family", "task/{}", ("task_role_arn",)),
    "aws_codebuild_project": Compute("codebuild:project", "name", "project/{}", ("service_role",)),
    "aws_cloudformation_stack": Compute("cloudformation:stack", "name", "stack/{}/*", ("iam_role_arn",)),
    "aws_sagemaker_notebook_instance": Compute("sagemaker:notebook-instance", "name", "notebook-instance/{}", ("role_arn",)),
    "aws_glue_dev_endpoint": Compute("glue:dev-endpoint", "name", "devEndpoint/{}", ("role_arn",)),
    "aws_glue_job": Compute("glue:job", "name", "job/{}", ("role_arn",)),
    "aws_apprunner_service": Compute(
        "apprunner:service", "service_name", "service/{}/*", ("instance_configuration.instance_role_arn",)
    ),
    "aws_sfn_state_machine": Compute("states:state-machine", "name", "stateMachine:{}", ("role_arn",)),
    "aws_bedrockagentcore_agent_runtime": Compute(
        "bedrock-agentcore:runtime", "agent_runtime_name", "runtime/{}", ("role_arn",)
    ),
    "aws_bedrockagentcore_code_interpreter": Compute(
        "bedrock-agentcore:code-interpreter", "name", "code-interpreter-custom/{}", ("execution_role_arn",)
    ),
}  # fmt: skip
"""The types by which existing compute is known."""


def compute(instance: Instance, declared: Declared) -> None:
    """Add what runs as which role."""
    form = COMPUTE[instance.type]
    name = (text(instance, form.name) if form.name != "id" else None) or not_in_repository(instance, declared.unit, form.name)
    head, _, tail = form.arn.partition("{}")
    service = form.kind.partition(":")[0]
    end: list[Value] = [tail] if tail and "*" not in tail else []
    if "*" in tail:
        end = ["/", Unknown("AWS chooses the end of the ARN", instance.place, instance.symbol(declared.unit, "arn end"))]
    arn = concat(["arn:", instance.partition, f":{service}:", instance.region, ":", instance.account, f":{head}", name, *end])
    for role, place in _roles(instance, form):
        declared.add(
            ComputeRole(
                form.kind, name, arn, role, instance.account, place, declared.unit, form.role_is, declared.tags(instance)
            )
        )  # fmt: skip


def _roles(instance: Instance, form: Compute) -> Iterator[tuple[Value, Place]]:
    for route in form.roles:
        *blocks, attribute = route.split(".")
        bodies: list[Located | Instance] = [instance]
        for block in blocks:
            bodies = [below for body in bodies for below in nested(body, block) if isinstance(below.value, dict)]
        for body in bodies:
            found = written(body, attribute)
            role = as_text(found)
            if found is not None and role is not None and role != "":
                yield role, found.place


def template(instance: Instance, declared: Declared) -> None:
    """Add a launch template, as which role its instances run, and the secrets in their start script."""
    from iamlint.parse.terraform.resources.start_scripts import start_script

    compute(instance, declared)
    start_script(instance, declared)


def stack(instance: Instance, declared: Declared) -> None:
    """Add a stack, as which role it makes what its template says, and whether that is read."""
    from iamlint.parse.terraform.resources.aws_grants import template as stack_template

    compute(instance, declared)
    stack_template(instance, declared)


def function(instance: Instance, declared: Declared) -> None:
    """Add a function as a resource, and as what role it runs."""
    from iamlint.parse.terraform.resources.aws_resources import function as resource

    resource(instance, declared)
    compute(instance, declared)
    _tokens("function", instance, declared)


def task(instance: Instance, declared: Declared) -> None:
    """Add a task, as what roles it runs."""
    compute(instance, declared)
    _tokens("task", instance, declared)


def _tokens(reader: str, instance: Instance, declared: Declared) -> None:
    from iamlint.parse.terraform.resources import aws_tokens

    getattr(aws_tokens, reader)(instance, declared)


READERS = {("managed", type_): compute for type_ in COMPUTE} | {
    ("managed", "aws_lambda_function"): function,
    ("managed", "aws_launch_template"): template,
    ("managed", "aws_cloudformation_stack"): stack,
    ("managed", "aws_ecs_task_definition"): task,
}
