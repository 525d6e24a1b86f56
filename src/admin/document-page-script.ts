/**
 * The page's script, as the browser runs it: text and no function, since a bundler may put calls to its own helpers
 * into functions. It writes text nodes only, so nothing in a description or a reply can become markup.
 */
export const PAGE_SCRIPT = String.raw`
"use strict";
const main = document.getElementById("operations");
const keyField = document.getElementById("key");
const filter = document.getElementById("filter");
let ids = 0;

function element(name, properties, ...children) {
	const made = Object.assign(document.createElement(name), properties);
	made.append(...children.filter((child) => child !== null));
	return made;
}

function resolve(api, part) {
	if (part === null || typeof part !== "object" || typeof part.$ref !== "string") return part;
	return part.$ref.slice(2).split("/").reduce((at, step) => at[step], api);
}

/* The schema with its references in place, to a depth at which people stop reading. */
function expanded(api, schema, depth) {
	if (schema === null || typeof schema !== "object") return schema;
	if (depth > 8) return {};
	if (Array.isArray(schema)) return schema.map((each) => expanded(api, each, depth + 1));
	const found = resolve(api, schema);
	return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, expanded(api, value, depth + 1)]));
}

/* A body to begin with: every required field, with a value of its type. */
function example(schema) {
	if (schema.const !== undefined) return schema.const;
	if (schema.enum) return schema.enum[0];
	const one = (schema.anyOf || schema.oneOf || [])[0];
	if (one) return example(one);
	switch (schema.type) {
		case "object": {
			const required = (schema.required || []).filter((name) => schema.properties && schema.properties[name]);
			return Object.fromEntries(required.map((name) => [name, example(schema.properties[name])]));
		}
		case "array":
			return [example(schema.items || {})];
		case "boolean":
			return false;
		case "integer":
		case "number":
			return schema.exclusiveMaximum !== undefined ? schema.exclusiveMaximum / 2 : Math.max(0, schema.minimum || 0);
		default:
			return "";
	}
}

function field(name, text, properties, tag = "input") {
	const id = "field-" + ids++;
	const input = element(tag, { id, name, autocomplete: "off", spellcheck: false, ...properties });
	return { input, nodes: [element("label", { htmlFor: id, textContent: text }), input] };
}

function code(value) {
	return element("pre", { tabIndex: 0, textContent: JSON.stringify(value, null, 2) });
}

function describeParameters(parameters) {
	if (parameters.length === 0) return null;
	const rows = parameters.map(({ name, in: place, required, description, schema }) =>
		element("li", {}, element("code", { textContent: name }), " (" + place + (required ? ", required" : "") + ") ",
			description || schema.description || ""));
	return element("section", {}, element("h3", { textContent: "Parameters" }), element("ul", {}, ...rows));
}

function describeResponses(api, responses) {
	const rows = Object.entries(responses).map(([status, response]) => {
		const { description, content } = resolve(api, response);
		const json = status < 300 && content && content["application/json"];
		return element("li", {}, element("code", { textContent: status }), " " + description,
			json ? code(expanded(api, json.schema, 0)) : null);
	});
	return element("section", {}, element("h3", { textContent: "Replies" }), element("ul", {}, ...rows));
}

function tryForm(api, path, method, operation) {
	const parameters = operation.parameters || [];
	const inputs = parameters.map((parameter) => ({
		parameter,
		...field(parameter.name, parameter.name + " (" + parameter.in + ")", { required: parameter.required }),
	}));
	const [contentType, media] = Object.entries((operation.requestBody || { content: {} }).content)[0] || [];
	const body = contentType === undefined ? null
		: field("body", "Body (" + contentType + ")", { value: JSON.stringify(example(expanded(api, media.schema, 0)), null, 2) }, "textarea");
	const status = element("p", { role: "status" });
	const output = element("div", {});
	const form = element("form", {}, element("h3", { textContent: "Try it" }), ...inputs.flatMap(({ nodes }) => nodes),
		...(body ? body.nodes : []), element("button", { type: "submit", textContent: "Send " + method.toUpperCase() }), status, output);
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		let address = api.servers[0].url + path;
		const query = new URLSearchParams();
		const headers = {};
		for (const { parameter, input } of inputs) {
			if (parameter.in === "path") address = address.replace("{" + parameter.name + "}", encodeURIComponent(input.value));
			else if (input.value === "") continue;
			else if (parameter.in === "query") query.set(parameter.name, input.value);
			else headers[parameter.name] = input.value;
		}
		if (keyField.value !== "") headers.authorization = "Bearer " + keyField.value.trim();
		if (body) headers["content-type"] = contentType;
		status.textContent = "Sending…";
		status.className = "";
		output.replaceChildren();
		try {
			const asked = query.size === 0 ? address : address + "?" + query;
			const response = await fetch(asked, { method: method.toUpperCase(), headers, body: body ? body.input.value : undefined, credentials: "same-origin" });
			const text = await response.text();
			const etag = response.headers.get("etag");
			status.className = response.ok ? "" : "bad";
			status.textContent = response.status + (etag === null ? "" : ", ETag " + etag) + ", " + response.headers.get("x-request-id");
			let shown = text;
			try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* no JSON: as it came */ }
			output.replaceChildren(element("pre", { tabIndex: 0, textContent: shown }));
		} catch (error) {
			status.className = "bad";
			status.textContent = "Not sent: " + error.message;
		}
	});
	return form;
}

function describe(api, path, method, operation) {
	const contents = element("div", {});
	const details = element("details", { id: operation.operationId },
		element("summary", {}, element("span", { className: "method", textContent: method.toUpperCase() }),
			element("code", { textContent: path }), " ", element("span", { className: "about", textContent: operation.summary })), contents);
	/* Filled when it is opened: a page of everything at once is slow to go through by keyboard. */
	details.addEventListener("toggle", () => {
		if (!details.open || contents.hasChildNodes()) return;
		const media = Object.values((operation.requestBody || { content: {} }).content)[0];
		const roles = operation["x-roles"] ? "For: " + operation["x-roles"].join(", ") + "." : "For anyone.";
		contents.append(element("p", { textContent: (operation.description ? operation.description + " " : "") + roles }));
		const parts = [describeParameters(operation.parameters || []),
			media ? element("section", {}, element("h3", { textContent: "Body" }), code(expanded(api, media.schema, 0))) : null,
			describeResponses(api, operation.responses), tryForm(api, path, method, operation)];
		contents.append(...parts.filter((part) => part !== null));
	});
	return details;
}

function show(api) {
	const groups = new Map();
	for (const [path, operations] of Object.entries(api.paths))
		for (const [method, operation] of Object.entries(operations)) {
			const group = (operation.tags || ["about"])[0];
			groups.set(group, [...(groups.get(group) || []), describe(api, path, method, operation)]);
		}
	main.replaceChildren(...[...groups].map(([name, operations]) =>
		element("section", {}, element("h2", { textContent: name }), ...operations)));
	main.setAttribute("aria-busy", "false");
	const open = document.getElementById(location.hash.slice(1));
	if (open instanceof HTMLDetailsElement) open.open = true;
}

filter.addEventListener("input", () => {
	const wanted = filter.value.toLowerCase();
	for (const section of main.querySelectorAll("main > section")) {
		for (const details of section.querySelectorAll("details"))
			details.hidden = !(details.id + details.querySelector("summary").textContent).toLowerCase().includes(wanted);
		section.hidden = section.querySelectorAll("details:not([hidden])").length === 0;
	}
});

fetch("openapi.json").then((response) => response.json()).then(show, (error) => {
	main.setAttribute("aria-busy", "false");
	main.replaceChildren(element("p", { className: "bad", textContent: "The description could not be loaded: " + error.message }));
});
`;
