/*
 * What was not understood.
 */

function gaps() {
	const coverage = data.report.coverage;
	return [
		[coverage.failed.length, "unit failed", "units failed"],
		[coverage.degraded.length, "unit parsed with errors", "units parsed with errors"],
		[coverage.unresolved_calls, "call by pointer not resolved", "calls by pointer not resolved"],
		[coverage.unmodelled.length, "function on a loop without a model", "functions on a loop without a model"],
		[coverage.unused_suppressions.length, "suppression without effect", "suppressions without effect"],
	].filter(([count]) => count);
}

function noteList(title, notes, text, kind) {
	if (!notes.length) return null;
	return el(
		"section",
		el("h2", `${title} `, el("span.count", String(notes.length))),
		el(
			"ul",
			{ class: kind },
			notes.map((note) => el("li", text(note))),
		),
	);
}

const noteText = (note) => [
	note.file ? pathText(note.file, note.line) : el("b", note.unit ?? note.name ?? note.rule ?? ""),
	" ",
	withNames(note.message),
];

/* What is not here, though it was found: nothing is left out in silence. */
function leftOut(coverage) {
	return [
		coverage.filtered && el("p", `${plural(coverage.filtered, "finding")} not asked for in this run.`),
		coverage.baselined && el("p", `${plural(coverage.baselined, "finding")} known to the baseline.`),
	];
}

function renderCoverage() {
	const { coverage, tool } = data.report;
	const pointers = coverage.pointer_calls.toLocaleString("en");
	const size = `${plural(coverage.units, "unit")}, ${plural(coverage.calls, "call")}, of them ${pointers} by pointer.`;
	const found = gaps().map(([count, one, many]) => el("li", plural(count, one, many)));
	const asCode = (name) => el("code", name);
	const parts = [
		el("p", `${size} asynclint ${tool.version}, ${tool.libclang}.`),
		found.length
			? el(
					"p",
					"Where something was not understood, a finding may be missing; ",
					el("code", "--strict"),
					" makes that an error:",
				)
			: el("p", "All of it was understood."),
		el("ul", found),
		leftOut(coverage),
		noteList("Units that failed", coverage.failed, noteText),
		noteList("Units parsed with errors", coverage.degraded, noteText),
		noteList("Suppressions without effect", coverage.unused_suppressions, noteText),
		noteList("Notes", coverage.notes, noteText),
		noteList("In the baseline, but not found any more", coverage.fixed, noteText),
		noteList("Functions on a loop without a model", coverage.unmodelled, asCode, "names"),
		noteList("Changed, but in no unit", coverage.changed_in_no_unit, asCode),
	];
	byId("coverage").replaceChildren(...parts.flat().filter((part) => part instanceof Node));
}
