// The page: what a click or a key does.

const model = readModel(JSON.parse(document.getElementById("data").textContent));
const filters = new Filters(model);
const byId = (id) => document.getElementById(id);
const canvas = new Canvas(model, filters, { select, bundle: showBundle, edge: showEdges, say, drawn });
let current = null; // the finding that is shown

function say(text) {
  byId("said").textContent = text;
}

function drawn(count, left) {
  say(`${count} of ${model.nodes.length} nodes` + (left ? `; no room for ${left} more: filter, or start from one node` : ""));
}

// selecting

function select(node, redraw = true, expand = false) {
  canvas.selected = node;
  if (node && redraw) {
    const isNew = !canvas.shown.has(node);
    if (isNew) canvas.shown.add(node);
    if (!(expand && canvas.expand(node))) canvas.draw(node);
    canvas.focus(node);
    history.replaceState(null, "", "#" + encodeURIComponent(node.id));
  }
  showNode(node);
}

// Start anew from a node: itself and what lies around it.
function start(node) {
  current = null;
  canvas.selected = node;
  const around = [...neighbors(node, "in", filters).slice(0, STEP), ...neighbors(node, "out", filters).slice(0, STEP)];
  canvas.only([node, ...around]);
  canvas.focus(node);
  history.replaceState(null, "", "#" + encodeURIComponent(node.id));
  showNode(node);
  listFindings();
}

function showPath(path) {
  const nodes = new Set(path.flatMap((edge) => [edge.from, edge.to]));
  canvas.add(nodes, path);
  say(`A path of ${path.length} ${path.length === 1 ? "step" : "steps"}`);
}

function showFinding(finding) {
  current = finding;
  const nodes = new Set([...finding.edges.slice(0, 60).flatMap((edge) => [edge.from, edge.to]), ...finding.nodes]);
  for (const node of nodes) if (!filters.node(node)) nodes.delete(node);
  canvas.selected = null;
  if (nodes.size) canvas.only([...nodes], finding.edges);
  else say("This finding lies on no node that the filters let through");
  const steps = finding.edges.slice(0, 60);
  byId("details").replaceChildren(
    element("h2", {}, `${finding.rule} `, element("small", {}, finding.name)),
    element("p", { class: `severity ${finding.severity}` }, finding.severity),
    element("p", { class: "message" }, ...prose(finding.message)), where(finding) ?? "",
    ...(finding.because.length ? [element("h3", {}, "Because"), element("ol", { class: "because" },
      ...finding.because.map((item) => element("li", {}, ...prose(item.message), " ", where(item))))] : []),
    ...(finding.help ? [element("h3", {}, "What to do"), element("p", {}, ...prose(finding.help))] : []),
    ...(steps.length ? [element("details", { class: "section", open: !finding.because.length },
      element("summary", {}, element("h3", {}, `On the graph (${steps.length})`)), ...steps.map((edge) => stepEntry(edge, start)))] : []),
    ...(finding.nodes.length ? [element("h3", {}, "About"), growing(finding.nodes, (node) => nodeEntry(node, start))] : []));
  byId("details").scrollTop = 0;
  listFindings();
}

function showEdges(edges) {
  const found = [...new Set(edges.flatMap((edge) => edge.findings))];
  byId("details").replaceChildren(element("h2", {}, `${edges[0].from.name} → ${edges[0].to.name}`),
    ...edges.map((edge) => stepEntry(edge, start)),
    ...(found.length ? [element("h3", {}, "Findings"), growing(found, (finding) => findingEntry(finding, showFinding))] : []));
}

function showBundle(item) {
  byId("details").replaceChildren(element("h2", {}, item.name),
    element("p", { class: "hint" }, item.labels ? `There is too much to draw each: one box for a ${item.labels.join(" and ")}.`
      : "The same kind, labels and connections, drawn as one."),
    ...(item.members.length <= 60 ? [element("p", { class: "actions" }, element("button", { type: "button", onclick: () => canvas.unfold(item) }, "Draw them one by one"))] : []),
    growing(item.members, (node) => nodeEntry(node, start)));
}

function showNode(node) {
  const panel = byId("details");
  if (!node) {
    panel.replaceChildren(element("p", { class: "hint" }, "Choose a node or a finding."));
    return;
  }
  const label = (name, value) => (value ? [element("dt", {}, name), element("dd", {}, value)] : []);
  const sides = [["in", "leads here"], ["out", "it leads to"]].map(([side, words]) => [side, words, canvas.hidden(node, side).length]);
  panel.replaceChildren(
    element("h2", {}, node.name), element("p", { class: "id" }, node.id),
    element("dl", {}, ...label("kind", node.kind), ...label("environment", node.environment), ...label("team", node.team),
      ...label(node.declared ? "declared" : "only named", where(node))),
    element("p", { class: "actions" },
      element("button", { type: "button", onclick: () => start(node) }, "Only around this"),
      ...sides.filter(([, , count]) => count).map(([side, words, count]) => element("button", { type: "button", onclick: () => {
        canvas.expand(node, side);
        showNode(node);
      } }, `Show what ${words} (+${count})`)),
      element("button", { type: "button", onclick: () => canvas.collapse(node) }, "Collapse")),
    ...(node.findings.length ? [element("h3", {}, `Findings (${node.findings.length})`), growing(node.findings, (finding) => findingEntry(finding, showFinding), 5)] : []),
    ...reachSection(node, true, "Reaches", "reaches"), ...reachSection(node, false, "Reached by", "reached-by"),
    ...stepSection(node));
}

function reachSection(node, forward, title, id) {
  const found = [...reach(node, forward, filters)].filter(([other]) => filters.node(other));
  const section = element("details", { class: "section", id, open: found.length > 0 && found.length <= 40 },
    element("summary", {}, element("h3", {}, `${title} (${found.length})`)));
  const byKind = Map.groupBy ? Map.groupBy(found, ([other]) => other.kind) : grouped(found);
  for (const kind of model.kinds.filter((name) => byKind.has(name))) {
    const items = byKind.get(kind);
    section.append(element("h4", {}, `${kind} `, element("small", {}, String(items.length))),
      growing(items, ([other, by]) => nodeEntry(other, () => showPath(by.path()), by.level), 12));
  }
  return [section];
}

function grouped(found) {
  const groups = new Map();
  for (const item of found) groups.set(item[0].kind, [...(groups.get(item[0].kind) ?? []), item]);
  return groups;
}

function stepSection(node) {
  const steps = [...node.out, ...node.in].filter((edge) => filters.edge(edge) && filters.node(edge.from === node ? edge.to : edge.from));
  if (!steps.length) return [];
  return [element("details", { class: "section", id: "steps" }, element("summary", {}, element("h3", {}, `Edges (${steps.length})`)),
    growing(steps, (edge) => stepEntry(edge, start), 12))];
}

// the lists on the left

function listFindings() {
  const shown = model.findings.filter((finding) => !finding.nodes.length || finding.nodes.some((node) => filters.node(node)));
  byId("tab-findings").textContent = `Findings (${shown.length})`;
  byId("panel-findings").replaceChildren(shown.length ? growing(shown, (finding) => findingEntry(finding, showFinding, finding === current))
    : element("p", { class: "hint" }, "No finding."));
}

function listNodes() {
  const shown = model.nodes.filter((node) => filters.node(node));
  shown.sort((a, b) => worst(b.findings) - worst(a.findings) || b.findings.length - a.findings.length || a.index - b.index);
  byId("tab-nodes").textContent = `Nodes (${shown.length})`;
  byId("panel-nodes").replaceChildren(growing(shown, (node) => nodeEntry(node, start)));
}

function tab(name) {
  for (const other of ["findings", "nodes"]) {
    byId("tab-" + other).setAttribute("aria-selected", String(other === name));
    byId("tab-" + other).setAttribute("tabindex", other === name ? "0" : "-1");
    byId("panel-" + other).hidden = other !== name;
  }
}

function filtered() {
  canvas.draw(canvas.selected);
  listFindings();
  listNodes();
  if (canvas.selected) showNode(canvas.selected);
}

// keys, theme, print

const TOOLS = { f: () => canvas.fit(), "+": () => canvas.view.zoom(1.25), "=": () => canvas.view.zoom(1.25), "-": () => canvas.view.zoom(0.8), Backspace: () => canvas.back() };

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (canvas.key(event)) return;
  if (event.key === "/") byId("search").focus();
  else if (TOOLS[event.key]) TOOLS[event.key]();
  else if (event.key === "Escape") document.querySelectorAll("details.filter[open]").forEach((menu) => { menu.open = false; });
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.filter[open]")) if (!menu.contains(event.target)) menu.open = false;
});

byId("side").addEventListener("keydown", (event) => {
  if (event.target.getAttribute("role") !== "tab" || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  const other = event.target.id === "tab-findings" ? "nodes" : "findings";
  tab(other);
  byId("tab-" + other).focus();
});

function theme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

let seen = null; // the view on the screen while it is printed
window.addEventListener("beforeprint", () => {
  seen = canvas.view.now();
  const box = canvas.bounds();
  canvas.view.svg.setAttribute("viewBox", `${box.left} ${box.top} ${box.width} ${box.height}`);
  canvas.view.go({ x: 0, y: 0, scale: 1 });
});
window.addEventListener("afterprint", () => {
  canvas.view.svg.removeAttribute("viewBox");
  canvas.view.go(seen);
});

// the start

function whole() {
  current = null;
  canvas.selected = null;
  canvas.only(model.nodes.filter((node) => filters.node(node)));
  showNode(null);
  listFindings();
}

function begin() {
  byId("name").textContent = `Who can reach what: ${model.name}`;
  const bad = [2, 1, 0].map((rank) => [SEVERITIES[rank], model.findings.filter((finding) => finding.rank === rank).length]);
  byId("about").textContent = [`${model.nodes.length} nodes, ${model.edges.length} edges`,
    ...bad.filter(([, count]) => count).map(([word, count]) => `${count} ${word}${count === 1 ? "" : "s"}`), model.revision.slice(0, 12) + (model.revision.endsWith("+") ? " with changes" : ""), model.tool].filter(Boolean).join(" · ");
  byId("filters").append(...makeFilters(filters, filtered));
  makeSearch(model, filters, start);
  byId("theme").addEventListener("click", theme);
  byId("fit").addEventListener("click", () => canvas.fit());
  byId("closer").addEventListener("click", () => canvas.view.zoom(1.25));
  byId("farther").addEventListener("click", () => canvas.view.zoom(0.8));
  byId("back").addEventListener("click", () => canvas.back());
  byId("all").addEventListener("click", whole);
  byId("tab-findings").addEventListener("click", () => tab("findings"));
  byId("tab-nodes").addEventListener("click", () => tab("nodes"));
  listNodes();
  listFindings();
  const asked = model.byId.get(decodeURIComponent(location.hash.slice(1))) ?? model.nodes[model.focus];
  const telling = model.findings.find((finding) => finding.rank === 2 && finding.edges.length) ?? model.findings.find((finding) => finding.edges.length);
  tab(model.findings.length && !asked ? "findings" : "nodes");
  if (asked) start(asked);
  else if (model.nodes.filter((node) => filters.node(node)).length <= 80) whole();
  else if (telling) showFinding(telling);
  else if (model.nodes.length) start(model.nodes.reduce((a, b) => (b.in.length + b.out.length > a.in.length + a.out.length ? b : a)));
  else showNode(null);
  canvas.past = [];
}

begin();
