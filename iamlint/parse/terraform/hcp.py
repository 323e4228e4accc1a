"""Root modules that HCP Terraform runs: the workspaces that `cloud` or `backend "remote"` names, and the roles of their runs.

The subject is that of "Workload identity tokens"; a project that the block does not name, and workspaces chosen by tags or a
prefix, are not known.
"""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.model.estate import Facts
from iamlint.model.identity import Bot
from iamlint.model.workload import RoleAssumption, WorkflowJob, bot_of_subject
from iamlint.parse.terraform.attributes import as_text, nested, written
from iamlint.parse.terraform.backend_files import plain_settings
from iamlint.parse.terraform.blocks import Block, read_file
from iamlint.parse.terraform.instance import Instance
from iamlint.source.files import Files
from iamlint.source.place import Place
from iamlint.source.value import Unknown, Value, concat

PHASES = ("plan", "apply")


def add_runs(folder: str, files: Files, instances: Iterable[Instance], facts: Facts) -> None:
    """Add the runs of a root module as a job, with the roles that its provider blocks assume with a web identity."""
    for path in files.under(folder):
        if path.rpartition("/")[0] != folder or not path.endswith((".tf", ".tofu")):
            continue
        content = files.read(path)
        if content is None:
            continue
        for block in read_file(content, path).blocks:
            for inner in block.blocks if block.type == "terraform" else ():
                if inner.type == "cloud" or (inner.type == "backend" and inner.labels == ("remote",)):
                    _add(inner, path, instances, facts)
                    return


def _add(block: Block, path: str, instances: Iterable[Instance], facts: Facts) -> None:
    place = block.place
    chosen = next((plain_settings(inner.attributes) for inner in block.blocks if inner.type == "workspaces"), {})
    organization = plain_settings(block.attributes).get("organization") or _unknown("organization", path, place)
    workspace = chosen.get("name") or _unknown("workspace", path, place)
    project = chosen.get("project") or _unknown("project", path, place)
    subjects = tuple(
        concat(["organization:", organization, ":project:", project, ":workspace:", workspace, f":run_phase:{phase}"])
        for phase in PHASES
    )
    bots = tuple(bot_of_subject("terraform", subject) for subject in subjects)
    job = WorkflowJob(
        provider="terraform", repository=concat([organization, "/", workspace]), workflow=path, job="runs", environment=None,
        subjects=subjects, place=place, unit=facts.unit, can_request_token=True, named=bots,
    )  # fmt: skip
    facts.add(job)
    for bot, subject in zip(bots, subjects, strict=True):
        facts.add(Bot(bot, "workflow-job", place, facts.unit, claims={"sub": subject}))
    for instance in instances:
        if instance.mode != "provider" or instance.type != "aws":
            continue
        for assumed in nested(instance, "assume_role_with_web_identity"):
            role = written(assumed, "role_arn") if not isinstance(assumed.value, Unknown) else None
            arn = as_text(role)
            if role is not None and arn is not None:
                facts.add(RoleAssumption(job.bot, arn, role.place, facts.unit, "terraform-oidc"))


def _unknown(what: str, path: str, place: Place) -> Value:
    return Unknown(f"the {what} is not in the `terraform` block", place, f"hcp {what} of {path}")
