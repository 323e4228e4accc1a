"""Files and sessions of revisions: the same as on disk, without the disk."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from iamlint.errors import ConfigError, UsageError
from iamlint.project.git_files import GitFiles, WorkTreeFiles
from iamlint.project.git_objects import GitObjects
from iamlint.project.options import Options
from iamlint.project.revisions import WORK_TREE, open_history, open_sides
from iamlint.project.session import Session, open_session

ESTATE = Path(__file__).resolve().parents[3] / "examples" / "estate"


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=Robin Example", "-c", "user.email=robin@acme.example"]
    return subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "change")
    return git(folder, "rev-parse", "HEAD^{tree}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    return tmp_path


def said(session: Session) -> tuple[object, ...]:
    graph = session.graph
    edges = [(edge.source.id, edge.target.id, edge.kind, edge.reason, edge.condition, edge.place) for edge in graph.edges()]
    labels = [(node.id, node.environment, node.team) for node in graph.nodes()]
    return labels, edges, [problem for facts in session.facts for problem in facts.problems]


def test_a_revision_is_read_as_the_disk_is(folder: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(ESTATE, folder / "estate")
    commit(folder)
    monkeypatch.chdir(folder / "estate")
    for paths in ((str(folder / "estate"),), ()):
        on_disk = said(open_session(Options(paths=paths, cache=False)))
        history = open_history(Options(paths=paths))
        with history.git:
            assert said(history.session("HEAD")) == on_disk
            assert said(history.session(WORK_TREE)) == on_disk


def test_what_was_parsed_for_one_revision_serves_the_next(folder: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(ESTATE, folder, dirs_exist_ok=True)
    commit(folder)
    changed = folder / "lightstep" / "mappings.tf"
    changed.write_text(f"# moved\n{changed.read_text()}")
    monkeypatch.chdir(folder)
    history = open_history(Options())
    with history.git:
        old, new = history.session("HEAD"), history.session(WORK_TREE)
        before = {(facts.unit, facts.kind): facts for facts in old.facts}
        anew = [facts.unit for facts in new.facts if before[facts.unit, facts.kind] is not facts]
    # What is exported from the live organization is set against what is declared, so it is looked at in each revision.
    live = "live/role-binding-search-prod.json"
    assert [unit for unit in anew if unit != "iamlint.yaml"] == ["lightstep", live]


def test_links_lead_where_they_lead_on_disk(folder: Path):
    (folder / "root/real/deep").mkdir(parents=True)
    (folder / "root/real/deep/a.json").write_text("a")
    (folder / "outside.json").write_text("outside")
    for path, target in {
        "root/file.json": "real/deep/a.json", "root/folder": "real/deep", "root/up.json": "../outside.json",
        "root/absolute.json": "/etc/hostname", "root/loop": "loop", "root/real/back": "../real/deep", "root/broken.json": "none",
    }.items():  # fmt: skip
        (folder / path).symlink_to(target)
    root = str(folder / "root")
    tree = commit(folder)
    with GitObjects(str(folder)) as objects:
        files = GitFiles(objects, tree, root)
        disk = WorkTreeFiles(root, objects.listed(root))
        for path in (
            "file.json", "folder/a.json", "up.json", "absolute.json", "loop", "real/back/a.json", "real/deep/a.json", "broken.json",
            "../outside.json", "/etc/hostname", "real", "none", "real/deep/a.json/b",
        ):  # fmt: skip
            assert files.read(path) == disk.read(path), path
            assert files.blob_id(path) == disk.blob_id(path), path
        for under in ("", "real", "real/deep", "folder", "none", "file.json"):
            # The disk also lists links that lead out of the root; nothing is read there.
            assert list(files.under(under)) == [path for path in disk.under(under) if disk.read(path) is not None], under
        listed = [path for path in sorted(files.below("real")) if files.read(path) is not None]
        assert listed == sorted(disk.below("real")) == ["real/deep/a.json"]


def test_odd_names_and_contents(folder: Path):
    names = {"tab\there.json": b"\0\xff", "new\nline.json": b"", "ünïcode/ö.json": b"x" * 100_000, " lead.json": b"\n\n"}
    for name, data in names.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    with GitObjects(str(folder)) as objects:
        files = GitFiles(objects, commit(folder), str(folder))
        assert {name: files.read(name) for name in files.below("")} == names
        for name in names:
            assert (
                files.blob_id(name) == WorkTreeFiles(str(folder), None).blob_id(name) == git(folder, "rev-parse", f"HEAD:{name}")
            )


def test_a_repository_with_long_ids(tmp_path: Path):
    git(tmp_path, "init", "-q", "--object-format=sha256")
    (tmp_path / "a.json").write_text("{}")
    tree = commit(tmp_path)
    with GitObjects(str(tmp_path)) as objects:
        assert len(tree) == 64
        files = GitFiles(objects, tree, str(tmp_path))
        assert files.read("a.json") == b"{}"
        assert files.blob_id("a.json") == WorkTreeFiles(str(tmp_path), None, 64).blob_id("a.json")


def test_a_broken_configuration_of_a_revision_names_it(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "iamlint.yaml").write_text("no-such-key: 1\n")
    commit(folder)
    (folder / "iamlint.yaml").write_text("{}\n")
    monkeypatch.chdir(folder)
    with pytest.raises(ConfigError, match=r"^at [0-9a-f]{12}: iamlint\.yaml:1:"):
        open_sides("HEAD", None, Options())


@pytest.mark.parametrize("revision", ["--all", "-p", "HEAD; true", "nothing", ""])
def test_what_is_no_revision(folder: Path, revision: str, monkeypatch: pytest.MonkeyPatch):
    commit(folder)
    monkeypatch.chdir(folder)
    with pytest.raises(UsageError):
        open_sides(revision, "HEAD", Options())


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="is in no git work tree"):
        open_sides("HEAD", None, Options())
