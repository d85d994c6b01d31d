// Runs in a worker: the engine, which answers one request after another.

let engine;

function call(request) {
    const { memory, poolwise_input, poolwise_run, poolwise_output, poolwise_output_length } = engine.exports;
    const text = new TextEncoder().encode(JSON.stringify(request));
    const at = poolwise_input(text.length);
    new Uint8Array(memory.buffer, at, text.length).set(text);
    const failed = poolwise_run();
    const output = new Uint8Array(memory.buffer, poolwise_output(), poolwise_output_length());
    const answer = new TextDecoder().decode(output);
    if (failed) throw new Error(answer);
    return answer;
}

async function answer({ id, engine: bytes, request }) {
    try {
        if (bytes) engine = (await WebAssembly.instantiate(bytes, {})).instance;
        postMessage({ id, answer: call(request) });
    } catch (error) {
        // What the engine says is JSON; a trap, as when memory is not enough, is not.
        postMessage({ id, failed: String(error.message ?? error) });
    }
}

addEventListener("message", (event) => answer(event.data));
