"""`iamlint graph --format html`, used as a person uses it: in a real browser, by clicks and keys."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import address, chromium
from generated_estate import write_estate

pytest.importorskip("selenium", reason="selenium drives the browser: pip install -e '.[dev]'")
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

ROOT = Path(__file__).resolve().parents[2]
ESTATE = ROOT / "examples" / "estate"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


def iamlint(*arguments: str, cwd: Path = ESTATE) -> str:
    plain = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "GITHUB_ACTIONS")}
    run = subprocess.run(
        [sys.executable, "-m", "iamlint", *arguments, "-C", "."], cwd=cwd, env=plain, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def page_of_estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("page") / "estate.html"
    iamlint("graph", "--format", "html", "--output", str(target))
    return target


class Page:
    """What is on the page, and what can be done to it."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    def all(self, selector: str) -> list[Any]:
        return list(self.browser.find_elements(By.CSS_SELECTOR, selector))

    def one(self, selector: str) -> Any:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        return str(self.browser.execute_script("return document.querySelector(arguments[0])?.textContent ?? ''", selector))

    def names(self) -> set[str]:
        """The nodes that are drawn, by their whole id."""
        return set(
            self.browser.execute_script("return [...document.querySelectorAll('.node > title')].map((it) => it.textContent)")
        )

    def choose(self, name: str) -> None:
        search = self.one("#search")
        search.clear()
        search.send_keys(name)
        search.send_keys(Keys.ENTER)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.browser.switch_to.active_element.send_keys(key)

    def box(self, node_id: str) -> Any:
        program = (
            "return [...document.querySelectorAll('.node')].find((it) => it.querySelector('title').textContent === arguments[0])"
        )
        found = self.browser.execute_script(program, node_id)
        assert found is not None, f"{node_id} is not drawn"
        return found

    def click(self, element: Any) -> None:
        self.browser.execute_script("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", element)

    def listed(self, section: str) -> dict[str, str]:
        """The nodes under `Reaches` or `Reached by`, with their certainty."""
        program = """
            const section = document.getElementById(arguments[0]);
            for (let more; (more = section.querySelector('.more:not([hidden])'));) more.click();
            return [...section.querySelectorAll('.entry')].map((it) => [it.title, it.querySelector('.certainty')?.textContent ?? 'certain']);
        """
        return dict(self.browser.execute_script(program, section))

    def style(self, selector: str, name: str) -> str:
        return str(
            self.browser.execute_script(
                "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]", selector, name
            )
        )

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] != "INFO"]


def opened(browser: Any, path: Path, fragment: str = "") -> Page:
    browser.get("about:blank")
    browser.get(address(path) + fragment)
    return Page(browser)


@pytest.fixture
def page(browser: Any, page_of_estate: Path) -> Page:
    return opened(browser, page_of_estate)


def test_it_opens_with_the_worst_finding_and_asks_for_nothing(page: Page):
    assert page.complaints() == []
    assert page.browser.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert page.text("#name") == "Who can reach what: estate"
    assert "234 nodes" in page.text("#about") or int(page.text("#about").split()[0]) > 200
    assert page.all("#lines .line.error"), "a finding is drawn on the edges"
    assert page.text("#details h2").startswith(page.text(".finding[aria-current=true] .rule").split()[0])


def test_search_by_keyboard_and_reach_in_both_directions(page: Page):
    page.press("/")
    assert page.browser.switch_to.active_element.get_attribute("id") == "search"
    page.press("eng-checkout")
    assert page.one("#search").get_attribute("aria-expanded") == "true"
    assert page.one("#hit-0").get_attribute("aria-selected") == "true"
    page.press(Keys.ARROW_DOWN)
    assert page.one("#search").get_attribute("aria-activedescendant") == "hit-1"
    page.press(Keys.ARROW_UP, Keys.ENTER)
    assert page.text("#details .id") == "group:okta/eng-checkout"
    assert "group:okta/eng-checkout" in page.names()
    for section, node in (("reaches", "group:okta/eng-checkout"), ("reached-by", "project:lightstep/checkout-prod")):
        page.choose(node)
        assert page.text("#details .id") == node
        listed = page.listed(section)
        labels = ("env:", "team:")
        if section == "reaches":
            answer = json.loads(iamlint("reach", node, "--format", "json"))["nodes"]
            assert listed == {item["id"]: item["certainty"] for item in answer if not item["id"].startswith(labels)}
        assert listed


@pytest.mark.parametrize(
    "node", ["role:arn:aws:iam::111111111111:role/checkout-debugger-dev", "account:111111111111", "user:alice@acme.example"]
)
def test_the_page_walks_as_the_command_does(page: Page, node: str):
    page.choose(node)
    answer = json.loads(iamlint("reach", node, "--format", "json"))["nodes"]
    expected = {item["id"]: item["certainty"] for item in answer if not item["id"].startswith(("env:", "team:"))}
    assert page.listed("reaches") == expected


def test_who_reaches_a_node_is_what_paths_lead_there(page: Page):
    page.choose("project:lightstep/payments-prod")
    listed = page.listed("reached-by")
    assert len(listed) > 5
    for node in sorted(listed)[:4]:
        paths = json.loads(iamlint("path", node, "project:lightstep/payments-prod", "--format", "json"))["paths"]
        assert paths, node


def test_a_click_expands_and_keys_do_everything_else(page: Page):
    page.choose("project:lightstep/checkout-prod")
    before = page.names()
    group = next(name for name in before if name.startswith("group:okta/eng-checkout"))
    page.click(page.box(group))
    assert page.names() > before
    assert page.text("#details .id") == group
    assert page.box(group).get_attribute("aria-pressed") == "true"
    active = page.browser.switch_to.active_element
    assert active.find_element(By.CSS_SELECTOR, "title").get_attribute("textContent") == group
    page.press(Keys.ARROW_RIGHT)
    right = page.browser.switch_to.active_element.find_element(By.CSS_SELECTOR, "title").get_attribute("textContent")
    assert right != group
    page.press(Keys.ENTER)
    assert page.text("#details .id") == right
    expanded = page.names()
    page.press(Keys.DELETE)
    assert page.names() == expanded - {right}
    page.press(Keys.BACKSPACE)
    assert page.names() == expanded
    assert page.browser.execute_script("return document.querySelectorAll('.node[tabindex=\"0\"]').length") == 1


def test_focus_is_visible(page: Page):
    page.choose("checkout-prod")
    page.press(Keys.ARROW_LEFT)
    width = page.browser.execute_script("return getComputedStyle(document.querySelector('.node:focus-visible .box')).strokeWidth")
    assert float(width.removesuffix("px")) >= 2.5
    page.one("#fit").send_keys(Keys.TAB)
    assert page.style("#closer:focus-visible", "outlineStyle") == "solid"


def test_filters_hide_nodes_and_edges(page: Page):
    page.one("#all").click()
    everything = page.names()
    assert any(name == "project:lightstep/checkout-dev" for name in everything)
    menu = page.one("#filter-environment summary")
    menu.click()
    for label in page.all("#filter-environment label"):
        if label.text.strip() in ("dev", "staging"):
            label.find_element(By.CSS_SELECTOR, "input").click()
    assert page.text("#filter-environment .on") == "2 of 4"
    left = page.names()
    assert "project:lightstep/checkout-prod" in left
    assert "project:lightstep/checkout-dev" not in left
    page.choose("eng-checkout")
    assert "project:lightstep/checkout-dev" not in page.listed("reaches")
    page.one("#filter-certainty summary").click()
    for label in page.all("#filter-certainty label"):
        if label.text.strip() != "certain":
            label.find_element(By.CSS_SELECTOR, "input").click()
    assert set(page.listed("reaches").values()) <= {"certain"}


@pytest.mark.parametrize("name", ["team", "kind"])
def test_the_other_filters_narrow_the_list(page: Page, name: str):
    page.one("#tab-nodes").click()
    before = int(page.text("#tab-nodes").split("(")[1].rstrip(")"))
    page.one(f"#filter-{name} summary").click()
    page.one(f"#filter-{name} .both button:last-child").click()
    assert page.text("#tab-nodes") == "Nodes (0)"
    page.all(f"#filter-{name} label input")[1].click()
    after = int(page.text("#tab-nodes").split("(")[1].rstrip(")"))
    assert 0 < after < before


def test_a_finding_is_drawn_where_it_lies(page: Page):
    wanted = json.loads(iamlint_check())["diagnostics"]
    crossing = next(
        item
        for item in wanted
        if item["rule"] == "TEAM101" and "eng-payments` of" in item["message"] and "lightstep" in item["message"]
    )
    entry = next(
        item for item in page.all(".finding") if crossing["message"].replace("`", "") in item.get_attribute("textContent")
    )
    page.click(entry)
    assert page.names() == {"group:okta/eng-payments", "project:lightstep/checkout-prod"}
    assert len(page.all("#lines .line.error")) == 1
    assert page.text(".badge text") == "TEAM101"
    assert f"{crossing['file']}:{crossing['line']}" in page.text("#details")
    assert crossing["help"].replace("`", "") in page.text("#details")
    page.click(page.one(".link"))
    assert "is mapped to" in page.text("#details .step")


def iamlint_check() -> str:
    run = subprocess.run(
        [sys.executable, "-m", "iamlint", "check", ".", "--format", "json"],
        cwd=ESTATE,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout


def test_a_path_is_shown_step_by_step(page: Page):
    page.choose("role:arn:aws:iam::111111111111:role/checkout-debugger-dev")
    entry = next(item for item in page.all("#reaches .entry") if item.get_attribute("title") == "project:lightstep/checkout-prod")
    page.click(entry)
    assert {"token:lightstep/checkout-ingest-prod", "project:lightstep/checkout-prod"} <= page.names()
    assert len(page.all("#lines .line.lit")) == 2


def test_light_dark_and_paper(page: Page):
    light = page.style("body", "backgroundColor")
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    dark = page.style("body", "backgroundColor")
    assert light == "rgb(255, 255, 255)"
    assert dark != light
    page.one("#theme").click()
    assert page.style("body", "backgroundColor") == light
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    printed = base64.b64decode(page.browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"])
    assert printed.startswith(b"%PDF-")
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert page.style("#side", "display") == "none"
    assert page.style("#canvas", "display") != "none"
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


OUTSIDE = """
    const seen = document.getElementById('canvas').getBoundingClientRect();
    return [...document.querySelectorAll('.node')].filter((it) => {
      const box = it.getBoundingClientRect();
      return box.left < seen.left || box.right > seen.right || box.top < seen.top || box.bottom > seen.bottom;
    }).length;
"""


def test_a_window_of_another_size_shows_the_same(page: Page):
    before = page.browser.get_window_size()
    assert page.browser.execute_script(OUTSIDE) == 0
    try:
        for width, height in ((600, 900), (1900, 700)):
            page.browser.set_window_size(width, height)
            end = time.monotonic() + 10
            while page.browser.execute_script(OUTSIDE) and time.monotonic() < end:
                time.sleep(0.05)
            assert page.browser.execute_script(OUTSIDE) == 0
        assert len(page.names()) > 1
        assert page.complaints() == []
    finally:
        page.browser.set_window_size(before["width"], before["height"])


def test_every_control_has_a_name(page: Page):
    nameless = page.browser.execute_script(
        "return [...document.querySelectorAll('button, input, summary, [role=button], [role=tab], [role=tabpanel]')]"
        ".filter((it) => !(it.getAttribute('aria-label') || it.getAttribute('aria-labelledby') || it.textContent.trim()"
        " || it.labels?.length)).map((it) => it.outerHTML)"
    )
    assert nameless == []


def test_a_link_leads_back_to_a_node(browser: Any, page_of_estate: Path):
    page = opened(browser, page_of_estate, "#token%3Alightstep%2Fcheckout-ingest-prod")
    assert page.text("#details .id") == "token:lightstep/checkout-ingest-prod"


HOSTILE = "</script><script>window.broken=1</script><img src=x onerror=window.broken=1>"


def test_names_that_look_like_code_stay_names(browser: Any, tmp_path: Path):
    (tmp_path / "a.access.yaml").write_text(
        "apiVersion: iamlint/v1\nkind: Identities\nprovider: okta\ngroups:\n"
        f"  - {{name: '{HOSTILE}', members: ['a\"><b>@acme.example']}}\n"
        "  - {name: '%%DATA%%'}\n"
    )
    target = tmp_path / "page.html"
    iamlint("graph", "--format", "html", "--output", str(target), cwd=tmp_path)
    page = opened(browser, target)
    assert page.complaints() == []
    assert page.browser.execute_script("return window.broken === undefined && !document.querySelector('img')")
    assert f"group:okta/{HOSTILE}" in page.names()
    assert "group:okta/%%DATA%%" in page.names()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    write_estate(folder / "estate", 5_000)
    iamlint("graph", "--format", "html", "--output", str(folder / "large.html"), cwd=folder / "estate")
    return folder / "large.html"


def test_five_thousand_nodes_stay_readable_and_quick(browser: Any, large: Path):
    started = time.monotonic()
    page = opened(browser, large)
    page.one(".node")
    assert time.monotonic() - started < 20
    assert int(page.text("#about").split()[0]) > 4_900
    timed = "const t = performance.now(); {}; return performance.now() - t"
    slowest = [
        browser.execute_script(timed.format("document.getElementById('all').click()")),
        browser.execute_script(
            timed.format(
                "const s = document.getElementById('search'); s.value = 'team07-prod'; s.dispatchEvent(new Event('input'))"
            )
        ),
        browser.execute_script(timed.format("document.querySelector('#hits li').click()")),
        browser.execute_script(timed.format("document.querySelector('.node.kind-group').dispatchEvent(new MouseEvent('click'))")),
    ]
    assert max(slowest) < 5_000, slowest
    assert len(page.names()) < 40
    page.one("#all").click()
    assert 0 < len(page.all(".node")) <= 300, "too many to draw each: one box for several"
    assert "of 50" in page.text("#said")
    bundle = next(box for box in page.all(".node.bundle") if "users" in box.get_attribute("aria-label"))
    page.click(bundle)
    assert "users" in page.text("#details h2")
    page.click(page.one("#details .entry"))
    assert page.text("#details .id").startswith("user:person")
    assert page.complaints() == []
