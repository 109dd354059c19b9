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

const emptyNode = { on: 0, leads: 0, blocks: 0, runs: 0, makes: 0, crossing: 0 };

/* How many functions of each file run on a loop, those included that are not on the map. */
const onLoop = new Map(data.map.files.map((file) => [file[0], file[2 + data.map.flags.indexOf("on-loop")]]));

function addMember(node, fn) {
	const has = (name) => (fn.flags & flag[name] ? 1 : 0);
	node.members.push(fn);
	node.leads += has("on-loop");
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
	return node.leads ? 1 : 3;
}

/* A hundred tests that run a loop are not of more interest than ten. */
const few = (count) => Math.min(count, 10);

const interest = (node) =>
	1000 * node.findings.length +
	100 * few(node.crossing) +
	50 * few(node.runs + node.makes) +
	10 * few(node.blocks) +
	node.on / 1000;

function buildNodes() {
	const nodes = new Map();
	for (const fn of functions) {
		const key = nodeKey(fn);
		if (!nodes.has(key.id)) nodes.set(key.id, { ...key, ...emptyNode, members: [] });
		addMember(nodes.get(key.id), fn);
	}
	for (const node of nodes.values()) {
		const files = new Set(node.members.map((fn) => fn.path));
		node.on = node.kind === "function" ? node.leads : [...files].reduce((sum, path) => sum + onLoop.get(path), 0);
		node.findings = findingsOf(node);
		node.lane = laneOf(node);
	}
	return [...nodes.values()].filter((node) =>
		hasWords([node.id, ...node.members.map((fn) => fn.name)].join("\n").toLowerCase()),
	);
}

/* The most interesting of each lane, in order, as many as there is room for; `folded` says how many are left out. */
function buildLanes(nodes) {
	nodes.sort((a, b) => interest(b) - interest(a));
	const byLane = groupBy(nodes, "lane");
	let room = NODES_AT_MOST - LANES.length * NODES_PER_LANE;
	return LANES.map((words, lane) => {
		const all = byLane.get(lane) ?? [];
		const limit = NODES_PER_LANE + (state.wideLanes.has(lane) ? room : 0);
		const shown = all.slice(0, limit);
		room -= Math.max(0, shown.length - NODES_PER_LANE);
		return { lane, shown, folded: all.length - shown.length };
	});
}

/* Of each function, whether it blocks or pumps, itself or through others that stand in the same node: a call into the
   node then crosses the boundary there. */
function crossings(ids, calls) {
	const crosses = functions.map((fn) => (fn.flags & DOES) !== 0);
	const within = calls.filter(([from, to]) => ids[from] === ids[to]);
	for (let last = -1, count = 0; count !== last;) {
		last = count;
		for (const [from, to] of within) if (crosses[to]) crosses[from] = true;
		count = crosses.filter(Boolean).length;
	}
	return crosses;
}

/* Adds a call to an edge: `crossing`, from what runs on a loop to what blocks; `driving`, from what runs the loop. */
function addCall(edge, from, to, crosses) {
	edge.calls++;
	edge.crossing += functions[from].flags & flag["on-loop"] && crosses[to] ? 1 : 0;
	edge.driving += functions[from].flags & flag["runs-loop"] && functions[to].flags & flag["on-loop"] ? 1 : 0;
}

/* Calls between different nodes that are shown, each pair of nodes once. */
function buildEdges(lanes) {
	const shown = new Set(lanes.flatMap((lane) => lane.shown.map((node) => node.id)));
	const ids = functions.map((fn) => nodeKey(fn).id);
	const calls = pairs(data.map.calls);
	const crosses = crossings(ids, calls);
	const edges = new Map();
	for (const [from, to] of calls) {
		if (ids[from] === ids[to] || !shown.has(ids[from]) || !shown.has(ids[to])) continue;
		const key = `${ids[from]}\n${ids[to]}`;
		if (!edges.has(key)) edges.set(key, { from: ids[from], to: ids[to], calls: 0, crossing: 0, driving: 0 });
		addCall(edges.get(key), from, to, crosses);
	}
	return [...edges.values()];
}

/* At first the map is opened where most is to be seen, as far as it stays a map. */
function openFirst() {
	state.inside = new Set();
	const directories = buildNodes().sort((a, b) => interest(b) - interest(a));
	if (directories.length <= 12) for (const node of directories.slice(0, 2)) state.inside.add(node.id);
}
