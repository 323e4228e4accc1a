"""`iamlint log`: the access changelog."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest
from repositories import Repository

from iamlint.model.estate import Facts
from iamlint.project.facts_store import FactsStore, StoredSession

MANIFEST = """\
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
organization: acme
projects: [{name: shop-prod, environment: prod}, {name: shop-dev, environment: dev}]
mappings:
  - {attribute: member_of, value: eng, organization_role: Organization Restricted Member, project_roles: {@}}
"""
DEV, PROD = "shop-dev: Project Viewer", "shop-prod: Project Viewer"
READ_DEV = ("group:saml/eng", "telemetry:read", "project:lightstep/shop-dev")
READ_PROD = ("group:saml/eng", "telemetry:read", "project:lightstep/shop-prod")
FILE = "lightstep.access.yaml"


def manifest(*roles: str) -> str:
    return MANIFEST.replace("@", ", ".join(roles))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repository:
    return Repository(tmp_path / "repository", monkeypatch, capsys)


def logged(repository: Repository, *words: str) -> list[tuple[str, list[tuple[str, ...]], list[tuple[str, ...]]]]:
    def about(rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
        return [(row["principal"], row["action"], row["resource"]) for row in rows]

    told = repository.json("log", *words)
    assert told["version"] == 1
    return [(commit["subject"], about(commit["gained"]), about(commit["lost"])) for commit in told["commits"]]


def test_each_commit_with_what_it_gave_and_took_newest_first(repository: Repository):
    repository.commit({FILE: manifest(DEV)}, "start")
    repository.commit({"README.md": "hello\n"}, "words")
    repository.commit({FILE: f"# moved\n{manifest(DEV)}"}, "reformat")
    repository.commit({FILE: manifest(PROD)}, "to production")
    assert logged(repository) == [("to production", [READ_PROD], [READ_DEV]), ("start", [READ_DEV], [])]
    assert [subject for subject, _, _ in logged(repository, "--all")] == ["to production", "reformat", "words", "start"]
    assert logged(repository, "-n", "1") == [("to production", [READ_PROD], [READ_DEV])]
    assert logged(repository, "HEAD~3..HEAD~1") == []


def test_states_of_large_directories_are_let_go(repository: Repository, monkeypatch: pytest.MonkeyPatch):
    """Where states are large, two of them and two versions of a file are kept, and the log is the same."""
    people = "---\napiVersion: iamlint/v1\nkind: Identities\nprovider: okta\nusers:\n"
    for number in range(12):
        users = "".join(f"  - {{email: u{one}@acme.example, status: active, groups: [eng]}}\n" for one in range(number % 5 + 1))
        repository.commit({FILE: manifest(DEV if number % 3 else PROD), "people.access.yaml": people + users}, f"change {number}")
    expected = logged(repository, "--all")
    assert len([gained for _, gained, _ in expected if gained]) > 6
    alive: list[tuple[int, int, int]] = []

    class Watched(FactsStore):
        def facts(self, *given: object) -> Facts:
            found = super().facts(*given)  # type: ignore[arg-type]
            gc.collect()
            sessions = [one for one in gc.get_objects() if type(one) is StoredSession and one._store is self]
            versions = max(len(kept) for kept in self._kept.values())
            alive.append((len(sessions), versions, sum("graph" in one.__dict__ for one in sessions)))
            return found

    monkeypatch.setattr("iamlint.project.revisions.FactsStore", Watched)
    logged(repository, "--all")
    assert max(alive)[0] > 5  # small ones are kept
    assert max(versions for _, versions, _ in alive) == 5
    alive.clear()
    monkeypatch.setattr("iamlint.project.facts_store.MOST_VALUES", 0)
    monkeypatch.setattr("iamlint.project.access_log.MOST_VALUES", 0)
    assert logged(repository, "--all") == expected
    assert max(versions for _, versions, _ in alive) <= 2
    assert max(sessions for sessions, _, _ in alive) <= 4
    assert max(graphs for _, _, graphs in alive) <= 3


LIVE = (
    '{"data": {"attributes": {"mappings": [{"saml-attribute-key": "member_of", "saml-attribute-value": "eng",\n'
    '"organization-role": "Organization Restricted Member", "project-roles": {"%s": "Project Viewer"}}]}}}\n'
)


def test_a_commit_beside_a_live_export_compares_nothing(repository: Repository, monkeypatch: pytest.MonkeyPatch):
    """What repeats its source is set aside in a copy of the facts; two revisions with the same files are the same all the same."""
    from iamlint.project import changes

    compared: list[object] = []
    real = changes.access_diff

    def counted(*arguments: Any) -> Any:
        compared.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(changes, "access_diff", counted)
    repository.commit({FILE: manifest(DEV), "live/mappings.json": LIVE % "shop-dev"}, "start")
    repository.commit({"README.md": "hello\n"}, "words")
    repository.commit({"docs/a.md": "hello\n"}, "more words")
    repository.commit({"live/mappings.json": LIVE % "shop-prod"}, "somebody's hand")
    assert logged(repository) == [("somebody's hand", [READ_PROD], []), ("start", [READ_DEV], [])]
    assert len(compared) == 2, "only the two commits that changed a file of ours"


def test_author_date_and_text(repository: Repository):
    commit = repository.commit({FILE: manifest(DEV)}, "start")
    told = repository.json("log")["commits"]
    assert {name: told[0][name] for name in ("commit", "author", "date")} == {
        "commit": commit, "author": "Robin Example", "date": "2026-10-01",
    }  # fmt: skip
    code, out, _ = repository.run("log")
    assert code == 0
    assert out.splitlines()[:6] == [
        f"{commit[:12]}  2026-10-01  Robin Example", "    start", "", "    gained", "      group:saml/eng",
        "      + telemetry:read on project:lightstep/shop-dev  [env:dev]",
    ]  # fmt: skip


def test_a_merge_has_what_none_of_its_parents_had(repository: Repository):
    repository.commit({FILE: manifest()}, "start")
    repository.git("switch", "-qc", "feature")
    repository.commit({FILE: manifest(DEV)}, "feature")
    repository.git("switch", "-q", "main")
    repository.commit({"README.md": "hello\n"}, "words")
    repository.git("merge", "-q", "--no-ff", "-m", "merge", "feature")
    assert logged(repository) == [("feature", [READ_DEV], [])]
    assert logged(repository, "--first-parent") == [("merge", [READ_DEV], [])]
    repository.write({FILE: manifest(DEV, PROD)})
    repository.git("commit", "-q", "-a", "--amend", "-m", "evil merge")
    assert logged(repository) == [("evil merge", [READ_PROD], []), ("feature", [READ_DEV], [])]


def test_nothing_at_all(repository: Repository):
    repository.commit({"README.md": "hello\n"})
    assert repository.run("log") == (0, "no commit of the range gave or took access\n", "")


def test_wrong_usage(repository: Repository):
    repository.commit({FILE: manifest(DEV)}, "start")
    assert repository.run("log", "no-such-branch")[0] == 2
    assert repository.run("log", "-n", "some")[0] == 2
    unwanted = repository.root / "unwanted"
    assert repository.run("log", "--", f"--output={unwanted}")[0] == 2
    assert not unwanted.exists()


def test_where_a_shallow_clone_ends_nothing_is_claimed(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    repository.commit({FILE: manifest(DEV)}, "start")
    repository.commit({"README.md": "hello\n"}, "words")
    repository.commit({FILE: manifest(PROD)}, "to production")
    repository.git("clone", "-q", "--depth", "2", f"file://{repository.root}", str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    assert logged(repository) == [("to production", [READ_PROD], [READ_DEV])]
    assert "the history ends at" in repository.run("log")[2]
    code, _, err = repository.run("diff", "HEAD~2")
    assert code == 2
    assert "fetch-depth: 0" in err


@pytest.mark.parametrize("words", [("log",), ("diff", "HEAD"), ("check", "--since", "HEAD")])
def test_a_work_tree_of_somebody_else_is_said(repository: Repository, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]):
    repository.commit({FILE: manifest(DEV)}, "start")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    code, out, err = repository.run(*words)
    assert (code, out) == (2, "")
    assert "belongs to another user" in err
    assert f"safe.directory {repository.root}" in err


def test_nobody_asks_whose_a_work_tree_is_that_git_has_listed(repository: Repository, monkeypatch: pytest.MonkeyPatch):
    repository.commit(
        {
            "main.tf": """
            data "terraform_remote_state" "network" {
              backend = "s3"
              config  = { bucket = "states", key = "network" }
            }
            resource "aws_iam_role" "app" { name = data.terraform_remote_state.network.outputs.name }
            """
        },
        "the state may be that of any folder, so all are listed",
    )
    monkeypatch.setattr("iamlint.project.git_output.distrusts", lambda folder: pytest.fail("a command for nothing"))
    code, out, err = repository.run("check", "--no-cache", "--exit-zero")
    assert (code, err) == (0, ""), out


def test_what_git_ignores_is_read_where_git_is_not_let(repository: Repository, monkeypatch: pytest.MonkeyPatch):
    repository.commit({FILE: manifest(DEV), ".gitignore": "local/\n", "local/b.access.yaml": "kind: no\n"}, "start")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    code, out, err = repository.run("check", "--no-cache")
    assert (code, "local/b.access.yaml" in out) == (3, True)
    assert "warning: git reads nothing of" in err


NAMED = """\
variable "env" {}
resource "aws_iam_user" "a" {
  name = "${lower(var.env)}-deployer"
}
resource "aws_iam_user_policy" "a" {
  user   = aws_iam_user.a.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
}
"""


def test_people_read_names_without_their_unit(repository: Repository):
    repository.commit({"infra/prod/main.tf": "# nothing yet\n"}, "start")
    repository.commit({"infra/prod/main.tf": NAMED}, "a user")
    for words in (("log",), ("diff", "HEAD~1"), ("diff", "HEAD~1", "--format", "markdown")):
        out = repository.run(*words)[1]
        assert ":user/⟨lower(var.env)⟩-deployer" in out
        assert "#var.env" not in out
    assert "infra/prod#var.env" in repository.run("log", "--format", "json")[1]
