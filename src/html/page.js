/*
 * The page as a whole: an event changes the state, and render() draws all of it anew.
 */

function render() {
	for (const view of ["findings", "map", "coverage"]) {
		byId(view).hidden = state.view !== view;
		byId(`tab-${view}`).setAttribute("aria-selected", String(state.view === view));
	}
	if (byId("search").value !== state.text) byId("search").value = state.text;
	if (state.view === "findings") {
		renderFacts();
		renderFacets();
		renderList();
	} else if (state.view === "map") renderMap();
	else renderCoverage();
}

function move(step) {
	const items = [...document.querySelectorAll(state.view === "map" ? "[data-node]" : ".row")];
	const at = items.indexOf(document.activeElement.closest("article")?.querySelector(".row") ?? document.activeElement);
	const next = items[at < 0 ? (step > 0 ? 0 : items.length - 1) : Math.min(items.length - 1, Math.max(0, at + step))];
	next?.focus();
	next?.scrollIntoView({ block: "nearest" });
}

function escape() {
	if (document.activeElement === byId("search")) document.activeElement.blur();
	else if (state.open.size) change({ open: new Set() });
	else change({ text: "", rule: "", severity: "", file: "" });
}

function switchTheme() {
	const dark =
		getComputedStyle(document.documentElement).colorScheme === "dark" ||
		(!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
	document.documentElement.dataset.theme = dark ? "light" : "dark";
}

const KEYS = {
	j: () => move(1),
	k: () => move(-1),
	"/": () => byId("search").select(),
	"?": () => byId("help").showModal(),
	Escape: escape,
	1: () => change({ view: "findings" }),
	2: () => change({ view: "map" }),
	3: () => change({ view: "coverage" }),
	g: () => change({ group: state.group === "rule" ? "file" : "rule" }),
	t: switchTheme,
};

document.addEventListener("keydown", (event) => {
	const typing = document.activeElement === byId("search") && event.key !== "Escape";
	if (typing || event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
	if (!Object.hasOwn(KEYS, event.key)) return;
	event.preventDefault();
	KEYS[event.key]();
});

/* On paper all findings are there and open: nobody can click. */
let onScreen = null;
addEventListener("beforeprint", () => {
	onScreen = { open: state.open, rows: state.rows };
	Object.assign(state, { open: new Set(findings.map((finding) => finding.id)), rows: findings.length });
	render();
});
addEventListener("afterprint", () => {
	Object.assign(state, onScreen);
	render();
});

for (const tab of document.querySelectorAll("[data-view]"))
	tab.addEventListener("click", () => change({ view: tab.dataset.view }));
byId("search").addEventListener("input", (event) => change({ text: event.target.value, rows: ROWS_AT_ONCE }));
byId("theme").addEventListener("click", switchTheme);
byId("help-button").addEventListener("click", () => byId("help").showModal());
byId("help-close").addEventListener("click", () => byId("help").close());
addEventListener("hashchange", () => {
	readHash();
	render();
});
addEventListener("resize", () => drawEdges(edgesShown));

document.title = `${data.project}: ${plural(findings.length, "finding")}`;
byId("project").textContent = data.project;
byId("facets").open = matchMedia("(min-width: 800px)").matches;
readHash();
render();
