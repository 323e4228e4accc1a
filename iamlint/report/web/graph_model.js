// The graph as the page sees it, and the walks over it.

const CERTAINTIES = ["certain", "assumed", "unknown"];
const SEVERITIES = ["note", "warning", "error"];
const LABEL_KINDS = new Set(["environment", "team"]);

function readModel(data) {
  const text = (number) => data.texts[number];
  const nodes = data.nodes.map((n, index) => ({
    index, id: text(n[0]), name: text(n[1]), rest: text(n[2]), kind: data.kinds[n[3]], environment: text(n[4]),
    team: text(n[5]), file: text(n[6]), line: n[7], declared: n[8] === 1, out: [], in: [], findings: [],
    words: (text(n[0]) + " " + text(n[1])).toLowerCase(),
  }));
  const edges = data.edges.map((e, index) => ({
    index, from: nodes[e[0]], to: nodes[e[1]], kind: text(e[2]), reason: text(e[3]), condition: text(e[4]), level: e[5],
    file: text(e[6]), line: e[7], walked: e[8], method: text(e[9]), assumed: text(e[10]), findings: [],
  }));
  for (const edge of edges) {
    edge.from.out.push(edge);
    edge.to.in.push(edge);
  }
  const findings = data.findings.map((f, index) => ({
    index, rule: text(f[0]), name: text(f[1]), severity: SEVERITIES[f[2]], rank: f[2], message: text(f[3]), file: text(f[4]),
    line: f[5], help: text(f[6]), because: f[7].map((b) => ({ message: text(b[0]), file: text(b[1]), line: b[2] })),
    nodes: f[8].map((number) => nodes[number]), edges: f[9].map((number) => edges[number]),
  }));
  findings.sort((a, b) => b.rank - a.rank || a.index - b.index);
  for (const finding of findings) {
    for (const thing of [...finding.nodes, ...finding.edges]) thing.findings.push(finding);
  }
  return { ...data, nodes, edges, findings, byId: new Map(nodes.map((node) => [node.id, node])) };
}

// What the filters let through. A set per question; the empty text stands for "none".
class Filters {
  constructor(model) {
    const values = (name) => [...new Set(model.nodes.map((node) => node[name]))].sort();
    this.choices = {
      environment: values("environment"), team: values("team"),
      kind: model.kinds.filter((kind) => model.nodes.some((node) => node.kind === kind)), certainty: CERTAINTIES,
    };
    this.on = Object.fromEntries(Object.entries(this.choices).map(([name, all]) => [name, new Set(all)]));
    for (const kind of LABEL_KINDS) this.on.kind.delete(kind);
  }

  node(node) {
    return this.on.kind.has(node.kind) && this.on.environment.has(node.environment) && this.on.team.has(node.team);
  }

  edge(edge) {
    return this.on.certainty.has(CERTAINTIES[edge.level]);
  }
}

// What a node reaches, or what reaches it: surest first, then nearest, as `iamlint reach` has it.
// Returns a Map from node to {level, path}; what lies behind an account counts only when the walk starts there.
function reach(start, forward, filters) {
  const found = new Map();
  for (let limit = 0; limit < CERTAINTIES.length; limit++) {
    if (!filters.on.certainty.has(CERTAINTIES[limit])) continue;
    const via = new Map([[start, null]]);
    const queue = [start];
    for (let at = 0; at < queue.length; at++) {
      const here = queue[at];
      for (const edge of forward ? here.out : here.in) {
        const next = forward ? edge.to : edge.from;
        if (!edge.walked || edge.level > limit || !filters.edge(edge) || via.has(next)) continue;
        if (edge.walked === 2 && forward && here !== start) continue;
        via.set(next, edge);
        if (edge.walked === 1 || forward) queue.push(next);
      }
    }
    for (const node of via.keys()) {
      if (node !== start && !found.has(node)) found.set(node, { level: limit, path: () => pathBack(via, node, forward) });
    }
  }
  return found;
}

function pathBack(via, node, forward) {
  const path = [];
  for (let edge = via.get(node); edge; edge = via.get(forward ? edge.from : edge.to)) path.push(edge);
  return forward ? path.reverse() : path;
}

function worst(findings) {
  return findings.length ? Math.max(...findings.map((finding) => finding.rank)) : -1;
}

function neighbors(node, side, filters) {
  const found = new Map();
  for (const edge of node[side]) {
    const other = side === "out" ? edge.to : edge.from;
    if (other === node || !filters.edge(edge) || !filters.node(other)) continue;
    const rank = worst(edge.findings);
    const known = found.get(other);
    if (known === undefined || known < rank) found.set(other, rank);
  }
  return [...found].sort((a, b) => b[1] - a[1] || worst(b[0].findings) - worst(a[0].findings) || a[0].index - b[0].index)
    .map(([other]) => other);
}
