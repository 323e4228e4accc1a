"""The shipped catalogue as a folder of AWS service references, which is what iam-policy-validator reads without a network."""

from __future__ import annotations

import json
from pathlib import Path

from iamlint.iam.catalogue import Catalogue, catalogue
from iamlint.iam.service import Action, Service

_LEVELS = {"List": "IsList", "Permissions management": "IsPermissionManagement", "Tagging": "IsTaggingOnly", "Write": "IsWrite"}


def service_references(folder: Path) -> int:
    """Write `_services.json` and one file a service, as AWS's service reference and `iam-validator sync-services` do."""
    known = catalogue()
    folder.mkdir(parents=True, exist_ok=True)
    listed = [
        {"service": key, "url": f"https://servicereference.us-east-1.amazonaws.com/v1/{key}/{key}.json"} for key in known.services
    ]
    (folder / "_services.json").write_text(json.dumps(listed))
    for key in known.services:
        (folder / f"{key}.json").write_text(json.dumps(_reference(known, key)))
    return len(listed)


def _reference(known: Catalogue, key: str) -> dict[str, object]:
    service = known.service(key)
    assert service is not None
    return {
        "Name": key,
        "Version": "v1.4",
        "Actions": [_action(service.action(number)) for number in range(service.first, service.first + service.count)],
        "ConditionKeys": [{"Name": entry.name, "Types": [entry.type or "String"]} for entry in service.condition_keys],
        "Resources": _resources(service),
    }


def _action(action: Action) -> dict[str, object]:
    return {
        "Name": action.name.partition(":")[2],
        "ActionConditionKeys": list(action.condition_keys),
        "Annotations": {"Properties": {name: action.access_level == level for level, name in _LEVELS.items()}},
        "Resources": [{"Name": use.type.name} for use in action.resources],
    }


def _resources(service: Service) -> list[dict[str, object]]:
    return [
        {"Name": kind.name, "ARNFormats": kind.arn.split(", "), "ConditionKeys": list(kind.condition_keys)}
        for kind in service.resource_types
    ]
