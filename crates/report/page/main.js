// Puts the page together: figures from the data in the page, and the part that simulates where the engine is there.
import { fit } from "./dom.js";
import { figures } from "./figures.js";
import { Live } from "./live.js";
import { readable } from "./picture.js";
import { replay } from "./replay.js";
import { saveText } from "./save.js";
import { unbase85, unlzma } from "./unpack.js";

function bytes(id) {
    const element = document.getElementById(id);
    if (!element) return null;
    return unbase85(element.textContent.trim());
}

async function unpacked(id) {
    const packed = bytes(id);
    if (!packed) return null;
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
}

const json = async (id) => {
    const text = await unpacked(id);
    return text && JSON.parse(new TextDecoder().decode(text));
};

function theme() {
    const button = document.getElementById("theme");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
        const dark = getComputedStyle(document.documentElement).colorScheme.includes("dark");
        document.documentElement.dataset.theme = dark ? "light" : "dark";
    });
}

/** What is printed has no buttons to open: assumptions and meanings are opened for the paper. */
function paper(figures) {
    let opened = [];
    addEventListener("beforeprint", () => {
        figures()?.paper(true);
        opened = [...document.querySelectorAll("#assumptions > details:not([open]), #notes > details:not([open])")];
        for (const one of opened) one.open = true;
    });
    addEventListener("afterprint", () => {
        for (const one of opened) one.open = false;
        figures()?.paper(false);
    });
}

async function main() {
    theme();
    let drawn = null;
    paper(() => drawn);
    for (const figure of document.querySelectorAll("figure.picture")) readable(figure);
    for (const place of document.querySelectorAll(".wide")) fit(place);
    const data = await json("data");
    if (!data) {
        document.documentElement.dataset.drawn = "true";
        return;
    }
    drawn = figures(data);
    const pack = await json("pack");
    const engine = bytes("engine");
    let live;
    if (pack && engine) {
        // The figures are to be seen first: this takes some tenths of a second.
        await new Promise((resolve) => setTimeout(resolve));
        pack.engine = unlzma(engine);
        const text = document.getElementById("worker").textContent;
        const worker = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
        const section = document.getElementById("try");
        section.hidden = false;
        live = new Live(section.querySelector(".live"), data, pack, worker, (now) => drawn.changed(now));
        live.start();
    }
    const place = document.getElementById("replay");
    if (place && (live || data.options.length > 0)) week(place.querySelector(".player"), data, pack, live);
    for (const button of document.querySelectorAll("button[data-file]")) {
        button.hidden = !pack;
        button.addEventListener("click", () => saveText(button.dataset.file.split("/").pop(), pack.open.files[button.dataset.file]));
    }
    document.documentElement.dataset.drawn = "true";
}

/** Weeks to replay: the mean one where the page has it, and where the engine is there those of the first replication. */
function week(place, data, pack, live) {
    const mean = "the mean week";
    // Where options are drawn with other staff than the scenarios have, theirs is the mean week alone.
    const count = live && !data.restaffed ? Math.floor(pack.days / 7) : 0;
    const base = data.options.find((o) => o.name === data.baseline) ?? data.options[0];
    const short = live && !data.restaffed && count === 0;
    // A window of some days is played as a whole.
    const simulated = short ? ["the window"] : Array.from({ length: Math.min(count, 260) }, (_, i) => `week ${i + 1}`);
    const weeks = [...(base ? [mean] : []), ...simulated];
    if (weeks.length === 0) {
        place.textContent = "The window of the run is shorter than a week: there is none to play.";
        return;
    }
    replay(place, {
        weeks,
        words: data.words,
        // A page without hours of its own simulates a week when it is asked for one.
        waits: base ? null : `Play simulates ${short ? "the window of one replication" : "the first week"} here, with what the levers say.`,
        async load(name) {
            if (name === mean) return { centres: base.centres, note: `${base.title}: mean over all weeks and replications.` };
            const values = live.values.size > 0 ? [...live.values] : [];
            const found = await live.engine.ask({ do: "week", scenario: live.scenario, values, week: short ? 0 : Number(name.split(" ")[1]) - 1, replication: 0 });
            const title = data.short[live.scenario] ?? live.scenario;
            return { centres: found.detail.centres, note: `${title}${values.length > 0 ? ", changed" : ""}: ${short ? "" : "the week "}from ${found.first}, first replication.` };
        },
    });
}

main().catch((error) => {
    const note = document.getElementById("trouble");
    if (note) note.textContent = `The figures could not be drawn: ${error.message}. All tables are there.`;
});
