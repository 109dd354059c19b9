/*
 * The boundary map: lanes from where loops come from to what blocks, nodes that open from directories to files to
 * functions, and the calls between them. A program's call graph is full of cycles, so what a node does, not how deep it
 * is called, says in which lane it stands. Never more than NODES_AT_MOST nodes: the least interesting are folded.
 */

const NODES_AT_MOST = 150;
const NODES_PER_LANE = 16;

const flag = Object.fromEntries(data.map.flags.map((name, i) => [name, 1 << i]));
const DOES = flag["blocks"] | flag["runs-loop"];

const functions = data.map.functions.map(([name, file, line, flags], index) => {
	const path = data.map.files[file][0];
	return { name, line, flags, path, index, directory: splitPath(path).directory || "./" };
});

/* The letter and the shape say it as well as the colour. */
const BADGES = [
	["on", "L", "runs on a loop", "run on a loop"],
	["blocks", "B", "blocks", "block"],
	["runs", "P", "pumps (runs a loop)", "pump (run a loop)"],
	["makes", "M", "makes a loop", "make a loop"],
];

const LANES = [
	["Makes or runs loops", "where loops come from"],
	["Runs on a loop", "and leads to what blocks"],
	["Blocks or pumps on a loop", "here the boundary is crossed"],
	["Blocks elsewhere", "before, beside or after the loop"],
];

/* What stands on the map for a function: itself, its file, or its directory, whichever is not opened. */
function nodeKey(fn) {
	if (!state.inside.has(fn.directory)) return { kind: "directory", id: fn.directory, label: fn.directory };
	if (!state.inside.has(fn.path)) return { kind: "file", id: fn.path, label: fn.path };
	return { kind: "function", id: `${fn.path}#${fn.name}@${fn.line}`, label: fn.name };
}

const emptyNode = { members: [], on: 0, blocks: 0, runs: 0, makes: 0, crossing: 0 };

function addMember(node, fn) {
	const has = (name) => (fn.flags & flag[name] ? 1 : 0);
	node.members.push(fn);
	node.on += has("on-loop");
	node.blocks += has("blocks");
	node.runs += has("runs-loop");
	node.makes += has("makes-loop");
	node.crossing += has("on-loop") && fn.flags & DOES ? 1 : 0;
}

function findingsOf(node) {
	const first = node.members[0];
	if (node.kind === "directory")
		return findings.filter((finding) => (splitPath(finding.file).directory || "./") === node.id);
	return findings.filter(
		(finding) => finding.file === first.path && (node.kind === "file" || finding.function === first.name),
	);
}

function laneOf(node) {
	if (node.crossing) return 2;
	if (node.runs || node.makes) return 0;
	return node.on ? 1 : 3;
}

const interest = (node) =>
	1000 * node.findings.length + 100 * node.crossing + 50 * (node.runs + node.makes) + 10 * node.blocks + node.on / 1000;

function buildNodes() {
	const nodes = new Map();
	for (const fn of functions) {
		const key = nodeKey(fn);
		if (!nodes.has(key.id)) nodes.set(key.id, { ...key, ...emptyNode, members: [] });
		addMember(nodes.get(key.id), fn);
	}
	for (const node of nodes.values()) {
		node.findings = findingsOf(node);
		node.lane = laneOf(node);
	}
	return [...nodes.values()].filter((node) =>
		hasWords([node.id, ...node.members.map((fn) => fn.name)].join("\n").toLowerCase()),
	);
}

/* The most interesting of each lane, in order, as many as there is room for; `folded` says how many are left out. */
function buildLanes(nodes) {
	let room = NODES_AT_MOST;
	const byLane = groupBy(
		nodes.sort((a, b) => interest(b) - interest(a)),
		"lane",
	);
	return [2, 0, 1, 3]
		.map((lane) => {
			const all = byLane.get(lane) ?? [];
			const limit = state.wideLanes.has(lane) ? room : Math.min(room, NODES_PER_LANE);
			const shown = all.slice(0, limit);
			room -= shown.length;
			return { lane, shown, folded: all.length - shown.length, room };
		})
		.sort((a, b) => a.lane - b.lane);
}

/* Calls between different nodes that are shown, each pair once. */
function buildEdges(lanes) {
	const shown = new Set(lanes.flatMap((lane) => lane.shown.map((node) => node.id)));
	const ids = functions.map((fn) => nodeKey(fn).id);
	const edges = new Map();
	for (let i = 0; i < data.map.calls.length; i += 2) {
		const [from, to] = data.map.calls.slice(i, i + 2);
		if (ids[from] === ids[to] || !shown.has(ids[from]) || !shown.has(ids[to])) continue;
		const key = `${ids[from]}\n${ids[to]}`;
		if (!edges.has(key)) edges.set(key, { from: ids[from], to: ids[to], calls: 0, crossing: 0 });
		edges.get(key).calls++;
		edges.get(key).crossing += functions[from].flags & flag["on-loop"] && functions[to].flags & DOES ? 1 : 0;
	}
	return [...edges.values()];
}

/* At first the map is opened where most is to be seen, as far as it stays a map. */
function openFirst() {
	state.inside = new Set();
	const directories = buildNodes().sort((a, b) => interest(b) - interest(a));
	if (directories.length <= 12) for (const node of directories.slice(0, 2)) state.inside.add(node.id);
}

function badge(letter, kind, count, title) {
	return el("span", { class: `badge ${kind}`, title }, el("span.shape", letter), count > 1 && String(count));
}

function badges(node) {
	return BADGES.filter(([kind]) => node[kind]).map(([kind, letter, title]) => badge(letter, kind, node[kind], title));
}

function nodeLabel(node) {
	if (node.kind === "function")
		return [el("b", breakable(node.label)), el("small", splitPath(node.members[0].path).base)];
	return node.kind === "file" ? pathText(node.label) : el("b", node.label);
}

function toggleInside(id) {
	const inside = new Set(state.inside);
	if (!inside.delete(id)) inside.add(id);
	change({ inside });
}

function nodeButton(node, edges) {
	const show = () => showNode(node, edges);
	const expands = node.kind !== "function";
	return el(
		"button",
		{
			class: `node ${node.kind}`,
			"data-key": node.id,
			"data-node": node.id,
			"aria-expanded": expands ? "false" : null,
			mouseenter: show,
			focus: show,
			click: () => (expands ? toggleInside(node.id) : show()),
		},
		el("span.name", nodeLabel(node)),
		el(
			"span.badges",
			badges(node),
			node.findings.length ? el("span.found", { title: "findings" }, `${node.findings.length} ⚑`) : null,
		),
	);
}

function laneColumn({ lane, shown, folded, room }, edges) {
	const [title, text] = LANES[lane];
	const wider = () => change({ wideLanes: new Set([...state.wideLanes, lane]) });
	const more =
		folded > 0 &&
		(room > 0 && !state.wideLanes.has(lane)
			? el("button.more", { click: wider }, `${folded} more`)
			: el("p.more", `${folded} more: filter by text`));
	return el(
		"section",
		{ class: `lane lane-${lane}` },
		el("h3", title, el("small", text)),
		shown.map((node) => nodeButton(node, edges)),
		more,
	);
}

/* From side to side of two nodes, in the coordinates of the drawing; within a lane, and back, around the outside. */
function edgeCurve(from, to, origin) {
	const forward = from.right <= to.left,
		same = Math.abs(from.left - to.left) < 4;
	const x1 = (forward || same ? from.right : from.left) - origin.left,
		y1 = from.top + from.height / 2 - origin.top;
	const x2 = (forward ? to.left : to.right) - origin.left,
		y2 = to.top + to.height / 2 - origin.top;
	const bend = same ? 14 + Math.min(24, Math.abs(y2 - y1) / 10) : (x2 - x1) / 2;
	return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 + (same ? bend : -bend)} ${y2} ${x2} ${y2}`;
}

function drawEdges(edges) {
	const drawing = byId("edges");
	if (!drawing) return;
	const origin = drawing.parentElement.getBoundingClientRect();
	const boxes = new Map();
	for (const node of document.querySelectorAll("[data-node]"))
		boxes.set(node.dataset.node, node.getBoundingClientRect());
	drawing.replaceChildren(
		...edges
			.filter((edge) => boxes.has(edge.from) && boxes.has(edge.to))
			.map((edge) =>
				svg("path", {
					d: edgeCurve(boxes.get(edge.from), boxes.get(edge.to), origin),
					"data-from": edge.from,
					"data-to": edge.to,
					class: edge.crossing ? "edge crossing" : "edge",
					"stroke-width": Math.min(4, 1 + Math.log2(edge.calls) / 2),
				}),
			),
	);
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

function neighbours(title, edges, side) {
	const sorted = edges.sort((a, b) => b.crossing - a.crossing || b.calls - a.calls).slice(0, 8);
	const name = (id) => (id.includes("#") ? id.slice(id.indexOf("#") + 1).replace(/@\d+$/, "") : id);
	return sorted.length
		? [
				el("h4", title),
				el(
					"ul",
					sorted.map((edge) =>
						el(
							"li",
							{ class: edge.crossing ? "crossing" : "" },
							el("code", name(edge[side])),
							` ${plural(edge.calls, "call")}`,
						),
					),
				),
			]
		: null;
}

function badgeItem(node, [kind, letter, one, many]) {
	const text = node.kind === "function" ? one : `${plural(node[kind], "function")} ${node[kind] === 1 ? one : many}`;
	return el("li", badge(letter, kind, 1, one), " ", text);
}

function showNode(node, edges) {
	lightUp(node, edges);
	const where = node.kind === "function" ? pathText(node.members[0].path, node.members[0].line) : null;
	const openHere = (finding) =>
		change({ view: "findings", text: "", rule: "", severity: "", file: finding.file, open: new Set([finding.id]) });
	byId("chosen").replaceChildren(
		el("h3", node.label),
		where ?? "",
		el(
			"ul.badge-list",
			BADGES.filter(([kind]) => node[kind]).map((row) => badgeItem(node, row)),
		),
		...[
			node.findings.length
				? [
						el("h4", plural(node.findings.length, "finding")),
						el(
							"ul",
							node.findings
								.slice(0, 8)
								.map((finding) =>
									el(
										"li",
										el(
											"button.link",
											{ click: () => openHere(finding) },
											withNames(finding.message),
											" ",
											pathText(splitPath(finding.file).base, finding.line),
										),
									),
								),
						),
					]
				: null,
			neighbours(
				"Called from",
				edges.filter((edge) => edge.to === node.id),
				"from",
			),
			neighbours(
				"Calls",
				edges.filter((edge) => edge.from === node.id),
				"to",
			),
		]
			.flat()
			.filter(Boolean),
	);
}

function legend() {
	return el(
		"div.legend",
		{ "aria-label": "Legend" },
		BADGES.map(([kind, letter, text]) => el("span", badge(letter, kind, 1, text), ` ${text}`)),
		el("span", el("span", { class: "stroke" }), " call from a loop to what blocks or pumps"),
	);
}

function insideChips() {
	const chip = (id) =>
		el(
			"button.chip",
			{ "data-key": `inside-${id}`, click: () => toggleInside(id) },
			`${id} `,
			el("span", { "aria-label": "close" }, "✕"),
		);
	return [...state.inside].map(chip);
}

let edgesShown = [];

function renderMap() {
	const view = byId("map");
	if (!functions.length)
		return view.replaceChildren(
			el(
				"p.empty",
				data.map.files.length
					? "No function blocks on a loop, or makes or runs one."
					: "There is no map: nothing was analysed in this run.",
			),
		);
	if (!state.inside) openFirst();
	const lanes = buildLanes(buildNodes());
	edgesShown = buildEdges(lanes);
	const count = lanes.reduce((sum, lane) => sum + lane.shown.length, 0);
	view.replaceChildren(
		legend(),
		el(
			"div.bar",
			el("b", `${count} of ${count + lanes.reduce((sum, lane) => sum + lane.folded, 0)} shown`),
			state.inside.size ? [" opened: ", insideChips()] : " click a directory to look inside",
		),
		el(
			"div.map-columns",
			el(
				"div.scroll",
				el(
					"div",
					{ id: "lanes", class: "lanes" },
					svg("svg", { id: "edges", "aria-hidden": "true" }),
					lanes.filter((lane) => lane.shown.length).map((lane) => laneColumn(lane, edgesShown)),
				),
			),
			el(
				"aside",
				{ id: "chosen", "aria-live": "polite" },
				el("p", "Point at something to see its calls; click to look inside."),
			),
		),
	);
	drawEdges(edgesShown);
}
