/*
 * node html_page.mjs CHROMIUM DIRECTORY: opens the reports that tests/test_html.py wrote there in a real browser, and
 * uses them as people do. Prints the name of each check; the first that fails ends it.
 *
 * Every page is watched: no message on its console, no error, nothing that its policy forbids, and no request but the
 * one for the page itself.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import puppeteer from "puppeteer-core";

const [chromium, directory] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"] });
const file = (name) => path.join(directory, `${name}.html`);

/* Opens the report with that hash, lets `use` have it, and looks at what went wrong meanwhile. */
async function open(name, hash, use, { wide = 1300, dark = false } = {}) {
	const page = await browser.newPage();
	const wrong = [];
	const url = pathToFileURL(file(name)).href;
	await page.setViewport({ width: wide, height: 900 });
	await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
	page.on("console", (message) => wrong.push(`console: ${message.text()}`));
	page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
	page.on("request", (request) => request.url().split("#")[0] !== url && wrong.push(`request: ${request.url()}`));
	page.on("dialog", async (dialog) => {
		wrong.push(`dialog: ${dialog.message()}`);
		await dialog.dismiss();
	});
	await page.goto(url + hash);
	await use(page, wrong);
	assert.deepEqual(wrong, []);
	await page.close();
}

const texts = (page, selector) => page.$$eval(selector, (all) => all.map((element) => element.textContent.trim()));
const count = async (page, selector) => (await page.$$(selector)).length;
const focused = (page) => page.evaluate(() => document.activeElement.dataset.key ?? document.activeElement.id);
const color = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const hash = (page) => page.evaluate(() => decodeURIComponent(location.hash.replaceAll("+", " ")));

const checks = {
	async "the policy allows this style and this script by their hashes, and nothing else"() {
		const html = readFileSync(file("weather"), "utf8");
		const sum = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
		const style = sum(html.match(/<style>(.*?)<\/style>/s)[1]);
		const script = sum(html.match(/<script>(.*?)<\/script>/s)[1]);
		const policy = html.match(/http-equiv="Content-Security-Policy" content="(.*?)"/)[1];
		const expected = `default-src 'none'; style-src ${style}; script-src ${script}; base-uri 'none'; form-action 'none'`;
		assert.equal(policy, expected);
		assert.doesNotMatch(html.replace(/<script.*?<\/script>/gs, ""), /\son\w+=|javascript:|style=|src=|href=/);
	},

	async "the browser holds to the policy"() {
		await open("weather", "", async (page, wrong) => {
			const owned = await page.evaluate(() => {
				const script = document.createElement("script");
				script.textContent = "window.owned = true";
				document.body.append(script);
				return window.owned === true;
			});
			assert.equal(owned, false);
			assert.match(wrong.join(), /Content Security Policy/);
			wrong.length = 0;
		});
	},

	async "findings stand in groups"() {
		await open("weather", "", async (page) => {
			assert.deepEqual(await texts(page, ".group b"), ["nested-loop", "blocking-in-async"]);
			assert.match((await texts(page, ".row"))[1], /getaddrinfo waits for a name server.* in resolve.*resolve\.c:10/);
			assert.match(await page.title(), /^weather: 2 findings$/);
			assert.match(await page.$eval("#facts", (facts) => facts.textContent), /2 warnings.*of 3 units/);
		});
	},

	async "a finding opens to its source and its path, from the registration to the cause"() {
		await open("weather", "#rule=blocking-in-async", async (page) => {
			await page.click(".row");
			assert.equal(await page.$eval(".row", (row) => row.getAttribute("aria-expanded")), "true");
			assert.equal(await page.$eval(".line.bad i", (number) => number.textContent), "10");
			assert.deepEqual(await texts(page, ".line.bad mark"), [
				'getaddrinfo(weather->station, "daytime", &hints, &result)',
			]);
			const steps = await texts(page, ".step");
			assert.equal(steps.length, 4);
			assert.match(steps[0], /on_timer is registered by uv_timer_start.*main\.c:18.*uv_timer_start\(&/);
			assert.match(steps[1], /on_timer calls refresh.*on_timer\(\).*main\.c:5/);
			assert.match(steps[3], /reported here.*resolve\(\).*resolve\.c:10/);
			assert.equal(await page.$$eval(".step.reported", (all) => all.length), 1);
			await page.click(".about summary");
			assert.match(
				await page.$eval(".about pre", (about) => about.innerText),
				/^# function that runs on an event loop/,
			);
		});
	},

	async "text, rule, severity and file filter, and the address holds it"() {
		await open("weather", "", async (page) => {
			await page.type("#search", "GETADDRINFO resolve");
			assert.equal(await count(page, ".row"), 1);
			assert.equal(await hash(page), "#text=GETADDRINFO resolve");
			await page.type("#search", " nowhere");
			assert.equal(await count(page, ".row"), 0);
			assert.match(await page.$eval(".empty", (empty) => empty.textContent), /No finding matches/);
			await page.click(".chip");
			assert.equal(await count(page, ".row"), 2);
			await page.click(".facet.rule li:nth-child(2) button");
			assert.equal(await count(page, ".row"), 1);
			assert.match(await hash(page), /^#rule=/);
			assert.equal(await count(page, ".facet.rule li"), 2); // a facet goes on to show what it could be instead
			await page.click('.facet.rule [aria-pressed="true"]');
			assert.equal(await count(page, ".row"), 2);
			await page.click(".facet.file li:nth-child(1) button");
			assert.equal(await count(page, ".row"), 1);
		});
		await open("weather", "#rule=nested-loop&severity=warning&file=forecast.c", async (page) => {
			assert.equal(await count(page, ".row"), 1);
			assert.equal(await count(page, ".chip"), 3);
		});
		await open("weather", "#severity=error", async (page) => assert.equal(await count(page, ".row"), 0));
	},

	async "a link opens what was open"() {
		let link;
		await open("weather", "", async (page) => {
			await page.click(".finding:last-of-type .row");
			link = await hash(page);
		});
		assert.match(link, /^#open=[0-9a-f]{12}$/);
		await open("weather", link, async (page) => assert.equal(await count(page, ".detail"), 1));
		await open("weather", "#group=file", async (page) => {
			assert.deepEqual(await texts(page, ".group .path-text"), ["forecast.c", "resolve.c"]);
		});
	},

	async "all of it goes by keys, and the focus is where one looks"() {
		await open("weather", "", async (page) => {
			await page.keyboard.press("j");
			const first = await focused(page);
			assert.match(first, /^[0-9a-f]{12}$/);
			await page.keyboard.press("j");
			assert.notEqual(await focused(page), first);
			await page.keyboard.press("k");
			assert.equal(await focused(page), first);
			assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
			await page.keyboard.press("Enter");
			assert.equal(await count(page, ".detail"), 1);
			assert.equal(await focused(page), first);
			await page.keyboard.press("Escape");
			assert.equal(await count(page, ".detail"), 0);
			await page.keyboard.press("/");
			assert.equal(await focused(page), "search");
			await page.keyboard.type("jgt?");
			assert.equal(await page.$eval("#search", (search) => search.value), "jgt?");
			await page.keyboard.press("Escape");
			await page.keyboard.press("Escape");
			assert.equal(await count(page, ".row"), 2);
			await page.keyboard.press("?");
			assert.equal(await page.$eval("#help", (help) => help.open), true);
			await page.keyboard.press("Escape");
			assert.equal(await page.$eval("#help", (help) => help.open), false);
			await page.keyboard.press("g");
			assert.deepEqual(await texts(page, ".group .path-text"), ["forecast.c", "resolve.c"]);
			await page.keyboard.press("2");
			assert.equal(await page.$eval("#tab-map", (tab) => tab.getAttribute("aria-selected")), "true");
			await page.keyboard.press("j");
			assert.equal(await count(page, ".node.chosen"), 1);
			await page.keyboard.press("3");
			assert.match(await page.$eval("#coverage", (coverage) => coverage.textContent), /3 units/);
		});
	},

	async "the map opens from directories to files to functions, and closes again"() {
		await open("weather", "#view=map&inside=", async (page) => {
			assert.deepEqual(await texts(page, ".node .name"), ["./"]);
			await page.click(".node");
			assert.deepEqual((await texts(page, ".node .name")).sort(), ["forecast.c", "main.c", "resolve.c"]);
			assert.match(
				await page.$eval('[data-lane="2"]', (lane) => lane.textContent),
				/Blocks or pumps on a loop.*resolve\.c/,
			);
			await page.focus('[data-node="forecast.c"]');
			assert.match(await page.$eval("#chosen", (chosen) => chosen.textContent), /L 4 functions run on a loop/);
			await page.click('[data-node="resolve.c"]');
			assert.match(await hash(page), /inside=\.\/&inside=resolve\.c/);
			await page.click('[data-node^="resolve.c#resolve@"]');
			const about = await page.$eval("#chosen", (chosen) => chosen.textContent);
			assert.match(about, /resolve.*runs on a loop.*blocks.*1 finding.*getaddrinfo.*Called from.*forecast\.c/);
			assert.equal(await count(page, ".edge.crossing.lit"), 1);
			await page.click("#chosen .link");
			assert.equal(await count(page, ".detail"), 1);
			await page.keyboard.press("2");
			await page.click("#map .chip");
			assert.deepEqual(await texts(page, ".node .name"), ["./"]);
		});
	},

	async "the map tells kinds by letter and shape as well as by colour, and says so"() {
		await open("weather", "#view=map", async (page) => {
			assert.deepEqual(await texts(page, ".legend .shape"), ["L", "B", "P", "M"]);
			const shapes = await page.$$eval(".legend .shape", (all) =>
				all.map((shape) => getComputedStyle(shape).borderRadius + getComputedStyle(shape).clipPath),
			);
			assert.equal(new Set(shapes).size, 4);
		});
	},

	async "light and dark: the reader's choice, and the button's"() {
		await open("weather", "", async (page) => {
			const light = await color(page);
			assert.equal(light, "rgb(255, 255, 255)");
			await page.click("#theme");
			assert.notEqual(await color(page), light);
			await page.keyboard.press("t");
			assert.equal(await color(page), light);
		});
		await open(
			"weather",
			"",
			async (page) => {
				assert.equal(await color(page), "rgb(20, 23, 28)");
				await page.click("#theme");
				assert.equal(await color(page), "rgb(255, 255, 255)");
			},
			{ dark: true },
		);
	},

	async "who cannot see, or not well, can use it: no rule of WCAG 2.1 AA is broken that a program can judge"() {
		const views = {
			"#rule=blocking-in-async": ".row",
			"#view=map": ".node",
			"#view=coverage": "#tab-coverage",
			"": "#help-button",
		};
		for (const dark of [false, true])
			for (const [view, button] of Object.entries(views))
				await open(
					"weather",
					view,
					async (page) => {
						await page.click(button);
						await page.evaluate(axe.source);
						const { violations } = await page.evaluate(() => globalThis.axe.run(document));
						assert.deepEqual(
							violations.map((violation) => [view, violation.id, violation.nodes[0].html]),
							[],
						);
					},
					{ dark },
				);
	},

	async "a narrow window shows all without scrolling sideways"() {
		for (const view of ["", "#view=map", "#view=coverage", "#group=file"])
			await open(
				"many",
				view,
				async (page) => {
					assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 400, view);
				},
				{ wide: 400 },
			);
	},

	async "on paper all findings are open"() {
		await open("weather", "", async (page) => {
			await page.evaluate(() => {
				window.seen = null;
				addEventListener("beforeprint", () => (window.seen = document.querySelectorAll(".detail").length));
			});
			const paper = await page.pdf();
			assert.ok(paper.length > 10000);
			assert.equal(await page.evaluate(() => window.seen), 2);
			assert.equal(await count(page, ".detail"), 0);
		});
		await open("many", "", async (page) => {
			await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
			assert.equal(await count(page, ".detail"), 400);
			await page.evaluate(() => dispatchEvent(new Event("afterprint")));
			assert.equal(await count(page, ".row"), 300);
		});
	},

	async "hostile names are shown as they are"() {
		await open("hostile", "", async (page) => {
			const rows = await texts(page, ".row");
			assert.equal(rows.length, 2);
			assert.ok(
				rows.some((row) => row.includes('</script><img src=x onerror="alert(1)">')),
				rows.join(),
			);
			for (const row of await page.$$(".row")) await row.evaluate((button) => button.click());
			for (const row of await page.$$(".row[aria-expanded=false]")) await row.evaluate((button) => button.click());
			assert.equal(await count(page, "img"), 0);
			assert.equal(await page.$$eval("script", (all) => all.length), 2);
			const marks = await texts(page, "mark");
			assert.ok(marks.includes("größe_𝄞()"), marks.join());
			const lines = (await texts(page, ".line code")).join("\n");
			assert.ok(lines.includes("</script><script>alert('source')</script>"), lines);
			assert.ok(lines.includes("before\u2028after\uFFFDend"), lines);
			assert.match(lines, /x{300,400} …/);
			assert.equal(await page.title(), "<b onclick=x>: 2 findings");
		});
		await open("hostile", "#view=map&inside=<script>alert(2)</script>&text=", async (page) => {
			assert.equal(await count(page, "img"), 0);
			assert.deepEqual(await texts(page, ".bar .chip"), ["<script>alert(2)</script> ✕"]);
		});
		await open(
			"hostile",
			"#text=%22]<img src=x onerror=alert(3)>&file=__proto__&open=constructor&view=constructor",
			async (page) => {
				assert.equal(await count(page, ".row"), 0);
			},
		);
	},

	async "an empty report says so"() {
		await open("empty", "", async (page) => {
			assert.match(await page.$eval("#list", (list) => list.textContent), /Nothing was found/);
			await page.keyboard.press("2");
			assert.match(await page.$eval("#map", (map) => map.textContent), /No function makes or runs a loop/);
			await page.keyboard.press("j");
			await page.keyboard.press("3");
			assert.match(await page.$eval("#coverage", (coverage) => coverage.textContent), /All of it was understood/);
		});
	},

	async "many findings come in parts, and no map is larger than people can read"() {
		await open("many", "", async (page) => {
			assert.equal(await count(page, ".row"), 300);
			assert.equal(await page.$eval("#list > .more", (more) => more.textContent), "100 more");
			await page.click("#list > .more");
			assert.equal(await count(page, ".row"), 400);
		});
		const directories = Array.from({ length: 40 }, (_, i) => `d${i}/`);
		const inside = directories.flatMap((name) => [name, `${name}file.c`]).map((name) => `&inside=${name}`);
		await open("many", `#view=map${inside.join("")}`, async (page) => {
			const shown = await count(page, ".node");
			assert.ok(shown > 0 && shown <= 150, String(shown));
			await page.click(".lane button.more");
			assert.ok((await count(page, ".node")) > shown);
			assert.ok((await count(page, ".node")) <= 150);
			assert.match(await page.$eval(".lane .more", (more) => more.textContent), /^\d+ more: filter by text/);
			await page.type("#search", "wait_7_3");
			assert.deepEqual(await texts(page, ".node .name b"), ["wait_7_3"]);
		});
	},
};

try {
	for (const [name, check] of Object.entries(checks)) {
		console.log(name);
		await check();
	}
} finally {
	await browser.close();
}
