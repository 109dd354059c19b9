"use strict";
/*
 * Elements of the page. Names, messages and source lines come from the program that was analysed and may be hostile:
 * they get into the page as text nodes and values of attributes only, never as markup.
 */

const byId = (id) => document.getElementById(id);

const isThere = (value) => value !== null && value !== undefined && value !== false && value !== "";

/* An attribute that is a function listens to the event of its name; what is not there is left out. */
function fill(element, attributes, children) {
	for (const [name, value] of Object.entries(attributes)) {
		if (typeof value === "function") element.addEventListener(name, value);
		else if (isThere(value)) element.setAttribute(name, value);
	}
	element.append(...children.flat(Infinity).filter(isThere));
	return element;
}

const isAttributes = (value) => isThere(value) && Object.getPrototypeOf(value) === Object.prototype;

/* el("p.note", { title: "..." }, "text", el("b", "more")): tag and classes, attributes if there are any, children. */
function el(kind, ...rest) {
	const [tag, ...classes] = kind.split(".");
	const element = document.createElement(tag);
	if (classes.length) element.className = classes.join(" ");
	return isAttributes(rest[0]) ? fill(element, rest[0], rest.slice(1)) : fill(element, {}, rest);
}

function svg(tag, attributes, ...children) {
	return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

const plural = (count, one, many = one + "s") => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/* A message, with the names that stand in quotes set as code. */
function withNames(message) {
	return message.split(/'([^']+)'/).map((part, i) => (i % 2 ? el("code", part) : part));
}

/* A name that may be broken where its words end. */
const breakable = (name) =>
	name.split(/(?<=[_-]|[a-z](?=[A-Z]))/).flatMap((word, i) => (i ? [el("wbr", {}), word] : word));

function splitPath(path) {
	const slash = path.lastIndexOf("/");
	return { directory: path.slice(0, slash + 1), base: path.slice(slash + 1) };
}

function pathText(path, line) {
	const { directory, base } = splitPath(path);
	const place = base + (line ? `:${line}` : "");
	return el("span.path-text", { title: path }, el("span", directory), el("b", place));
}

function groupBy(list, key) {
	const groups = new Map();
	for (const item of list) {
		if (!groups.has(item[key])) groups.set(item[key], []);
		groups.get(item[key]).push(item);
	}
	return groups;
}
