"""What pipelines declare: jobs, the subjects their tokens carry, and the roles they assume."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Value, concat

SUBJECT_PREFIXES = {
    "github": "repo:", "gitlab": "project_path:", "k8s": "system:serviceaccount:", "buildkite": "organization:",
    "terraform": "organization:", "circleci": "org/",
}  # fmt: skip
"""How the subjects of a service begin; the names of its bots leave that out."""


class WorkflowJob(NamedTuple):
    """One job of a CI workflow. `subjects` are the OIDC subjects it can present (patterns where a branch is open)."""

    provider: str  # `github`, `gitlab`, `buildkite`, `circleci`, `bitbucket`, `terraform`
    repository: Value
    workflow: str  # path of the workflow file
    job: str
    environment: Value | None
    subjects: tuple[Value, ...]
    place: Place
    unit: str
    can_request_token: bool  # `permissions: id-token: write` reaches it
    secrets: tuple[tuple[str, Place], ...] = ()
    environment_place: Place | None = None
    named: tuple[Value, ...] = ()  # names of its bots, where they are not those of its subjects or found already
    defined_in: Value | None = None  # what its token says as `job_workflow_ref`
    fixed: Mapping[str, Value] = {}  # other claims that every run of it has alike (`event_name`, `ref`)

    @property
    def bot(self) -> str:
        """Return a name for the job that is unique in the repository (`workflow path:job`)."""
        return f"{self.workflow}:{self.job}"

    @property
    def bots(self) -> tuple[Value, ...]:
        """Return the names of the `Bot`s as which the job acts, one a subject: `github/acme/checkout:environment:prod`."""
        return self.named or tuple(bot_of_subject(self.provider, subject) for subject in self.subjects)


def bot_of_subject(provider: str, subject: Value) -> Value:
    """Return the name of the bot that presents a subject: `repo:acme/checkout:environment:prod` is `github/acme/checkout:…`."""
    prefix = SUBJECT_PREFIXES.get(provider, "")
    if isinstance(subject, str):
        return f"{provider}/{subject.removeprefix(prefix)}"
    first, *rest = subject.parts if isinstance(subject, Text) else (subject,)
    if isinstance(first, str):
        first = first.removeprefix(prefix)
    return concat([provider, "/", first, *rest])


class RoleAssumption(NamedTuple):
    """A workload that declares which role it assumes: `role-to-assume`, an IRSA annotation, a pod identity association."""

    bot: Value  # `WorkflowJob.bot` or `Bot.name`
    role_arn: Value
    place: Place
    unit: str
    # `github-oidc` (and so for each service), `access-key`, `irsa`, `pod-identity`, `role-chaining`, `roles-anywhere`
    mechanism: str


class SecretCopy(NamedTuple):
    """A key of a Kubernetes secret (`secret/NAME/KEY`, `*` for whatever the store holds) that is copied from `source` in a store.

    What a SecretProviderClass mounts is such a copy, too (`class/NAME/FILE`).
    """

    name: str
    source: Value
    place: Place
    unit: str


class SecretKey(NamedTuple):
    """A key of a Kubernetes secret that a manifest holds, called like a variable for a token (`secret/NAME/LS_ACCESS_TOKEN`)."""

    name: str
    place: Place
    unit: str


class SecretImport(NamedTuple):
    """A workload that takes all of something without naming its keys: by `envFrom`, a volume or an injector.

    `name` is `secret/NAME`, `class/NAME` (a SecretProviderClass), or where it is stored (`vault:secret/data/checkout`).
    """

    workload: Value
    name: str
    place: Place
    unit: str


class StaticKeyUse(NamedTuple):
    """A workload that uses a long-lived AWS access key: the names of the secrets, never their values.

    `who` says in words who signs in, `instead` with what it could.
    """

    bot: Value
    key: Value
    place: Place
    unit: str
    who: str = "the workflow"
    instead: str = "assume a role by OIDC: `permissions: id-token: write` and `role-to-assume`"
