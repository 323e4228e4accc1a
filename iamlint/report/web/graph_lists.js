// Everything beside the drawing: filters, search, the lists of findings and nodes, the details of what is selected.

const PAGE = 60; // entries before "show more"

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child != null && child !== ""));
  return made;
}

// A file and line; a long path breaks after a slash.
function where(thing) {
  if (!thing.file) return null;
  const parts = (thing.line ? `${thing.file}:${thing.line}` : thing.file).split("/");
  return element("span", { class: "where" }, ...parts.flatMap((part, index) => (index + 1 < parts.length ? [part + "/", element("wbr")] : [part])));
}

// A message with its `code` as code.
function prose(text) {
  const parts = text.split("`");
  if (parts.length % 2 === 0) return [text];
  return parts.map((part, index) => (index % 2 ? element("code", {}, part) : part)).filter((part) => part !== "");
}

function chip(node) {
  return element("span", { class: `chip kind-${node.kind}` }, node.kind);
}

// A list that grows by a page when asked; `entry` makes one item.
function growing(items, entry, page = PAGE) {
  const list = element("ul", { class: "list" });
  let shown = 0;
  const more = element("button", { type: "button", class: "more", onclick: () => grow() });
  const grow = () => {
    list.append(...items.slice(shown, shown + page).map((item) => element("li", {}, entry(item))));
    shown = Math.min(shown + page, items.length);
    more.textContent = `Show ${Math.min(page, items.length - shown)} more of ${items.length - shown}`;
    more.hidden = shown >= items.length;
  };
  grow();
  return element("div", {}, list, more);
}

function makeFilters(filters, changed) {
  const names = { environment: "Environment", team: "Team", kind: "Kind", certainty: "Certainty" };
  return Object.entries(names).map(([name, title]) => {
    const all = filters.choices[name];
    const on = filters.on[name];
    const told = element("span", { class: "on" });
    const boxes = all.map((value) => {
      const box = element("input", { type: "checkbox", value, onchange: () => set(() => (box.checked ? on.add(value) : on.delete(value))) });
      return [value, box];
    });
    const set = (change) => {
      change();
      show();
      changed();
    };
    const show = () => {
      for (const [value, box] of boxes) box.checked = on.has(value);
      told.textContent = on.size === all.length ? "all" : `${on.size} of ${all.length}`;
      menu.classList.toggle("narrowed", on.size < all.length && name !== "kind");
    };
    const menu = element("details", { class: "filter", id: `filter-${name}` },
      element("summary", {}, `${title} `, told),
      element("div", { role: "group", "aria-label": title },
        element("p", { class: "both" },
          element("button", { type: "button", onclick: () => set(() => all.forEach((value) => on.add(value))) }, "All"),
          element("button", { type: "button", onclick: () => set(() => on.clear()) }, "None")),
        ...boxes.map(([value, box]) => element("label", {}, box, value || "none"))));
    show();
    return menu;
  });
}

function makeSearch(model, filters, chosen) {
  const input = document.getElementById("search");
  const hits = document.getElementById("hits");
  let found = [];
  let at = -1;
  const close = () => {
    hits.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    at = -1;
  };
  const mark = () => {
    [...hits.children].forEach((item, index) => item.setAttribute("aria-selected", index === at));
    if (at >= 0 && hits.children[at]) {
      input.setAttribute("aria-activedescendant", hits.children[at].id);
      hits.children[at].scrollIntoView({ block: "nearest" });
    }
  };
  const pick = (node) => {
    close();
    input.value = "";
    chosen(node);
  };
  const search = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = words.length ? model.nodes.filter((node) => words.every((word) => node.words.includes(word))) : [];
    const rank = (node) => (node.name.toLowerCase() === words.join(" ") ? 0 : node.name.toLowerCase().startsWith(words[0]) ? 1 : 2);
    found.sort((a, b) => rank(a) - rank(b) || a.id.length - b.id.length || a.index - b.index);
    const shown = found.slice(0, 20);
    hits.replaceChildren(...shown.map((node, index) => element("li", {
      role: "option", id: `hit-${index}`, "aria-selected": "false", onmousedown: (event) => event.preventDefault(), onclick: () => pick(node),
    }, chip(node), element("span", { class: "hit" }, node.id))));
    if (words.length && !found.length) hits.append(element("li", { class: "nothing" }, "No node has this in its name"));
    if (found.length > shown.length) hits.append(element("li", { class: "nothing" }, `and ${found.length - shown.length} more: type on`));
    hits.hidden = !words.length;
    input.setAttribute("aria-expanded", String(words.length > 0));
    at = found.length ? 0 : -1;
    mark();
  };
  input.addEventListener("input", search);
  input.addEventListener("focus", search);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const last = Math.min(found.length, 20) - 1;
    if (event.key === "ArrowDown") at = at < last ? at + 1 : 0;
    else if (event.key === "ArrowUp") at = at > 0 ? at - 1 : last;
    else if (event.key === "Enter" && found[at]) pick(found[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    if (!hits.hidden) mark();
  });
}

function findingEntry(finding, chosen, isCurrent) {
  return element("button", { type: "button", class: `finding ${finding.severity}`, "aria-current": isCurrent ? "true" : null, onclick: () => chosen(finding) },
    element("span", { class: "rule" }, element("span", { class: "dot", title: finding.severity }), `${finding.rule} `, element("span", { class: "slug" }, finding.name)),
    element("span", { class: "message" }, ...prose(finding.message)), where(finding));
}

function nodeEntry(node, chosen, certainty) {
  return element("button", { type: "button", class: "entry", title: node.id, onclick: () => chosen(node) },
    chip(node), element("span", { class: "label" }, node.name),
    certainty ? element("span", { class: "certainty" }, CERTAINTIES[certainty]) : null,
    node.findings.length ? element("span", { class: `number ${SEVERITIES[worst(node.findings)]}` }, String(node.findings.length)) : null);
}

function stepEntry(edge, chosen) {
  const notes = [edge.condition && `if ${edge.condition}`, edge.assumed && `not in the repository, taken as open: ${edge.assumed}`,
    edge.level === 2 && "may or may not be"].filter(Boolean);
  return element("div", { class: "step" },
    element("button", { type: "button", class: "link", onclick: () => chosen(edge.from) }, edge.from.name), ` ${edge.reason}`,
    edge.method ? ` [${edge.method}]` : "", " → ", element("button", { type: "button", class: "link", onclick: () => chosen(edge.to) }, edge.to.name), " ",
    where(edge), ...notes.map((note) => element("span", { class: "note" }, note)));
}
