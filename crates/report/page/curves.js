// Curves: a measure against a number, a line and a band an option.
import { s } from "./dom.js";
import { CHARACTER, colour } from "./figure.js";
import { brief, ticks } from "./number.js";

/** Least and greatest of what is shown, with room; intervals count unless they are far longer than the lines. */
function ends(points) {
    const means = points.map((p) => p[1]).filter((v) => v !== null);
    const [low, high] = [Math.min(...means), Math.max(...means)];
    const room = Math.max((high - low) * 0.25, Math.abs(high) * 1e-6, 1e-9);
    const all = points.flatMap((p) => [p[2], p[3]]).filter((v) => v !== null);
    const least = Math.max(low - room, Math.min(low, ...all));
    const most = Math.min(high + room, Math.max(high, ...all));
    const pad = (most - least) * 0.05;
    return [least >= 0 ? Math.max(0, least - pad) : least - pad, most + pad];
}

/** `curve`: `{ x, y, lines: [{ name, points: [[x, estimate, lower, upper]], marked }] }`. */
export function curves({ curve, off, height = 280 }) {
    const shown = curve.lines.map((line, i) => ({ ...line, i })).filter((line) => !off.has(line.name));
    const xs = [...new Set(shown.flatMap((line) => line.points.map((p) => p[0])))].sort((a, b) => a - b);
    const at = (line, x) => line.points.find((p) => p[0] === x) ?? null;
    const value = (p) => (p === null || p[1] === null ? "" : p[2] === null || p[3] === null ? brief(p[1]) : `${brief(p[1])} [${brief(p[2])}, ${brief(p[3])}]`);
    const points = shown.flatMap((line) => line.points).filter((p) => p[1] !== null);
    const [least, most] = points.length > 0 ? ends(points) : [0, 1];
    return {
        height,
        header: [curve.x, ...shown.map((line) => line.name)],
        rows: xs.map((x) => [brief(x, 4), ...shown.map((line) => value(at(line, x)))]),
        draw(svg, width) {
            const marks = ticks(least, most, 4);
            const left = 14 + CHARACTER * Math.max(1, ...marks.map((v) => brief(v, 4).length));
            const [right, low, high] = [width - 12, height - 40, 24];
            const span = xs.length > 1 ? xs[xs.length - 1] - xs[0] : 1;
            const px = (x) => left + 8 + ((right - left - 16) * (x - (xs[0] ?? 0))) / span;
            const py = (v) => low - ((low - high) * (Math.min(most, Math.max(least, v)) - least)) / (most - least);
            svg.append(s("text", { x: 2, y: 12, class: "axis" }, curve.y));
            for (const v of marks) {
                svg.append(s("line", { x1: left, x2: right, y1: py(v), y2: py(v), class: "grid" }));
                svg.append(s("text", { x: left - 6, y: py(v) + 4, class: "axis end" }, brief(v, 4)));
            }
            for (const x of xs.length > 1 ? ticks(xs[0], xs[xs.length - 1], width > 500 ? 7 : 4) : xs) {
                svg.append(s("line", { x1: px(x), x2: px(x), y1: high, y2: low, class: "grid" }));
                svg.append(s("text", { x: px(x), y: low + 16, class: "axis middle" }, brief(x, 4)));
            }
            svg.append(s("text", { x: (left + right) / 2, y: height - 5, class: "axis middle" }, curve.x));
            for (const line of shown) {
                const known = line.points.filter((p) => p[1] !== null);
                const banded = known.filter((p) => p[2] !== null && p[3] !== null);
                const d = (list) => list.map(([x, y], i) => `${i > 0 ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
                if (banded.length > 1) {
                    const around = [...banded.map((p) => [px(p[0]), py(p[3])]), ...[...banded].reverse().map((p) => [px(p[0]), py(p[2])])];
                    svg.append(s("path", { d: `${d(around)}Z`, class: `band ${colour(line.i)}` }));
                }
                svg.append(s("path", { d: d(known.map((p) => [px(p[0]), py(p[1])])), class: `line ${colour(line.i)} d${line.i % 3}` }));
                line.points.forEach((p, k) => {
                    if (p[1] !== null) svg.append(s("circle", { cx: px(p[0]), cy: py(p[1]), r: k === line.marked ? 6 : 3, class: `dot ${colour(line.i)}` }));
                });
            }
            return {
                count: xs.length,
                at: (mx) => xs.reduce((best, x, i) => (Math.abs(px(x) - mx) < Math.abs(px(xs[best]) - mx) ? i : best), 0),
                read: (i) => `${curve.x} ${brief(xs[i], 4)}; ${shown.map((line) => [line, at(line, xs[i])]).filter(([, p]) => value(p) !== "").map(([line, p]) => `${line.name}: ${value(p)}`).join("; ")}`,
                mark: (i) => [
                    s("line", { x1: px(xs[i]), x2: px(xs[i]), y1: high, y2: low, class: "here" }),
                    ...shown.map((line) => [line, at(line, xs[i])]).filter(([, p]) => p !== null && p[1] !== null)
                        .map(([line, p]) => s("circle", { cx: px(p[0]), cy: py(p[1]), r: 5, class: `dot ${colour(line.i)}` })),
                ],
            };
        },
    };
}
