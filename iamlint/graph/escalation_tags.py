"""Tags that an identity changes itself before it acts under a condition on them.

A tag is no fixed fact for whoever may write it: `ec2:CreateTags` and IAM's `TagRole` "add or overwrite" (their API references).
Writing it is a request of its own, decided as any other, with the tags that are there (`aws:ResourceTag`), those that it brings
(`aws:RequestTag`, `aws:TagKeys`), and without `ec2:CreateAction`, which only a request has that makes the thing as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, product

from iamlint.graph.ask import Granted
from iamlint.graph.elements import Certainty
from iamlint.graph.escalation_ask import together
from iamlint.graph.escalation_sessions import session_may_have
from iamlint.graph.favorable import failing, satisfying
from iamlint.iam.variables import VARIABLE
from iamlint.model.policy import Condition, Effect
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from iamlint.graph.escalation_ask import Asker, Given

    Tags: TypeAlias = "Mapping[str, Value | None]"  # None: there is no such tag

_OWN = "aws:principaltag/"
_ITS = "resourcetag/"
_MOST_ELEMENTS, _MOST_VALUES = 4, 3

TAGGED = {
    "ec2": ("ec2:CreateTags", "ec2:DeleteTags"),
    "iam:role": ("iam:TagRole", "iam:UntagRole"),
    "iam:user": ("iam:TagUser", "iam:UntagUser"),
    "iam:policy": ("iam:TagPolicy", "iam:UntagPolicy"),
    "iam:saml-provider": ("iam:TagSAMLProvider", "iam:UntagSAMLProvider"),
    "autoscaling": ("autoscaling:CreateOrUpdateTags", "autoscaling:DeleteTags"),
    "elasticmapreduce": ("elasticmapreduce:AddTags", "elasticmapreduce:RemoveTags"),
    "sagemaker": ("sagemaker:AddTags", "sagemaker:DeleteTags"),
    "ssm": ("ssm:AddTagsToResource", "ssm:RemoveTagsFromResource"),
    **{
        service: (f"{service}:TagResource", f"{service}:UntagResource")
        for service in ("apprunner", "batch", "bedrock-agentcore", "ecs", "glue", "lambda", "secretsmanager", "sso", "states")
    },
}
"""The actions that write and remove the tags of what an ARN names, by its service, or its service and type."""


class _Element(NamedTuple):
    """A tag that a condition asks about, of the caller (`own`) or of the thing, and values that would serve."""

    own: bool
    name: str
    values: tuple[Value | None, ...]


def after_tagging(ask: Asker, action: str, arn: Value, tags: Mapping[str, Value], given: Given) -> Granted | None:
    """Return how an action is allowed once the identity has changed tags; None where no change that it may make helps."""
    best: Granted | None = None
    elements = [element for element in _all_elements(ask, action, arn, tags) if _is_writable(ask, arn, element)]
    for own, its in _changes(elements[:_MOST_ELEMENTS]):
        mine, others = {**ask.tags, **own}, {**tags, **its}
        found = ask.asked(action, arn, others, given, mine)
        if found is None or found.certainty is Certainty.UNKNOWN:
            continue
        parts: list[Granted | None] = [found]
        if own:
            parts.append(_own_written(ask, own))
        if its:
            parts.append(_written(ask, arn, tags, its, mine))
        made = together(parts)
        if made is not None and made.certainty is not Certainty.UNKNOWN:
            return made
        best = best or made
    return best


def _all_elements(ask: Asker, action: str, arn: Value, tags: Mapping[str, Value]) -> list[_Element]:
    """Return what conditions on the action ask of tags, and those on writing the thing's tags of the caller's own."""
    found = list(_elements(ask, action, tags))
    actions = _actions(arn)
    if actions is not None and not all(element.own for element in found):
        found += [element for write in actions for element in _elements(ask, write, tags) if element.own]
    return list(dict.fromkeys(found))


def _elements(ask: Asker, action: str, tags: Mapping[str, Value]) -> Iterator[_Element]:
    """Yield what conditions ask of tags: all that some allow asks, and of each deny one way around it."""
    seen: set[_Element] = set()
    for statement in ask.related(action):
        is_deny = statement.effect is Effect.DENY
        for condition in statement.conditions:
            named = _tag_of(condition)
            if named is None:
                continue
            for element in _ways(ask, condition, *named, tags, is_deny):
                # AWS: "You can't limit permissions to pass a role based on tags attached to that role".
                if element.values and element not in seen and (element.own or action != "iam:PassRole"):
                    seen.add(element)
                    yield element
            if is_deny:
                break


def _ways(ask: Asker, condition: Condition, own: bool, name: str, tags: Mapping[str, Value], is_deny: bool) -> Iterator[_Element]:
    made = failing if is_deny else satisfying
    found: dict[Value | None, None] = {}
    for value in condition.values or ("",):
        serving = made(condition._replace(values=(value,) if len(condition.values) < 2 or not is_deny else condition.values))
        if serving is None:
            continue
        text = _filled(ask, serving[0]) if serving else None
        if not serving or text is not None:
            found[text] = None
    yield _Element(own, name, tuple(found)[:_MOST_VALUES])
    if own:
        return
    # The thing's tag is to equal one of the caller's, which the caller may change to what the thing has.
    has = next((value for tag, value in tags.items() if tag.lower() == name.lower()), None)
    for value in condition.values:
        body = value[2:-1] if isinstance(value, str) and value.startswith("${") else ""
        if has is not None and body.lower().startswith(_OWN) and "}" not in body:
            yield _Element(True, body[len(_OWN) :], (has,))


def _tag_of(condition: Condition) -> tuple[bool, str] | None:
    """Return whether a condition asks about a tag of the caller, else of what is acted on, and the tag's name."""
    name = condition.key.lower()
    if name.startswith(_OWN):
        return True, condition.key[len(_OWN) :]
    _, found, _ = name.partition(f":{_ITS}")
    return (False, condition.key[name.index(_ITS) + len(_ITS) :]) if found else None


def _filled(ask: Asker, value: Value) -> Value | None:
    """Return a value with the caller's own tags and name in it; None where a variable is not known."""
    if not isinstance(value, str) or "${" not in value:
        return value
    own = {f"{_OWN}{name.lower()}": tag for name, tag in ask.tags.items()}
    if ask.principal.kind == "user":
        own["aws:username"] = ask.principal.name
    text = VARIABLE.sub(lambda found: filled if isinstance(filled := own.get(found[1].lower()), str) else found[0], value)
    return None if "${" in text else text


def _changes(elements: list[_Element]) -> Iterator[tuple[dict[str, Value | None], dict[str, Value | None]]]:
    """Yield changes of the caller's tags and of the thing's, the smallest first."""
    for count in range(1, len(elements) + 1):
        for some in combinations(elements, count):
            for values in product(*(element.values for element in some)):
                own = {one.name: value for one, value in zip(some, values, strict=True) if one.own}
                its = {one.name: value for one, value in zip(some, values, strict=True) if not one.own}
                if len(own) + len(its) == count:
                    yield own, its


def _actions(arn: Value) -> tuple[str, str] | None:
    parts = key(arn).split(":", 5)
    if len(parts) < 6:
        return None
    return TAGGED.get(parts[2]) or TAGGED.get(f"{parts[2]}:{parts[5].partition('/')[0]}")


def _is_writable(ask: Asker, arn: Value, element: _Element) -> bool:
    """Return whether anything grants an action that writes such a tag, or leaves it to who starts the session."""
    actions = _actions(ask.principal.arn if element.own else arn)
    if actions is not None and any(ask.is_granted(action) for action in actions):
        return True
    return element.own and session_may_have(ask.principal, {element.name: next(iter(element.values))})


def _own_written(ask: Asker, own: Tags) -> Granted | None:
    """Return whether the caller gets such tags: it writes them, or whoever starts its session gives them."""
    written = _written(ask, ask.principal.arn, ask.tags, own, None)
    if written is not None and written.certainty is not Certainty.UNKNOWN:
        return written
    if session_may_have(ask.principal, own):
        told = " and ".join(f"`{name}` is `{key(value)}`" for name, value in own.items() if value is not None)
        return Granted(Certainty.CERTAIN, f"its session is started with tags of which {told}", (), ())
    return written


def _written(ask: Asker, arn: Value, tags: Mapping[str, Value], changes: Tags, own: Tags | None) -> Granted | None:
    """Return whether the identity may change tags so: at once, or by removing them and writing them anew."""
    actions = _actions(arn)
    if actions is None:
        return None
    write, remove = actions
    added = {name: value for name, value in changes.items() if value is not None}
    gone = [name for name, value in changes.items() if value is None]
    bare: dict[str, Value | None] = {**tags, **dict.fromkeys(gone)}
    steps = [_removed(ask, remove, arn, tags, gone, own)] if gone else []
    if added:
        at_once = _added(ask, write, arn, bare, added, own)
        if at_once is None or at_once.certainty is Certainty.UNKNOWN:
            without = {**bare, **dict.fromkeys(added)}
            anew = together((
                _removed(ask, remove, arn, bare, list(added), own), _added(ask, write, arn, without, added, own),
            ))  # fmt: skip
            at_once = anew or at_once
        steps.append(at_once)
    return together(steps)


def _added(ask: Asker, action: str, arn: Value, tags: Tags, added: Mapping[str, Value], own: Tags | None) -> Granted | None:
    tested = (condition.key.lower() for statement in ask.related(action) for condition in statement.conditions)
    request: dict[str, tuple[Value, ...]] = {name: () for name in tested if name.startswith("aws:requesttag/")}
    request |= {f"aws:requesttag/{name.lower()}": (value,) for name, value in added.items()}
    request |= {"aws:tagkeys": tuple(added), f"{action.partition(':')[0]}:createaction": ()}
    return _told(ask.asked(action, arn, tags, request, own), "sets", added, arn == ask.principal.arn, action)


def _removed(ask: Asker, action: str, arn: Value, tags: Tags, names: list[str], own: Tags | None) -> Granted | None:
    return _told(
        ask.asked(action, arn, tags, {"aws:tagkeys": tuple(names)}, own), "removes", names, arn == ask.principal.arn, action
    )


def _told(found: Granted | None, verb: str, names: Iterable[str], is_own: bool, action: str) -> Granted | None:
    if found is None:
        return None
    listed = [f"`{name}`" for name in names]
    tags = f"{'tag' if len(listed) == 1 else 'tags'} {' and '.join(listed)}"
    what = f"its own {tags}" if is_own else f"the {tags} of that"
    return found._replace(first=(f"{verb} {what} (`{action}`)",))
