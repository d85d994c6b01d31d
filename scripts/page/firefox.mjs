// A page in Firefox: it opens from its file, draws, and simulates a change.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export async function firefox(tools, file, wrong) {
    const require = createRequire(join(tools, "node_modules/"));
    const puppeteer = require("puppeteer-core");
    const browser = await puppeteer.launch({ browser: "firefox", executablePath: "/usr/bin/firefox-esr", headless: true });
    try {
        const tab = await browser.newPage();
        tab.on("console", (message) => wrong.push(`Firefox: the console says: ${message.text()}`));
        tab.on("pageerror", (error) => wrong.push(`Firefox: error: ${error.message}`));
        await tab.goto(pathToFileURL(file).href);
        await tab.waitForSelector('html[data-ready="true"]', { timeout: 120_000 });
        await tab.$eval('.lever input[type="range"]', (slider) => {
            slider.value = slider.max;
            slider.dispatchEvent(new Event("change", { bubbles: true }));
        });
        await tab.waitForSelector('html[data-change="settled"]', { timeout: 120_000 });
        console.log(`Firefox ${await browser.version()}: ${await tab.$eval(".said .verdict", (p) => p.textContent)}`);
    } catch (error) {
        wrong.push(`Firefox: ${error.message}`);
    } finally {
        await browser.close();
    }
}
