"""Which CI service a document belongs to: told by its name or folder."""

from __future__ import annotations

from iamlint.model.estate import Facts
from iamlint.parse.context import Context
from iamlint.source.files import Files
from iamlint.source.place import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def parse_service(value: dict[str, Any], origin: Origin, context: Context, files: Files) -> Facts | None:
    """Return what a pipeline of GitLab, CircleCI, Buildkite or Bitbucket declares; None for another document."""
    path = origin.path
    if path.endswith((".gitlab-ci.yml", ".gitlab-ci.yaml")):
        from iamlint.parse.workloads import gitlab

        if gitlab.is_pipeline(value, path):
            return gitlab.parse_pipeline(value, origin, context, files)
    if ".circleci/" in path:
        from iamlint.parse.workloads import circleci

        if circleci.is_config(value, path):
            return circleci.parse_config(value, origin, context)
    if "buildkite" in path:
        from iamlint.parse.workloads import buildkite

        if buildkite.is_pipeline(value, path):
            return buildkite.parse_pipeline(value, origin, context)
    if "bitbucket-pipelines" in path:
        from iamlint.parse.workloads import bitbucket

        if bitbucket.is_pipeline(value, path):
            return bitbucket.parse_pipeline(value, origin, context)
    return None
