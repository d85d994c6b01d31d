// Numbers and times as planners read them.

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Three digits, or fewer where they are zeros. */
export function brief(x, digits = 3) {
    if (x === null || x === undefined || !Number.isFinite(x)) return "n/a";
    if (x === 0) return "0";
    const size = Math.floor(Math.log10(Math.abs(x)));
    const decimals = Math.max(0, Math.min(6, digits - 1 - size));
    const text = x.toFixed(decimals);
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** `63.2 %`: what is not nought is not shown as nought, nor as all what is not all. */
export function percent(x) {
    if (x === null || x === undefined || !Number.isFinite(x)) return "n/a";
    const share = 100 * x;
    const text = share.toFixed(1);
    if (share < 100 && text === "100.0") return "over 99.9 %";
    if (share <= 0 || Number(text) !== 0) return `${text} %`;
    return share < 0.001 ? "under 0.001 %" : `${brief(share, 1)} %`;
}

/** A length of time in hours. */
export function duration(hours) {
    if (hours === null || hours === undefined || !Number.isFinite(hours)) return "n/a";
    if (hours < 1) return `${brief(60 * hours, 2)} min`;
    return hours >= 72 ? `${brief(hours / 24)} days` : `${brief(hours)} h`;
}

/** Hour of the week from Monday: `Sat 03:00`. */
export function hourOfWeek(hour) {
    return `${DAYS[Math.floor(hour / 24) % 7]} ${clock((hour % 24) * 60)}`;
}

/** Name of a day of the week. */
export function day(index) {
    return DAYS[index % 7];
}

/** Minutes after midnight: `06:30`. */
export function clock(minutes) {
    const two = (n) => String(n).padStart(2, "0");
    return `${two(Math.floor(minutes / 60))}:${two(Math.round(minutes % 60))}`;
}

/** Round ticks that cover a range, about so many. */
export function ticks(low, high, about = 5) {
    if (!(high > low)) return [low];
    const rough = (high - low) / about;
    const power = 10 ** Math.floor(Math.log10(rough));
    // Nearest by ratio, so that there are never far fewer than asked for.
    const times = rough / power;
    const step = power * (times >= Math.sqrt(50) ? 10 : times >= Math.sqrt(10) ? 5 : times >= Math.SQRT2 ? 2 : 1);
    const out = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) out.push(i === 0 ? 0 : i * step);
    return out;
}

/** Round ticks of lengths of time in hours: whole numbers of minutes, hours or days, whichever fit. */
export function timeTicks(low, high, about = 5) {
    const unit = high < 1 ? 1 / 60 : high >= 72 ? 24 : 1;
    return ticks(low / unit, high / unit, about).map((v) => v * unit);
}

/** What a tick of lengths of time up to `high` hours is called, in the unit of `timeTicks`. */
export function timeMark(hours, high) {
    return high >= 72 ? `${brief(hours / 24)} ${hours === 24 ? "day" : "days"}` : duration(hours);
}

/** Words after a number that are neither a unit nor a name of what is counted: a line may break before them. */
const APART = new Set(["to", "and", "or", "of", "at", "in", "is", "are", "was", "were", "by", "for", "with", "than", "as", "on", "from"]);

/** The text with intervals, numbers with their units, and hours with their days kept on one line: `unbroken.rs` does the same. */
export function unbroken(text, by = "\u00a0") {
    return text
        .replace(/\[(?=[^\]]*\d)[-+\u2212.,% /\u202f\u00a0\da-z]{1,39}\]/g, (interval) => interval.replaceAll(" ", by))
        .replace(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?=\d)/g, `$1${by}`)
        .replace(/\bP (?=\d)/g, `P${by}`)
        .replace(/(\d) (%|[a-z/]+)/g, (all, digit, word) => (APART.has(word) ? all : `${digit}${by}${word}`));
}
