/*
 * The findings: facts in short, facets to filter by, the list, and each finding with its source and its path.
 */

const SEVERITY_SIGNS = { error: "✕", warning: "!", advice: "i" };

function sourceLine(text, mark) {
	if (!mark) return el("code", text);
	const [begin, end] = mark;
	return el("code", text.slice(0, begin), el("mark", text.slice(begin, end) || " "), text.slice(end));
}

/* Without empty lines at either end; none if the finding's own line could not be read. */
function linesAround(finding) {
	const lines = [...(sources.get(finding.file) ?? [])].filter(([number]) => Math.abs(number - finding.line) <= 4);
	const hasText = ([number, text]) => number === finding.line || text.trim();
	if (!lines.some(([number]) => number === finding.line)) return [];
	return lines.slice(lines.findIndex(hasText), lines.findLastIndex(hasText) + 1);
}

function excerpt(finding) {
	const lines = linesAround(finding);
	if (!lines.length) return null;
	const rows = lines.map(([number, text]) =>
		el(
			"div",
			{ class: number === finding.line ? "line bad" : "line" },
			el("i", String(number)),
			sourceLine(text, number === finding.line && finding.mark),
		),
	);
	return el(
		"figure.excerpt",
		el("figcaption", pathText(finding.file, finding.line), finding.function && el("code", `${finding.function}()`)),
		el("div.lines", { tabindex: "0", role: "group", "aria-label": "Source" }, rows),
	);
}

/* The steps in order, with the finding's own place among them: where they come by it; at their end if the last leads
   there; else first, and then they are no way but the places that show it (`isWay`). */
function stepsOf(finding) {
	const steps = finding.path.map((step) => ({ ...step }));
	const own = steps.find((step) => step.file === finding.file && step.line === finding.line);
	const isWay = own || (finding.function && steps.at(-1)?.message.includes(`'${finding.function}'`));
	if (own) own.reported = true;
	else if (isWay) steps.push({ ...finding, reported: true });
	else if (steps.length) steps.unshift({ ...finding, reported: true });
	return { steps, isWay, count: plural(steps.length, isWay ? "step" : "place") };
}

function stepItem(step) {
	const text = sources.get(step.file)?.get(step.line);
	return el(
		"li",
		{ class: step.reported ? "step reported" : "step" },
		el(
			"div.what",
			el("span", withNames(step.message), step.reported && el("span.tag", "reported here")),
			el("span.where", step.function && el("code", `${step.function}()`), pathText(step.file, step.line)),
		),
		text !== undefined && el("code.code-line", text.trim()),
	);
}

function diagram(finding) {
	const { steps, isWay, count } = stepsOf(finding);
	if (!steps.length) return null;
	const label = `${isWay ? "How it comes about" : "What shows it"}, in ${count}`;
	return [
		el("h4", label),
		el("ol", { class: isWay ? "steps way" : "steps", "aria-label": label }, steps.map(stepItem)),
	];
}

function surfaceText(finding) {
	const names = finding.surface.map((surface) => surface.function);
	if (!names.length || (names.length === 1 && names[0] === finding.function)) return null;
	const shown = names.slice(0, 12).map((name) => [el("code", name), " "]);
	return el(
		"p",
		`Reached through ${plural(names.length, "public function")}: `,
		shown.flat(),
		names.length > 12 && `and ${names.length - 12} more`,
	);
}

/* The rule's document as it is written: Markdown is made to be read. */
function aboutRule(finding) {
	const text = rules.get(finding.rule)?.document;
	if (!text) return null;
	return el("details.about", el("summary", "About the rule ", el("code", finding.rule)), el("pre", text.trim()));
}

function detail(finding) {
	return el(
		"div.detail",
		{ id: `detail-${finding.id}` },
		finding.help && el("p", el("b", "Help: "), withNames(finding.help)),
		excerpt(finding),
		surfaceText(finding),
		diagram(finding),
		aboutRule(finding),
		el(
			"p.foot",
			"If it is meant: ",
			el("code", `/* asynclint: allow ${finding.rule}: why */`),
			" · fingerprint ",
			el("code", finding.fingerprint),
		),
	);
}

function toggleFinding(id) {
	const open = new Set(state.open);
	if (!open.delete(id)) open.add(id);
	change({ open });
}

function findingRow(finding) {
	const open = state.open.has(finding.id);
	const steps = finding.path.length > 0 && stepsOf(finding).count;
	const row = el(
		"button.row",
		{
			"data-key": finding.id,
			"aria-expanded": String(open),
			"aria-controls": `detail-${finding.id}`,
			click: () => toggleFinding(finding.id),
		},
		el(
			"span",
			{ class: `sign ${finding.severity}`, role: "img", "aria-label": finding.severity },
			SEVERITY_SIGNS[finding.severity] ?? "?",
		),
		el(
			"span.message",
			withNames(finding.message),
			finding.function && el("small", " in ", el("code", finding.function)),
		),
		el(
			"span.place",
			state.group === "file" ? `${finding.rule} ` : null,
			state.group === "file" ? el("b", `:${finding.line}`) : pathText(finding.file, finding.line),
			el("span.count", steps),
		),
	);
	return el("article", { class: open ? "finding open" : "finding" }, row, open && detail(finding));
}

const worst = (list) => Math.min(...list.map((finding) => SEVERITIES.indexOf(finding.severity)));

/* The gravest first, then the most frequent. */
function orderedGroups(shown) {
	return [...groupBy(shown, state.group)].sort(([, a], [, b]) => worst(a) - worst(b) || b.length - a.length);
}

function groupHead(name, list) {
	const summary = state.group === "rule" ? (rules.get(name)?.summary ?? "") : "";
	return el(
		"h3.group",
		state.group === "rule" ? el("b", name) : pathText(name),
		el("span.count", String(list.length)),
		el("span.summary", summary),
	);
}

function groupSwitch() {
	const button = (group) =>
		el(
			"button",
			{ "aria-pressed": String(state.group === group), "data-key": `by-${group}`, click: () => change({ group }) },
			`by ${group}`,
		);
	return el("span.switch", { role: "group", "aria-label": "Group" }, button("rule"), button("file"));
}

function filterChips() {
	const chip = (name) =>
		el(
			"button.chip",
			{ "data-key": `chip-${name}`, click: () => change({ [name]: "" }) },
			`${name}: ${state[name]} `,
			el("span", { "aria-label": "drop this filter" }, "✕"),
		);
	return ["text", ...FACETS].filter((name) => state[name]).map(chip);
}

function renderList() {
	const shown = findings.filter((finding) => isShown(finding));
	const list = byId("list");
	const all = plural(findings.length, "finding");
	const count = shown.length === findings.length ? all : `${shown.length} of ${all}`;
	list.replaceChildren(el("div.bar", el("b", count), filterChips(), groupSwitch()));
	let room = state.rows;
	for (const [name, group] of orderedGroups(shown)) {
		if (!room) break;
		const rows = group.slice(0, room);
		list.append(el("section", groupHead(name, group), rows.map(findingRow)));
		room -= rows.length;
	}
	const hidden = shown.length - state.rows;
	if (hidden > 0)
		list.append(el("button.more", { click: () => change({ rows: state.rows + ROWS_AT_ONCE }) }, `${hidden} more`));
	if (!shown.length)
		list.append(el("p.empty", findings.length ? "No finding matches the filters." : "Nothing was found."));
	byId("status").textContent = plural(shown.length, "finding");
}

/* Facets: what there is to filter by, and how often. */
function facetButton(facet, name, count, most) {
	const pressed = state[facet] === name;
	const bar = el("span", { class: "meter" });
	bar.style.width = `${(100 * count) / most}%`;
	return el(
		"li",
		el(
			"button",
			{
				"aria-pressed": String(pressed),
				"data-key": `${facet}=${name}`,
				click: () => change({ [facet]: pressed ? "" : name, rows: ROWS_AT_ONCE }),
			},
			bar,
			facet === "file" ? pathText(name) : el("span", name),
			el("span.count", String(count)),
		),
	);
}

function facetList(facet, title) {
	const shown = findings.filter((finding) => isShown(finding, facet));
	const bySeverity = ([a], [b]) => SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
	const byCount = ([, a], [, b]) => b.length - a.length;
	const sorted = [...groupBy(shown, facet)].sort(facet === "severity" ? bySeverity : byCount);
	const most = Math.max(1, ...sorted.map(([, list]) => list.length));
	const items = sorted.map(([name, list]) => facetButton(facet, name, list.length, most));
	return el("section", { class: `facet ${facet}` }, el("h2", title), el("ul", items));
}

function renderFacets() {
	byId("facet-lists").replaceChildren(
		facetList("severity", "Severity"),
		facetList("rule", "Rules"),
		facetList("file", "Files"),
	);
}

const total = (flag) => data.map.files.reduce((sum, file) => sum + file[2 + data.map.flags.indexOf(flag)], 0);

function fact(number, text, view) {
	return el("button.fact", { click: () => change({ view }) }, el("b", number.toLocaleString("en")), " ", text);
}

function severityFact(severity) {
	const count = findings.filter((finding) => finding.severity === severity).length;
	const name = severity === "advice" || count === 1 ? severity : `${severity}s`;
	const sign = el("span", { class: `sign ${severity}`, "aria-hidden": "true" }, SEVERITY_SIGNS[severity]);
	return count
		? el("button.fact", { click: () => change({ severity }) }, sign, el("b", String(count)), ` ${name}`)
		: null;
}

function programFacts() {
	const functions = data.map.files.reduce((sum, file) => sum + file[1], 0);
	if (!functions) return [];
	return [
		fact(total("on-loop"), `of ${plural(functions, "function")} run on a loop`, "map"),
		fact(total("blocks"), "have a call that blocks", "map"),
	];
}

function renderFacts() {
	const files = new Set(findings.map((finding) => finding.file)).size;
	const of = ` ${files === 1 ? "file" : "files"} of ${plural(data.report.coverage.units, "unit")}`;
	const missing = gaps().reduce((sum, [count]) => sum + count, 0);
	const facts = [
		...SEVERITIES.map(severityFact),
		el("span.fact", el("b", String(files)), of),
		...programFacts(),
		missing ? fact(missing, `gap${missing === 1 ? "" : "s"} in what was understood`, "coverage") : null,
	];
	byId("facts").replaceChildren(...facts.filter(isThere));
}
