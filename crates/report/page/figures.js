// Which figures the page has, and what each shows.
import { covered } from "./replay.js";
import { bars, chooser, dots, heat, lines } from "./charts.js";
import { curves } from "./curves.js";
import { Figure } from "./figure.js";
import { brief, day, duration, hourOfWeek, percent } from "./number.js";

/** Width of a sheet of paper within its margins, pixels: the narrower of A4 and Letter. */
const PAPER = 680;
/** Hours in which a time to completion is named on its axis. */
const NAMED = [1 / 60, 2 / 60, 5 / 60, 10 / 60, 20 / 60, 0.5, 1, 2, 4, 8, 24, 48, 168, 720, 8760];

/** Sums of counted centres, hour by hour; centres are by their own local hours. */
export function together(centres, pick) {
    const counted = centres.filter((c) => c.counted);
    return Array.from({ length: 168 }, (_, i) => counted.reduce((sum, c) => sum + (c[pick][i] ?? 0), 0));
}

/** The hours of a week from `first` on. */
export function windowed(values, { first, hours }) {
    return Array.from({ length: hours }, (_, i) => values[(first + i) % 168] ?? null);
}

/** The axis of these hours: days by name, and of a day or two the hours as well. */
export function axis({ first, hours }) {
    const at = (i) => hourOfWeek((first + i) % 168);
    const step = hours > 48 ? 24 : 6;
    const marks = Array.from({ length: hours }, (_, i) => i).filter((i) => (first + i) % step === 0);
    return { count: hours, title: hours > 24 ? "Hour of the week" : "Hour", label: at, ticks: marks.map((i) => [i, hours > 48 ? at(i).slice(0, 3) : at(i).slice(hours > 24 ? 0 : 4)]) };
}

/** Where a value lies among growing ones, as a place between theirs; `null` beyond them. */
export function placed(edges, value) {
    const i = edges.findIndex((e) => e >= value);
    if (i < 0 || (i === 0 && edges[0] > value)) return null;
    return i === 0 ? 0 : i - (edges[i] - value) / (edges[i] - edges[i - 1]);
}

/** Time to completion at common points, so that options stand on one axis. */
export function shares(options) {
    const edges = [...new Set(options.flatMap((o) => o.completion.map((p) => p[0])))].sort((a, b) => a - b);
    const far = edges.filter((e) => options.some((o) => (o.completion.find((p) => p[0] >= e)?.[1] ?? 1) < 0.995));
    const kept = edges.slice(0, far.length + 1);
    const values = options.map((o) => kept.map((edge) => o.completion.filter((p) => p[0] <= edge).at(-1)?.[1] ?? (o.completion.length > 0 ? 0 : null)));
    return { edges: kept, values };
}

/** With a capital letter, for headings. */
function capital(text) {
    return text.charAt(0).toUpperCase() + text.slice(1);
}

export function figures(data) {
    let extra = null;
    const all = () => [...data.options, ...(extra ? [extra] : [])];
    const called = (name) => data.short[name] ?? name;
    // What officers and requests are called comes from the scenario.
    const { officer, request } = data.words;
    const Officers = capital(officer.many);
    const Requests = capital(request.many);
    const names = () => all().map((o) => called(o.name));
    const at = { option: data.baseline, centre: null, day: null };
    const option = () => all().find((o) => o.name === at.option) ?? data.options[0];
    // A window of less than a week has some of its hours; the others are not closed, they are not there.
    const span = data.options.length > 0 ? covered(data.options[0].centres) : { first: 0, hours: 168 };
    const week = span.hours === 168;
    const hours = () => (at.day === null ? span : { first: at.day * 24, hours: 24 });
    const through = week ? " through the week" : ", hour by hour";
    const single = () => all().every((o) => o.centres.length < 2);
    const drawn = [];
    const place = (id) => document.querySelector(`[data-chart="${id}"]`);
    const add = (id, make) => {
        const where = place(id);
        if (where) drawn.push(make(where));
    };
    const redraw = () => {
        for (const figure of drawn) figure.refresh();
    };
    const pick = (key, value) => {
        at[key] = value;
        redraw();
    };
    const optionChoice = () => (names().length > 1 ? [chooser("Option", all().map((o) => [o.name, called(o.name)]), at.option, (v) => pick("option", v))] : []);
    const TOGETHER = "all together";
    const centreChoice = () => single() ? [] : [chooser("Centre", [TOGETHER, ...option().centres.map((c) => c.name)], at.centre ?? TOGETHER, (v) => pick("centre", v === TOGETHER ? null : v))];
    const dayChoice = () => !week ? [] : [chooser("Day", ["the week", ...[0, 1, 2, 3, 4, 5, 6].map(day)], at.day === null ? "the week" : day(at.day), (v) => {
        const i = [0, 1, 2, 3, 4, 5, 6].map(day).indexOf(v);
        pick("day", i < 0 ? null : i);
    })];

    function figure(where, { controls = () => [], ...rest }) {
        const made = new Figure(where, { ...rest, controls: controls() });
        made.refresh = () => {
            where.querySelector(".controls").replaceChildren(...controls());
            if (rest.names) made.setSeries(rest.names());
            made.draw();
        };
        return made;
    }

    add("differences", (where) => {
        let measure = data.differences.measures[0];
        return figure(where, {
            title: `Difference from ${called(data.baseline)}`, name: "differences",
            alt: () => `${data.differences.rows.filter((r) => r.measure === measure).length} options with intervals.`,
            controls: () => [chooser("Measure", data.differences.measures.map((m) => data.measures[m].label), data.measures[measure].label, (label) => {
                measure = data.differences.measures.find((m) => data.measures[m].label === label);
                redraw();
            })],
            model: () => dots({ rows: [...data.differences.rows, ...(extra?.rows ?? [])].filter((r) => r.measure === measure).map((r) => ({ ...r, name: called(r.name) })), unit: data.differences.units[measure], better: data.measures[measure].better }),
        });
    });
    add("utilization", (where) => figure(where, {
        title: `How busy ${single() ? `${officer.many} are` : "each centre is"}${through}`, name: "utilization",
        alt: () => `${option().title}: share of ${officer.many} on duty who are busy, by centre and hour of its local week.`,
        controls: optionChoice,
        model: () => heat({ rows: option().centres.map((c) => ({ name: c.name, values: windowed(c.utilization, span) })), x: axis(span), format: percent, title: "Centre", choose: (v) => pick("centre", v) }),
    }));
    add("duty", (where) => {
        const one = (key) => {
            const centre = option().centres.find((c) => c.name === at.centre);
            return windowed(centre ? centre[key] : together(option().centres, key), hours());
        };
        const known = () => option().centres.every((c) => c.work.length === 168);
        return figure(where, {
            title: "On duty, busy, and the work that comes (what would be busy if nobody ever waited)", name: "duty", series: ["on duty", "busy", "work"],
            alt: () => `${option().title}, ${at.centre ?? "all counted centres"}: ${officer.many} through the week.`,
            controls: () => [...optionChoice(), ...centreChoice(), ...dayChoice()],
            model: (off) => lines({ series: [{ name: "on duty", values: one("on_duty"), steps: true }, { name: "busy", values: one("busy"), area: true }, ...(known() ? [{ name: "work", values: one("work") }] : [])], x: axis(hours()), y: { title: Officers }, off }),
        });
    });
    add("waiting", (where) => {
        const one = () => {
            const centre = option().centres.find((c) => c.name === at.centre);
            return windowed(centre ? centre.queue : together(option().centres, "queue"), hours());
        };
        return figure(where, {
            title: `Waiting${through}`, name: "waiting",
            alt: () => `${option().title}, ${at.centre ?? "all counted centres"}: ${request.many} waiting, mean of each hour.`,
            controls: () => [...optionChoice(), ...centreChoice(), ...dayChoice()],
            model: (off) => lines({ series: [{ name: "waiting", values: one(), area: true }], x: axis(hours()), y: { title: `${Requests} waiting` }, off }),
        });
    });
    // A mean of each day says nothing new of a few days.
    if (!week) place("queue")?.remove();
    add("queue", (where) => figure(where, {
        title: "Waiting through the window", name: "queue",
        alt: () => `${option().title}: mean of each day, with the middle 80 % of replications.`,
        controls: optionChoice,
        model: (off) => {
            const points = option().queue;
            const last = points.at(-1)?.[0] ?? 0;
            const label = (i) => `day ${brief(points[i]?.[0], 4)}`;
            const marks = [];
            for (let w = 0; w <= last / 7; w += Math.max(1, Math.round(last / 49))) marks.push([points.findIndex((p) => p[0] >= w * 7), `week ${w + 1}`]);
            return lines({ series: [{ name: "waiting", values: points.map((p) => p[1]), band: points.map((p) => [p[2], p[3]]) }], x: { count: points.length, label, title: "Day", ticks: marks.filter((m) => m[0] >= 0) }, y: { title: `${Requests} waiting` }, off });
        },
    }));
    add("completion", (where) => figure(where, {
        title: "Done within a time", name: "completion", series: names(), names,
        alt: () => `Share of the ${request.many} done that were done within a time, by option.`,
        model: (off) => {
            const { edges, values } = shares(all());
            const marks = NAMED.map((t) => [placed(edges, t), duration(t)]).filter(([i]) => i !== null);
            return lines({ series: all().map((o, i) => ({ name: called(o.name), values: values[i] })), x: { count: edges.length, label: (i) => `within ${duration(edges[i])}`, title: "Time", ticks: marks }, y: { title: "Share of those done", least: 1 }, off, format: percent });
        },
    }));
    add("wait", (where) => figure(where, {
        title: `Wait for the first ${officer.one}, by local hour${week ? " of the week" : ""}`, name: "wait", series: names(), names,
        alt: () => `Mean wait by the hour in which ${/^[aeiou]/.test(request.one) ? "an" : "a"} ${request.one} comes, by option.`,
        controls: dayChoice,
        model: (off) => lines({ series: all().map((o) => ({ name: called(o.name), values: windowed(o.wait, hours()) })), x: axis(hours()), y: { title: "Mean wait" }, off, format: duration }),
    }));
    add("exits", (where) => {
        const exits = () => [...new Set(all().flatMap((o) => Object.keys(o.exits)))];
        return figure(where, {
            title: `Shares of ${request.many} by exit`, name: "exits", series: names(), names,
            alt: () => `Share of ${request.many} by exit and option.`,
            model: (off) => bars({ groups: exits().map((name) => ({ name: name.replaceAll(/[-_]/g, " "), values: all().map((o) => o.exits[name]?.[0] ?? null) })), series: names(), off, format: percent, title: "Exit" }),
        });
    });
    (data.curves ?? []).forEach((curve, i) => {
        add(`curve-${i}`, (where) => figure(where, {
            title: curve.title, name: `curve-${i + 1}`, series: curve.lines.map((line) => line.name),
            alt: () => `${curve.y} against ${curve.x}, with 95 % intervals at each point.`,
            model: (off) => curves({ curve, off }),
        }));
    });
    return {
        /** Draws all figures for the width of a sheet of paper, or again for the window: shrunk to a sheet nobody could read them. */
        paper(on) {
            for (const figure of drawn) figure.draw(on ? PAPER : undefined);
        },
        /** Shows a change beside the options, or takes it away. */
        changed(now) {
            extra = now === null ? null : { ...now.detail, name: "changed", rows: changedRows(now, data) };
            if (extra === null && at.option === "changed") at.option = data.baseline;
            redraw();
        },
    };
}

/** Differences of a change as the picture of differences has them. */
function changedRows(now, data) {
    const factor = { "%": 100, points: 100, min: 60 };
    return now.rows.filter((row) => row.verdict).map((row) => {
        const unit = data.differences.units?.[row.measure] ?? "";
        const scale = factor[unit.split(" ").at(-1)] ?? factor[unit] ?? 1;
        const [estimate, lower, upper] = row.difference.numbers.map((v) => (v === null ? null : v * scale));
        const better = row.verdict === "cannot tell" ? null : (row.verdict === "more") === (data.measures[row.measure].better === "more");
        return { measure: row.measure, name: "changed", estimate, lower, upper, better, text: brief(estimate), word: better === null ? "cannot tell" : better ? "better" : "worse" };
    });
}
