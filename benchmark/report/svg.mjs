/**
 * A small writer of SVG. Colours are classes, so that one picture is readable on light and on dark pages; it has its own background, since not
 * every viewer has the page's.
 */
const STYLE = `
  text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
  .ground { fill: #ffffff } .title { font-size: 15px; font-weight: 600 } .small { font-size: 11px; fill: #59636e } .strong { font-weight: 600 }
  .grid { stroke: #d1d9e0; stroke-width: 1; fill: none } .axis { stroke: #818b98; stroke-width: 1; fill: none }
  .ours { fill: #c2410c } .peer { fill: #8c959f } .floor { fill: #0969da }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round } .line.ours { stroke: #c2410c; fill: none } .line.peer { stroke: #8c959f; fill: none }
  .line.floor { stroke: #0969da; stroke-dasharray: 4 4; fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .ground { fill: #0d1117 } .small { fill: #9198a1 } .grid { stroke: #2f353d } .axis { stroke: #656c76 }
    .ours { fill: #fb923c } .peer { fill: #7d8590 } .floor { fill: #58a6ff }
    .line.ours { stroke: #fb923c; fill: none } .line.peer { stroke: #7d8590; fill: none } .line.floor { stroke: #58a6ff; fill: none }
  }`;

export function picture(width, height, title, parts) {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`;
  return [head, `<title>${escape(title)}</title>`, `<style>${STYLE}\n</style>`, rectangle(0, 0, width, height, "ground"), ...parts, "</svg>", ""].join("\n");
}

export function rectangle(x, y, width, height, name) {
  return `<rect class="${name}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"/>`;
}

export function text(x, y, words, name = "", anchor = "start") {
  return `<text${name ? ` class="${name}"` : ""} x="${round(x)}" y="${round(y)}"${anchor === "start" ? "" : ` text-anchor="${anchor}"`}>${escape(words)}</text>`;
}

export function line(points, name) {
  return `<polyline class="${name}" points="${points.map(([x, y]) => `${round(x)},${round(y)}`).join(" ")}"/>`;
}

export function dot(x, y, name) {
  return `<circle class="${name}" cx="${round(x)}" cy="${round(y)}" r="3"/>`;
}

function round(number) {
  return Number(number.toFixed(1));
}

function escape(words) {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
