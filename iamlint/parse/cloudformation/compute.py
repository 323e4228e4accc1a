"""Resources of a template that run as a role: functions, instances, tasks, build projects, notebooks, state machines."""

from __future__ import annotations

from iamlint.model.compute import ComputeRole
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.template import as_text
from iamlint.source.value import Unknown, Value, concat

_TYPES: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "AWS::Lambda::Function": ("lambda:function", "FunctionName", "function:", ("Role",)),
    "AWS::Serverless::Function": ("lambda:function", "FunctionName", "function:", ("Role",)),
    "AWS::EC2::Instance": ("ec2:instance", "", "instance/", ("IamInstanceProfile",)),
    "AWS::EC2::LaunchTemplate": (
        "ec2:launch-template", "", "launch-template/", ("LaunchTemplateData", "IamInstanceProfile", "Name|Arn"),
    ),
    "AWS::ECS::TaskDefinition": ("ecs:task", "Family", "task/", ("TaskRoleArn",)),
    "AWS::ECS::DaemonTaskDefinition": ("ecs:task", "Family", "task/", ("TaskRoleArn",)),
    "AWS::ECS::ExpressGatewayService": ("ecs:task", "ServiceName", "task/", ("TaskRoleArn",)),
    "AWS::BedrockAgentCore::Runtime": ("bedrock-agentcore:runtime", "AgentRuntimeName", "runtime/", ("RoleArn",)),
    "AWS::BedrockAgentCore::CodeInterpreterCustom": (
        "bedrock-agentcore:code-interpreter", "Name", "code-interpreter-custom/", ("ExecutionRoleArn",)
    ),
    "AWS::CodeBuild::Project": ("codebuild:project", "Name", "project/", ("ServiceRole",)),
    "AWS::SageMaker::NotebookInstance": (
        "sagemaker:notebook-instance", "NotebookInstanceName", "notebook-instance/", ("RoleArn",)
    ),
    "AWS::Glue::DevEndpoint": ("glue:dev-endpoint", "EndpointName", "devEndpoint/", ("RoleArn",)),
    "AWS::Glue::Job": ("glue:job", "Name", "job/", ("Role",)),
    "AWS::AppRunner::Service": (
        "apprunner:service", "ServiceName", "service/", ("InstanceConfiguration", "InstanceRoleArn")
    ),
    "AWS::StepFunctions::StateMachine": ("states:state-machine", "StateMachineName", "stateMachine:", ("RoleArn",)),
    "AWS::Batch::JobDefinition": (
        "batch:job-definition", "JobDefinitionName", "job-definition/", ("ContainerProperties", "JobRoleArn")
    ),
}  # fmt: skip
"""Kind, property that names it, what stands before the name in the ARN, and where the role is."""

_CHOSEN_END = frozenset({"AWS::AppRunner::Service"})


def compute(resource: Resource, declared: Declared) -> None:
    """Add what runs as which role."""
    if resource.type.endswith("::Function"):
        _function(resource, declared)
        return
    kind, name_property, head, route = _TYPES[resource.type]
    *steps, last = route
    for end in last.split("|"):
        found = resource.evaluated(*steps, end)
        role = as_text(found.value) if found is not None else None
        if found is None or role is None or role == "":
            continue
        made_up = Unknown(f"AWS makes up the name of `{resource.logical}`", resource.place, f"{resource.ref}.name")
        name: Value = (resource.text(name_property) if name_property else None) or made_up
        context = resource.template.context
        parts: list[Value] = ["arn:", context.partition, f":{kind.partition(':')[0]}:", context.region, ":", resource.account]
        parts += [f":{head}", name]
        if resource.type in _CHOSEN_END:
            parts += ["/", Unknown("AWS chooses the end of the ARN", resource.place, f"{resource.ref}.arn end")]
        role_is = "instance-profile" if kind.startswith("ec2:") else "role"
        declared.add(
            ComputeRole(
                kind, name, concat(parts), role, resource.account, found.origin.at(), declared.unit, role_is, resource.tags()
            )
        )  # fmt: skip


def _function(resource: Resource, declared: Declared) -> None:
    role: Value | None
    if resource.type.startswith("AWS::Serverless"):
        from iamlint.parse.cloudformation.serverless import role_arn

        role = role_arn(resource.template, resource.logical)
    else:
        role = resource.text("Role")
    if role is not None:
        place = resource.at("Role") if "Role" in resource.properties else resource.place
        declared.add(
            ComputeRole(
                "lambda:function", resource.name, resource.arn, role, resource.account, place, declared.unit,
                tags=resource.tags(),
            )
        )  # fmt: skip


TYPES = tuple(_TYPES)
"""The types of resources that are read."""
