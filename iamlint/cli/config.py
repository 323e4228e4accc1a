"""`iamlint config`: the effective configuration, its schema, and where a label comes from."""

from __future__ import annotations

from iamlint.cli.command import Command, Option, Values
from iamlint.cli.session_options import FORMAT, SESSION, session_options
from iamlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.project.session import Session
    from iamlint.project.variants import Variant


def run(values: Values) -> int:
    """Print what was asked for."""
    from iamlint.cli.terminal import write
    from iamlint.project.config import config_schema
    from iamlint.report.json import dump

    asked = [f"`--{name.replace('_', '-')}`" for name in ("schema", "manifest_schema", "explain") if values[name]]
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)} exclude each other")
    if values["manifest_schema"]:
        from iamlint.parse.schemas.manifest import SCHEMA

        write(dump(SCHEMA))
        return 0
    if values["schema"]:
        write(dump(config_schema()))
        return 0
    from iamlint.project.session import open_session

    session = open_session(session_options(values))
    if values["explain"]:
        write(_explained(session, values["explain"], as_json=values["format"] == "json"))
        return 0
    effective = _effective(session)
    write(dump(effective) if values["format"] == "json" else _as_yaml(session, effective))
    return 0


def _effective(session: Session) -> dict[str, Any]:
    """Return the configuration as it counts, defaults filled in, in the shape in which it can be written."""
    from iamlint.project.discovery import SUFFIXES
    from iamlint.project.labeling import label_settings

    config, labels = session.config, label_settings(session.config, session.files)
    environments = [
        {"name": item.name, "patterns": list(item.patterns or (item.name,)), "paths": list(item.paths)}
        for item in labels.environments
    ]
    inputs = {
        "include": list(config.include) or [*(f"*{suffix}" for suffix in SUFFIXES), "*credential*.csv"],
        "exclude": list(config.exclude),
        "variable-files": list(config.variable_files),
        "variables": dict(config.variables),
        "workspace": config.workspace,
        "variants": [_variant(variant) for variant in config.variants] or None,
        "region": config.region,
        "partition": config.partition,
        "repository": config.repository,
        "policies": [{"path": path, "type": kind.value} for path, kind in config.policy_kinds],
        "access-files": (config.raw.get("inputs") or {}).get("access-files"),
    }
    rules: dict[str, Any] = {"select": list(config.select) or ["ALL"], "ignore": list(config.ignore)}
    off = {entry.rule: {"off": entry.reason, **({"until": entry.until} if entry.until else {})} for entry in config.switched_off}
    for name in sorted({*config.severities, *config.options, *off}):
        severity = {"severity": config.severities[name].value} if name in config.severities else {}
        rules[name] = severity | off.get(name, {}) | dict(config.options.get(name, {}))
    return {
        "environments": environments,
        "teams": [dict(item) for item in config.teams],
        "accounts": [dict(item) for item in config.accounts],
        "bots": [dict(item) for item in config.bots],
        "inputs": {name: value for name, value in inputs.items() if value is not None},
        "rules": rules,
        "rule-paths": list(config.rule_paths),
        "required-plugins": list(config.required_plugins),
        "ignores": [dict(item) for item in config.raw.get("ignores") or ()],
        **({"baseline": config.baseline} if config.baseline else {}),
    }


def _variant(variant: Variant) -> dict[str, Any]:
    listed: dict[str, Any] = {"workspace": variant.workspace, "variable-files": list(variant.variable_files)}
    listed |= {"variables": dict(variant.variables), "roots": list(variant.roots)}
    return {"name": variant.name} | {name: value for name, value in listed.items() if value}


def _as_yaml(session: Session, effective: dict[str, Any]) -> str:
    import yaml

    from iamlint.report.display import clean_json

    source = session.config.path or "no configuration file; these are the defaults"
    text = yaml.safe_dump(effective, sort_keys=False, allow_unicode=True, width=120)
    return clean_json(f"# {source}\n{text}")


def _explained(session: Session, name: str, *, as_json: bool) -> str:
    from iamlint.cli.graph_options import answers as answers_of
    from iamlint.cli.graph_options import find
    from iamlint.report.json import dump
    from iamlint.report.labels import explain_text

    node = find(session.graph, name)
    answers = answers_of(session)
    if not as_json:
        return explain_text(node, answers)
    return dump({"version": 1} | answers.node(node) | {"labels": answers.labels(node)})


COMMAND = Command(
    "Print the effective configuration, its schema, or where a label comes from.",
    run,
    (),
    (
        Option(("--schema",), "Print the JSON Schema of the configuration."),
        Option(("--manifest-schema",), "Print the JSON Schema of manifests and policy tests."),
        Option(("--explain",), "Say where the environment and team of a node come from.", "NODE"),
        FORMAT,
        *SESSION,
    ),
)
