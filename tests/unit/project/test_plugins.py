"""Rule packages: who owns which ids, and what happens when one is missing or broken."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from iamlint.errors import PluginError, UsageError
from iamlint.project import plugins
from iamlint.project.options import Options
from iamlint.project.session import open_session

RULE = '''
from iamlint.rulekit import Example, Finding, Severity, rule


@rule(id="{id}", name="{name}", severity=Severity.WARNING, since="1", bad=[], good=[])
def check(graph):
    """Every policy is reported."""
    for policy in graph.policies():
        {body}
'''
FIND = 'yield Finding("seen", at=policy.place)'


def write_rule(folder: Path, id: str = "LOC101", name: str = "seen-policy", body: str = FIND) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{id.lower()}.py"
    path.write_text(RULE.format(id=id, name=name, body=body))
    return path


def install(site: Path, module: str, entries: str, **files: str) -> None:
    """Lay out a package as an installer does."""
    (site / module).mkdir(parents=True)
    (site / module / "__init__.py").write_text("")
    for name, text in files.items():
        (site / module / f"{name}.py").write_text(text)
    info = site / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text(f"[console_scripts]\nx = y:z\n\n[iamlint.rules]\n{entries}\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_built_in_rules_come_through_the_entry_point() -> None:
    assert any(package.module == plugins.BUILT_IN for package in plugins.installed_packages()) or plugins.load_all()


def test_metadata_is_read_as_importlib_reads_it() -> None:
    from importlib.metadata import entry_points

    expected = {(entry.name, entry.module) for entry in entry_points(group=plugins.GROUP)}
    found = {(prefix, package.module) for package in plugins.installed_packages() for prefix in package.prefixes}
    assert found == expected


def test_an_installed_package_is_loaded(site: Path) -> None:
    install(site, "one_rules", "ONE = one_rules", a=RULE.format(id="ONE101", name="one-a", body=FIND))
    loaded = {item.rule.id: item.plugin for item in plugins.load_all()}
    assert loaded["ONE101"] == "one-rules"


@pytest.mark.parametrize(
    ("entries", "id", "message"),
    [
        ("two = two_rules", "TWO101", "two to eight capital letters"),
        ("IL = two_rules", "IL900", "iamlint's own"),
        ("IAM = two_rules", "IAM900", "belongs to"),
        ("TWO = two_rules", "IAM900", "outside the id prefixes"),
        ("TWO = two_rules", "TWO101", ""),
    ],
)
def test_prefixes_have_one_owner(site: Path, entries: str, id: str, message: str) -> None:
    module = f"two_rules_{abs(hash((entries, id)))}"
    install(site, module, entries.replace("two_rules", module), a=RULE.format(id=id, name="two-a", body=FIND))
    if message:
        with pytest.raises(PluginError, match=message):
            plugins.load_all()
    else:
        assert plugins.load_all()


def test_a_package_that_cannot_be_imported_ends_the_run(site: Path) -> None:
    install(site, "broken_rules", "BRK = broken_rules", a="import no_such_module_anywhere\n")
    with pytest.raises(PluginError, match=r"`broken-rules` cannot be loaded: ModuleNotFoundError"):
        plugins.load_all()
    sys.modules.pop("broken_rules", None)


def test_a_required_package_that_is_missing_ends_the_run() -> None:
    with pytest.raises(PluginError, match="`acme-rules` that the configuration requires is not installed"):
        plugins.load_all(required=["acme-rules"])
    assert plugins.load_all(required=["iamlint"])


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    write_rule(tmp_path / "rules", name="full-admin-statement")
    with pytest.raises(PluginError, match="names a rule of"):
        plugins.load_all([str(tmp_path / "rules")])


def test_a_folder_may_not_use_a_package_s_prefix(tmp_path: Path) -> None:
    write_rule(tmp_path / "rules", id="IAM900")
    with pytest.raises(PluginError, match="belongs to"):
        plugins.load_all([str(tmp_path / "rules")])


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="does not exist"):
        plugins.load_all([str(tmp_path / "rules")])


def estate(root: Path) -> Path:
    root.mkdir()
    (root / "p.json").write_text('{"Version": "2012-10-17", "Statement": []}')
    return root


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_folder_of_rules_runs_and_a_crash_is_a_diagnostic(tmp_path: Path, jobs: int) -> None:
    root = estate(tmp_path / "estate")
    write_rule(root / "checks")
    write_rule(root / "checks", id="LOC102", name="crashing-rule", body="raise ValueError('token-value')\n        yield")
    (root / "iamlint.yaml").write_text("rule-paths: [checks]\n")
    report = open_session(Options(paths=(str(root),), jobs=jobs, cache=False)).check()
    assert [(made.rule, made.message) for made in report.diagnostics if made.rule != "IAM001"] == [
        ("IL010", f"rule `LOC102` of `{root}/checks` crashed: ValueError in line 9 of `loc102.py`"),
        ("LOC101", "seen"),
    ]
    assert report.crashed


def test_untrusted_runs_no_code_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = estate(tmp_path / "estate")
    write_rule(root / "checks")
    (root / "iamlint.yaml").write_text("rule-paths: [checks]\n")
    install(root / "site", "inside_rules", "INS = inside_rules", a="raise SystemExit('code of the repository ran')\n")
    monkeypatch.syspath_prepend(str(root / "site"))
    report = open_session(Options(paths=(str(root),), cache=False, untrusted=True)).check()
    assert not [made for made in report.diagnostics if made.rule.startswith(("LOC", "INS"))]
    with pytest.raises(UsageError, match="--untrusted"):
        open_session(Options(paths=(str(root),), untrusted=True, rule_dirs=(str(root / "checks"),))).check()
