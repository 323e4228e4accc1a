// The shapes: boxes, lines, badges.

const NODE = { width: 236, height: 44, row: 62, gap: 92 };

function svgElement(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const pen = document.createElement("canvas").getContext("2d");
const fitted = new Map();

// A text cut in its middle, so that it fits: names differ at their ends.
function fit(text, width, font) {
  const known = fitted.get(font + text);
  if (known) return known;
  pen.font = font;
  const cut = (keep) => {
    const tail = keep >> 1;
    return text.slice(0, keep - tail) + "…" + text.slice(text.length - tail);
  };
  const wide = pen.measureText(text).width;
  let keep = Math.floor((text.length * width) / wide) - 1;
  while (wide > width && keep > 3 && pen.measureText(cut(keep)).width > width) keep--;
  const result = wide > width ? cut(keep) : text;
  fitted.set(font + text, result);
  return result;
}

function badge(route, findings) {
  const [a, b] = route.length === 2 && route[0] === route[1] ? [route[0], route[0]] : route.slice(Math.ceil(route.length / 2) - 1).slice(0, 2);
  const rightward = b[0] >= a[0];
  const x = (a[0] + (rightward ? NODE.width : 0) + b[0] + (rightward ? 0 : NODE.width)) / 2;
  const rules = new Set(findings.map((finding) => finding.rule));
  const word = rules.size === 1 ? [...rules][0] : `${rules.size} rules`;
  const width = word.length * 6.6 + 10;
  return svgElement("g", { class: `badge ${SEVERITIES[worst(findings)]}`, transform: `translate(${x - width / 2} ${(a[1] + b[1]) / 2 - 8})` },
    svgElement("rect", { width, height: 16, rx: 8 }), svgElement("text", { x: width / 2, y: 12, "text-anchor": "middle" }, word));
}

function linePath(route) {
  const [first, last] = [route[0], route[route.length - 1]];
  if (route.length === 2 && first[0] === last[0] && first[1] === last[1]) {
    const x = first[0] + NODE.width;
    return `M${x} ${first[1] - 8}c34 -14 34 30 0 16`;
  }
  const forward = last[0] >= first[0];
  let [x, y] = [first[0] + (forward ? NODE.width : 0), first[1]];
  let path = `M${x} ${y}`;
  route.slice(1).forEach(([left, row], index) => {
    const [enter, leave] = forward ? [left, left + NODE.width] : [left + NODE.width, left];
    const bend = (x + enter) / 2;
    path += `C${bend} ${y} ${bend} ${row} ${enter} ${row}`;
    if (index < route.length - 2) path += `L${leave} ${row}`;
    [x, y] = [leave, row];
  });
  return path;
}
