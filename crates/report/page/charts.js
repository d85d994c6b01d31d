// The pictures: lines, a map of hours, differences with intervals, bars. Each gives what a figure draws.
import { h, s } from "./dom.js";
import { CHARACTER, colour } from "./figure.js";
import { brief, duration, percent, ticks, timeMark, timeTicks } from "./number.js";

function path(points) {
    let out = "";
    let pen = false;
    for (const [x, y] of points) {
        if (y === null) {
            pen = false;
            continue;
        }
        out += `${pen ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
        pen = true;
    }
    return out;
}

const finite = (values) => values.filter((v) => v !== null && Number.isFinite(v));

/** Places of values that have none beside them: no line can show them. */
export function alone(values) {
    const none = (i) => values[i] === null || values[i] === undefined;
    return values.flatMap((_, i) => (!none(i) && none(i - 1) && none(i + 1) ? [i] : []));
}

/** An option is off the scale if it is so many times as far from zero as all others: with it they would be one heap. */
const AFAR = 4;

/** The greatest value to draw lines to, and which lines run out at the top: those that would leave the others no height. */
export function drawnTo(series) {
    const tops = series.map((line) => Math.max(0, ...finite([...line.values, ...(line.band ?? []).flat()])));
    const order = tops.map((_, i) => i).sort((a, b) => tops[b] - tops[a]);
    const beyond = new Set();
    for (const [k, i] of order.entries()) {
        const rest = order.slice(k + 1).map((j) => tops[j]);
        if (rest.length < 2 || !(rest[0] > 0) || tops[i] <= AFAR * rest[0]) break;
        beyond.add(i);
    }
    return { greatest: Math.max(0, ...tops.filter((_, i) => !beyond.has(i))), beyond: [...beyond].map((i) => [series[i].name, tops[i]]) };
}

/**
 * Lines over a common axis. `series`: `[{ name, values, band?, area? }]`; `x`: `{ count, label(i), ticks: [[i, text]] }`.
 */
export function lines({ series, x, y, off, height = 260, format = brief }) {
    // An axis has round numbers in the unit of what is read, and nought has no unit.
    const mark = (v) => (v === 0 ? "0" : format === percent ? `${brief(100 * v)} %` : format === duration ? timeMark(v, top) : format(v));
    const round = format === duration ? timeTicks : ticks;
    const shown = series.map((line, i) => ({ ...line, i })).filter((line) => !off.has(line.name));
    const { greatest: highest, beyond } = drawnTo(shown);
    const greatest = Math.max(y.least ?? 0, highest, 1e-9);
    const title = beyond.length > 0 ? `${y.title} (${beyond.map(([name, most]) => `${name} goes up to ${format(most)}`).join(", ")})` : y.title;
    // Shares end at the whole.
    const end = format === percent ? Math.max(1, greatest) : greatest * 1.04;
    const marks = round(0, end, 4);
    const top = Math.max(end, marks[marks.length - 1]);
    return {
        height,
        header: [x.title, ...shown.map((line) => line.name)],
        rows: Array.from({ length: x.count }, (_, i) => [x.label(i), ...shown.map((line) => format(line.values[i]))]),
        draw(svg, width) {
            const left = 14 + CHARACTER * Math.max(...marks.map((v) => mark(v).length));
            const [right, low, high] = [width - 10, height - 26, 24];
            const px = (i) => left + ((right - left) * i) / Math.max(1, x.count - 1);
            const py = (v) => (v === null || v === undefined ? null : low - ((low - high) * Math.min(v, top)) / top);
            svg.append(s("text", { x: 2, y: 12, class: "axis" }, title));
            for (const v of marks) {
                svg.append(s("line", { x1: left, x2: right, y1: py(v), y2: py(v), class: "grid" }));
                svg.append(s("text", { x: left - 6, y: py(v) + 4, class: "axis end" }, mark(v)));
            }
            // What is beyond the top is not drawn there, but for the way up and down.
            const out = (line, i) => line.values[i] > top && !(line.values[i - 1] <= top) && !(line.values[i + 1] <= top);
            let last = -1e9;
            for (const [i, text] of x.ticks) {
                svg.append(s("line", { x1: px(i), x2: px(i), y1: high, y2: low, class: "grid" }));
                const at = Math.min(px(i) + 3, right - text.length * CHARACTER);
                if (at > last) {
                    svg.append(s("text", { x: at, y: height - 8, class: "axis" }, text));
                    last = at + text.length * CHARACTER + 8;
                }
            }
            for (const line of shown) {
                // Officers come and go on the hour: their line has steps.
                const points = line.values.flatMap((v, i) => (line.steps && i > 0 ? [[px(i), py(line.values[i - 1])], [px(i), py(v)]] : [[px(i), out(line, i) ? null : py(v)]]));
                if (line.band) {
                    const up = line.band.map(([, v], i) => [px(i), py(v)]).filter((p) => p[1] !== null);
                    const down = line.band.map(([v], i) => [px(i), py(v)]).filter((p) => p[1] !== null).reverse();
                    if (up.length > 0) svg.append(s("path", { d: `${path([...up, ...down])}Z`, class: `band ${colour(line.i)}` }));
                }
                if (line.area) svg.append(s("path", { d: `${path([[left, low], ...points.map(([a, b]) => [a, b ?? low]), [right, low]])}Z`, class: `band ${colour(line.i)}` }));
                svg.append(s("path", { d: path(points), class: `line ${colour(line.i)} d${line.i % 3}` }));
                for (const i of alone(line.values)) svg.append(s("circle", { cx: px(i), cy: py(line.values[i]), r: 3, class: `dot ${colour(line.i)}` }));
            }
            return {
                count: x.count,
                at: (mx) => Math.min(x.count - 1, Math.max(0, Math.round(((mx - left) / (right - left)) * (x.count - 1)))),
                read: (i) => `${x.label(i)}: ${shown.map((line) => `${line.name} ${format(line.values[i])}`).join(", ")}`,
                mark: (i) => [
                    s("line", { x1: px(i), x2: px(i), y1: high, y2: low, class: "here" }),
                    ...shown.filter((line) => line.values[i] !== null && line.values[i] !== undefined)
                        .map((line) => s("circle", { cx: px(i), cy: py(line.values[i]), r: 3.5, class: `dot ${colour(line.i)}` })),
                ],
            };
        },
    };
}

/** Hours by row: darker is busier. `rows`: `[{ name, values }]`; `x`: `{ count, label(i), ticks: [[i, text]] }`. */
export function heat({ rows, x: { count, label: hour, ticks: days }, format, title, choose }) {
    const step = rows.length > 12 ? 15 : rows.length > 4 ? 20 : 34;
    const height = 26 + rows.length * step + 30;
    return {
        height,
        header: [title, ...Array.from({ length: count }, (_, i) => hour(i))],
        rows: rows.map((row) => [row.name, ...row.values.map(format)]),
        draw(svg, width) {
            const longest = Math.max(...rows.map((r) => r.name.length));
            const left = Math.min(width * 0.32, 12 + longest * CHARACTER);
            const letters = Math.floor((left - 12) / CHARACTER);
            const cell = (width - 6 - left) / count;
            const room = Math.min(...days.slice(1).map(([i], d) => i - days[d][0]), count) * cell;
            for (const [i, text] of days) {
                svg.append(s("text", { x: left + i * cell + 2, y: 14, class: "axis" }, room > 40 ? text : text.slice(0, 1)));
            }
            rows.forEach((row, r) => {
                const y = 20 + r * step;
                const name = row.name.length > letters ? `${row.name.slice(0, Math.max(1, letters - 1))}\u2026` : row.name;
                const label = s("text", { x: left - 6, y: y + step / 2 + 4, class: "axis end pick" }, name);
                if (choose) label.addEventListener("click", () => choose(row.name));
                svg.append(label);
                row.values.forEach((v, i) => {
                    const level = v === null ? "none" : `h${Math.min(9, Math.max(0, Math.floor(v * 10 - 1e-9)))}`;
                    svg.append(s("rect", { x: (left + i * cell).toFixed(2), y, width: (cell + 0.3).toFixed(2), height: step - 2, class: level }));
                });
            });
            const under = 20 + rows.length * step + 18;
            const keys = width - left > 330 ? [["none", "closed"], ["h0", "0 to 10 %"], ["h5", "50 %"], ["h8", "80 %"], ["h9", "over 90 %"]] : [["none", "closed"], ["h5", "50 %"], ["h9", "over 90 %"]];
            let x = left;
            // Where nobody ever goes home nothing is closed.
            const closed = rows.some((row) => row.values.includes(null));
            for (const [level, text] of keys.filter(([level]) => level !== "none" || closed)) {
                svg.append(s("rect", { x, y: under - 10, width: 12, height: 12, class: level }), s("text", { x: x + 16, y: under, class: "axis" }, text));
                x += 30 + text.length * CHARACTER;
            }
            const of = (at) => [Math.floor(at / count), at % count];
            return {
                count: rows.length * count,
                row: count,
                at(mx, my) {
                    const [r, i] = [Math.floor((my - 20) / step), Math.floor((mx - left) / cell)];
                    return r >= 0 && r < rows.length && i >= 0 && i < count ? r * count + i : null;
                },
                read(at) {
                    const [r, i] = of(at);
                    return `${rows[r].name}, ${hour(i)}: ${rows[r].values[i] === null ? "nobody on duty" : format(rows[r].values[i])}`;
                },
                mark(at) {
                    const [r, i] = of(at);
                    return [s("rect", { x: left + i * cell - 1, y: 19 + r * step, width: cell + 2, height: step, class: "ring" })];
                },
            };
        },
    };
}

/** The part of an axis that differences are drawn on, and which of them lie beyond it. */
export function scaled(rows) {
    const far = (r) => Math.max(0, ...finite([r.estimate, r.lower, r.upper]).map(Math.abs));
    const near = (r) => Math.min(...finite([r.estimate, r.lower, r.upper]).map(Math.abs));
    const beyond = new Set();
    for (const one of [...rows].sort((a, b) => far(b) - far(a))) {
        const rest = rows.filter((r) => r !== one && !beyond.has(r)).map(far);
        if (rest.length < 2 || !(Math.max(...rest) > 0) || near(one) <= AFAR * Math.max(...rest)) break;
        beyond.add(one);
    }
    const ends = finite(rows.filter((r) => !beyond.has(r)).flatMap((r) => [r.estimate, r.lower, r.upper, 0]));
    return { least: Math.min(...ends), most: Math.max(...ends), beyond };
}

/** Differences with intervals, a line each. `rows`: `[{ name, estimate, lower, upper, better, text }]`. */
export function dots({ rows, unit, better }) {
    const height = 30 + rows.length * 38 + 40;
    const { least, most, beyond } = scaled(rows);
    const room = (most - least || 1) * 0.06;
    return {
        height,
        header: ["Option", `Difference, ${unit}`, "From", "To", "Verdict"],
        rows: rows.map((r) => [r.name, r.text, brief(r.lower), brief(r.upper), r.word]),
        draw(svg, width) {
            const [left, right] = [12, width - 12];
            const px = (v) => left + ((right - left) * (v - least + room)) / (most - least + 2 * room);
            const bottom = height - 36;
            for (const v of ticks(least - room, most + room, width > 500 ? 6 : 4)) {
                svg.append(s("line", { x1: px(v), x2: px(v), y1: 20, y2: bottom, class: "grid" }));
                svg.append(s("text", { x: px(v), y: bottom + 16, class: "axis middle" }, brief(v)));
            }
            svg.append(s("line", { x1: px(0), x2: px(0), y1: 16, y2: bottom, class: "zero" }));
            const hint = better === "more" ? "better \u2192" : "\u2190 better";
            svg.append(s("text", { x: better === "more" ? right : left, y: 12, class: `axis good ${better === "more" ? "end" : ""}` }, hint));
            svg.append(s("text", { x: (left + right) / 2, y: height - 5, class: "axis middle" }, unit));
            rows.forEach((r, i) => {
                const y = 44 + i * 38;
                const kind = r.better === true ? "good" : r.better === false ? "bad" : "open";
                const label = `${r.name}: ${r.text} ${r.word}${beyond.has(r) ? " (off the scale)" : ""}`;
                const room = Math.floor((right - left) / CHARACTER);
                svg.append(s("text", { x: left, y: y - 9, class: "label" }, label.length > room ? `${label.slice(0, room - 1)}\u2026` : label));
                if (beyond.has(r)) {
                    // An arrow at the edge says on which side it is.
                    const [edge, inner] = r.estimate < 0 ? [left, left + 12] : [right, right - 12];
                    svg.append(s("path", { d: `M${edge} ${y + 2}L${inner} ${y - 4}V${y + 8}Z`, class: `point ${kind}` }));
                    return;
                }
                if (r.lower === null || r.upper === null) return;
                svg.append(s("line", { x1: px(r.lower), x2: px(r.upper), y1: y + 2, y2: y + 2, class: `span ${kind}` }));
                svg.append(s("circle", { cx: px(r.estimate), cy: y + 2, r: 5, class: `point ${kind}` }));
            });
            return {
                count: rows.length,
                at: (_, my) => Math.min(rows.length - 1, Math.max(0, Math.floor((my - 24) / 38))),
                read: (i) => `${rows[i].name}: ${rows[i].text} ${unit}, from ${brief(rows[i].lower)} to ${brief(rows[i].upper)}: ${rows[i].word}`,
                mark: (i) => [s("rect", { x: 2, y: 24 + i * 38, width: width - 4, height: 36, class: "ring" })],
            };
        },
    };
}

/** Bars in groups. `groups`: `[{ name, values: [one a series] }]`. */
export function bars({ groups, series, off, format, title }) {
    const shown = series.map((name, i) => ({ name, i })).filter((one) => !off.has(one.name));
    const bar = shown.length > 3 ? 12 : 14;
    const step = 22 + shown.length * bar;
    const height = 8 + groups.length * step;
    const top = Math.max(1e-9, ...groups.flatMap((g) => finite(shown.map((one) => g.values[one.i]))));
    return {
        height,
        header: [title, ...shown.map((one) => one.name)],
        rows: groups.map((g) => [g.name, ...shown.map((one) => format(g.values[one.i]))]),
        draw(svg, width) {
            const scale = (width - 90) / top;
            groups.forEach((g, i) => {
                const y = 6 + i * step;
                svg.append(s("text", { x: 2, y: y + 10, class: "label" }, g.name));
                shown.forEach((one, k) => {
                    const v = g.values[one.i];
                    const length = Math.max(1, (v ?? 0) * scale);
                    svg.append(s("rect", { x: 2, y: y + 14 + k * bar, width: length, height: bar - 2, class: `fill ${colour(one.i)}` }));
                    svg.append(s("text", { x: length + 8, y: y + 14 + k * bar + bar - 3, class: "axis small" }, format(v)));
                });
            });
            return {
                count: groups.length,
                at: (_, my) => Math.min(groups.length - 1, Math.max(0, Math.floor((my - 6) / step))),
                read: (i) => `${groups[i].name}: ${shown.map((one) => `${one.name} ${format(groups[i].values[one.i])}`).join(", ")}`,
                mark: (i) => [s("rect", { x: 0, y: 4 + i * step, width: width - 1, height: step - 4, class: "ring" })],
            };
        },
    };
}

/** A list to choose from: names, or names with what they are called. */
export function chooser(label, names, now, choose) {
    const options = names.map((name) => (Array.isArray(name) ? name : [name, name]));
    const select = h("select", { onchange: (event) => choose(event.target.value) }, options.map(([value, text]) => h("option", { value }, text)));
    select.value = now;
    return h("label", { class: "choose" }, `${label} `, select);
}
