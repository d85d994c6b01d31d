// Runs the scenarios of tests/golden.json in the WebAssembly module and by the command, and compares every byte, and the
// hashes that stand in that file. Called by scripts/wasm.sh.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";

const [module, program] = process.argv.slice(2);
const bytes = readFileSync(module);
const compiled = new WebAssembly.Module(bytes);
const imports = WebAssembly.Module.imports(compiled);
if (imports.length > 0) throw new Error(`the module has imports: ${JSON.stringify(imports)}`);

// Every file that a scenario may mention.
const files = {};
for (const entry of readdirSync("scenarios", { recursive: true })) {
    if (/\.(toml|csv)$/.test(entry)) files[join("scenarios", entry)] = readFileSync(join("scenarios", entry), "utf8");
}

function run(request) {
    const { exports } = new WebAssembly.Instance(compiled, {});
    const text = new TextEncoder().encode(JSON.stringify(request));
    const at = exports.poolwise_input(text.length);
    new Uint8Array(exports.memory.buffer, at, text.length).set(text);
    const failed = exports.poolwise_run();
    const length = exports.poolwise_output_length();
    const output = new TextDecoder().decode(new Uint8Array(exports.memory.buffer, exports.poolwise_output(), length));
    if (failed) throw new Error(output);
    return JSON.parse(output);
}

const hash = (text) => createHash("sha256").update(text).digest("hex");
const megabytes = (n) => (n / 1e6).toFixed(2);
const out = mkdtempSync(join(tmpdir(), "poolwise-wasm-"));
const spent = { native: 0, wasm: 0 };
const wrong = [];
try {
    for (const golden of JSON.parse(readFileSync("tests/golden.json", "utf8"))) {
        const { scenario, replications, horizon, set } = golden;
        const options = ["--replications", replications, "--horizon", horizon, ...set.flatMap((s) => ["--set", s])];
        const arguments_ = ["run", scenario, ...options, "--no-plots", "--quiet", "--threads", "1", "--out", out];
        const begun = performance.now();
        execFileSync(program, arguments_.map(String), { stdio: ["ignore", "ignore", "inherit"] });
        const between = performance.now();
        const answer = run({ files, scenarios: [scenario], set, replications, horizon });
        spent.native += between - begun;
        spent.wasm += performance.now() - between;
        const name = basename(scenario, ".toml");
        for (const [file, known] of [["summary.json", golden.summary], ["replications.csv", golden.replications_csv]]) {
            const here = answer.files[`${name}/${file}`];
            if (here !== readFileSync(join(out, name, file), "utf8")) wrong.push(`${scenario}: ${file} differs from the command's`);
            if (hash(here) !== known) wrong.push(`${scenario}: ${file} is not the one in tests/golden.json`);
        }
    }
    // What is wrong comes back as a message, drawn as the command draws it.
    let message = "";
    try {
        run({ files: { "a.toml": "clas = 1" }, scenarios: ["a.toml"] });
    } catch (error) {
        message = error.message;
    }
    if (!message.includes("a.toml:1")) wrong.push(`a scenario with an error gives: ${message}`);
} finally {
    rmSync(out, { recursive: true });
}
if (wrong.length > 0) {
    console.error(wrong.join("\n"));
    process.exit(1);
}
const size = `${megabytes(bytes.length)} MB, ${megabytes(gzipSync(bytes).length)} MB compressed`;
console.log(
    `the same bytes from WebAssembly (${size}); ${(spent.wasm / 1e3).toFixed(1)} s there, ` +
        `${(spent.native / 1e3).toFixed(1)} s by the command`,
);
