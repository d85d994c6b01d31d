// Pictures that come drawn: their places have values, which are read under the pointer, by arrow keys, and in a table.
import { h, s, table } from "./dom.js";

const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** The nearest of some middles that lies in a direction from the one at `from`; itself where there is none. */
export function towards(middles, from, [dx, dy]) {
    const [x, y] = middles[from];
    let [best, least] = [from, Infinity];
    middles.forEach(([u, v], i) => {
        const along = (u - x) * dx + (v - y) * dy;
        const aside = Math.abs((u - x) * dy) + Math.abs((v - y) * dx);
        const far = along + 3 * aside;
        if (along > 0.5 && aside < 2 * along && far < least) [best, least] = [i, far];
    });
    return best;
}

/** Makes a picture's places readable. */
export function readable(figure) {
    const spots = [...figure.querySelectorAll("rect.spot")];
    if (spots.length === 0) return;
    const svg = figure.querySelector("svg");
    const name = svg.querySelector("title").textContent;
    const box = (spot) => ["x", "y", "width", "height"].map((key) => Number(spot.getAttribute(key)));
    const middles = spots.map(box).map(([x, y, width, height]) => [x + width / 2, y + height / 2]);
    const words = (spot) => [spot.dataset.what, spot.dataset.value];
    // The page says it below the picture: a second word at the pointer would be in the way.
    for (const spot of spots) spot.querySelector("title")?.remove();
    const ring = s("rect", { class: "ring", "pointer-events": "none", visibility: "hidden" });
    svg.append(ring);
    const reading = h("output", { class: "reading", "aria-live": "polite" });
    const data = h("details", { class: "data" }, h("summary", {}, "Table"));
    const holder = h("div", { class: "read" });
    figure.replaceWith(holder);
    holder.append(figure, reading, data);
    let at = null;
    const show = (i) => {
        at = i;
        const [x, y, width, height] = box(spots[i]);
        for (const [key, value] of Object.entries({ x, y, width, height, visibility: "visible" })) ring.setAttribute(key, value);
        reading.textContent = words(spots[i]).join(": ");
    };
    const leave = () => {
        ring.setAttribute("visibility", "hidden");
        reading.textContent = "";
    };
    figure.addEventListener("pointermove", (event) => {
        const i = spots.indexOf(event.target);
        if (i < 0) leave();
        else show(i);
    });
    figure.addEventListener("pointerleave", leave);
    figure.addEventListener("keydown", (event) => {
        const step = STEPS[event.key];
        if (!step) return;
        event.preventDefault();
        show(at === null ? 0 : towards(middles, at, step));
    });
    data.addEventListener("toggle", () => {
        data.querySelector(".wide")?.remove();
        if (data.open) data.append(table(name, ["Where", "Value"], spots.map(words)));
    });
}
