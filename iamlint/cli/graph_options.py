"""What the commands that question the graph share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from iamlint.cli.command import Values
from iamlint.cli.session_options import session_options
from iamlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.graph.access_graph import AccessGraph
    from iamlint.graph.elements import Node
    from iamlint.project.session import Session
    from iamlint.report.answers import Answers


def open_graph(values: Values) -> Session:
    """Return a session for a command's values; its graph is built when asked for."""
    from iamlint.project.session import open_session

    return open_session(session_options(values))


def find(graph: AccessGraph, name: str) -> Node:
    """Return the node that a name means. Raises `UsageError` with the near matches."""
    return _find(lambda: graph.find(name))


def _find(search: Callable[[], Node]) -> Node:
    from iamlint.graph.find import AmbiguousNode, UnknownNode

    try:
        return search()
    except AmbiguousNode as error:
        raise UsageError(str(error), "give a longer suffix, or the whole id") from None
    except UnknownNode as error:
        raise UsageError(str(error), "`iamlint graph --format json` lists every node") from None


def find_resource(graph: AccessGraph, action: str, text: str | None) -> str | None:
    """Return what a question is asked about: a telemetry scope must exist, or match something; an ARN is taken as it is.

    Raises `UsageError` for an action that can be none; one that is perhaps too new to be known is said on standard error.
    """
    import sys

    from iamlint.graph.asked_action import UnknownAction, asked_resource, check_action, unlisted
    from iamlint.policytest.case import Named
    from iamlint.policytest.naming import find_scope, matching_projects
    from iamlint.source.globs import is_glob
    from iamlint.source.place import Place

    try:
        check_action(action, text)
    except UnknownAction as error:
        raise UsageError(str(error), error.help) from None
    unknown = unlisted(action, text)
    if unknown is not None:
        sys.stderr.write(f"iamlint: warning: {unknown[0]}{f'; {unknown[1]}' if unknown[1] else ''}\n")
    if text is None or not (text.startswith("project:") or action.casefold().startswith("telemetry:")):
        return asked_resource(action, None if text is None else _aws_resource(graph, text))
    if not is_glob(text):
        return _find(lambda: find_scope(graph, Named(text, Place("")))).id
    if not matching_projects(graph, text):
        raise UsageError(f"no telemetry project matches `{text}`", "`iamlint graph --format json` lists every node")
    return text


def _aws_resource(graph: AccessGraph, text: str) -> str:
    """Return what a text means as a resource of AWS: an ARN or pattern as it is, else the node that it names.

    What is neither is said on standard error: a policy may still be about it, where what it is about is not known.
    """
    import os
    import sys

    from iamlint.graph.asked_action import means_nothing
    from iamlint.graph.find import AmbiguousNode, UnknownNode, find_node

    if not means_nothing(graph, text):
        _say_several(graph, text)
        return text
    nodes = [node for node in graph.nodes() if node.id.partition(":")[2].startswith("arn:")]
    try:
        return find_node(text, nodes).id
    except AmbiguousNode as error:
        raise UsageError(str(error), "give a longer suffix, or the whole id") from None
    except UnknownNode:
        if os.path.lexists(text):
            from iamlint.cli.misuse import only_name_here, star_expanded_to

            if only_name_here(text):
                raise star_expanded_to(text) from None
        sys.stderr.write(f"iamlint: warning: `{text}` is neither an ARN nor a resource of the repository\n")
        return text


def _say_several(graph: AccessGraph, text: str) -> None:
    """Say that an ARN may be that of several things of the repository, of which none is then looked at."""
    import sys

    from iamlint.graph.asked_resource import asked_resource
    from iamlint.graph.perhaps import all_perhaps_declared

    several = [thing.node.id for thing in all_perhaps_declared(graph.policy_index.aws, text)]
    if len(several) > 1 and not asked_resource(graph, text).declared:
        shown = ", ".join(f"`{name}`" for name in several[:3])
        more = f" and {len(several) - 3} more" if len(several) > 3 else ""
        sys.stderr.write(
            f"iamlint: warning: `{text}` may be {shown}{more}, of which the region or account is not in the repository; "
            "ask for one of them\n"
        )


def by_variant(texts: Sequence[tuple[tuple[str, ...], str]]) -> str:
    """Return the answers of several variants, each under the names of its variants; one that holds in all, as it is."""
    if len(texts) == 1:
        return texts[0][1]
    shown = []
    for names, text in texts:
        word = "variant" if len(names) == 1 else "variants"
        shown.append(f"in {word} {', '.join(names)}:\n{text}")
    return "\n".join(shown)


def merged_reached(found: Sequence[tuple[tuple[str, ...], list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    """Return what the variants list, one entry for each node and path, with the names of the variants that have it."""
    entries: list[dict[str, Any]] = []
    held: list[list[str]] = []
    for names, listed in found:
        for entry in listed:
            if entry in entries:
                held[entries.index(entry)] += names
            else:
                entries.append(entry)
                held.append(list(names))
    by_id = sorted(zip(entries, held, strict=True), key=lambda item: (item[0]["id"], item[1]))
    return [entry | {"variants": names} if names != [""] else entry for entry, names in by_id]


def emit(session: Session, text: str, output: str | None = None) -> None:
    """Write an answer, with every secret that the repository holds taken out of it."""
    from iamlint.cli.terminal import write
    from iamlint.project.disclosure import without_secrets

    write(without_secrets(session, text), output)


def incomplete(session: Session) -> bool:
    """Return whether some input could not be understood, so that the answer may lack something."""
    from iamlint.lint.reserved import INCOMPLETE

    return any(problem.id in INCOMPLETE for one in session.variants for problem in one.estate.problems())


def warn_incomplete(session: Session) -> int:
    """Say on standard error that input could not be understood, and return the exit code for it (3, or 0)."""
    import sys

    if not incomplete(session):
        return 0
    sys.stderr.write("iamlint: some input could not be understood, so the answer is incomplete; see `iamlint check`\n")
    return 3


def answers(session: Session) -> Answers:
    """Return what writes nodes, edges and places of a session."""
    from iamlint.lint.assemble import Spans
    from iamlint.report.answers import Answers

    return Answers(Spans(session.files.read), session.shown)
