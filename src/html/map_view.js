/*
 * The map as it is drawn: a column for each lane, buttons for nodes, curves for calls, and beside it what is known of the
 * node that was chosen. At first only those calls are seen that cross the boundary; all of a node's when it is chosen.
 */

const LISTED = 8; // of the findings, callers and callees of a node

function badge(letter, kind, count, title) {
	return el("span", { class: `badge ${kind}`, title }, el("span.shape", letter), count > 1 && String(count));
}

function badges(node) {
	return BADGES.filter(([kind]) => node[kind]).map(([kind, letter, title]) => badge(letter, kind, node[kind], title));
}

function nodeLabel(node) {
	if (node.kind === "directory") return el("b", node.label);
	const { directory, base } = splitPath(node.members[0].path);
	if (node.kind === "file") return [el("b", breakable(base)), " ", el("small", directory)];
	return [el("b", breakable(node.label)), " ", el("small", base)];
}

function toggleInside(id) {
	const inside = new Set(state.inside);
	if (!inside.delete(id)) inside.add(id);
	change({ inside });
}

function nodeButton(node, edges) {
	const show = () => showNode(node, edges);
	const expands = node.kind !== "function";
	const attributes = {
		class: `node ${node.kind}`,
		"data-key": node.id,
		"data-node": node.id,
		"aria-expanded": expands ? "false" : null,
		mouseenter: show,
		focus: show,
		click: () => (expands ? toggleInside(node.id) : show()),
	};
	const found = node.findings.length > 0 && el("span.found", { title: "findings" }, `${node.findings.length} ⚑`);
	return el("button", attributes, el("span.name", nodeLabel(node)), el("span.badges", badges(node), found));
}

function laneColumn({ lane, shown, folded }, edges) {
	const [title, text] = LANES[lane];
	const widen = () => change({ wideLanes: new Set([...state.wideLanes, lane]) });
	const more = state.wideLanes.has(lane)
		? el("p.more", `${folded} more: filter by text to see them`)
		: el("button.more", { click: widen }, `${folded} more`);
	const nodes = shown.map((node) => nodeButton(node, edges));
	return el(
		"section.lane",
		{ "data-lane": String(lane) },
		el("h2", title, el("small", text)),
		nodes,
		folded > 0 && more,
	);
}

/* From side to side of two nodes, in the coordinates of the drawing; within a lane, and back, around the outside. */
function edgeCurve(from, to, origin) {
	const isSame = Math.abs(from.left - to.left) < 4;
	const isForward = from.right <= to.left;
	const x1 = (isForward || isSame ? from.right : from.left) - origin.left;
	const x2 = (isForward ? to.left : to.right) - origin.left;
	const [y1, y2] = [from, to].map((box) => box.top + box.height / 2 - origin.top);
	const bend = isSame ? 14 + Math.min(24, Math.abs(y2 - y1) / 10) : (x2 - x1) / 2;
	return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 + (isSame ? bend : -bend)} ${y2} ${x2} ${y2}`;
}

function edgeLine(edge, boxes, origin) {
	return svg("path", {
		d: edgeCurve(boxes.get(edge.from), boxes.get(edge.to), origin),
		class: `edge ${edge.crossing ? "crossing" : edge.driving ? "driving" : ""}`,
		"data-from": edge.from,
		"data-to": edge.to,
		"stroke-width": String(Math.min(4, 1 + Math.log2(edge.calls) / 2)),
	});
}

function drawEdges(edges) {
	const drawing = byId("edges");
	if (!drawing) return;
	const origin = drawing.parentElement.getBoundingClientRect();
	const nodes = [...document.querySelectorAll("[data-node]")];
	const boxes = new Map(nodes.map((node) => [node.dataset.node, node.getBoundingClientRect()]));
	drawing.replaceChildren(...edges.map((edge) => edgeLine(edge, boxes, origin)));
}

/* Marks the node's calls and neighbours. */
function lightUp(node, edges) {
	const near = new Set(
		edges.flatMap((edge) => (edge.from === node.id || edge.to === node.id ? [edge.from, edge.to] : [])),
	);
	for (const line of document.querySelectorAll(".edge"))
		line.classList.toggle("lit", line.dataset.from === node.id || line.dataset.to === node.id);
	for (const box of document.querySelectorAll("[data-node]")) {
		box.classList.toggle("near", near.has(box.dataset.node));
		box.classList.toggle("chosen", box.dataset.node === node.id);
	}
	byId("lanes").classList.add("chosen");
}

const nameInId = (id) => id.slice(id.indexOf("#") + 1).replace(/@\d+$/, "");

function neighbours(title, edges, side) {
	if (!edges.length) return null;
	const sorted = edges.sort((a, b) => b.crossing - a.crossing || b.calls - a.calls);
	const items = sorted.slice(0, LISTED).map((edge) => {
		const calls = ` ${plural(edge.calls, "call")}`;
		return el("li", { class: edge.crossing ? "crossing" : null }, el("code", nameInId(edge[side])), calls);
	});
	return [el("h4", title), el("ul", items)];
}

function badgeItem(node, [kind, letter, one, many]) {
	const text = node.kind === "function" ? one : `${plural(node[kind], "function")} ${node[kind] === 1 ? one : many}`;
	return el("li", badge(letter, kind, 1, one), " ", text);
}

function openFinding(finding) {
	change({ view: "findings", text: "", rule: "", severity: "", file: finding.file, open: new Set([finding.id]) });
}

function findingItem(finding) {
	const place = pathText(splitPath(finding.file).base, finding.line);
	return el("li", el("button.link", { click: () => openFinding(finding) }, withNames(finding.message), " ", place));
}

/* What is known of the node, beside the map. */
function showNode(node, edges) {
	lightUp(node, edges);
	const { findings: found, members } = node;
	const callers = edges.filter((edge) => edge.to === node.id);
	const callees = edges.filter((edge) => edge.from === node.id);
	const parts = [
		el("h3", node.label),
		node.kind === "function" ? pathText(members[0].path, members[0].line) : null,
		el("ul.badge-list", ...BADGES.filter(([kind]) => node[kind]).map((row) => badgeItem(node, row))),
		found.length
			? [el("h4", plural(found.length, "finding")), el("ul", found.slice(0, LISTED).map(findingItem))]
			: null,
		neighbours("Called from", callers, "from"),
		neighbours("Calls", callees, "to"),
	];
	byId("chosen").replaceChildren(...parts.flat().filter(isThere));
}

function legend() {
	return el(
		"div.legend",
		{ "aria-label": "Legend" },
		BADGES.map(([kind, letter, text]) => el("span", badge(letter, kind, 1, text), ` ${text}`)),
		el("span.calls", el("span.stroke"), " call from a loop to what blocks or pumps"),
		el("span.calls", el("span.stroke.driving"), " call by what runs the loop"),
	);
}

function insideChip(id) {
	const cross = el("span", { "aria-label": "close" }, "✕");
	return el("button.chip", { "data-key": `inside-${id}`, click: () => toggleInside(id) }, `${id} `, cross);
}

function mapBar(lanes) {
	const shown = lanes.reduce((sum, lane) => sum + lane.shown.length, 0);
	const folded = lanes.reduce((sum, lane) => sum + lane.folded, 0);
	const opened = [...state.inside].map(insideChip);
	const count = el("b", `${shown} of ${shown + folded} shown`);
	return el("div.bar", count, opened.length ? [" opened: ", opened] : " click a directory to look inside");
}

let edgesShown = [];

function renderMap() {
	const view = byId("map");
	const nothing = data.map.files.length
		? "No function makes or runs a loop, and none blocks."
		: "There is no map: nothing was analysed in this run.";
	if (!functions.length) return view.replaceChildren(el("p.empty", nothing));
	if (!state.inside) openFirst();
	const lanes = buildLanes(buildNodes());
	edgesShown = buildEdges(lanes);
	const columns = lanes.filter((lane) => lane.shown.length).map((lane) => laneColumn(lane, edgesShown));
	const drawing = svg("svg", { id: "edges", "aria-hidden": "true" });
	const hint = el("p", "Point at something to see its calls; click to look inside.");
	view.replaceChildren(
		legend(),
		mapBar(lanes),
		el(
			"div.map-columns",
			el("div.scroll", el("div.lanes", { id: "lanes" }, drawing, columns)),
			el("aside", { id: "chosen", "aria-live": "polite" }, hint),
		),
	);
	drawEdges(edgesShown);
}
