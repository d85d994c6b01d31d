// The part of the page that simulates: levers, the verdict on a change, the table, what can be saved of it.
import { h, table } from "./dom.js";
import { Engine } from "./engine.js";
import { chooser } from "./charts.js";
import { sentence, show } from "./levers.js";
import { brief, unbroken } from "./number.js";
import { saveBytes, saveText, zip } from "./save.js";
import { read, write } from "./state.js";

/** Waits for the hand to rest on a slider, ms. */
const REST = 60;

/** What a row's verdict is for a planner. */
export function judged(row, about) {
    if (!row.verdict) return { word: "" };
    if (row.verdict === "cannot tell") return { word: "cannot tell", kind: "open" };
    const better = about.better === undefined ? null : (row.verdict === "more") === (about.better === "more");
    return { word: `${row.verdict}: ${better ? "better" : "worse"}`, kind: better ? "good" : "bad" };
}

/** The command that simulates the same change. */
export function command(path, baseline, name, sets) {
    const quote = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
    const files = path === baseline ? [path] : [baseline, path];
    return ["poolwise compare", ...files.map(quote), ...sets.map((set) => `--vary ${quote(`${name}: ${set}`)}`)].join(" ");
}

/** The length of a window: weeks where it has whole ones, hours below two days. */
export function length(days) {
    if (days >= 7 && days % 7 === 0) return days === 7 ? "a week" : `${days / 7} weeks`;
    return days < 2 ? `${brief(24 * days)} hours` : `${brief(days)} days`;
}

/** What to do with the levers; a page without results of a simulation has nothing above that a change could be held against. */
export function invitation(kept) {
    return kept
        ? "Move a lever: the change is simulated here, on the same requests as the results above."
        : "Move a lever: the change is simulated here, and the scenario without it, on the same requests.";
}

export class Live {
    constructor(place, data, pack, worker, changed) {
        this.data = data;
        this.pack = pack;
        this.changed = changed;
        this.values = new Map();
        this.scenario = data.baseline;
        this.answer = h("div", { class: "said", "aria-live": "polite" });
        this.status = h("p", { class: "status" });
        this.result = h("div", { class: "result" });
        this.levers = h("div", { class: "levers" });
        this.stop = h("button", { type: "button", class: "quiet", hidden: true, onclick: () => this.halt() }, "Stop");
        this.reset = h("button", { type: "button", class: "quiet", hidden: true, onclick: () => this.go(this.scenario, new Map(), true) }, "All back as it was");
        const names = Object.keys(pack.open.scenarios);
        this.pick = names.length > 1 ? chooser("Change", names.map((name) => [name, data.short[name] ?? name]), this.scenario, (name) => this.go(name, new Map(), true)) : null;
        const saves = h("div", { class: "tools" },
            h("button", { type: "button", onclick: () => this.save() }, "Save as scenario"),
            h("button", { type: "button", class: "quiet", onclick: () => saveBytes("scenarios.zip", zip(pack.open.files)) }, "All files of the scenarios"));
        this.saves = saves;
        this.line = h("code", { class: "command" });
        place.replaceChildren(
            h("div", { class: "panel" }, h("div", { class: "controls" }, this.pick, this.reset), this.levers),
            h("div", { class: "panel answer" }, this.answer, this.status, h("div", { class: "tools" }, this.stop), this.result, h("p", { class: "line" }, this.line), saves),
        );
        const size = (name) => [pack.requests[name], pack.days, pack.warm_up];
        this.engine = new Engine({ bytes: pack.engine, worker, open: pack.open, size });
        addEventListener("hashchange", () => this.fromAddress());
    }

    async start() {
        this.answer.replaceChildren(h("p", {}, invitation(this.pack.open.kept)));
        try {
            await this.fromAddress(true);
        } catch (list) {
            const why = Array.isArray(list) ? list.map((p) => p.message).join("; ") : String(list.message ?? list);
            this.answer.replaceChildren(h("p", {}, `Nothing can be tried here: ${why}.`));
            document.documentElement.dataset.ready = "false";
            return;
        }
        const same = await this.engine.prepare(this.data.baseline).catch(() => null);
        const proof = document.getElementById("proof");
        if (same === false) this.status.textContent = "The engine in this page gives other numbers than the page shows: do not use it.";
        if (proof && same !== null && this.pack.open.kept) proof.textContent = same ? "The engine in this page was run here and gave the page's own numbers, bit by bit." : "The engine in this page gives other numbers than the page shows.";
        document.documentElement.dataset.ready = String(same);
    }

    /** Takes the state of the address. */
    async fromAddress(first) {
        const { scenario, values } = read(location.hash);
        const known = scenario !== null && scenario in this.pack.open.scenarios;
        if (!first && write({ scenario: known ? scenario : this.scenario, values }) === write({ scenario: this.scenario, values: this.values })) return;
        await this.go(known ? scenario : this.data.baseline, known ? values : new Map(), false);
    }

    async go(scenario, values, intoAddress) {
        if (this.shown !== scenario) {
            this.scenario = scenario;
            this.list = await this.engine.ask({ do: "levers", scenario });
            this.panel = show(this.levers, this.list, values, (state, settled) => this.move(state, settled));
            this.shown = scenario;
            if (this.pick) this.pick.querySelector("select").value = scenario;
        } else {
            this.panel.set(values);
        }
        this.move(values, intoAddress);
    }

    move(values, settled) {
        this.values = new Map(values);
        if (settled) {
            const fragment = write({ scenario: this.scenario, values: this.values });
            if (location.hash.replace(/^#/, "") !== fragment) history.pushState(null, "", `#${fragment}`);
        }
        clearTimeout(this.timer);
        this.reset.hidden = this.values.size === 0;
        if (this.values.size === 0) {
            this.engine.stop();
            this.clear();
            return;
        }
        this.timer = setTimeout(() => this.simulate(), settled ? 0 : REST);
    }

    clear() {
        this.panel?.clear();
        this.stop.hidden = true;
        this.status.textContent = "";
        this.line.textContent = "";
        this.result.replaceChildren();
        this.answer.replaceChildren(h("p", {}, `As on the page. ${invitation(this.pack.open.kept)}`));
        delete document.documentElement.dataset.change;
        this.changed(null);
    }

    halt() {
        this.engine.stop();
        this.stop.hidden = true;
        this.status.textContent += " Stopped.";
    }

    async simulate() {
        const asked = performance.now();
        const values = [...this.values];
        const root = document.documentElement;
        root.dataset.change = "begun";
        delete root.dataset.triedMs;
        this.stop.hidden = false;
        this.panel.clear();
        this.status.textContent = "Simulating\u2026";
        try {
            await this.engine.change(this.scenario, values, (now) => {
                root.dataset.change = now.short ? "first" : now.replications === now.planned ? "settled" : "more";
                if (now.tried) root.dataset.triedMs = String(Math.round(performance.now() - asked));
                else root.dataset[now.short ? "firstMs" : "settledMs"] = String(Math.round(performance.now() - asked));
                this.tell(now);
            });
            this.stop.hidden = true;
        } catch (list) {
            const stopped = !Array.isArray(list) || list.some((p) => p.message === "stopped");
            if (stopped) return;
            const rest = this.panel.complain(list);
            this.stop.hidden = true;
            root.dataset.change = "wrong";
            this.status.textContent = rest.length > 0 ? `This cannot be simulated: ${rest.join("; ")}` : "This cannot be simulated: see the lever.";
            this.answer.replaceChildren();
            this.result.replaceChildren();
            this.changed(null);
        }
    }

    tell(now) {
        this.now = now;
        const moved = sentence(this.list, this.values);
        const said = (now.answer?.length ? now.answer : [this.verdict(now)]).map((text) => unbroken(text));
        const left = (now.left ?? []).map((text) => h("p", { class: "warn" }, text));
        this.answer.replaceChildren(h("p", { class: "changes" }, `${moved}:`), ...said.map((text) => h("p", { class: "verdict" }, text)), ...left);
        const window = length(now.days);
        this.status.textContent = now.short
            ? `First look: ${now.replications} replications of ${window}. The whole window follows.`
            : `${now.replications} of ${now.planned} replications of ${window}${now.replications < now.planned ? "; more are on their way." : now.tried === false ? "; what would turn the verdict over is being tried." : "."}`;
        const { shown } = this.data;
        const rows = now.rows.filter((row) => shown.includes(row.measure)).sort((a, b) => shown.indexOf(a.measure) - shown.indexOf(b.measure));
        // An interval is not broken from one line to the next.
        const text = (cell, after = "") => h("span", {}, `${cell.value}${after}`, cell.interval ? [" ", h("span", { class: "interval" }, cell.interval)] : null);
        const heading = (row) => {
            const { label } = this.data.measures[row.measure];
            return row.base.unit && row.base.unit !== "requests" ? `${label}, ${row.base.unit}` : label;
        };
        const body = rows.map((row) => {
            const { word, kind } = judged(row, this.data.measures[row.measure]);
            // A small difference of hours is told in minutes: its unit is not that of the heading.
            const unit = row.difference.unit === "points" ? "%" : row.difference.unit;
            const apart = unit && unit !== row.base.unit && unit !== "requests" ? `\u00a0${unit}` : "";
            return [heading(row), text(row.base), text(row.changed), text(row.difference, apart), word && h("span", { class: kind ?? "" }, word)];
        });
        this.result.replaceChildren(table(`With the change, and ${this.data.short[this.data.baseline]} as it is`, ["Measure", "as it is", "changed", "difference", "verdict"], body));
        if (now.sets) {
            const { scenarios } = this.pack.open;
            const words = command(scenarios[this.scenario], scenarios[this.data.baseline], "changed", now.sets).split(" ");
            // No line ends within an option's name.
            this.line.replaceChildren(...words.flatMap((word) => [word.startsWith("--") ? h("span", { class: "option" }, word) : word, " "]));
        }
        this.changed(now);
    }

    verdict(now) {
        const told = now.rows.filter((row) => row.verdict);
        const parts = told.map((row) => {
            const { label } = this.data.measures[row.measure];
            const { word } = judged(row, this.data.measures[row.measure]);
            const unit = row.difference.unit ? ` ${row.difference.unit}` : "";
            return `${label}: ${row.difference.value}${unit} (${word})`;
        });
        return `${parts.join("; ")}.`;
    }

    async save() {
        const path = this.pack.open.scenarios[this.scenario];
        const file = path.split("/").pop();
        const title = `${this.data.titles[this.scenario] ?? this.scenario}, changed`;
        const { toml } = await this.engine.ask({ do: "save", scenario: this.scenario, values: [...this.values], extends: file, title });
        saveText(file.replace(/\.toml$/, "-changed.toml"), toml);
    }
}
