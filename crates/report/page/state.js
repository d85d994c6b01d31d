// The state of the page in the address: which scenario is changed, and how.

/** The fragment of a state `{ scenario, values: Map }`; empty where nothing is changed. */
export function write({ scenario, values }) {
    if (values.size === 0) return "";
    const out = new URLSearchParams();
    out.set("change", scenario);
    for (const [lever, value] of values) out.append("lever", `${lever}=${value}`);
    return out.toString();
}

/** The state of a fragment; what makes no sense is left out. */
export function read(fragment) {
    const found = new URLSearchParams(fragment.replace(/^#/, ""));
    const values = new Map();
    for (const text of found.getAll("lever")) {
        const cut = text.lastIndexOf("=");
        const value = Number(text.slice(cut + 1));
        if (cut > 0 && text.length > cut + 1 && Number.isFinite(value)) values.set(text.slice(0, cut), value);
    }
    return { scenario: found.get("change"), values };
}
