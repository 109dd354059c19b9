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
		el("h3", `${title} `, el("span.count", String(notes.length))),
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

function renderCoverage() {
	const { coverage, tool } = data.report;
	byId("coverage").replaceChildren(
		...[
			el(
				"p",
				`${plural(coverage.units, "unit")}, ${plural(coverage.calls, "call")}, of them ${coverage.pointer_calls.toLocaleString("en")} by pointer. `,
				`asynclint ${tool.version}, ${tool.libclang}.`,
			),
			el(
				"p",
				"Where something was not understood, a finding may be missing; ",
				el("code", "--strict"),
				" makes that an error.",
			),
			el(
				"ul",
				gaps().length
					? gaps().map(([count, one, many]) => el("li", plural(count, one, many)))
					: el("li", "All of it was understood."),
			),
			coverage.filtered ? el("p", `${plural(coverage.filtered, "finding")} not asked for in this run.`) : null,
			noteList("Units that failed", coverage.failed, noteText),
			noteList("Units parsed with errors", coverage.degraded, noteText),
			noteList("Suppressions without effect", coverage.unused_suppressions, noteText),
			noteList("Notes", coverage.notes, noteText),
			noteList("Functions on a loop without a model", coverage.unmodelled, (name) => el("code", name), "names"),
			noteList("Changed, but in no unit", coverage.changed_in_no_unit, (name) => el("code", name)),
		].filter(Boolean),
	);
}
