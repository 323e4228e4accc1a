// The drawing: which nodes are shown, where they stand, and how it is moved through.

const STEP = 8; // how many neighbors a click shows on each side
const MOST = 300; // more boxes than this nobody reads: what is alike is drawn as one

class Canvas {
  constructor(model, filters, on) {
    Object.assign(this, { model, filters, on, shown: new Set(), more: new Map(), lit: new Set(), single: new Set(), selected: null });
    this.items = []; // what is drawn: nodes, and bundles of nodes that are alike
    this.itemOf = new Map();
    this.boxes = new Map();
    this.place = new Map();
    this.past = [];
    this.view = new View(document.getElementById("canvas"), document.getElementById("world"));
  }

  // what is shown

  remember() {
    const { shown, more, lit, single, selected } = this;
    this.past.push([{ shown: new Set(shown), more: new Map(more), lit: new Set(lit), single: new Set(single), selected }, this.view.now()]);
    if (this.past.length > 50) this.past.shift();
  }

  back() {
    const [before, view] = this.past.pop() ?? [];
    if (!before) return;
    Object.assign(this, before);
    this.draw();
    this.view.go(view);
    this.on.select(this.selected, false);
  }

  // Show just these nodes. `lit` are edges to make stand out.
  only(nodes, lit = []) {
    this.remember();
    Object.assign(this, { shown: new Set(nodes), more: new Map(), single: new Set(), lit: new Set(lit) });
    this.draw();
    this.fit();
  }

  add(nodes, lit = []) {
    this.remember();
    for (const node of nodes) this.shown.add(node);
    this.lit = new Set(lit);
    this.draw(this.selected);
    this.fit();
  }

  // Draw the members of a bundle one by one.
  unfold(item) {
    this.remember();
    for (const node of item.members) this.single.add(node);
    this.draw(item.members[0]);
    this.focus(item.members[0]);
  }

  // Show more of what a node is connected with, on one side or both. Returns how many came.
  expand(node, ...sides) {
    const wanted = [];
    for (const side of sides.length ? sides : ["out", "in"]) {
      const hidden = this.hidden(node, side);
      wanted.push(...hidden.slice(0, STEP));
    }
    const room = MOST - this.shown.size;
    const coming = wanted.slice(0, Math.max(room, 0));
    if (coming.length < wanted.length) this.on.say(`At most ${MOST} nodes at a time: hide some, or start from another node`);
    if (!coming.length) return 0;
    this.remember();
    for (const other of coming) {
      this.shown.add(other);
      this.more.set(other, node);
    }
    this.draw(node);
    this.reveal(node);
    return coming.length;
  }

  // Hide what clicks on this node have brought, and what those brought.
  collapse(node) {
    this.remember();
    const gone = [node];
    for (const parent of gone) {
      for (const [child, from] of this.more) {
        if (from === parent && child !== this.selected && this.shown.delete(child)) {
          this.more.delete(child);
          gone.push(child);
        }
      }
    }
    this.draw(node);
  }

  hide(node) {
    const next = this.#nearest(node, () => true);
    this.remember();
    for (const gone of node.members ?? [node]) {
      this.shown.delete(gone);
      this.more.delete(gone);
    }
    if (this.selected === node) this.selected = null;
    this.draw();
    if (next) this.focus(next.members?.[0] ?? next);
  }

  hidden(node, side) {
    return neighbors(node, side, this.filters).filter((other) => !this.shown.has(other));
  }

  // drawing

  draw(anchor = null) {
    const was = this.place.get(this.itemOf.get(anchor));
    const nodes = [...this.shown].filter((node) => node === this.selected || this.filters.node(node)).sort((a, b) => a.index - b.index);
    const left = this.#choose(nodes);
    const together = this.#links();
    this.#arrange(together);
    this.#drawLines(together);
    this.#drawBoxes();
    const now = this.place.get(this.itemOf.get(anchor));
    if (was && now) this.view.shift(was.x - now.x, was.y - now.y);
    this.on.drawn(nodes.length - left, left);
  }

  // Decide what to draw for these nodes; returns how many there was no room for.
  #choose(nodes) {
    const keep = new Set([this.selected, ...this.single]);
    if (this.lit.size <= 20) for (const edge of this.lit) keep.add(edge.from).add(edge.to);
    const here = new Set(nodes);
    this.items = nodes.length > 20 ? bundled(nodes, keep, FEW, (node) => signature(node, here, this.filters)) : nodes;
    for (const labels of [["kind", "environment", "team"], ["kind", "environment"]]) {
      if (this.items.length > MOST) this.items = bundled(nodes, keep, 2, (node) => labels.map((name) => node[name]).join("|"), labels);
    }
    let left = 0;
    if (this.items.length > MOST) {
      const weight = (item) => (keep.has(item) ? 1e9 : 0) + (worst(item.findings) + 1) * 1e6 + item.out.length + item.in.length;
      const ranked = [...this.items].sort((a, b) => weight(b) - weight(a) || a.index - b.index);
      left = ranked.slice(MOST).reduce((sum, item) => sum + (item.members?.length ?? 1), 0);
      this.items = ranked.slice(0, MOST).sort((a, b) => a.index - b.index);
    }
    this.itemOf = new Map(this.items.flatMap((item) => (item.members ?? [item]).map((node) => [node, item])));
    return left;
  }

  #links() {
    const number = new Map(this.items.map((item, index) => [item, index]));
    const together = new Map();
    for (const [node, item] of this.itemOf) {
      for (const edge of node.out) {
        const other = this.itemOf.get(edge.to);
        if (!other || !this.filters.edge(edge) || (other === item && item.members)) continue;
        const name = number.get(item) * this.items.length + number.get(other);
        if (!together.has(name)) together.set(name, { from: item, to: other, edges: [] });
        together.get(name).edges.push(edge);
      }
    }
    return [...together.values()];
  }

  #arrange(together) {
    const linked = new Set(together.flatMap((link) => [link.from, link.to]));
    const boxes = this.items.filter((item) => linked.has(item));
    const at = new Map(boxes.map((item, index) => [item, index]));
    const found = layered(boxes.length, together.map((link) => [at.get(link.from), at.get(link.to)]));
    const x = (column) => column * (NODE.width + NODE.gap);
    this.place = new Map(boxes.map((item, index) => [item, { x: x(found.rank[index]), y: found.y[index] * NODE.row }]));
    this.routes = found.routes.map((route) => route.map(([column, row]) => [x(column), row * NODE.row + NODE.height / 2]));
    const lowest = this.routes.flat().reduce((most, point) => Math.max(most, point[1]), [...this.place.values()].reduce((most, { y }) => Math.max(most, y), -NODE.row));
    const loose = this.items.filter((item) => !linked.has(item));
    const across = Math.max(found.columns, Math.ceil(Math.sqrt(loose.length / 3)), 1);
    loose.forEach((item, index) => this.place.set(item, { x: x(index % across), y: lowest + (1 + Math.floor(index / across)) * NODE.row }));
  }

  #drawLines(together) {
    const badges = []; // above every line, none of which then runs through a name
    const lines = together.map(({ edges }, number) => {
      const path = linePath(this.routes[number]);
      const surest = Math.min(...edges.map((edge) => edge.level));
      const found = edges.flatMap((edge) => edge.findings);
      const lit = edges.some((edge) => this.lit.has(edge));
      const classes = ["line", CERTAINTIES[surest], found.length ? SEVERITIES[worst(found)] : "", lit ? "lit" : ""].filter(Boolean).join(" ");
      const end = found.length ? SEVERITIES[worst(found)] : lit ? "lit" : "plain";
      const told = edges.slice(0, 10).map((edge) => `${edge.from.name} ${edge.reason} → ${edge.to.name}`).join("\n");
      const group = svgElement("g", { class: "link", "data-edge": edges[0].index },
        svgElement("title", {}, told), svgElement("path", { class: "reachable", d: path }),
        svgElement("path", { class: classes, d: path, "marker-end": `url(#end-${end})` }));
      const chosen = () => this.on.edge(edges);
      group.addEventListener("click", chosen);
      if (found.length) {
        const named = svgElement("g", { class: "link" }, svgElement("title", {}, told), badge(this.routes[number], found));
        named.addEventListener("click", chosen);
        badges.push(named);
      }
      return group;
    });
    document.getElementById("lines").replaceChildren(...lines, ...badges);
  }

  #drawBoxes() {
    const keep = document.activeElement?.closest?.(".node") && this.held;
    const first = this.itemOf.get(this.selected) ?? this.items[0];
    this.boxes = new Map(this.items.map((item, index) => [item, this.#box(item, index, item === first)]));
    document.getElementById("boxes").replaceChildren(...this.boxes.values());
    if (keep) this.boxes.get(this.itemOf.get(keep) ?? first)?.focus({ preventScroll: true });
  }

  #box(item, index, isFirst) {
    const { x, y } = this.place.get(item);
    const hidden = { in: this.hidden(item, "in").length, out: this.hidden(item, "out").length };
    const rank = worst(item.findings);
    const classes = ["node", "kind-" + item.kind, rank >= 0 ? SEVERITIES[rank] : "", item === this.selected ? "selected" : "", item.members ? "bundle" : ""];
    const told = [item.members ? item.name : `${item.kind} ${item.name}`, item.environment && `environment ${item.environment}`, item.team && `team ${item.team}`,
      item.findings.length && `${item.findings.length} findings`, hidden.in && `${hidden.in} more lead here`, hidden.out && `leads to ${hidden.out} more`];
    const box = svgElement("g", {
      class: classes.filter(Boolean).join(" "), transform: `translate(${x} ${y})`, role: "button", tabindex: isFirst ? 0 : -1,
      "aria-pressed": item === this.selected, "aria-label": told.filter(Boolean).join(", "), "data-item": index,
    }, svgElement("title", {}, item.id),
    ...(item.members ? [svgElement("rect", { class: "box", x: 5, y: 5, width: NODE.width, height: NODE.height, rx: 7 })] : []),
    svgElement("rect", { class: item.declared ? "box" : "box named", width: NODE.width, height: NODE.height, rx: 7 }),
    svgElement("rect", { class: "stripe", width: 5, height: NODE.height, rx: 2 }),
    svgElement("text", { class: "name", x: 14, y: 18 }, fit(item.name, NODE.width - (rank >= 0 ? 46 : 24), "600 12.5px system-ui, sans-serif")),
    svgElement("text", { class: "rest", x: 14, y: 34 }, fit(item.rest, NODE.width - 24, "10.5px system-ui, sans-serif")));
    if (rank >= 0) {
      box.append(svgElement("circle", { class: "mark", cx: NODE.width - 14, cy: 14, r: 8 }),
        svgElement("text", { class: "count", x: NODE.width - 14, y: 17.5, "text-anchor": "middle" }, item.findings.length > 99 ? "99" : String(item.findings.length)));
    }
    for (const side of ["in", "out"]) if (hidden[side]) box.append(this.#pill(item, side, hidden[side]));
    box.addEventListener("focus", () => { this.held = item.members?.[0] ?? item; });
    box.addEventListener("click", () => this.#choice(item));
    return box;
  }

  #choice(item) {
    if (item.members) this.on.bundle(item);
    else this.on.select(item, true, true);
  }

  #pill(node, side, count) {
    const word = side === "in" ? "◂ " + count : count + " ▸";
    const width = word.length * 5.8 + 10;
    const pill = svgElement("g", { class: "pill", transform: `translate(${side === "in" ? 8 : NODE.width - width - 8} ${NODE.height - 4})` },
      svgElement("title", {}, side === "in" ? `Show what else leads here (${count})` : `Show what else it leads to (${count})`),
      svgElement("rect", { width, height: 14, rx: 7 }), svgElement("text", { x: width / 2, y: 10.5, "text-anchor": "middle" }, word));
    pill.addEventListener("click", (event) => {
      event.stopPropagation();
      this.expand(node, side);
    });
    return pill;
  }

  // moving

  bounds() {
    let [left, top, right, bottom] = [0, 0, NODE.width, NODE.height];
    if (this.place.size) [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const { x, y } of this.place.values()) {
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x + NODE.width), Math.max(bottom, y + NODE.height)];
    }
    return { left: left - 40, top: top - 16, width: right - left + 80, height: bottom - top + 32 };
  }

  fit() {
    this.view.fit(this.bounds());
  }

  // Bring a node into sight: with everything else where that stays readable.
  reveal(node) {
    const place = this.place.get(node) ?? this.place.get(this.itemOf.get(node));
    if (!place) return;
    if (this.view.scaleFor(this.bounds()) >= 0.72) this.fit();
    else this.view.reveal({ ...place, width: NODE.width, height: NODE.height });
  }

  focus(node) {
    const item = node.members ? node : this.itemOf.get(node);
    for (const [other, box] of this.boxes) box.setAttribute("tabindex", other === item ? 0 : -1);
    this.boxes.get(item)?.focus({ preventScroll: true });
    this.reveal(item);
  }

  #nearest(node, fits) {
    const here = this.place.get(node);
    let best = null;
    for (const [other, place] of this.place) {
      if (other === node) continue;
      const [x, y] = [place.x - here.x, place.y - here.y];
      if (!fits(x, y)) continue;
      const far = Math.abs(x) + 2 * Math.abs(y);
      if (!best || far < best[0]) best = [far, other];
    }
    return best?.[1] ?? null;
  }

  key(event) {
    const node = this.items[event.target.closest?.(".node")?.dataset.item];
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return false;
    const ways = {
      ArrowRight: [(x) => x > 0, "out"], ArrowLeft: [(x) => x < 0, "in"],
      ArrowDown: [(x, y) => Math.abs(x) < 2 && y > 0], ArrowUp: [(x, y) => Math.abs(x) < 2 && y < 0],
    };
    if (event.key === "Enter" || event.key === " ") this.#choice(node);
    else if (event.key === "Delete") this.hide(node);
    else if (ways[event.key]) {
      const [fits, side] = ways[event.key];
      let next = this.#nearest(node, fits);
      if (!next && side && !node.members && this.expand(node, side)) next = this.#nearest(node, fits);
      if (next) this.focus(next);
    } else return false;
    event.preventDefault();
    return true;
  }
}
