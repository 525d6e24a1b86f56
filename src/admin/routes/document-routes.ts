import { open } from "../define-route.ts";
import { documentPage, pagePolicy } from "../document-page.ts";
import { openApiDocument } from "../openapi.ts";

/** Of one list of routes: making it takes some milliseconds, and anyone may ask. */
const documents = new WeakMap<object, string>();

export const showOpenApi = open({
	operationId: "openapi.get",
	method: "GET",
	path: "/openapi.json",
	roles: "anyone",
	summary: "This description, as OpenAPI 3.1",
	reply: { contentType: "application/json", description: "The OpenAPI document." },
	handle({ routes }) {
		const body = documents.get(routes) ?? JSON.stringify(openApiDocument(routes));
		documents.set(routes, body);
		return { body, headers: {} };
	},
});

export const showDocuments = open({
	operationId: "docs.get",
	method: "GET",
	path: "/docs",
	roles: "anyone",
	summary: "A page to read this description, and to try it",
	reply: { contentType: "text/html; charset=utf-8", description: "The page." },
	handle: ({ nonce }) => ({
		body: documentPage(nonce),
		// The page holds a key in its memory: no page that it opens, or that opens it, gets hold of its window.
		headers: { "content-security-policy": pagePolicy(nonce), "cross-origin-opener-policy": "same-origin" },
	}),
});
