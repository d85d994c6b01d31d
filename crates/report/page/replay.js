// A week played in time: officers on duty, busy and idle, and the queue, centre by centre.
import { h } from "./dom.js";
import { chooser } from "./charts.js";
import { brief, hourOfWeek } from "./number.js";

/** Hours of the week that pass in a second. */
const SPEEDS = { "1 hour a second": 1, "4 hours a second": 4, "12 hours a second": 12 };

/** The value between two hours of the week. */
export function between(values, time) {
    const i = Math.floor(time) % values.length;
    const [a, b] = [values[i], values[(i + 1) % values.length]];
    if (a === null || b === null) return a ?? b ?? 0;
    return a + (b - a) * (time - Math.floor(time));
}

/** The hours of the week that a window has: where it begins, and how many there are. All of them but for a window of some days. */
export function covered(centres) {
    const known = Array.from({ length: 168 }, (_, hour) => centres.some((c) => c.on_duty[hour] !== null));
    const first = known.findIndex((at, hour) => at && !known[(hour + 167) % 168]);
    if (first < 0) return { first: 0, hours: 168 };
    const rest = [...known.slice(first), ...known.slice(0, first)];
    const end = rest.indexOf(false);
    return { first, hours: end < 0 ? 168 : end };
}

/** `weeks`: names to choose from; `load(name)` gives the centres of that week. With `waits`, a text, nothing is loaded before it is asked for. */
export function replay(place, { weeks, load, start, words, waits }) {
    let centres = [];
    // Hours after the first that is played.
    let time = start ?? 0;
    let [first, hours] = [0, 168];
    let playing = false;
    let speed = 4;
    let last;
    const now = h("output", { class: "clock" });
    const slider = h("input", { type: "range", min: 0, max: 167, step: 0.25, value: time, "aria-label": "Hour of the week" });
    const play = h("button", { type: "button" }, "Play");
    const board = h("div", { class: "board", role: "img", "aria-label": waits ?? "A week" });
    const said = h("p", { class: "note" });
    let rows = [];

    function build() {
        const most = Math.max(1, ...centres.flatMap((c) => c.on_duty.map((v) => v ?? 0)));
        const longest = Math.max(1, ...centres.flatMap((c) => c.queue.map((v) => v ?? 0)));
        rows = centres.map((centre) => {
            const bar = (kind) => h("span", { class: `bar ${kind}` });
            const [duty, busy, queue] = [bar("duty"), bar("busy"), bar("queue")];
            const text = h("span", { class: "numbers" });
            const element = h("div", { class: "centre" }, h("span", { class: "name" }, centre.name), h("span", { class: "track" }, duty, busy), h("span", { class: "track" }, queue), text);
            return { centre, duty, busy, queue, text, most, longest, element };
        });
        ({ first, hours } = covered(centres));
        slider.max = String(hours - 1);
        time = Math.min(time, hours - 1);
        slider.value = String(time);
        const head = h("div", { class: "centre head" }, h("span", {}, rows.length > 1 ? "Centre" : ""), h("span", {}, "On duty, and of them busy"), h("span", {}, "Waiting"), h("span", {}, ""));
        board.replaceChildren(head, ...rows.map((r) => r.element));
        paint();
    }

    function paint() {
        const at = first + time;
        const hour = hourOfWeek(Math.floor(at) % 168);
        now.textContent = hour;
        for (const { centre, duty, busy, queue, text, most, longest } of rows) {
            // Officers come and go on the hour; what is between two hours is drawn for those at work alone.
            const on = centre.on_duty[Math.floor(at) % 168] ?? 0;
            const [work, waiting] = [between(centre.busy, at), between(centre.queue, at)];
            duty.style.width = `${(100 * on) / most}%`;
            busy.style.width = `${(100 * Math.min(work, most)) / most}%`;
            queue.style.width = `${(100 * waiting) / longest}%`;
            busy.classList.toggle("full", on > 0 && work > 0.95 * on);
            text.textContent = `${brief(work, 2)} of ${brief(on, 2)}, ${brief(waiting, 2)} waiting`;
        }
        const total = (pick) => centres.reduce((sum, c) => sum + between(c[pick], at), 0);
        board.setAttribute("aria-label", `${hour}: ${brief(total("busy"), 3)} of ${brief(total("on_duty"), 3)} ${words.officer.many} busy, ${brief(total("queue"), 3)} ${words.request.many} waiting`);
    }

    function step(at) {
        if (!playing) return;
        time = (time + ((at - (last ?? at)) / 1000) * speed) % hours;
        last = at;
        slider.value = String(time);
        paint();
        requestAnimationFrame(step);
    }

    let asked = !waits;
    play.addEventListener("click", async () => {
        if (!asked) await choose(weeks[0]);
        playing = !playing;
        play.textContent = playing ? "Pause" : "Play";
        last = undefined;
        if (playing) requestAnimationFrame(step);
    });
    slider.addEventListener("input", () => {
        time = Number(slider.value);
        paint();
    });
    async function choose(name) {
        said.textContent = waits ? "Simulating\u2026" : "";
        asked = true;
        try {
            const found = await load(name);
            centres = found.centres.filter((c) => c.on_duty.some((v) => v > 0) || c.queue.some((v) => v > 0));
            said.textContent = found.note ?? "";
            build();
        } catch (list) {
            said.textContent = Array.isArray(list) ? list.map((p) => p.message).join("; ") : String(list);
        }
    }
    place.replaceChildren(
        h("div", { class: "controls" }, play, chooser("Speed", Object.keys(SPEEDS), "4 hours a second", (name) => {
            speed = SPEEDS[name];
        }), weeks.length > 1 ? chooser("Week", weeks, weeks[0], choose) : null, now),
        slider,
        board,
        said,
    );
    if (waits) {
        said.textContent = waits;
        return Promise.resolve();
    }
    return choose(weeks[0]);
}
