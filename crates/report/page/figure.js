// A figure: heading, controls, picture, reading of the value under the pointer, table, and what can be saved of it.
import { h, s, table } from "./dom.js";
import { saveCsv, savePng } from "./save.js";

/** Width of a character of labels, pixels. */
export const CHARACTER = 6.6;
const COLOURS = 7;

/** Class of the colour of a series. */
export function colour(index) {
    return `c${index % COLOURS}`;
}

/** What controls say, in words: pairs of a label and what is chosen. */
export function chosen(pairs) {
    return pairs.filter(([, value]) => value).map(([label, value]) => `${label.trim()}: ${value}`).join("; ");
}

/**
 * Puts a figure into `place`. `model(options)` gives what is drawn:
 * `{ height, draw(svg, width), header, rows, read(at), count }`; `at` is a position from 0 to count - 1.
 */
export class Figure {
    constructor(place, { title, alt, name, controls = [], series = [], model }) {
        this.model = model;
        this.name = name;
        this.off = new Set();
        this.title = title;
        this.alt = alt;
        this.reading = h("output", { class: "reading", "aria-live": "polite" });
        this.svg = s("svg", { role: "img", tabindex: "0", class: "chart" });
        this.legend = h("div", { class: "legend" });
        this.controls = h("div", { class: "controls" }, controls);
        this.chosen = h("p", { class: "note paper" });
        this.holder = h("div", { class: "holder" }, this.svg);
        this.data = h("details", { class: "data" }, h("summary", {}, "Table"));
        const button = (text, act) => h("button", { type: "button", class: "quiet", onclick: act }, text);
        const tools = h(
            "div",
            { class: "tools" },
            button("CSV", () => saveCsv(this.name, this.shown.header, this.shown.rows)),
            button("PNG", () => savePng(this.name, this.svg, this.title)),
        );
        place.replaceChildren(
            h("figcaption", {}, h("h3", {}, title), this.controls, this.chosen),
            this.legend,
            this.holder,
            this.reading,
            h("div", { class: "under" }, this.data, tools),
        );
        this.setSeries(series);
        this.svg.addEventListener("pointermove", (event) => this.point(event));
        this.svg.addEventListener("pointerleave", () => this.leave());
        this.svg.addEventListener("keydown", (event) => this.key(event));
        this.data.addEventListener("toggle", () => this.fillTable());
        let width = 0;
        new ResizeObserver(() => {
            if (Math.abs(this.holder.clientWidth - width) > 1) {
                width = this.holder.clientWidth;
                this.draw();
            }
        }).observe(this.holder);
    }

    /** Buttons that show and hide the series. */
    setSeries(names) {
        this.series = names;
        if (names.length < 2) {
            this.legend.replaceChildren();
            return;
        }
        this.legend.replaceChildren(
            ...names.map((name, i) => {
                const button = h("button", { type: "button", class: `key ${colour(i)}`, "aria-pressed": "true" }, name);
                button.addEventListener("click", () => {
                    const shown = this.off.has(name);
                    if (shown) this.off.delete(name);
                    else this.off.add(name);
                    button.setAttribute("aria-pressed", String(shown));
                    this.draw();
                });
                button.setAttribute("aria-pressed", String(!this.off.has(name)));
                return button;
            }),
        );
    }

    /** Draws it as wide as its place, and no wider than `most`. */
    draw(most = Number.POSITIVE_INFINITY) {
        const width = Math.max(280, Math.min(most, Math.floor(this.holder.clientWidth || 640)));
        this.shown = this.model(this.off);
        const { height } = this.shown;
        // Paper has no controls, and is told what they say.
        const now = (label) => [label.firstChild.textContent, label.querySelector("select").selectedOptions[0]?.textContent];
        this.chosen.textContent = chosen([...this.controls.querySelectorAll(".choose")].map(now));
        this.svg.replaceChildren();
        this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
        this.svg.setAttribute("width", width);
        this.svg.setAttribute("height", height);
        this.svg.setAttribute("aria-label", `${this.title}. ${this.alt()} Arrow keys read values; the table below has all of them.`);
        this.map = this.shown.draw(this.svg, width);
        this.cursor = s("g", { class: "cursor" });
        this.svg.append(this.cursor);
        if (this.data.open) this.fillTable();
    }

    fillTable() {
        const old = this.data.querySelector(".wide");
        if (old) old.remove();
        if (this.data.open) this.data.append(table(this.title, this.shown.header, this.shown.rows));
    }

    point(event) {
        const box = this.svg.getBoundingClientRect();
        const scale = this.svg.viewBox.baseVal.width / box.width;
        this.show(this.map.at((event.clientX - box.left) * scale, (event.clientY - box.top) * scale));
    }

    leave() {
        this.cursor.replaceChildren();
        this.reading.textContent = "";
    }

    key(event) {
        const { count, row = 1 } = this.map;
        const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row, PageDown: 24, PageUp: -24 };
        const step = steps[event.key];
        if (step === undefined) return;
        event.preventDefault();
        this.show(Math.min(count - 1, Math.max(0, (this.position ?? -step) + step)));
    }

    /** Reads the value at a position, and marks it. */
    show(at) {
        if (at === null || at === undefined) {
            this.leave();
            return;
        }
        this.position = at;
        this.reading.textContent = this.map.read(at);
        this.cursor.replaceChildren(...this.map.mark(at));
    }
}
