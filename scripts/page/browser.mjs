// A browser with a page in it: what it says on its console, what it asks for, what keeps people out, how it looks.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Opens Chromium. `tools` is the folder of packages. */
export async function chromium(tools) {
    const require = createRequire(join(tools, "node_modules/"));
    const { chromium: kind } = require("playwright-core");
    const browser = await kind.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
    const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
    return { browser, axe };
}

/** Opens a page from its file, and keeps what goes wrong in `wrong`. */
export async function open(browser, file, { width = 1000, height = 700, scheme = "light", hash = "", wrong }) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, acceptDownloads: true });
    const page = await context.newPage();
    page.on("console", (message) => wrong.push(`${file}: the console says: ${message.text()}`));
    page.on("pageerror", (error) => wrong.push(`${file}: error: ${error.message}`));
    page.on("dialog", (dialog) => {
        wrong.push(`${file}: a dialog came up: ${dialog.message()}`);
        dialog.dismiss();
    });
    page.on("request", (request) => {
        if (!/^(file|blob|data):/.test(request.url())) wrong.push(`${file}: asks for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href + hash);
    await page.waitForSelector("html[data-drawn]", { timeout: 60_000 });
    return page;
}

/** Waits until what has changed is on the screen. */
export async function painted(page) {
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** What axe-core finds. */
export async function barriers(page, axe) {
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }));
    return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
}

/** Whether something stands out of the page to the side, and which tables are cut off by their place: up to a dozen columns none is. */
export async function overflow(page) {
    return page.evaluate(() => {
        const wide = document.documentElement.clientWidth;
        const seen = [...document.querySelectorAll(".wide")].filter((e) => e.checkVisibility({ contentVisibilityAuto: true }) && e.querySelectorAll("thead th, thead td").length <= 12);
        const cut = seen.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => `the table ${e.getAttribute("aria-label")}`);
        if (cut.length > 0 || document.documentElement.scrollWidth <= wide + 1) return cut;
        const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > wide + 1 && !e.closest(".wide, nav"));
        return out.slice(0, 5).map((e) => `${e.tagName}.${e.className.baseVal ?? e.className} ${e.textContent.slice(0, 40)}`);
    });
}
