// Elements from names, attributes and children; texts never become markup.
import { unbroken } from "./number.js";

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) {
        if (value === undefined || value === null || value === false) continue;
        if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
        else if (key === "value" || key === "checked") node[key] = value;
        else node.setAttribute(key, value === true ? "" : String(value));
    }
    node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
    return node;
}

/** An HTML element. */
export function h(name, attributes = {}, ...children) {
    return fill(document.createElement(name), attributes, children);
}

/** An SVG element. */
export function s(name, attributes = {}, ...children) {
    return fill(document.createElementNS(SVG, name), attributes, children);
}

/** Columns of a table that can be read row by row; with more nobody could. */
const READ_BY_ROW = 12;

/** Has a table that is wider than its place read row by row, as often as the place gets another width. */
export function fit(place) {
    const heads = [...place.querySelectorAll("thead th")].map((cell) => cell.textContent);
    if (heads.length > READ_BY_ROW) return place;
    for (const row of place.querySelectorAll("tbody tr")) [...row.children].forEach((cell, i) => {
        cell.dataset.label = heads[i] ?? "";
    });
    let width = 0;
    new ResizeObserver(() => {
        if (place.clientWidth === width) return;
        width = place.clientWidth;
        place.classList.remove("stacked");
        place.classList.toggle("stacked", place.scrollWidth > width + 1);
    }).observe(place);
    return place;
}

/** A table from a heading and rows of texts. */
export function table(caption, header, rows) {
    const whole = (cell) => (typeof cell === "string" ? unbroken(cell) : cell);
    const cells = (row) => row.map((cell, i) => (i === 0 ? h("th", { scope: "row" }, cell) : h("td", {}, whole(cell))));
    return fit(
        h(
            "div",
            { class: "wide", tabindex: "0", role: "region", "aria-label": caption },
            h(
                "table",
                {},
                h("caption", {}, caption),
                h("thead", {}, h("tr", {}, header.map((text) => h("th", { scope: "col" }, text)))),
                h("tbody", {}, rows.map((row) => h("tr", {}, cells(row)))),
            ),
        ),
    );
}
