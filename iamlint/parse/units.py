"""Units: what can be parsed alone. Finds them among paths, and turns one into facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from iamlint.model.estate import Facts
from iamlint.parse.bearing import bears_on_access, claims, may_be_values
from iamlint.parse.context import Context
from iamlint.parse.policy_kind import is_policy_alone
from iamlint.parse.readings import readings_of
from iamlint.parse.stacks import ATMOS, STACKS, TERRAGRUNT_STACK, parse_stack
from iamlint.source.files import Files, unread
from iamlint.source.place import Origin, Place
from iamlint.source.problem import Problem, Unresolved
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DOCUMENT_SUFFIXES = (".json", ".yaml", ".yml", ".template", ".jsonl", ".ndjson", ".csv", ".tfstate")
TERRAFORM_SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")
_TERRAFORM_BESIDE = (".tfvars", ".tfvars.json")
_TERRAGRUNT = "terragrunt.hcl"
_OF_TERRAFORM = (*TERRAFORM_SUFFIXES, *_TERRAFORM_BESIDE, _TERRAGRUNT, TERRAGRUNT_STACK)
_BACKEND = (".tfbackend", ".tfbackend.json")
_DOCUMENTS, _STACKS = (*DOCUMENT_SUFFIXES, *STACKS, *_BACKEND), (*STACKS, *ATMOS)


class Unit(NamedTuple):
    """What can be parsed alone. `path` is a root module's folder (kind `terraform`) or a file (kind `document`).

    `files` are the files known to belong to it before it is parsed; `explicit`: the user named the file itself.
    A configured plan (kind `plan`) is `files[0]`; it stands for the root module in the folder `root`.
    """

    kind: str
    path: str
    files: tuple[str, ...]
    explicit: bool = False
    root: str | None = None


def find_units(
    paths: Iterable[str], files: Files, explicit: Collection[str] = (), plans: Mapping[str, str] | None = None
) -> list[Unit]:
    """Return the units among these paths, sorted by path. Reads no document: only names count here.

    `plans` are the configured plans with the folders of the root modules that they stand for.
    """
    paths = list(paths)
    units: list[Unit] = _plan_units(paths, files, plans) if plans else []
    planned = {path for unit in units for path in unit.files}
    terraform: list[str] = []
    has_atmos = has_stack = False
    for path in paths:
        if path.endswith(_OF_TERRAFORM):
            terraform.append(path)
            if path.endswith(TERRAGRUNT_STACK):
                units.append(Unit("document", path, (path,), path in explicit))
        elif path in planned:
            continue
        elif path.endswith(ATMOS):
            units.append(Unit("document", path, (path,), path in explicit))
            has_atmos = True
        elif path.endswith(_DOCUMENTS) or path in explicit:
            units.append(Unit("document", path, (path,), path in explicit))
            has_stack = has_stack or path.endswith((".tfdeploy.hcl", ".tfdeploy.json"))
    if has_stack or any(path.endswith((*TERRAFORM_SUFFIXES, _TERRAGRUNT, TERRAGRUNT_STACK)) for path in terraform):
        from iamlint.parse.terraform.evaluate import find_root_modules

        covered = {unit.root for unit in units}
        for folder in find_root_modules(paths if has_atmos or has_stack else terraform, files):
            if folder in covered:
                continue
            beside = (path for path in files.under(folder) if path.endswith((*TERRAFORM_SUFFIXES, *_TERRAFORM_BESIDE)))
            units.append(Unit("terraform", folder, tuple(beside)))
    return sorted(units, key=lambda unit: (unit.path, unit.kind))


def _plan_units(paths: Collection[str], files: Files, plans: Mapping[str, str]) -> list[Unit]:
    """Return the configured plans of which the run holds the plan itself, or a file of its root module."""
    found: list[Unit] = []
    folders = {path.rpartition("/")[0] for path in paths if path.endswith(TERRAFORM_SUFFIXES)}
    named: set[str] = set()
    for path, root in plans.items():
        if path in paths or root in folders:
            beside = tuple(item for item in files.under(root) if item.endswith((*TERRAFORM_SUFFIXES, *_TERRAFORM_BESIDE)))
            found.append(Unit("plan", path if root in named else root, (path, *beside), True, root))
            named.add(root)
    return found


def parse_unit(unit: Unit, files: Files, context: Context) -> Facts:
    """Return what the unit declares. Pure: the same bytes and context give the same facts. Never raises on what a file holds."""
    facts = _parse(unit, files, context)
    if "Membership" in [kind.__name__ for kind in set(map(type, facts.items))]:  # most units import nothing for it
        from iamlint.parse.identity.member_lists import gather

        gather(facts)
    return facts


def _parse(unit: Unit, files: Files, context: Context) -> Facts:
    if unit.kind == "terraform":
        from iamlint.parse.terraform.reader import parse_root_module

        return parse_root_module(unit.path, files, context)
    path = unit.files[0] if unit.kind == "plan" else unit.path
    if path.endswith(_STACKS):
        return parse_stack(path, unit.files, files)
    if path.endswith(_BACKEND):
        from iamlint.parse.terraform.backend_files import parse_backend_file

        return parse_backend_file(path, unit.files, files, context)
    facts = Facts(unit.path, "", unit.files)
    data = files.read(path)
    if data is None:
        said = unread(files, path, wanted=unit.explicit)
        if said is not None:
            (facts.problems if isinstance(said, Problem) else facts.unresolved).append(said)  # type: ignore[arg-type]
        return facts
    if unit.kind == "plan":
        _parse_plan(unit, data, context, facts, files)
        return facts
    if context.access_files and (entry := _access_file(unit.path, context)) is not None:
        _parse_access_file(unit, data, context, facts, entry)
    elif unit.path.endswith(".csv"):
        _parse_report(unit, data, context, facts)
    elif unit.explicit or bears_on_access(data, unit.path):
        _parse_document(unit, data, context, facts, files)
    return facts


def _parse_plan(unit: Unit, data: bytes, context: Context, facts: Facts, files: Files) -> None:
    from iamlint.parse.terraform_plan import is_plan, parse_plan
    from iamlint.source.read_json import read_json

    path = unit.files[0]
    reading = read_json(data, path)
    facts.problems.extend(reading.problems)
    if is_plan(reading.value):
        _take(parse_plan(reading.value, Origin(path), context, files, unit.root), facts)
    elif not reading.problems:
        message = "the configured plan is no plan or state as `terraform show -json` writes it, and no state file"
        facts.problems.append(Problem("IL005", message, Place(path), "write it with `terraform show -json FILE`"))


def _access_file(path: str, context: Context) -> Any:
    from iamlint.parse.identity.access_files import access_file

    return access_file(path, context)


def _parse_access_file(unit: Unit, data: bytes, context: Context, facts: Facts, entry: Any) -> None:
    """Read a file as the configuration says: it is one of ours, whatever it looks like."""
    from iamlint.parse.identity.access_files import parse_access_file

    facts.kind = "access-file"
    for reading in readings_of(data, unit.path):
        facts.problems.extend(reading.problems)
        if reading.value is not None:
            _take(parse_access_file(reading.value, Origin(unit.path, (), reading.document), context, entry), facts)


def _parse_report(unit: Unit, data: bytes, context: Context, facts: Facts) -> None:
    from iamlint.parse.identity.credential_report import is_credential_report_csv, parse_credential_report_csv

    if is_credential_report_csv(data):
        _take(parse_credential_report_csv(data, unit.path, context), facts)
    elif unit.explicit:
        facts.problems.append(Problem("IL005", "the file is no credential report of IAM", Place(unit.path), _KINDS))


def _parse_document(unit: Unit, data: bytes, context: Context, facts: Facts, files: Files) -> None:
    recognized = False
    for reading in readings_of(data, unit.path):
        if reading.value is None:
            for problem in reading.problems:
                _report(unit, data, problem, facts, files)
        elif _parse_value(reading.value, Origin(unit.path, (), reading.document), context, facts, files, data, unit.explicit):
            recognized = True
            for problem in reading.problems:
                _report(unit, data, problem, facts, files, matters=True)
            if reading.marks is not None:
                facts.marks[reading.document] = reading.marks
    if unit.explicit and not recognized and not facts.problems and not facts.unresolved:
        message = "the file is no kind of document that iamlint reads"
        facts.problems.append(Problem("IL005", message, Place(unit.path), _KINDS))


_KINDS = (
    "it reads policy documents, CloudFormation templates, manifests, workflow files, collector configurations and answers of "
    "identity providers"
)


def _report(unit: Unit, data: bytes, problem: Problem, facts: Facts, files: Files, matters: bool = False) -> None:
    """Report a problem of reading a document, where the file would matter."""
    if "is a template" in problem.message and not unit.explicit and b"iamlint/" not in data:
        facts.unresolved.append(Unresolved("the file is a template that has not been rendered", problem.at))
    elif matters or unit.explicit or claims(data, unit.path):
        facts.problems.append(problem)
    elif unit.path.endswith((".json", ".tfstate")):
        from iamlint.parse.terraform_plan import broken_plan

        said = broken_plan(data, problem, files)
        if said is not None:
            (facts.problems if isinstance(said, Problem) else facts.unresolved).append(said)  # type: ignore[arg-type]


def _parse_value(value: Any, origin: Origin, context: Context, facts: Facts, files: Files, data: bytes, explicit: bool) -> bool:
    """Add what one document declares; return whether it is of a kind that we read."""
    if isinstance(value, dict) and not is_policy_alone(value, origin.path):
        if "format_version" in value or "lineage" in value:
            from iamlint.parse.terraform_plan import is_plan, parse_plan

            if is_plan(value):
                folder = origin.path.rpartition("/")[0]
                if not any(path.endswith(TERRAFORM_SUFFIXES) for path in files.under(folder)):
                    return _take(parse_plan(value, origin, context, files), facts)
                if explicit:
                    return _take(parse_plan(value, origin, context, files, folder), facts)
                facts.kind = "terraform_plan"  # the configuration beside it is read instead (docs/limits.md)
                return True
        named_manifest = origin.path.endswith((".access.yaml", ".access.yml"))
        if named_manifest or str(value.get("apiVersion", "")).startswith("iamlint"):
            from iamlint.parse.manifest import is_manifest, parse_manifest

            if named_manifest or is_manifest(value):
                return _take(parse_manifest(value, origin, context), facts)
        if "jobs" in value or ".github/" in origin.path:
            from iamlint.parse.workloads.github import is_workflow, parse_workflow

            if is_workflow(value, origin.path):
                return _take(parse_workflow(value, origin, context, files), facts)
        if any(part in origin.path for part in (".gitlab-ci.", ".circleci/", "buildkite", "bitbucket-pipelines.")):
            from iamlint.parse.workloads.services import parse_service

            if (parsed := parse_service(value, origin, context, files)) is not None:
                return _take(parsed, facts)
        if "apiVersion" not in value and "Resources" not in value and may_be_values(data, origin.path):
            from iamlint.parse.workloads.helm import parse_helm

            if _take(parse_helm(value, origin, context), facts) and b"exporters" not in data:
                return True
        if b"exporters" in data:  # also deep inside Helm values, and as text in a ConfigMap
            from iamlint.parse.workloads.collector import is_collector, parse_collector

            if is_collector(value):
                return _take(parse_collector(value, origin, context), facts)
        if "apiVersion" in value:
            from iamlint.parse.workloads.kubernetes import is_kubernetes, parse_kubernetes

            if is_kubernetes(value):
                return _take(parse_kubernetes(value, origin, context), facts)
        if "service" in value and "provider" in value:
            from iamlint.parse.serverless_framework import is_service, parse_serverless

            if is_service(value):
                return _take(parse_serverless(value, origin, context, files), facts)
        if "Resources" in value:
            from iamlint.parse.cloudformation.reader import is_template, parse_template

            if is_template(value):
                return _take(parse_template(value, origin, context, files, data), facts)
        if "Organization" in value:
            from iamlint.parse.cloudformation.org_formation import is_organization, parse_organization

            if is_organization(value):
                return _take(parse_organization(value, origin, context), facts)
        if origin.path.endswith((".lightstep.yml", ".lightstep.yaml")):
            from iamlint.parse.telemetry.lightstep_config import is_lightstep_config, parse_lightstep_config

            if is_lightstep_config(value, origin.path):
                return _take(parse_lightstep_config(value, origin, context), facts)
    if isinstance(value, (dict, list)):
        from iamlint.parse.loose import parse_loose

        return _take(parse_loose(value, origin, context, data), facts)
    return False


def _take(parsed: Facts, facts: Facts) -> bool:
    """Add the facts of one document to those of its file; return whether there was anything in it that is ours."""
    facts.kind = facts.kind or parsed.kind
    if parsed.files != facts.files:
        facts.files += tuple(path for path in dict.fromkeys(parsed.files) if path not in facts.files)
    facts.items += parsed.items
    facts.problems += parsed.problems
    facts.unresolved += parsed.unresolved
    facts.resolved += parsed.resolved
    full, partly, missed = parsed.resources()
    facts.full += full
    facts.partly += partly
    facts.missed += missed
    facts.calls += parsed.calls
    facts.off += parsed.off
    return bool(parsed.kind)
