// LZMA, which browsers cannot read by themselves: the engine takes a quarter less room with it than with gzip.
// After Igor Pavlov's specification (LZMA SDK, lzma-specification.txt, 2015): a range coder under a state machine of literals and matches.

const HALF = 1024;
/** Distances remembered, states of the machine, least length of a match. */
const [STATES, LEAST] = [12, 2];

/** Bits of a range coder with adaptive probabilities of 11 bits. */
class Coder {
    constructor(bytes, at) {
        this.bytes = bytes;
        this.at = at + 5;
        this.range = 0xffffffff;
        this.code = ((bytes[at + 1] << 24) | (bytes[at + 2] << 16) | (bytes[at + 3] << 8) | bytes[at + 4]) >>> 0;
    }

    bit(model, i) {
        const bound = (this.range >>> 11) * model[i];
        let bit = 0;
        if (this.code < bound) {
            this.range = bound;
            model[i] += (2048 - model[i]) >>> 5;
        } else {
            this.range -= bound;
            this.code -= bound;
            model[i] -= model[i] >>> 5;
            bit = 1;
        }
        if (this.range < 0x1000000) {
            this.range = (this.range << 8) >>> 0;
            this.code = ((this.code << 8) | this.bytes[this.at++]) >>> 0;
        }
        return bit;
    }

    /** Bits without a model. */
    plain(count) {
        let out = 0;
        for (let i = 0; i < count; i++) {
            this.range >>>= 1;
            const bit = this.code >= this.range ? 1 : 0;
            if (bit) this.code -= this.range;
            out = (out << 1) | bit;
            if (this.range < 0x1000000) {
                this.range = (this.range << 8) >>> 0;
                this.code = ((this.code << 8) | this.bytes[this.at++]) >>> 0;
            }
        }
        return out >>> 0;
    }

    /** A number of `count` bits, highest first, from a tree of models that begins at `from`. */
    tree(model, from, count) {
        let node = 1;
        for (let i = 0; i < count; i++) node = (node << 1) | this.bit(model, from + node);
        return node - (1 << count);
    }

    /** The same, lowest bit first. */
    reverse(model, from, count) {
        let [node, out] = [1, 0];
        for (let i = 0; i < count; i++) {
            const bit = this.bit(model, from + node);
            node = (node << 1) | bit;
            out |= bit << i;
        }
        return out;
    }
}

const models = (count) => new Uint16Array(count).fill(HALF);

class Lengths {
    constructor() {
        this.choice = models(2);
        this.low = models(16 << 3);
        this.middle = models(16 << 3);
        this.high = models(256);
    }

    read(coder, position) {
        if (!coder.bit(this.choice, 0)) return coder.tree(this.low, position << 3, 3);
        if (!coder.bit(this.choice, 1)) return 8 + coder.tree(this.middle, position << 3, 3);
        return 16 + coder.tree(this.high, 0, 8);
    }
}

/** How far back a match is. */
class Distances {
    constructor() {
        this.slots = models(4 << 6);
        this.special = models(128);
        this.align = models(16);
    }

    read(coder, length) {
        const slot = coder.tree(this.slots, Math.min(length, 3) << 6, 6);
        if (slot < 4) return slot;
        const bits = (slot >> 1) - 1;
        const base = (2 | (slot & 1)) << bits;
        if (slot < 14) return base + coder.reverse(this.special, base - slot, bits);
        return (base >>> 0) + coder.plain(bits - 4) * 16 + coder.reverse(this.align, 0, 4);
    }
}

/** A literal: after a match the byte that the match did not go on with says much about it. */
function literal(coder, model, from, matched) {
    let symbol = 1;
    if (matched !== null) {
        let byte = matched;
        do {
            const expected = (byte >> 7) & 1;
            byte = (byte << 1) & 0xff;
            const bit = coder.bit(model, from + ((1 + expected) << 8) + symbol);
            symbol = (symbol << 1) | bit;
            if (expected !== bit) break;
        } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | coder.bit(model, from + symbol);
    return symbol & 0xff;
}

/** The bytes in an `.lzma` file that states its length. */
export function unlzma(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [context, rest] = [bytes[0] % 9, Math.floor(bytes[0] / 9)];
    const [lows, mask] = [(1 << (rest % 5)) - 1, (1 << Math.floor(rest / 5)) - 1];
    const size = view.getUint32(5, true) + view.getUint32(9, true) * 2 ** 32;
    const out = new Uint8Array(size);
    const coder = new Coder(bytes, 13);
    const literals = models(0x300 << ((rest % 5) + context));
    const [match, long] = [models(STATES << 4), models(STATES << 4)];
    const [again, again0, again1, again2] = [models(STATES), models(STATES), models(STATES), models(STATES)];
    const [lengths, repeated, distances] = [new Lengths(), new Lengths(), new Distances()];
    let [state, done] = [0, 0];
    let [d0, d1, d2, d3] = [0, 0, 0, 0];
    while (done < size) {
        const place = done & mask;
        if (!coder.bit(match, (state << 4) + place)) {
            const before = done > 0 ? out[done - 1] : 0;
            const from = 0x300 * (((done & lows) << context) + (before >> (8 - context)));
            out[done] = literal(coder, literals, from, state >= 7 ? out[done - 1 - d0] : null);
            done++;
            state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
            continue;
        }
        let length;
        if (!coder.bit(again, state)) {
            [d3, d2, d1] = [d2, d1, d0];
            length = lengths.read(coder, place);
            state = state < 7 ? 7 : 10;
            d0 = distances.read(coder, length);
        } else {
            if (!coder.bit(again0, state)) {
                if (!coder.bit(long, (state << 4) + place)) {
                    state = state < 7 ? 9 : 11;
                    out[done] = out[done - 1 - d0];
                    done++;
                    continue;
                }
            } else if (!coder.bit(again1, state)) {
                [d0, d1] = [d1, d0];
            } else if (!coder.bit(again2, state)) {
                [d0, d1, d2] = [d2, d0, d1];
            } else {
                [d0, d1, d2, d3] = [d3, d0, d1, d2];
            }
            length = repeated.read(coder, place);
            state = state < 7 ? 8 : 11;
        }
        if (d0 >= done) throw new Error("the engine in this page is damaged");
        const end = Math.min(size, done + length + LEAST);
        for (; done < end; done++) out[done] = out[done - 1 - d0];
    }
    return out;
}

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?_,;()[]{}@%$#";

/** The bytes of a text in base 85: five digits hold four bytes, a last group of n digits n - 1. */
export function unbase85(text) {
    const value = new Uint8Array(128);
    for (let i = 0; i < DIGITS.length; i++) value[DIGITS.charCodeAt(i)] = i;
    const bytes = new Uint8Array(Math.floor((text.length * 4) / 5));
    for (let i = 0, at = 0; i < text.length; i += 5) {
        let number = 0;
        for (let k = i; k < i + 5; k++) number = number * 85 + (k < text.length ? value[text.charCodeAt(k)] : 84);
        for (let shift = 24; shift >= 0 && at < bytes.length; shift -= 8) bytes[at++] = (number >>> shift) & 255;
    }
    return bytes;
}
