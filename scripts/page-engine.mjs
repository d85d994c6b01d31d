// Compresses the engine and writes it with its facts, or compares it with the kept one. Called by scripts/page-engine.sh.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const [module, assets, compiler, check] = process.argv.slice(2);
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");
const bytes = readFileSync(module);
const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
if (imports.length > 0) throw new Error(`the engine has imports: ${JSON.stringify(imports)}`);
const facts = {
    // Of the module itself: how it is compressed may differ.
    sha256: hash(bytes),
    bytes: bytes.length,
    compiler,
    // The results it was made for: a change of results without a new engine is seen by a test.
    golden: hash(readFileSync("tests/golden.json")),
};
const file = join(assets, "engine.json");
if (check === "--check") {
    const kept = JSON.parse(readFileSync(file, "utf8"));
    if (kept.sha256 !== facts.sha256 || kept.golden !== facts.golden) {
        console.error(`the kept engine is not the one that the sources make: run scripts/page-engine.sh\n  kept ${kept.sha256}\n  made ${facts.sha256}`);
        process.exit(1);
    }
    console.log(`the kept engine is the one that the sources make: ${facts.sha256}`);
} else {
    let packed = gzipSync(bytes, { level: 9 });
    try {
        // A twentieth smaller, and read by the same browsers.
        packed = execFileSync("zopfli", ["-c", "--i5", module], { maxBuffer: 1 << 26 });
    } catch {
        console.error("zopfli is not here: the engine is a twentieth larger than it could be");
    }
    writeFileSync(join(assets, "engine.wasm.gz"), packed);
    const text = `${JSON.stringify(facts, null, 2)}\n`;
    if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
    console.log(`${join(assets, "engine.wasm.gz")}: ${(packed.length / 1e6).toFixed(2)} MB compressed, ${(bytes.length / 1e6).toFixed(2)} MB`);
}
