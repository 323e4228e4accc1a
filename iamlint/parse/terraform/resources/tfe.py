"""`tfe_*`: workspaces of HCP Terraform, the subjects of their runs, and the roles that their variables name.

HashiCorp docs, "Workload identity tokens": `organization:O:project:P:workspace:W:run_phase:plan|apply`; "Dynamic credentials with
the AWS provider": `TFC_AWS_RUN_ROLE_ARN`, `TFC_AWS_PLAN_ROLE_ARN`, `TFC_AWS_APPLY_ROLE_ARN`.
"""

from __future__ import annotations

from iamlint.model.identity import Bot
from iamlint.model.workload import RoleAssumption, WorkflowJob, bot_of_subject
from iamlint.parse.terraform.attributes import as_text, is_true, not_in_repository, place_of, text, texts, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import found, looked_up, provider_block
from iamlint.source.value import Unknown, Value, concat

_PHASES = {
    "TFC_AWS_RUN_ROLE_ARN": ("plan", "apply"),
    "TFC_AWS_PLAN_ROLE_ARN": ("plan",),
    "TFC_AWS_APPLY_ROLE_ARN": ("apply",),
}
WORKSPACES = ("tfe_workspace", "tfe_workspace_settings")


def variable(instance: Instance, declared: Declared) -> None:
    """Add the role that runs of a workspace assume; a sensitive value that is written out is a literal secret."""
    if is_true(instance, "sensitive"):
        declared.secret_attribute("secret variable of a pipeline", instance, "value", instance.address)
    name = text(instance, "key")
    role = written(instance, "value")
    arn = as_text(role)
    if (
        not isinstance(name, str)
        or name not in _PHASES
        or role is None
        or arn is None
        or text(instance, "category") == "terraform"
    ):
        return
    for workspace in _workspaces(instance, declared):
        job = _runs(workspace, declared, _PHASES[name], instance)
        declared.add(job)
        for bot, subject in zip(job.named, job.subjects, strict=True):
            declared.add(Bot(bot, "workflow-job", job.place, declared.unit, claims={"sub": subject}))
        declared.add(RoleAssumption(job.bot, arn, role.place, declared.unit, "terraform-oidc"))


def _workspaces(instance: Instance, declared: Declared) -> list[Instance | Value]:
    """Return the workspaces for which a variable holds: its own, or those of its set."""
    own = text(instance, "workspace_id")
    if own is not None:
        return [found(declared, WORKSPACES, own) or own]
    wanted = text(instance, "variable_set_id")
    chosen = found(declared, ("tfe_variable_set",), wanted)
    if chosen is None:
        return []
    if is_true(chosen, "global"):
        return list(declared.all("tfe_workspace"))
    identities = [value for value, _ in texts(chosen, "workspace_ids")]
    for link in declared.all("tfe_workspace_variable_set"):
        if found(declared, ("tfe_variable_set",), text(link, "variable_set_id")) is chosen:
            identities.append(text(link, "workspace_id") or "")
    return [found(declared, WORKSPACES, value) or value for value in identities if value != ""]


def _runs(workspace: Instance | Value, declared: Declared, phases: tuple[str, ...], variable_: Instance) -> WorkflowJob:
    """Return the runs of a workspace as a job."""
    if isinstance(workspace, Instance):
        name: Value = text(workspace, "name") or not_in_repository(workspace, declared.unit, "name")
        organization = _organization(workspace, declared)
        project_id = text(workspace, "project_id")
        place = place_of(workspace, "name")
    else:
        name = Unknown("the workspace is not in the repository", variable_.place, f"tfe workspace of {variable_.address}")
        organization, project_id, place = _organization(variable_, declared), None, variable_.place
    project: Value = "Default Project"  # "Projects": where a workspace belongs that names none
    if project_id is not None:
        known = found(declared, ("tfe_project",), project_id)
        project = (text(known, "name") if known is not None else None) or Unknown(
            "the project is not in the repository", place, f"tfe project {variable_.address}"
        )
    elif not isinstance(workspace, Instance):
        project = Unknown("the project is not in the repository", place, f"tfe project {variable_.address}")
    subjects = tuple(
        concat(["organization:", organization, ":project:", project, ":workspace:", name, f":run_phase:{phase}"])
        for phase in phases
    )
    return WorkflowJob(
        provider="terraform", repository=concat([organization, "/", name]), workflow=variable_.place.path,
        job=f"{variable_.address} ({', '.join(phases)})", environment=None, subjects=subjects, place=place, unit=declared.unit,
        can_request_token=True, named=tuple(bot_of_subject("terraform", subject) for subject in subjects),
    )  # fmt: skip


def _organization(instance: Instance, declared: Declared) -> Value:
    value = text(instance, "organization")
    if value is None:
        block = provider_block(instance, declared)
        value = text(block, "organization") if block is not None else None
    known = found(declared, ("tfe_organization",), value, ("name", "id"))
    if known is not None:
        value = text(known, "name") or value
    return value or Unknown("the organization is not in the repository", instance.place, f"tfe organization of {declared.unit}")


READERS = {
    ("managed", "tfe_variable"): variable,
    ("managed", "tfe_workspace"): looked_up,
    ("data", "tfe_workspace"): looked_up,
    ("managed", "tfe_project"): looked_up,
    ("data", "tfe_project"): looked_up,
    ("managed", "tfe_organization"): looked_up,
    ("data", "tfe_organization"): looked_up,
    ("managed", "tfe_variable_set"): looked_up,
    ("managed", "tfe_workspace_variable_set"): looked_up,
}
