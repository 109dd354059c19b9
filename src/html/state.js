/*
 * What there is to show (`data`, the value of JSON that report_html.c writes into the page), and what of it is shown
 * (`state`). The address's hash holds the state too, so that a view can be linked.
 */

const data = JSON.parse(byId("data").textContent);

const ROWS_AT_ONCE = 300;
const SEVERITIES = ["error", "warning", "advice"];

const findings = data.report.findings.map((finding, index) => ({
	...finding,
	...finding.location,
	id: finding.fingerprint.slice(0, 12),
	mark: data.marks.slice(2 * index, 2 * index + 2),
	words: [finding.rule, finding.message, finding.location.file, finding.function, finding.fingerprint]
		.concat(finding.path.flatMap((step) => [step.function, step.file]))
		.join("\n")
		.toLowerCase(),
}));

const rules = new Map(data.rules.map((rule) => [rule.id, rule]));

/* A list of two things by turns, as a list of pairs. */
const pairs = (list) => Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i], list[2 * i + 1]]);

/* Source lines by file and number. */
const sources = new Map(data.lines.map(({ file, lines }) => [file, new Map(pairs(lines))]));

const FACETS = ["severity", "rule", "file"];
const state = {};

function readHash() {
	const hash = new URLSearchParams(location.hash.slice(1));
	state.view = ["map", "coverage"].includes(hash.get("view")) ? hash.get("view") : "findings";
	state.group = hash.get("group") === "file" ? "file" : "rule";
	state.text = hash.get("text") ?? "";
	for (const facet of FACETS) state[facet] = hash.get(facet) ?? "";
	state.open = new Set(hash.getAll("open"));
	state.inside = hash.has("inside") ? new Set(hash.getAll("inside").filter(Boolean)) : null;
	state.rows = ROWS_AT_ONCE;
	state.wideLanes = new Set();
}

function writeHash() {
	const hash = new URLSearchParams();
	if (state.view !== "findings") hash.set("view", state.view);
	if (state.group !== "rule") hash.set("group", state.group);
	for (const name of ["text", ...FACETS]) if (state[name]) hash.set(name, state[name]);
	for (const id of state.open) hash.append("open", id);
	if (state.inside) for (const id of state.inside.size ? state.inside : [""]) hash.append("inside", id);
	history.replaceState(null, "", `#${hash}`);
}

/* What has the focus is drawn anew, and has it again afterwards. */
function change(changes) {
	const focused = document.activeElement?.dataset.key;
	Object.assign(state, changes);
	writeHash();
	render();
	if (focused) document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

const hasWords = (text) =>
	state.text
		.toLowerCase()
		.split(/\s+/)
		.every((word) => text.includes(word));

/* Whether the filters let the finding through; a facet counts what the other facets leave. */
const isShown = (finding, butFacet) =>
	FACETS.every((facet) => facet === butFacet || !state[facet] || finding[facet] === state[facet]) &&
	hasWords(finding.words);
