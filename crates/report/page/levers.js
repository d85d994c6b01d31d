// Sliders, fields and switches for what a scenario lets be moved.
import { h } from "./dom.js";
import { brief, clock } from "./number.js";

/** Levers of a group that are shown at once; the rest is below. What the scenario names is meant to be seen. */
const AT_ONCE = 6;
const NAMED_AT_ONCE = 12;

/** How many of so many levers of a group are shown at once: one alone is not put out of sight. */
export function atOnce(group, count) {
    const most = group === "Chosen" ? NAMED_AT_ONCE : AT_ONCE;
    return count <= most + 1 ? count : most;
}

/** A lever's value in words, for sentences and titles. */
export function words(lever, value) {
    switch (lever.kind) {
        case "clock":
            return clock(value);
        case "share":
            return `${brief(100 * value, 4)} %`;
        case "duration":
            return `${brief(value, 4)} ${lever.of}`;
        case "rate":
            return `${brief(value, 5)} per ${lever.of}`;
        case "factor":
            return `\u00d7 ${brief(value, 3)}`;
        case "switch":
            return value < 0.5 ? "off" : "on";
        case "choice":
            return lever.of[value] ?? "";
        default:
            return brief(value, 6);
    }
}

/** The number of a field's text, or a sentence on what is wrong with it. */
export function parse(lever, text) {
    const plain = text.trim().replace(",", ".");
    if (lever.kind === "clock") {
        const found = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(plain);
        return found ? { value: Number(found[1]) * 60 + Number(found[2]) } : { wrong: "write a time of day such as 08:30" };
    }
    const share = lever.kind === "share";
    const value = Number(share ? plain.replace(/\s*%$/, "") : plain) / (share ? 100 : 1);
    if (plain === "" || !Number.isFinite(value)) return { wrong: "write a number" };
    if (value < 0) return { wrong: "it must not be negative" };
    if (value > lever.most) return { wrong: `it must be at most ${words(lever, lever.most)}` };
    if (lever.kind === "whole" && !Number.isInteger(value)) return { wrong: "write a whole number" };
    // Twelve digits, so that 33.3 % is 0.333.
    return { value: Number(value.toPrecision(12)) };
}

/** What is wrong at a lever, with its label: where the field is not in sight, it is heard alone. */
export function refused(lever, why) {
    return why.startsWith("it ") ? `${lever.label}${why.slice(2)}` : `${lever.label}: ${why}`;
}

function field(lever, value) {
    if (lever.kind === "clock") return clock(value);
    if (lever.kind === "share") return brief(100 * value, 5);
    return brief(value, 6);
}

const unit = (lever) => ({ share: "%", duration: lever.of, rate: `per ${lever.of}`, factor: "times" })[lever.kind] ?? "";

/** One lever. `moved(value, settled)` is told of every change. */
function row(lever, value, moved, n) {
    const id = `lever-${n}`;
    const wrong = h("p", { class: "wrong", id: `${id}-wrong`, role: "alert" });
    const name = h("label", { for: id }, lever.label);
    const say = (problem) => {
        wrong.textContent = problem ?? "";
        for (const input of out.querySelectorAll("input, select")) input.setAttribute("aria-invalid", String(Boolean(problem)));
    };
    const reset = h("button", { type: "button", class: "quiet reset", "aria-label": `${lever.label}: back to ${words(lever, lever.value)}` }, "\u21ba");
    let set;
    let inputs;
    if (lever.kind === "switch") {
        const box = h("input", { type: "checkbox", id, checked: value >= 0.5 });
        box.addEventListener("change", () => moved(box.checked ? 1 : 0, true));
        set = (v) => {
            box.checked = v >= 0.5;
        };
        inputs = [box];
    } else if (lever.kind === "choice") {
        const select = h("select", { id }, lever.of.map((text, i) => h("option", { value: i }, text)));
        select.value = String(value);
        select.addEventListener("change", () => moved(Number(select.value), true));
        set = (v) => {
            select.value = String(v);
        };
        inputs = [select];
    } else {
        const slider = h("input", { type: "range", min: lever.low, max: lever.high, step: "any", "aria-label": `${lever.label}, slider` });
        slider.step = String(lever.step);
        slider.value = String(value);
        const text = h("input", { type: "text", inputmode: "decimal", id, value: field(lever, value), "aria-describedby": `${id}-wrong`, autocomplete: "off" });
        const slide = (settled) => {
            const v = Number(Number(slider.value).toPrecision(12));
            text.value = field(lever, v);
            say();
            moved(v, settled);
        };
        slider.addEventListener("input", () => slide(false));
        slider.addEventListener("change", () => slide(true));
        text.addEventListener("change", () => {
            const { value: v, wrong: why } = parse(lever, text.value);
            say(why && refused(lever, why));
            if (why) return;
            slider.value = String(v);
            text.value = field(lever, v);
            moved(v, true);
        });
        set = (v) => {
            slider.value = String(v);
            text.value = field(lever, v);
        };
        inputs = [slider, h("span", { class: "entry" }, text, h("span", { class: "unit" }, unit(lever)))];
    }
    const out = h("div", { class: `lever ${lever.kind}` }, name, h("div", { class: "move" }, inputs, reset), wrong);
    const mark = (v) => {
        out.classList.toggle("moved", v !== lever.value);
        reset.disabled = v === lever.value;
    };
    mark(value);
    reset.addEventListener("click", () => {
        set(lever.value);
        say();
        moved(lever.value, true);
    });
    const put = (v) => {
        set(v);
        mark(v);
        say();
    };
    return { lever, element: out, say, set: put, mark };
}

/** All levers of a scenario in `place`. `changed(values, settled)` is told of every change: a map of those that are moved. */
export function show(place, levers, values, changed) {
    const state = new Map(values);
    let n = 0;
    const rows = levers.map((lever) =>
        row(lever, state.get(lever.id) ?? lever.value, (value, settled) => {
            if (value === lever.value) state.delete(lever.id);
            else state.set(lever.id, value);
            rows.find((one) => one.lever === lever).mark(value);
            changed(state, settled);
        }, n++),
    );
    const groups = [...new Set(levers.map((lever) => lever.group))];
    place.replaceChildren(
        ...groups.map((group, g) => {
            const own = rows.filter((one) => one.lever.group === group);
            const moved = own.some((one) => state.has(one.lever.id));
            const seen = atOnce(group, own.length);
            const more = own.slice(seen).map((one) => one.element);
            return h(
                "details",
                { class: "group", open: g < 1 || moved },
                h("summary", {}, `${group} `, h("span", { class: "count" }, `${own.length}`)),
                own.slice(0, seen).map((one) => one.element),
                more.length > 0 ? h("details", { class: "rest", open: own.slice(seen).some((one) => state.has(one.lever.id)) }, h("summary", {}, `${more.length} more`), more) : null,
            );
        }),
    );
    return {
        /** Puts what is wrong at the lever it belongs to; gives back what belongs to none. */
        complain(list) {
            const rest = [];
            for (const { lever, message } of list) {
                const one = rows.find((r) => r.lever.id === lever) ?? (state.size === 1 ? rows.find((r) => state.has(r.lever.id)) : undefined);
                if (one) one.say(message);
                else rest.push(message);
            }
            return rest;
        },
        clear() {
            for (const one of rows) one.say();
        },
        /** Puts all levers to these values. */
        set(next) {
            state.clear();
            for (const [id, value] of next) state.set(id, value);
            for (const one of rows) one.set(state.get(one.lever.id) ?? one.lever.value);
        },
    };
}

/** What is moved, in words: `Officers of perc 60 instead of 85`. */
export function sentence(levers, values) {
    const parts = [];
    for (const [id, value] of values) {
        const lever = levers.find((one) => one.id === id);
        if (lever) parts.push(`${lever.label} ${words(lever, value)} instead of ${words(lever, lever.value)}`);
    }
    return parts.join("; ");
}
