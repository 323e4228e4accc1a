"""A layered layout: columns from left to right along the edges, few crossings, nothing on top of anything.

The steps are the usual ones (Sugiyama, Tagawa and Toda 1981): break cycles, give ranks, let long links pass through the
columns between, order each column by the middle of its neighbors, and then move everything as near to its neighbors as the
order allows, which is an isotonic regression and solved exactly.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from iamlint.source.record import NamedTuple

Link = tuple[int, int]

_SWEEPS = 8
_ROUNDS = 12
_STRAIGHT = 4.0  # how much more a long link resists bending than a box resists moving


class Layout(NamedTuple):
    """Where everything goes.

    `rank` is the column of each item, `y` its middle, in rows; `routes` the points that each link passes, as (column, y),
    its two ends included. `columns` counts the columns.
    """

    rank: list[int]
    y: list[float]
    routes: list[list[tuple[int, float]]]
    columns: int


def layered(count: int, links: Sequence[Link]) -> Layout:
    """Return a layout for so many items and the links between them; a link from an item to itself has no points between."""
    down = _acyclic(count, links)
    rank = _ranks(count, [link for link in down if link[0] != link[1]])
    chains, total, ranks = _chains(count, down, rank)
    before: list[list[int]] = [[] for _ in range(total)]
    after: list[list[int]] = [[] for _ in range(total)]
    for chain in chains:
        for here, there in itertools.pairwise(chain):
            if here != there:
                after[here].append(there)
                before[there].append(here)
    columns: list[list[int]] = [[] for _ in range(max(ranks, default=-1) + 1)]
    for item in range(total):
        columns[ranks[item]].append(item)
    sweeps = _SWEEPS if total < 20_000 else 2
    columns = _ordered(columns, before, after, sweeps)
    y = _placed(columns, before, after, count, _ROUNDS if total < 20_000 else 3)
    routes = []
    for (source, target), (first, _), chain in zip(links, down, chains, strict=True):
        points = [(ranks[item], y[item]) for item in chain]
        routes.append(points if first == source or source == target else points[::-1])
    return Layout(rank, y[:count], routes, len(columns))


def _acyclic(count: int, links: Sequence[Link]) -> list[Link]:
    """Return the links with those turned round that close a cycle."""
    after: list[list[int]] = [[] for _ in range(count)]
    for number, (source, _) in enumerate(links):
        after[source].append(number)
    state = bytearray(count)  # 1: on the way, 2: done
    turned = set()
    has_before = bytearray(count)
    for source, target in links:
        if source != target:
            has_before[target] = 1
    for root in sorted(range(count), key=lambda item: has_before[item]):
        if state[root]:
            continue
        state[root] = 1
        stack = [(root, iter(after[root]))]
        while stack:
            item, rest = stack[-1]
            for number in rest:
                target = links[number][1]
                if state[target] == 1:
                    turned.add(number)
                elif not state[target]:
                    state[target] = 1
                    stack.append((target, iter(after[target])))
                    break
            else:
                state[item] = 2
                stack.pop()
    return [(target, source) if number in turned else (source, target) for number, (source, target) in enumerate(links)]


def _ranks(count: int, links: Sequence[Link]) -> list[int]:
    """Return the longest way that leads to each item; what nothing leads to stands just before what it leads to."""
    after: list[list[int]] = [[] for _ in range(count)]
    open_links = [0] * count
    for source, target in links:
        after[source].append(target)
        open_links[target] += 1
    rank = [0] * count
    roots = [item for item in range(count) if not open_links[item]]
    queue = list(roots)
    for item in queue:
        for target in after[item]:
            rank[target] = max(rank[target], rank[item] + 1)
            open_links[target] -= 1
            if not open_links[target]:
                queue.append(target)
    for item in roots:
        if after[item]:
            rank[item] = min(rank[target] for target in after[item]) - 1
    return rank


def _chains(count: int, links: Sequence[Link], rank: Sequence[int]) -> tuple[list[list[int]], int, list[int]]:
    """Return each link as the items that it passes, with a stand-in for each column that it only crosses.

    Links with a common start share their stand-ins: they run together for as long as they can.
    """
    ranks = list(rank)
    total = count
    shared: dict[tuple[int, int], int] = {}
    furthest: dict[int, int] = {}
    chains = []
    for source, target in links:
        chain = [source]
        for column in range(rank[source] + 1, rank[target]):
            known = shared.get((source, column)) if furthest.get(source, 0) >= column else None
            if known is None:
                known = shared[source, column] = total
                furthest[source] = column
                ranks.append(column)
                total += 1
            chain.append(known)
        chains.append([*chain, target])
    return chains, total, ranks


def _ordered(
    columns: list[list[int]], before: Sequence[Sequence[int]], after: Sequence[Sequence[int]], sweeps: int
) -> list[list[int]]:
    """Return the columns, each in the order of the middles of its neighbors, as often as that takes crossings away."""
    best, fewest = columns, _crossings(columns, after)
    for sweep in range(sweeps):
        forward = sweep % 2 == 0
        neighbors = before if forward else after
        position = {item: index for column in columns for index, item in enumerate(column)}
        ordered = list(columns)
        for number in range(len(columns)) if forward else range(len(columns) - 1, -1, -1):
            column = ordered[number]
            middle = {
                item: (sum(position[near] for near in neighbors[item]) / len(neighbors[item]))
                if neighbors[item]
                else float(position[item])
                for item in column
            }
            ordered[number] = sorted(column, key=lambda item: (middle[item], position[item]))
            position |= {item: index for index, item in enumerate(ordered[number])}
        columns = ordered
        crossings = _crossings(columns, after)
        if crossings < fewest:
            best, fewest = columns, crossings
        if not fewest:
            break
    return best


def _crossings(columns: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> int:
    """Return how many links cross between neighboring columns."""
    found = 0
    for here, there in itertools.pairwise(columns):
        position = {item: index for index, item in enumerate(there)}
        tree = [0] * (len(there) + 1)
        seen = 0
        for item in here:
            ends = sorted(position[near] for near in after[item] if near in position)
            for end in ends:
                above, index = 0, end + 1
                while index:
                    above += tree[index]
                    index &= index - 1
                found += seen - above
            for end in ends:
                seen += 1
                index = end + 1
                while index < len(tree):
                    tree[index] += 1
                    index += index & -index
    return found


def _placed(
    columns: Sequence[Sequence[int]], before: Sequence[Sequence[int]], after: Sequence[Sequence[int]], real: int, rounds: int
) -> list[float]:
    """Return the rows: every item as near to the middle of its neighbors as the order of its column and a gap of one allow."""
    y = [0.0] * len(before)
    for column in columns:
        for index, item in enumerate(column):
            y[item] = index - (len(column) - 1) / 2
    for number in range(rounds):
        sides = (before, after) if number % 2 == 0 else (after, before)
        for column in columns if number % 2 == 0 else columns[::-1]:
            wanted, weights = [], []
            for item in column:
                near = [*sides[0][item]] or [*sides[1][item]]
                if number >= rounds - 2:
                    near = [*before[item], *after[item]]
                wanted.append(sum(y[other] for other in near) / len(near) if near else y[item])
                weights.append(1.0 if item < real else _STRAIGHT)
            for item, row in zip(column, apart(wanted, weights), strict=True):
                y[item] = row
    lowest = min(y, default=0.0)
    return [row - lowest for row in y]


def apart(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the rows nearest to the wanted ones (least squares) that keep their order and a distance of one.

    With the distances taken off it is an isotonic regression, solved by pooling what is out of order.
    """
    pools: list[tuple[float, float, int]] = []  # sum of weight × row, weight, how many
    for index, (row, weight) in enumerate(zip(wanted, weights, strict=True)):
        pools.append(((row - index) * weight, weight, 1))
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] > pools[-1][0] * pools[-2][1]:
            (sum_b, weight_b, count_b), (sum_a, weight_a, count_a) = pools.pop(), pools.pop()
            pools.append((sum_a + sum_b, weight_a + weight_b, count_a + count_b))
    rows: list[float] = []
    for total, weight, count in pools:
        rows += [total / weight + len(rows) + index for index in range(count)]
    return rows
