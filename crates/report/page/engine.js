// The engine in workers: first numbers from a short window, then replications of the whole one, while the user watches.

/** Requests simulated for a first look: some tenths of a second. */
const FIRST_LOOK = 260_000;
/** Replications of a first look. */
const LOOKS = 4;
/** Longest silence of one replication, ms: then it is stopped. */
const LONGEST = 60_000;

class Desk {
    constructor(url, bytes, open) {
        this.worker = new Worker(url);
        this.waiting = new Map();
        this.next = 0;
        this.worker.addEventListener("message", ({ data }) => {
            const { resolve, reject, timer } = this.waiting.get(data.id);
            clearTimeout(timer);
            this.waiting.delete(data.id);
            if (data.failed === undefined) resolve(data.answer);
            else reject(problems(data.failed));
        });
        this.worker.addEventListener("error", (event) => this.fail(event.message));
        this.ready = this.send({ engine: bytes, request: { do: "open", ...open } });
        this.ready.catch(() => {});
    }

    send(message) {
        const id = this.next++;
        return new Promise((resolve, reject) => {
            const timer = setTimeout(() => this.fail("it took longer than a minute and was stopped"), LONGEST);
            this.waiting.set(id, { resolve, reject, timer });
            this.worker.postMessage({ id, ...message });
        });
    }

    async ask(request) {
        await this.ready;
        return this.send({ request });
    }

    fail(why) {
        this.dead = true;
        this.worker.terminate();
        for (const { reject, timer } of this.waiting.values()) {
            clearTimeout(timer);
            reject(problems(why));
        }
        this.waiting.clear();
    }

    get busy() {
        return this.waiting.size > 0;
    }
}

/** What is wrong, as a list `[{ lever, message }]`. */
export function problems(text) {
    try {
        const found = JSON.parse(text).problems;
        if (Array.isArray(found)) return found;
    } catch {
        // Not from the engine.
    }
    return [{ message: text }];
}

/** The window of a first look, `null` where the whole window is as quick. `requests` are those of a whole replication. */
export function firstLook(requests, days, warmUp) {
    const perDay = requests / Math.max(1, days + warmUp);
    if (requests <= FIRST_LOOK) return null;
    const weeks = Math.floor((FIRST_LOOK / perDay - warmUp) / 7);
    const least = Math.max(1, Math.min(weeks, 8));
    return least * 7 < days ? `${least} weeks` : null;
}

export class Engine {
    constructor({ bytes, worker, open, size }) {
        this.make = () => new Desk(worker, bytes, open);
        this.size = size;
        this.kept = Boolean(open.kept);
        this.baseline = open.baseline;
        this.turn = 0;
        this.quick = this.make();
        this.full = this.make();
    }

    /** Answers of the quick worker: levers, texts to save, weeks to replay. */
    async ask(request) {
        return JSON.parse(await this.alive("quick").ask(request));
    }

    alive(which) {
        if (this[which].dead) this[which] = this.make();
        return this[which];
    }

    /** Whether the first replication of the baseline is the page's, bit by bit; and makes the first look ready. */
    async prepare(baseline) {
        const look = firstLook(...this.size(baseline));
        const ready = look === null ? Promise.resolve() : this.run("quick", { scenario: baseline, values: [], horizon: look }, LOOKS, () => this.turn > 0, () => {});
        const same = this.kept ? JSON.parse(await this.alive("full").ask({ do: "proof" })).same : true;
        await ready;
        return same;
    }

    async run(which, change, most, over, report) {
        const desk = this.alive(which);
        const begun = JSON.parse(await desk.ask({ do: "begin", ...change }));
        const planned = Math.min(most, begun.planned);
        for (let n = 0; n < planned && !over(); n++) {
            const now = JSON.parse(await desk.ask({ do: "more" }));
            if (!over()) report({ ...now, planned, sets: begun.sets });
        }
    }

    /**
     * Simulates a change in the place of the one before. `report` is called after every replication that says more; what
     * is wrong comes as a rejection.
     */
    async change(scenario, values, report) {
        const turn = ++this.turn;
        const over = () => turn !== this.turn;
        // A replication of the whole window takes its time: its worker is left and another one is taken.
        if (this.full.busy && !this.full.dead) {
            this.full.fail("stopped");
            this.full = this.spare ?? this.make();
            this.spare = undefined;
        }
        const change = { scenario, values: [...values] };
        const look = firstLook(...this.size(scenario));
        let told = 0;
        let last = null;
        if (look !== null) {
            await this.run("quick", { ...change, horizon: look }, 2, over, report);
        }
        if (over()) return;
        const rest = look === null ? undefined : this.more(over, () => told >= 2, report);
        await this.run("full", change, Number.POSITIVE_INFINITY, over, (now) => {
            told = now.replications;
            last = told === now.planned ? { ...now, tried: false } : now;
            if (told >= 2 || look === null) report(last);
        });
        await rest;
        if (!over() && last?.tried === false) await this.ends(last, over, report);
        if (!this.spare && !over()) this.spare = this.make();
    }

    /** The same answer with the foremost unknown tried at both ends of what it may be, as the command has it. */
    async ends(last, over, report) {
        let answer = null;
        try {
            ({ answer } = JSON.parse(await this.alive("full").ask({ do: "ends", requests: this.size(this.baseline)[0] })));
        } catch {
            // Stopped, or it cannot be tried: the answer stays as it is.
        }
        if (!over()) report({ ...last, answer: answer ?? last.answer, tried: true });
    }

    /** More replications of the first look, until the whole window has something to say. */
    async more(over, enough, report) {
        for (let n = 2; n < LOOKS && !over() && !enough(); n++) {
            const now = JSON.parse(await this.quick.ask({ do: "more" }));
            if (!over() && !enough()) report({ ...now, planned: LOOKS });
        }
    }

    /** Stops what is under way. */
    stop() {
        this.turn++;
        if (this.full.busy) this.full.fail("stopped");
    }
}
