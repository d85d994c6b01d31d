// Compresses the engine and writes it with its facts, or compares it with the kept one. Called by scripts/page-engine.sh.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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
    // A quarter smaller than with gzip. Code has no alignment that positions would tell of.
    const packed = execFileSync("xz", ["--format=lzma", "--lzma1=preset=9e,lc=4,lp=0,pb=0", "--stdout", module], { maxBuffer: 1 << 26 });
    // xz says that the length is unknown; the page makes room for it at once.
    packed.writeBigUInt64LE(BigInt(bytes.length), 5);
    writeFileSync(join(assets, "engine.wasm.lzma"), packed);
    facts.packed = hash(packed);
    const text = `${JSON.stringify(facts, null, 2)}\n`;
    if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
    console.log(`${join(assets, "engine.wasm.lzma")}: ${(packed.length / 1e6).toFixed(2)} MB compressed, ${(bytes.length / 1e6).toFixed(2)} MB`);
}
