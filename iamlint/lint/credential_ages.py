"""Ages and ends of credentials: telemetry tokens, access keys, and what identity providers declare, in one shape."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.graph.elements import EdgeKind, Node
from iamlint.model.aws import AccessKey
from iamlint.model.sign_in import Credential, Rotation
from iamlint.model.telemetry import TelemetryCredential
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

    from iamlint.graph.access_graph import AccessGraph


class DatedCredential(NamedTuple):
    """A credential with the day since which it lives: `words` are `made` or `last rotated`, `place` where the day stands."""

    name: str
    subject: str
    since: date
    words: str
    place: Place

    def days_until(self, day: str) -> int:
        """Return its age in days on a day (ISO)."""
        from datetime import date

        return (date.fromisoformat(day[:10]) - self.since).days


class Rotated(NamedTuple):
    """Something that is rotated by itself, every so many days."""

    name: str
    subject: str
    days: int
    place: Place


def dated_credentials(graph: AccessGraph) -> Iterator[DatedCredential]:
    """Yield the credentials in use of which a day is known, without people's passwords and without what rotates by itself."""
    rotated = {one.subject for one in rotated_credentials(graph)}
    for credential in graph.estate.all(TelemetryCredential):
        field = "last_rotated" if credential.last_rotated is not None else "created"
        since, name = _day(credential.last_rotated or credential.created), key(credential.name)
        subject = f"token:{credential.vendor}/{name}"
        if since is not None and subject not in rotated:
            words = "last rotated" if field == "last_rotated" else "made"
            yield DatedCredential(f"`{name}`", subject, since, words, credential.field_place(field))
    for access_key in graph.estate.all(AccessKey):
        since = _day(access_key.created)
        if since is not None and access_key.active:
            user = key(access_key.user)
            words = "last rotated" if access_key.kind == "reported" else "made"
            yield DatedCredential(f"the access key of `{user}`", f"aws:{user}", since, words, access_key.place)
    for other in graph.estate.all(Credential):
        field = "last_rotated" if other.last_rotated is not None else "created"
        since = _day(other.last_rotated or other.created)
        if since is not None and other.active and other.kind != "password" and other.rotated_every is None:
            words = "last rotated" if field == "last_rotated" else "made"
            yield DatedCredential(f"`{key(other.name)}`", _subject(other), since, words, other.field_place(field))


def rotated_credentials(graph: AccessGraph) -> Iterator[Rotated]:
    """Yield what is rotated by itself: credentials in a secret with a schedule, and what a point in time makes anew."""
    schedules = [one for one in graph.estate.all(Rotation) if one.days is not None]
    for credential in graph.estate.all(TelemetryCredential):
        if credential.rotated_every is not None:
            subject = f"token:{credential.vendor}/{key(credential.name)}"
            at = credential.field_place("rotated_every")
            yield Rotated(f"`{key(credential.name)}`", subject, credential.rotated_every, at)
            continue
        if not schedules:
            continue
        token = graph.node(f"token:{credential.vendor}/{key(credential.name)}")
        for edge in graph.out_edges(token, EdgeKind.STORED_IN) if token is not None else ():
            found = next((one for one in schedules if _is_secret(one.secret, edge.target)), None)
            if found is not None and found.days is not None and token is not None:
                yield Rotated(f"`{key(credential.name)}`", token.id, found.days, found.place)
    for other in graph.estate.all(Credential):
        if other.rotated_every is not None:
            yield Rotated(f"`{key(other.name)}`", _subject(other), other.rotated_every, other.place)


def _is_secret(secret: Value, node: Node) -> bool:
    """Return whether a rotated secret is the one of a node: by ARN, with or without the end that AWS adds, or by name."""
    from iamlint.graph.secret_names import same_secret

    text = node.id.removeprefix("resource:")
    return key(secret) in (text, node.name) or (text.startswith("arn:") and same_secret(text, secret) is not False)


class Ending(NamedTuple):
    """A credential of a kind that ends: on a day, or nothing says when (`ends` is None)."""

    name: str
    subject: str
    ends: date | None
    since: date | None
    place: Place
    reason: tuple[Place, str]


def ending_credentials(graph: AccessGraph) -> Iterator[Ending]:
    """Yield the credentials of identity providers that end, with the day if one is written."""
    for other in graph.estate.all(Credential):
        ends = _day(other.expires)
        if not other.active or other.kind not in ("client-secret", "certificate", "signing-key"):
            continue
        if ends is None and (not other.expiry_known or other.created is not None or other.rotated_every is not None):
            continue
        place = other.field_place("expires")
        reason = (other.place, f"it is of the kind `{other.kind}`, which can end")
        yield Ending(key(other.name), _subject(other), ends, _day(other.created), place, reason)


def _subject(other: Credential) -> str:
    return f"{other.provider}:{key(other.name)}"


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    from datetime import date

    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
