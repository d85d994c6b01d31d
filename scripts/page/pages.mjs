// Makes each kind of page with the program, and uses it as a reader would. Called by scripts/page-test.sh.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { barriers, chromium, open, overflow, painted } from "./browser.mjs";
import { firefox } from "./firefox.mjs";
import { carried, session } from "./module.mjs";

const [program, folder, tools] = process.argv.slice(2);
const wrong = [];
const expect = (so, what) => so || wrong.push(what);
/** Width of an A4 sheet within the margins of the pages, pixels. */
const SHEET = 688;
const limit = { engine: 1_500_000, plain: 500_000 };
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const into = (out, ...words) => execFileSync(program, [...words, "--quiet", "--out", join(folder, out)], { stdio: ["ignore", "pipe", "inherit"] }).toString();
const run = (...words) => into("output", ...words);
const page = (name) => join(folder, "output", name, "index.html");

// The pages.
cpSync("scenarios/national", join(folder, "national"), { recursive: true });
const national = ["status-quo", "centralized", "distributed", "overflow", "regional", "status-quo-no-perc"].map((name) => join(folder, "national", `${name}.toml`));
run("compare", ...national);
run("run", "scenarios/textbook/mm1.toml", "scripts/page/hostile.toml");
const pages = { compare: page("compare"), run: page("mm1"), hostile: page("hostile"), option: page("status-quo") };
execFileSync(program, ["run", "scenarios/textbook/mm1.toml", "--static", "--quiet", "--out", join(folder, "static")]);
pages.static = join(folder, "static", "mm1", "index.html");
execFileSync(program, ["staff", "scenarios/textbook/pooling-separate.toml", "scenarios/textbook/pooling-pooled.toml", "--match", "pooling-separate", "--horizon", "4 weeks", "--replications", "10", "--quiet", "--out", join(folder, "output")]);
pages.staff = page("staff");
into("sweep", "sweep", "scenarios/sweeps/smoke.toml", "--replications", "4");
pages.sweep = join(folder, "sweep", "index.html");
const dispatch = (name) => join("docs/dispatch", name);
run("fit", dispatch("durations.csv"));
pages.fit = page("fit-durations");
execFileSync(program, ["import", ...["tickets.xlsx", "durations.csv", "roster.csv"].map(dispatch), "--into", join(folder, "office"), "--quiet"], { stdio: "ignore" });
execFileSync(program, ["import", ...["tickets.xlsx", "durations.csv", "roster.csv"].map(dispatch), "--into", join(folder, "again-office"), "--report", join(folder, "import.html"), "--quiet"], { stdio: "ignore" });
pages.import = join(folder, "import.html");
execFileSync(program, ["check", ...national, "--report", join(folder, "check.html"), "--quiet"], { stdio: "ignore" });
pages.check = join(folder, "check.html");
execFileSync(program, ["describe", national[0], "--report", join(folder, "describe.html")], { stdio: "ignore" });
pages.describe = join(folder, "describe.html");
execFileSync(program, ["describe", "scripts/page/hostile.toml", "--report", join(folder, "hostile-statement.html")], { stdio: "ignore" });
pages["hostile-statement"] = join(folder, "hostile-statement.html");
run("backtest", join(folder, "office", "today.toml"), dispatch("history.csv"), "--within", "10 min", "--no-changes");
pages.backtest = page("backtest-today");
run("forecast", "scenarios/textbook/from-now.toml", "--days", "99");
pages.forecast = page("forecast-from-now");
run("validate", "M/M/1");
pages.validate = page("validate");
execFileSync(program, ["compare", ...national, "--static", "--replications", "2", "--horizon", "8 weeks", "--quiet", "--out", join(folder, "static")]);
pages.plain = join(folder, "static", "compare", "index.html");
for (const [name, file] of Object.entries(pages)) {
    const { size } = statSync(file);
    const most = ["static", "plain"].includes(name) ? limit.plain : limit.engine;
    console.log(`${name}: ${(size / 1e6).toFixed(2)} MB`);
    expect(size < most, `the page ${name} has ${size} bytes`);
}

// The engine of a page gives the command's own bytes.
for (const name of ["status-quo", "mm1", "hostile"]) {
    const ask = session(carried(page(name)));
    expect(JSON.parse(ask({ do: "proof" })).same, `${name}: the first replication differs from the page's`);
    const { planned } = JSON.parse(ask({ do: "begin", scenario: carried(page(name)).data.baseline, values: [] }));
    for (let n = 0; n < planned; n++) ask({ do: "more" });
    const theirs = readFileSync(join(folder, "output", name, "summary.json"), "utf8");
    expect(ask({ do: "summary" }) === theirs, `${name}: summary.json from the page's engine is not the command's`);
}

const { browser, axe } = await chromium(tools);
const shots = join(folder, "shots");
mkdirSync(shots);
const measured = {};
const settled = 'html[data-change="settled"]';

/** Each page in three widths and both themes. */
async function look(name, file) {
    for (const scheme of ["light", "dark"]) {
        for (const width of [390, 1000, 1600]) {
            const tab = await open(browser, file, { width, scheme, wrong });
            await painted(tab);
            await tab.screenshot({ path: join(shots, `${name}-${width}-${scheme}.png`) });
            const out = await overflow(tab);
            expect(out.length === 0, `${name} at ${width}: stands out to the side: ${out.join("; ")}`);
            if (width !== 1600) for (const found of await barriers(tab, axe)) wrong.push(`${name} at ${width}, ${scheme}: ${found}`);
            await tab.context().close();
        }
    }
    const tab = await open(browser, file, { width: 1000, wrong });
    await tab.screenshot({ path: join(shots, `${name}-whole.png`), fullPage: true });
    await tab.pdf({ path: join(shots, `${name}.pdf`), format: "A4", margin: { top: "1.5cm", bottom: "1.5cm", left: "1.4cm", right: "1.4cm" } });
    // What is wider than a sheet has the browser print all of it smaller.
    await tab.setViewportSize({ width: SHEET, height: 1000 });
    await tab.emulateMedia({ media: "print" });
    await painted(tab);
    const wide = await overflow(tab);
    expect(wide.length === 0, `${name} on paper: stands out to the side: ${wide.join("; ")}`);
    await tab.context().close();
}

/** The answer is on the first screen, without a scroll. */
async function firstScreen(file) {
    const tab = await open(browser, file, { wrong });
    const bottom = await tab.evaluate(() => document.querySelector("#answer").getBoundingClientRect().bottom);
    expect(bottom <= 700, `the first screen of the comparison ends at ${bottom} px, below 700`);
    const said = await tab.textContent("#answer .verdict");
    const json = JSON.parse(readFileSync(join(folder, "output/compare/comparison.json"), "utf8"));
    expect(said.replaceAll("\u00a0", " ") === json.verdict[0].replace(" (--uncertain)", ""), `the page says: ${said}`);
    await tab.context().close();
}

const PERC = "pool.perc.officers";

/** Numbers of the page's table of a change against the command's, to the last digit shown; all of them, interval by interval. */
function agree(what, shown, rows, base, data, changed) {
    const factor = { "%": 100, points: 100, min: 60, s: 3600, days: 1 / 24 };
    let compared = 0;
    for (const [heading, ...cells] of shown) {
        const name = Object.keys(data.measures).find((m) => heading === data.measures[m].label || heading.startsWith(`${data.measures[m].label}, `));
        const row = rows.find((r) => r.measure === name);
        expect(row, `${what}: there is no ${heading}`);
        if (!row) continue;
        const unit = heading === data.measures[name].label ? "" : heading.slice(data.measures[name].label.length + 2);
        const exact = [base.measures[name], changed?.measures[name], row.difference];
        exact.forEach((e, column) => {
            if (!e) return;
            const numbers = cells[column].replaceAll("\u2212", "-").replaceAll(/[\u202f\u00a0]/g, "").match(/[-+]?\d+(\.\d+)?/g) ?? [];
            const theirs = [e.estimate, e.lower, e.upper];
            // In the heading's unit, or in its own where it says one.
            const own = /[ \u00a0](min|h|s|days)(?= |$)/.exec(cells[column]);
            const times = factor[own ? own[1] : unit] ?? 1;
            numbers.forEach((text, i) => {
                const last = 10 ** -(text.split(".")[1] ?? "").length;
                expect(Math.abs(Number(text) - times * theirs[i]) <= 0.5001 * last, `${what}: the page shows ${heading} ${cells[column]}, the command has ${theirs}`);
                compared += 1;
            });
        });
    }
    expect(compared >= 3 * shown.length, `${what}: only ${compared} numbers were compared`);
    console.log(`${what}: ${compared} numbers of the page are those of the command`);
}

/** PERC from 85 to 60 by its field: a new verdict, the same numbers by the command. */
async function change(file) {
    const tab = await open(browser, file, { wrong });
    await tab.waitForSelector('html[data-ready="true"]', { timeout: 120_000 });
    const field = tab.locator(".lever", { hasText: "Officers at PERC" }).locator('input[type="text"]');
    await field.fill("60");
    await field.press("Enter");
    await tab.waitForSelector(settled, { timeout: 120_000 });
    const rows = await tab.$$eval(".result tbody tr", (all) => all.map((tr) => [...tr.children].map((c) => c.textContent)));
    await tab.waitForFunction(() => document.documentElement.dataset.triedMs, null, { timeout: 60_000 });
    const verdict = await tab.$$eval(".said .verdict", (all) => all.map((p) => p.textContent.replaceAll("\u00a0", " ")));
    console.log(`with 60 officers at PERC: ${verdict[0]}`);
    await tab.screenshot({ path: join(shots, "change-1000-light.png") });
    await tab.locator("#try").screenshot({ path: join(shots, "change.png") });
    expect((await barriers(tab, axe)).length === 0, `a changed page: ${(await barriers(tab, axe)).join("; ")}`);
    // Saved beside the scenario and run with the program.
    const [download] = await Promise.all([tab.waitForEvent("download"), tab.getByRole("button", { name: "Save as scenario" }).click()]);
    const saved = join(folder, "national", download.suggestedFilename());
    await download.saveAs(saved);
    into("again", "compare", join(folder, "national/status-quo.toml"), saved, "--no-plots");
    const again = JSON.parse(readFileSync(join(folder, "again/compare/comparison.json"), "utf8"));
    agree("the saved scenario", rows, again.rows, JSON.parse(readFileSync(join(folder, "again/status-quo/summary.json"), "utf8")), carried(file).data);
    // The same what-if without a file and without a page.
    const varied = JSON.parse(into("varied", "compare", join(folder, "national/status-quo.toml"), "--vary", `PERC 60: ${PERC}=60`, "--no-plots", "--format", "json"));
    const [base, changed] = varied.scenarios;
    const theirs = varied.comparison.verdict.map((said) => said.replaceAll("PERC 60", "\u201cStatus quo, changed\u201d").replace(" (--uncertain)", ""));
    expect(JSON.stringify(verdict) === JSON.stringify(theirs), `the page says of a change: ${verdict.join(" ")} and the command: ${theirs.join(" ")}`);
    agree("--vary", rows, varied.comparison.rows, base, carried(file).data, changed);
    // The address has the change: it can be opened again, and left by going back.
    const hash = new URL(tab.url()).hash;
    expect(decodeURIComponent(hash).includes(`${PERC}=60`), `the address is ${hash}`);
    await tab.goBack();
    await tab.waitForFunction(() => document.documentElement.dataset.change === undefined);
    expect((await field.inputValue()) === "85", "going back does not bring back 85 officers");
    await tab.context().close();
    const next = await open(browser, file, { wrong, hash });
    await next.waitForSelector(settled, { timeout: 120_000 });
    const rowsAgain = await next.$$eval(".result tbody tr", (all) => all.map((tr) => [...tr.children].map((c) => c.textContent)));
    expect(JSON.stringify(rowsAgain) === JSON.stringify(rows), "the address opened again gives other numbers");
    await next.context().close();
}

/** First numbers and settled numbers, over twenty changes. Measured, not judged. */
async function speed(file) {
    const tab = await open(browser, file, { wrong });
    await tab.waitForSelector('html[data-ready="true"]', { timeout: 120_000 });
    const field = tab.locator(".lever", { hasText: "Officers at PERC" }).locator('input[type="text"]');
    const [first, last] = [[], []];
    for (let i = 0; i < 20; i++) {
        await tab.evaluate(() => {
            delete document.documentElement.dataset.firstMs;
            delete document.documentElement.dataset.settledMs;
            delete document.documentElement.dataset.triedMs;
        });
        await field.fill(String(60 + i));
        await field.press("Enter");
        await tab.waitForFunction(() => document.documentElement.dataset.firstMs, null, { timeout: 60_000 });
        first.push(Number(await tab.evaluate(() => document.documentElement.dataset.firstMs)));
        if (i % 4 === 3) {
            await tab.waitForSelector(settled, { timeout: 120_000 });
            last.push(Number(await tab.evaluate(() => document.documentElement.dataset.settledMs)));
        }
    }
    const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
    Object.assign(measured, { first: median(first), settled: median(last) });
    await tab.context().close();
}

/** What is wrong is said at its lever, and does no harm; what is right again is simulated. */
async function mistakes(file) {
    const tab = await open(browser, file, { wrong });
    await tab.waitForSelector("html[data-ready]", { timeout: 120_000 });
    const lever = tab.locator(".lever").first();
    const field = lever.locator('input[type="text"]');
    for (const [text, said] of [["abc", /number/], ["-3", /negative/], ["1.5", /whole/]]) {
        await field.fill(text);
        await field.press("Enter");
        expect(said.test(await lever.locator(".wrong").textContent()), `after ${text} the lever says: ${await lever.locator(".wrong").textContent()}`);
    }
    await field.fill("0");
    await field.press("Enter");
    await tab.waitForFunction(() => ["wrong", "settled"].includes(document.documentElement.dataset.change), null, { timeout: 60_000 });
    await tab.context().close();
}

/** Nothing of a hostile scenario becomes markup; levers, choices and the replay show it as it is. */
async function hostile(file) {
    const tab = await open(browser, file, { wrong });
    await tab.waitForSelector('html[data-ready="true"]', { timeout: 120_000 });
    expect((await tab.title()) !== "taken", "the title was taken");
    const bad = await tab.evaluate(() => [...document.querySelectorAll("body *")].filter((e) => ["IMG", "B", "I", "IFRAME"].includes(e.tagName) || [...e.attributes].some((a) => a.name.startsWith("on"))).map((e) => e.outerHTML.slice(0, 100)));
    expect(bad.length === 0, `texts became markup: ${bad.join("; ")}`);
    const lever = tab.locator('.lever input[type="text"]').first();
    await lever.fill("4");
    await lever.press("Enter");
    await tab.waitForSelector(settled, { timeout: 60_000 });
    await tab.selectOption(".player select >> nth=1", { index: 2 }).catch(() => {});
    await tab.context().close();
}

/** Curves of a staffing read the values of `staffing.json`; options are drawn with the officers that they need. */
async function staffed(file) {
    const tab = await open(browser, file, { wrong });
    const curve = tab.locator('[data-chart="curve-0"]');
    await curve.locator("svg").focus();
    await tab.keyboard.press("ArrowRight");
    const said = await curve.locator(".reading").textContent();
    expect(/\d+ \[\d/.test(said) || /\d/.test(said), `a curve reads: ${said}`);
    const { options } = JSON.parse(readFileSync(join(dirname(file), "staffing.json"), "utf8"));
    const officers = new Set(options.flatMap((o) => (o.service ?? []).map((p) => p.headcount)));
    await curve.locator("details.data summary").click();
    // The table is filled when the browser says that it was opened.
    await curve.locator("tbody tr").first().waitFor();
    expect((await curve.locator("tbody tr").count()) === officers.size, `a curve has not the ${officers.size} points of staffing.json`);
    const note = await tab.textContent("#replay .note");
    expect(/ with \d+ /.test(note ?? ""), `the week played is of: ${note}`);
    await tab.locator("#curves").screenshot({ path: join(shots, "curves.png") });
    await tab.context().close();
}

/** Places of a picture read their values under the pointer and by keys, and have a table. */
async function places(file) {
    const tab = await open(browser, file, { wrong });
    await painted(tab);
    const picture = tab.locator(".read").first();
    const spots = await picture.locator("rect.spot").count();
    expect(spots > 1, `a map has ${spots} places to read`);
    await picture.locator("rect.spot").nth(0).hover();
    const pointed = await picture.locator(".reading").textContent();
    expect(/: .*\d/.test(pointed ?? ""), `a place of a map reads: ${pointed}`);
    await picture.locator("figure").focus();
    await tab.keyboard.press("ArrowRight");
    const stepped = await picture.locator(".reading").textContent();
    expect(/: .*\d/.test(stepped ?? "") && stepped !== pointed, `a step along a map reads: ${stepped}`);
    await picture.locator("details.data summary").click();
    await picture.locator("tbody tr").first().waitFor();
    expect((await picture.locator("tbody tr").count()) === spots, "the table of a map has not all its places");
    await picture.screenshot({ path: join(shots, "places.png") });
    await tab.context().close();
    // On a telephone a picture is seen as a whole, and large when it is tapped.
    const small = await open(browser, file, { width: 390, wrong });
    await painted(small);
    const scrolls = () => small.evaluate(() => [...document.querySelectorAll(".picture")].map((e) => e.scrollWidth > e.clientWidth + 1));
    expect(!(await scrolls()).includes(true), "a picture scrolls sideways at 390");
    await small.locator(".picture").first().click();
    await painted(small);
    expect((await scrolls())[0], "a picture that is tapped at 390 is no larger");
    await small.context().close();
}

/** A week is played. */
async function week(file) {
    const tab = await open(browser, file, { wrong });
    await tab.waitForSelector('html[data-ready="true"]', { timeout: 120_000 });
    await tab.locator("#replay select").nth(1).selectOption("week 3");
    await tab.waitForFunction(() => /week from/.test(document.querySelector("#replay .note")?.textContent ?? ""), null, { timeout: 60_000 });
    const at = () => tab.textContent("#replay .clock");
    const before = await at();
    await tab.getByRole("button", { name: "Play" }).click();
    await tab.waitForFunction((t) => document.querySelector("#replay .clock").textContent !== t, before, { timeout: 10_000 });
    await tab.getByRole("button", { name: "Pause" }).click();
    await tab.locator("#replay").screenshot({ path: join(shots, "week.png") });
    await tab.context().close();
}

/** The pictures of docs/tour.md, and that of the README. With PICTURES=docs they are put there. */
async function pictures() {
    const tour = (name) => join(shots, `tour-${name}.png`);
    execFileSync(program, ["init", join(folder, "towns")], { stdio: "ignore" });
    execFileSync(program, ["compare", join(folder, "towns/local.toml"), join(folder, "towns/central.toml"), "--quiet", "--out", join(folder, "towns")]);
    const file = join(folder, "towns/compare/index.html");
    const tab = await open(browser, file, { wrong });
    await tab.waitForSelector('html[data-ready="true"]', { timeout: 120_000 });
    await tab.screenshot({ path: tour("answer") });
    const field = tab.locator(".lever", { hasText: "Officers of local" }).locator('input[type="text"]');
    await field.fill("24");
    await field.press("Enter");
    await tab.waitForSelector(settled, { timeout: 120_000 });
    await tab.locator("#try").scrollIntoViewIfNeeded();
    await tab.screenshot({ path: tour("change") });
    await tab.locator("#replay select").nth(1).selectOption("week 3");
    await tab.waitForFunction(() => /week from/.test(document.querySelector("#replay .note")?.textContent ?? ""), null, { timeout: 60_000 });
    await tab.locator("#replay input").fill("62");
    await tab.locator("#replay").screenshot({ path: tour("week") });
    await tab.context().close();
    const national = await open(browser, pages.compare, { wrong });
    await national.waitForSelector('html[data-ready="true"]', { timeout: 120_000 });
    await painted(national);
    await national.screenshot({ path: join(shots, "page.png") });
    await national.context().close();
    const to = process.env.PICTURES;
    if (to) for (const name of ["tour-answer.png", "tour-change.png", "tour-week.png", "page.png"]) cpSync(join(shots, name), join(to, name));
}

await pictures();
await firstScreen(pages.compare);
await change(pages.compare);
await mistakes(pages.run);
await hostile(pages.hostile);
await week(pages.compare);
await places(pages.sweep);
await staffed(pages.staff);
await speed(pages.compare);
for (const [name, file] of Object.entries(pages)) if (name !== "plain") await look(name, file);
await browser.close();
if (existsSync("/usr/bin/firefox-esr")) await firefox(tools, pages.run, wrong);
console.log(`median of 20 changes of PERC's officers: first numbers after ${measured.first} ms, settled after ${measured.settled} ms`);
writeFileSync(join(folder, "measured.json"), JSON.stringify(measured));
if (wrong.length > 0) {
    console.error([...new Set(wrong)].join("\n"));
    process.exit(1);
}
console.log(`pages hold; pictures in ${shots}, made from ${dirname(pages.compare)}`);
