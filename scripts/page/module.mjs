// The engine of a page without a browser: takes it out of the file and asks it.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { unbase85, unlzma } from "../../crates/report/page/unpack.js";

const block = (html, id, unpack = gunzipSync) => {
    const found = new RegExp(`<script type="application/octet-stream" id="${id}">([^<]*)</script>`).exec(html);
    return found && unpack(unbase85(found[1].trim()));
};

/** What a page carries: data of its figures, what it simulates with, the engine. */
export function carried(file) {
    const html = readFileSync(file, "utf8");
    const json = (id) => {
        const bytes = block(html, id);
        return bytes && JSON.parse(bytes.toString("utf8"));
    };
    return { html, data: json("data"), pack: json("pack"), engine: block(html, "engine", unlzma) };
}

/** The engine with the page's scenarios open. `ask(request)` gives the text of the answer. */
export function session({ pack, engine }) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(engine), {});
    const ask = (request) => {
        const text = new TextEncoder().encode(JSON.stringify(request));
        const at = exports.poolwise_input(text.length);
        new Uint8Array(exports.memory.buffer, at, text.length).set(text);
        const failed = exports.poolwise_run();
        const output = new TextDecoder().decode(new Uint8Array(exports.memory.buffer, exports.poolwise_output(), exports.poolwise_output_length()));
        if (failed) throw new Error(output);
        return output;
    };
    ask({ do: "open", ...pack.open });
    return ask;
}
