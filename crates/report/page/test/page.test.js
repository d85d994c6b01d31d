// What the page's modules compute, without a browser. Run by `node --test` in this folder.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { alone, drawnTo, scaled } from "../charts.js";
import { curves } from "../curves.js";
import { firstLook, problems } from "../engine.js";
import { chosen } from "../figure.js";
import { axis, placed, shares, together, windowed } from "../figures.js";
import { atOnce, parse, refused, sentence, words } from "../levers.js";
import { command, invitation, judged, length } from "../live.js";
import { brief, clock, duration, hourOfWeek, percent, ticks, timeMark, timeTicks, unbroken } from "../number.js";
import { towards } from "../picture.js";
import { between, covered } from "../replay.js";
import { cell, crc32, csv, zip } from "../save.js";
import { read, write } from "../state.js";
import { unlzma } from "../unpack.js";

test("arrow keys go to the neighbour in their direction", () => {
    const grid = [[10, 90], [30, 90], [10, 50], [30, 50]];
    assert.equal(towards(grid, 0, [1, 0]), 1);
    assert.equal(towards(grid, 0, [0, -1]), 2);
    assert.equal(towards(grid, 3, [0, 1]), 1);
    assert.equal(towards(grid, 3, [1, 0]), 3, "there is none further right");
});

test("paper is told what the controls of a figure say", () => {
    assert.equal(chosen([["Option ", "Status quo"], ["Centre ", "all together"], ["Day ", undefined]]), "Option: Status quo; Centre: all together");
    assert.equal(chosen([]), "");
});

test("numbers are short and exact enough", () => {
    assert.equal(brief(245), "245");
    assert.equal(brief(0.123456), "0.123");
    assert.equal(brief(-1234.5), "-1235");
    assert.equal(brief(null), "n/a");
    assert.equal(brief(0), "0");
    assert.equal(percent(0.632), "63.2 %");
    assert.deepEqual([0, 0.0004, 0.000001, 0.9999, 1].map(percent), ["0.0 %", "0.04 %", "under 0.001 %", "over 99.9 %", "100.0 %"]);
    assert.equal(duration(0.25), "15 min");
    assert.equal(duration(96), "4 days");
    assert.equal(hourOfWeek(123), "Sat 03:00");
    assert.equal(clock(390), "06:30");
    assert.deepEqual(ticks(0, 10, 5), [0, 2, 4, 6, 8, 10]);
    assert.deepEqual(ticks(3, 3), [3]);
    const said = (high) => timeTicks(0, high, 4).map((v) => timeMark(v, high));
    assert.deepEqual(ticks(-5.5, 4.3, 4), [-4, -2, 0, 2, 4], "an axis of two numbers shows nothing");
    assert.deepEqual(said(0.05), ["0 min", "1 min", "2 min", "3 min"]);
    assert.deepEqual(said(3), ["0 min", "1 h", "2 h", "3 h"]);
    assert.deepEqual(said(240), ["0 days", "2 days", "4 days", "6 days", "8 days", "10 days"]);
});

test("numbers keep their units and intervals are whole, as in the tables", () => {
    const samples = readFileSync(new URL("unbroken.txt", import.meta.url), "utf8").trimEnd().split("\n");
    for (const wanted of samples) assert.equal(unbroken(wanted.replaceAll("~", " "), "~"), wanted);
    assert.equal(unbroken("4 h"), "4\u00a0h");
});

test("what is far from all others is off the scale, and nothing else", () => {
    const row = (estimate, half = 0.1) => ({ estimate, lower: estimate - half, upper: estimate + half });
    const rows = [row(3.9), row(-5.2), row(1.9), row(3.9), row(-52.3, 1)];
    const found = scaled(rows);
    assert.deepEqual([...found.beyond], [rows[4]]);
    assert.ok(found.least > -6 && found.most < 5);
    assert.equal(scaled([row(1), row(-52)]).beyond.size, 0, "of two options both are shown");
    assert.equal(scaled([row(4), row(-5), row(-16)]).beyond.size, 0);
    assert.equal(scaled([row(0, 0), row(0, 0), row(2)]).beyond.size, 0, "there is nothing beside it to see");
});

test("a window has its length in words", () => {
    assert.deepEqual([7, 28, 10, 10 / 24].map(length), ["a week", "4 weeks", "10 days", "10 hours"]);
});

test("only a page with results speaks of results", () => {
    assert.match(invitation([1]), /results above/);
    assert.doesNotMatch(invitation(null), /results/);
});

test("the address gives back what it was given", () => {
    const values = new Map([["pool.\"a=b&c\".officers", 60], ["open: New York", 0], ["x", -1.5]]);
    const back = read(`#${write({ scenario: "status quo", values })}`);
    assert.equal(back.scenario, "status quo");
    assert.deepEqual([...back.values], [...values]);
    assert.equal(write({ scenario: "a", values: new Map() }), "");
    assert.deepEqual([...read("#lever=x&lever=y=&lever==3&lever=z=no").values], []);
});

const whole = { id: "p", label: "Officers", kind: "whole", value: 85, most: 1e6 };

test("what is wrong in a field is said", () => {
    assert.deepEqual(parse(whole, "60"), { value: 60 });
    assert.match(parse(whole, "60.5").wrong, /whole/);
    assert.match(parse(whole, "").wrong, /number/);
    assert.match(parse(whole, "-1").wrong, /negative/);
    assert.match(parse(whole, "<b>").wrong, /number/);
    assert.match(parse(whole, "2e6").wrong, /at most 1000000$/);
    assert.equal(parse({ ...whole, kind: "duration", of: "h", most: 24 }, "25").wrong, "it must be at most 24 h");
    assert.equal(refused(whole, parse(whole, "-1").wrong), "Officers must not be negative");
    assert.equal(refused(whole, parse(whole, "").wrong), "Officers: write a number");
    assert.deepEqual([["Chosen", 7], ["Chosen", 20], ["Shifts", 7], ["Shifts", 8]].map((of) => atOnce(...of)), [7, 12, 7, 6]);
    const share = { ...whole, kind: "share", most: 1 };
    assert.deepEqual(parse(share, "33.3 %"), { value: 0.333 });
    assert.match(parse(share, "101").wrong, /100 %/);
    const time = { ...whole, kind: "clock" };
    assert.deepEqual(parse(time, "6:30"), { value: 390 });
    assert.match(parse(time, "24:30").wrong, /08:30/);
    assert.deepEqual(parse({ ...whole, kind: "number" }, "1,5"), { value: 1.5 });
});

test("a change is said in words", () => {
    assert.equal(sentence([whole], new Map([["p", 60]])), "Officers 60 instead of 85");
    assert.equal(words({ kind: "duration", of: "min" }, 20), "20 min");
    assert.equal(words({ kind: "switch" }, 0), "off");
    assert.equal(words({ kind: "choice", of: ["daily", "Mon-Fri"] }, 1), "Mon-Fri");
});

test("verdicts follow from the direction that is better", () => {
    const row = (verdict) => ({ verdict });
    assert.equal(judged(row("more"), { better: "more" }).word, "more: better");
    assert.equal(judged(row("less"), { better: "less" }).kind, "good");
    assert.equal(judged(row("more"), { better: "less" }).kind, "bad");
    assert.equal(judged(row("cannot tell"), { better: "less" }).kind, "open");
    assert.equal(judged({}, {}).word, "");
});

test("the command can be pasted into a shell", () => {
    const line = command("a b.toml", "base.toml", "changed", ["x=1", "pool.\"it's\".officers=2"]);
    assert.equal(line, "poolwise compare base.toml 'a b.toml' --vary 'changed: x=1' --vary 'changed: pool.\"it'\\''s\".officers=2'");
    assert.equal(command("base.toml", "base.toml", "n", ["x=1"]), "poolwise compare base.toml --vary 'n: x=1'");
});

test("tables for spreadsheets hold texts, never formulas", () => {
    assert.equal(cell("=1+1"), "'=1+1");
    assert.equal(cell("-x"), "'-x");
    assert.equal(cell("-1.5"), "-1.5");
    assert.equal(cell('a "b", c'), '"a ""b"", c"');
    assert.equal(csv(["a"], [["b\nc"]]), 'a\n"b\nc"\n');
});

test("an archive of texts", () => {
    assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
    const bytes = zip({ "a/b.toml": "x = 1\n", "c.csv": "" });
    const text = new TextDecoder("latin1").decode(bytes);
    assert.ok(text.startsWith("PK\u0003\u0004") && text.includes("a/b.toml") && text.includes("x = 1\n"));
    assert.deepEqual(zip({ a: "b" }), zip({ a: "b" }));
});

test("the first look fits into some tenths of a second", () => {
    assert.equal(firstLook(1_700_000, 364, 28), "4 weeks");
    assert.equal(firstLook(10_000, 28, 7), null);
    assert.equal(firstLook(100_000_000, 364, 28), "1 weeks");
    assert.deepEqual(problems('{"problems":[{"lever":"x","message":"no"}]}'), [{ lever: "x", message: "no" }]);
    assert.deepEqual(problems("unreachable"), [{ message: "unreachable" }]);
});

test("hours, centres and options are put together", () => {
    const centre = (counted, v) => ({ counted, busy: Array.from({ length: 168 }, () => v) });
    assert.equal(together([centre(true, 2), centre(true, null), centre(false, 5)], "busy")[100], 2);
    assert.deepEqual(windowed([...Array(168).keys()], { first: 166, hours: 4 }), [166, 167, 0, 1]);
    const { edges, values } = shares([{ completion: [[1, 0.5], [2, 1]] }, { completion: [[2, 0.9], [4, 1]] }]);
    assert.deepEqual(edges, [1, 2, 4]);
    assert.deepEqual(values, [[0.5, 1, 1], [0, 0.9, 1]]);
    const hours = (from, until) => Array.from({ length: 168 }, (_, hour) => (from <= until ? hour >= from && hour < until : hour >= from || hour < until) ? 1 : null);
    assert.deepEqual(covered([{ on_duty: hours(0, 168) }]), { first: 0, hours: 168 });
    assert.deepEqual(covered([{ on_duty: hours(14, 24) }, { on_duty: hours(16, 24) }]), { first: 14, hours: 10 });
    assert.deepEqual(covered([{ on_duty: hours(160, 4) }]), { first: 160, hours: 12 });
    assert.equal(between([2, 4], 0.5), 3);
    assert.equal(between([2, null], 0.5), 2);
    assert.equal(between([2, 4], 1.5), 3);
});

test("hours that a window has not are neither closed nor on the axis", () => {
    const { count, label, ticks: marks } = axis({ first: 14, hours: 10 });
    assert.deepEqual([count, label(0), marks], [10, "Mon 14:00", [[4, "18:00"]]]);
    assert.deepEqual(axis({ first: 0, hours: 168 }).ticks.map(([, text]) => text).join(" "), "Mon Tue Wed Thu Fri Sat Sun");
    assert.deepEqual(axis({ first: 156, hours: 36 }).ticks[2], [12, "Mon 00:00"]);
});

test("a value without neighbours is seen, and one line does not press the others flat", () => {
    assert.deepEqual(alone([1, null, 2, null, 3, 4]), [0, 2]);
    assert.deepEqual(alone([7]), [0]);
    const line = (name, most) => ({ name, values: [0, most, null] });
    assert.deepEqual(drawnTo([line("a", 1), line("b", 50), line("c", 1.5)]), { greatest: 1.5, beyond: [["b", 50]] });
    assert.equal(drawnTo([line("a", 1), line("b", 50)]).beyond.length, 0, "of two lines both are whole");
    assert.equal(drawnTo([line("a", 1), line("b", 4), line("c", 1)]).beyond.length, 0);
});

test("times are named where they lie, not at the next class", () => {
    assert.equal(placed([1, 2, 4], 3), 1.5);
    assert.equal(placed([1, 2, 4], 1), 0);
    assert.deepEqual([placed([1, 2, 4], 0.5), placed([1, 2, 4], 5)], [null, null]);
});

test("curves have a table of all their points", () => {
    const line = (name, points) => ({ name, points, marked: null });
    const curve = { x: "Officers", y: "Done, %", lines: [line("one", [[8, 50, 49, 51], [10, 90, null, null]]), line("two", [[9, 70, 69, 71]])] };
    const { header, rows } = curves({ curve, off: new Set() });
    assert.deepEqual(header, ["Officers", "one", "two"]);
    assert.deepEqual(rows, [["8", "50 [49, 51]", ""], ["9", "", "70 [69, 71]"], ["10", "90", ""]]);
    assert.deepEqual(curves({ curve, off: new Set(["one"]) }).rows, [["9", "70 [69, 71]"]]);
    assert.deepEqual(curves({ curve: { ...curve, lines: [] }, off: new Set() }).rows, []);
});

test("the kept engine is unpacked to the bytes it was made from", () => {
    const asset = (name) => readFileSync(new URL(`../../assets/${name}`, import.meta.url));
    const facts = JSON.parse(asset("engine.json"));
    const module = unlzma(asset("engine.wasm.lzma"));
    assert.equal(module.length, facts.bytes);
    assert.equal(createHash("sha256").update(module).digest("hex"), facts.sha256);
});

test("LZMA: literals, matches, repeated and overlapping ones, other numbers of bits", () => {
    // Packed by xz 5.4 (`--format=lzma --lzma1=preset=9e,lc=1,lp=2,pb=1`), with the length put in.
    const text = `${"ab".repeat(300)}${"abc".repeat(100)}xyz${"ab".repeat(300)}\u00e9${"xyzzy".repeat(40)}`;
    const packed = Buffer.from("QAAAAASpBgAAAAAAAAAwmKx8PQ/3XF9nSoRToVH/vz+6QvTX+W3ds8X803SMeutONd//9URMYA==", "base64");
    assert.equal(new TextDecoder().decode(unlzma(packed)), text);
    const broken = Uint8Array.from(packed);
    broken.fill(0xff, 14);
    assert.throws(() => unlzma(broken), /damaged/);
});
