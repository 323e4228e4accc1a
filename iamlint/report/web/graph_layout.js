// A layered layout, as iamlint/report/layers.py has it: ranks, stand-ins for long links, order by middles, rows by
// isotonic regression. Returns {rank, y, routes, columns}; rows count from 0, a route is a list of [column, row].

function layered(count, links) {
  const down = withoutCycles(count, links);
  const rank = ranksOf(count, down);
  const ranks = [...rank];
  const shared = new Map();
  const chains = down.map(([source, target]) => {
    const chain = [source];
    for (let column = rank[source] + 1; column < rank[target]; column++) {
      const name = source + ":" + column;
      if (!shared.has(name)) {
        shared.set(name, ranks.length);
        ranks.push(column);
      }
      chain.push(shared.get(name));
    }
    chain.push(target);
    return chain;
  });
  const before = ranks.map(() => []);
  const after = ranks.map(() => []);
  for (const chain of chains) {
    for (let at = 1; at < chain.length; at++) {
      if (chain[at - 1] === chain[at]) continue;
      after[chain[at - 1]].push(chain[at]);
      before[chain[at]].push(chain[at - 1]);
    }
  }
  let columns = Array.from({ length: Math.max(-1, ...ranks) + 1 }, () => []);
  ranks.forEach((column, item) => columns[column].push(item));
  columns = inOrder(columns, before, after, ranks.length > 3000 ? 2 : 8);
  const y = rowsOf(columns, before, after, count, ranks.length > 3000 ? 4 : 12);
  const routes = chains.map((chain, number) => {
    const points = chain.map((item) => [ranks[item], y[item]]);
    return down[number][0] === links[number][0] ? points : points.reverse();
  });
  return { rank, y: y.slice(0, count), routes, columns: columns.length };
}

function withoutCycles(count, links) {
  const after = Array.from({ length: count }, () => []);
  const reached = new Uint8Array(count);
  links.forEach(([source, target], number) => {
    after[source].push(number);
    if (source !== target) reached[target] = 1;
  });
  const state = new Uint8Array(count);
  const turned = new Set();
  const roots = [...Array(count).keys()].sort((a, b) => reached[a] - reached[b] || a - b);
  for (const root of roots) {
    if (state[root]) continue;
    state[root] = 1;
    const stack = [[root, 0]];
    while (stack.length) {
      const top = stack[stack.length - 1];
      if (top[1] >= after[top[0]].length) {
        state[top[0]] = 2;
        stack.pop();
        continue;
      }
      const number = after[top[0]][top[1]++];
      const target = links[number][1];
      if (state[target] === 1) turned.add(number);
      else if (!state[target]) {
        state[target] = 1;
        stack.push([target, 0]);
      }
    }
  }
  return links.map(([source, target], number) => (turned.has(number) ? [target, source] : [source, target]));
}

function ranksOf(count, links) {
  const after = Array.from({ length: count }, () => []);
  const open = new Int32Array(count);
  for (const [source, target] of links) {
    if (source === target) continue;
    after[source].push(target);
    open[target]++;
  }
  const rank = Array(count).fill(0);
  const roots = [...Array(count).keys()].filter((item) => !open[item]);
  const queue = [...roots];
  for (let at = 0; at < queue.length; at++) {
    for (const target of after[queue[at]]) {
      rank[target] = Math.max(rank[target], rank[queue[at]] + 1);
      if (!--open[target]) queue.push(target);
    }
  }
  for (const item of roots) {
    if (after[item].length) rank[item] = Math.min(...after[item].map((target) => rank[target])) - 1;
  }
  return rank;
}

function inOrder(columns, before, after, sweeps) {
  let best = columns;
  let fewest = crossings(columns, after);
  for (let sweep = 0; sweep < sweeps && fewest; sweep++) {
    const forward = sweep % 2 === 0;
    const near = forward ? before : after;
    const position = new Map();
    columns.forEach((column) => column.forEach((item, index) => position.set(item, index)));
    const ordered = [...columns];
    for (let step = 0; step < columns.length; step++) {
      const number = forward ? step : columns.length - 1 - step;
      const middle = new Map(ordered[number].map((item) => [item, near[item].length
        ? near[item].reduce((sum, other) => sum + position.get(other), 0) / near[item].length : position.get(item)]));
      ordered[number] = [...ordered[number]].sort((a, b) => middle.get(a) - middle.get(b) || position.get(a) - position.get(b));
      ordered[number].forEach((item, index) => position.set(item, index));
    }
    columns = ordered;
    const found = crossings(columns, after);
    if (found < fewest) [best, fewest] = [columns, found];
  }
  return best;
}

function crossings(columns, after) {
  let found = 0;
  for (let number = 0; number + 1 < columns.length; number++) {
    const position = new Map(columns[number + 1].map((item, index) => [item, index]));
    const tree = new Int32Array(position.size + 1);
    let seen = 0;
    for (const item of columns[number]) {
      const ends = after[item].map((other) => position.get(other)).filter((end) => end !== undefined);
      for (const end of ends) {
        let above = 0;
        for (let index = end + 1; index; index &= index - 1) above += tree[index];
        found += seen - above;
      }
      for (const end of ends) {
        seen++;
        for (let index = end + 1; index < tree.length; index += index & -index) tree[index]++;
      }
    }
  }
  return found;
}

function rowsOf(columns, before, after, real, rounds) {
  const y = Array(before.length).fill(0);
  for (const column of columns) column.forEach((item, index) => { y[item] = index - (column.length - 1) / 2; });
  for (let round = 0; round < rounds; round++) {
    const forward = round % 2 === 0;
    for (const column of forward ? columns : [...columns].reverse()) {
      const wanted = column.map((item) => {
        let near = forward ? before[item] : after[item];
        if (!near.length) near = forward ? after[item] : before[item];
        if (round >= rounds - 2) near = [...before[item], ...after[item]];
        return near.length ? near.reduce((sum, other) => sum + y[other], 0) / near.length : y[item];
      });
      apart(wanted, column.map((item) => (item < real ? 1 : 4))).forEach((row, index) => { y[column[index]] = row; });
    }
  }
  const lowest = y.reduce((least, row) => Math.min(least, row), Infinity);
  return y.map((row) => row - (y.length ? lowest : 0));
}

function apart(wanted, weights) {
  const pools = [];
  wanted.forEach((row, index) => {
    pools.push([(row - index) * weights[index], weights[index], 1]);
    while (pools.length > 1) {
      const [a, b] = pools.slice(-2);
      if (a[0] * b[1] <= b[0] * a[1]) break;
      pools.splice(-2, 2, [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
    }
  });
  const rows = [];
  for (const [total, weight, size] of pools) {
    const start = rows.length;
    for (let index = 0; index < size; index++) rows.push(total / weight + start + index);
  }
  return rows;
}
