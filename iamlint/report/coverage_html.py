"""The coverage of policy tests as one HTML page: files with their lines marked, and which tests exercised what."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from iamlint.policytest.coverage import KINDS, Item, PolicyCoverage, by_file
from iamlint.report.answers import Answers
from iamlint.report.coverage import percent_text
from iamlint.report.display import clean
from iamlint.report.frame import MaskedSources

_CSS = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2128;--soft:#59636e;--line:#d1d9e0;--hit:#dafbe1;--miss:#ffebe9;--part:#fff8c5}
@media(prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--soft:#9198a1;--line:#3d444d;--hit:#12361f;--miss:#4b1113;--part:#3b2e06}}
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--bg);color:var(--fg)}
table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}
th{border-bottom:1px solid var(--line);font-weight:600}td.n{text-align:right;font-variant-numeric:tabular-nums}
summary{cursor:pointer;padding:.3rem 0;border-top:1px solid var(--line)}
summary:focus-visible,a:focus-visible{outline:2px solid #0969da;outline-offset:2px}
pre{margin:.3rem 0 1rem;overflow-x:auto;font:13px/1.5 ui-monospace,monospace}
pre span{display:block;padding-left:.3rem;white-space:pre}pre i{color:var(--soft);font-style:normal;user-select:none}
.hit{background:var(--hit)}.miss{background:var(--miss)}.part{background:var(--part)}.soft{color:var(--soft)}
li.miss,li.hit{margin:.1rem 0;padding:0 .4rem;list-style:none}ul{padding:0}
@media print{details{display:block}summary{break-after:avoid}}
"""


def html(coverage: PolicyCoverage, answers: Answers, sources: MaskedSources, tests: Sequence[str]) -> str:
    """Return the page. `tests` names the tests in the order of their numbers, from 1; secrets in the sources are masked."""
    answers.compute(item.place for item in coverage.items)
    exercised, total = coverage.of()
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Coverage of policy tests</title>\n',
        f'<meta name="viewport" content="width=device-width">\n<style>{_CSS}</style>\n</head>\n<body>\n',
        f"<h1>Coverage of policy tests: {percent_text(coverage.percent)}</h1>\n",
        f"<p>{exercised} of {total} declarations that give or take access decided, or led to, the answer of a test.</p>\n",
        "<table>\n<tr><th>kind</th><th>exercised</th><th>of</th></tr>\n",
    ]
    for kind in KINDS:
        of_kind = coverage.of(kind)
        if of_kind[1]:
            parts.append(f'<tr><td>{kind}</td><td class="n">{of_kind[0]}</td><td class="n">{of_kind[1]}</td></tr>\n')
    parts.append("</table>\n<h2>Files</h2>\n")
    for items in by_file(coverage.items).values():
        parts.append(_file(items, answers, sources, tests))
    parts.append("</body>\n</html>\n")
    return "".join(parts)


def _file(items: Sequence[Item], answers: Answers, sources: MaskedSources, tests: Sequence[str]) -> str:
    path = answers.span(items[0].place)[0]
    exercised = sum(bool(item.tests) for item in items)
    is_open = " open" if exercised < len(items) else ""
    share = f'<span class="soft">{exercised} of {len(items)}</span>'
    parts = [f"<details{is_open}><summary><strong>{_safe(path)}</strong> {share}</summary>\n<ul>\n"]
    marks: dict[int, set[bool]] = {}
    for item in items:
        span = answers.span(item.place)[1]
        for number in range(span.line, span.end_line + 1):
            marks.setdefault(number, set()).add(bool(item.tests))
        by = ", ".join(_safe(tests[number - 1]) for number in sorted(item.tests))
        words = f"{span.line}: {_safe(item.kind)}: {_safe(item.what)}"
        parts.append(f'<li class="{"hit" if by else "miss"}">{words}{f" <span class=soft>by {by}</span>" if by else ""}</li>\n')
    parts.append("</ul>\n<pre>")
    for number in range(1, len(sources.lines(path)) + 1):
        found = marks.get(number)
        style = "" if found is None else ' class="part"' if len(found) > 1 else f' class="{"hit" if True in found else "miss"}"'
        line = clean(sources.masked(path, number).replace("\t", "    "))
        parts.append(f"<span{style}><i>{number:>5} </i>{escape(line[:_WIDEST])}{'…' if len(line) > _WIDEST else ''}</span>")
    parts.append("</pre></details>\n")
    return "".join(parts)


_WIDEST = 2000


def _safe(text: str) -> str:
    return escape(clean(text))
