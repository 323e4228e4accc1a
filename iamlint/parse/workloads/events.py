"""What triggers a workflow, and which OIDC subjects its jobs can present therefore.

GitHub docs, "OpenID Connect reference": the subject names the environment if the job has one, else the pull request, else
the ref. Filters are globs; a subject here is a pattern of AWS (`*`, `?`) that covers everything the glob does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamlint.source.value import Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ANY_BRANCH = "ref:refs/heads/*"
ANY_TAG = "ref:refs/tags/*"
PULL_REQUEST = "pull_request"

# "Events that trigger workflows": events whose ref is not that of the default branch.
_ANY_REF = frozenset({"workflow_dispatch", "deployment", "deployment_status", "create", "status", "check_run", "check_suite"})


def triggers(value: Any) -> dict[str, Any]:
    """Return what stands under `on`, by event; a filter that is not written is None."""
    if isinstance(value, str):
        return {value: None}
    if isinstance(value, list):
        return {event: None for event in value if isinstance(event, str)}
    return {event: filters for event, filters in value.items() if isinstance(event, str)} if isinstance(value, dict) else {}


def is_only_called(on: dict[str, Any]) -> bool:
    """Return whether the workflow runs only when another workflow calls it: then the caller decides the subject."""
    return set(on) == {"workflow_call"}


def subject_tails(on: dict[str, Any], default_branch: Value) -> list[Value]:
    """Return what follows `repo:OWNER/NAME:` in the subjects of a job without an environment, widest forms last."""
    found: dict[Value, None] = {}
    for event in sorted(on):
        for tail in _tails(event, on[event], default_branch):
            found[tail] = None
    return list(found)


def fixed_claims(on: dict[str, Any]) -> dict[str, Value]:
    """Return the claims that every run of the workflow has alike: `event_name` of its only event, `ref` of its only branch."""
    if len(on) != 1:
        return {}
    ((event, filters),) = on.items()
    if event == "workflow_call":
        return {}
    found: dict[str, Value] = {"event_name": event}
    if event == "push" and isinstance(filters, dict):
        tails = list(_push_tails(filters))
        if len(tails) == 1 and isinstance(tails[0], str) and not any(mark in tails[0] for mark in "*?[\\+!"):
            found["ref"] = tails[0].removeprefix("ref:")
    return found


def environment_tail(name: Value) -> Value:
    """Return what follows `repo:OWNER/NAME:` in the subject of a job in an environment."""
    return concat(["environment:", _escaped(name)])


def default_branch(repository: Value) -> Unknown:
    """Return the unknown default branch of a repository."""
    from iamlint.source.value import key

    return Unknown("the repository's default branch is not in its files", None, f"github:{key(repository)}:default branch")


def _tails(event: str, filters: Any, default: Value) -> Iterator[Value]:
    if event == "workflow_call":
        return
    if event == "push":
        yield from _push_tails(filters if isinstance(filters, dict) else {})
    elif event == "pull_request":
        yield PULL_REQUEST
    elif event in ("pull_request_review", "pull_request_review_comment"):
        yield PULL_REQUEST
        yield "ref:refs/pull/*/merge"
    elif event == "pull_request_target":  # runs on the base branch; which form it gets is not documented: both
        yield PULL_REQUEST
        yield from _refs(filters.get("branches") if isinstance(filters, dict) else None, "heads")
    elif event == "merge_group":
        yield "ref:refs/heads/gh-readonly-queue/*"
    elif event == "release":
        yield ANY_TAG
    elif event in _ANY_REF:
        yield ANY_BRANCH
        yield ANY_TAG
    else:
        yield concat(["ref:refs/heads/", default])


def _push_tails(filters: dict[Any, Any]) -> Iterator[Value]:
    branches, tags = filters.get("branches"), filters.get("tags")
    some = any(name in filters for name in ("branches", "branches-ignore", "tags", "tags-ignore"))
    if branches is not None or "branches-ignore" in filters or not some:
        yield from _refs(branches, "heads")
    if tags is not None or "tags-ignore" in filters or not some:
        yield from _refs(tags, "tags")


def _refs(patterns: Any, kind: str) -> Iterator[Value]:
    texts = [patterns] if isinstance(patterns, str) else patterns
    if not isinstance(texts, list):
        yield f"ref:refs/{kind}/*"
        return
    for text in texts:
        if isinstance(text, str) and not text.startswith("!"):
            yield f"ref:refs/{kind}/{_escaped(aws_pattern(text))}"


def aws_pattern(glob: str) -> str:
    """Return a pattern with only `*` that covers all that a branch filter does ("Filter pattern cheat sheet")."""
    made: list[str] = []
    index = 0
    while index < len(glob):
        character = glob[index]
        if character == "\\" and index + 1 < len(glob):
            index += 1
            made.append(glob[index])
        elif character == "*":
            made.append("*")
        elif character in "?+":  # zero or one, one or more, of what stands before
            if made:
                made[-1] = "*"
        elif character == "[":
            close = glob.find("]", index + 1)
            made.append("*" if close > 0 else "[")
            index = close if close > 0 else index
        else:
            made.append(character)
        index += 1
    return "".join(_without_repeated_stars(made))


def _without_repeated_stars(parts: Iterable[str]) -> Iterator[str]:
    last = ""
    for part in parts:
        if part != "*" or last != "*":
            yield part
        last = part


def _escaped(text: Value) -> Value:
    """Return the text as it stands inside a subject: there a colon is `%3A`."""
    if isinstance(text, str):
        return text.replace(":", "%3A")
    if isinstance(text, Unknown):
        return text
    return concat([part.replace(":", "%3A") if isinstance(part, str) else part for part in text.parts])
