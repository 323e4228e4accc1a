// Nodes that are alike, drawn as one: the same kind, labels and connections, as sixty roles of one `for_each`.

const FEW = 4; // so many are drawn one by one

// Returns what to draw for these nodes: themselves, or bundles of at least `few` of which `name` says the same.
// `keep` are nodes that stay by themselves; `labels` are all that the members of a coarse bundle have in common.
function bundled(nodes, keep, few, name, labels) {
  const groups = new Map();
  for (const node of nodes) {
    const group = keep.has(node) ? "#" + node.index : name(node);
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push(node);
  }
  const items = [];
  for (const members of groups.values()) {
    if (members.length < few) items.push(...members);
    else items.push(bundle(members, labels));
  }
  return items.sort((a, b) => a.index - b.index);
}

function signature(node, here, filters) {
  const ends = [];
  for (const [side, other] of [["out", "to"], ["in", "from"]]) {
    for (const edge of node[side]) {
      if (here.has(edge[other]) && edge[other] !== node && filters.edge(edge)) ends.push(`${side}${edge[other].index}${edge.kind}${edge.level}`);
    }
  }
  return [node.kind, node.environment, node.team, node.declared, worst(node.findings), ...ends.sort()].join("|");
}

function bundle(members, labels) {
  const [first] = members;
  const names = members.slice(0, 20).map((node) => node.name).join(", ");
  return {
    ...first, members, labels, name: `${members.length} ${first.kind}s${labels ? "" : " alike"}`,
    rest: labels?.slice(1).map((name) => first[name]).filter(Boolean).join(" · ") || names,
    id: members.slice(0, 30).map((node) => node.id).join("\n") + (members.length > 30 ? "\n…" : ""),
    findings: [...new Set(members.flatMap((node) => node.findings))], out: [], in: [],
  };
}
