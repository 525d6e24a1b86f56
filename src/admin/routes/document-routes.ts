import { open } from "../define-route.ts";
import { pagePolicy } from "../document-page-policy.ts";

export const showOpenApi = open({
	operationId: "openapi.get",
	method: "GET",
	path: "/openapi.json",
	roles: "anyone",
	summary: "This description, as OpenAPI 3.1",
	reply: { contentType: "application/json", description: "The OpenAPI document." },
	file: "openapi.json",
	headers: () => ({}),
});

export const showDocuments = open({
	operationId: "docs.get",
	method: "GET",
	path: "/docs",
	roles: "anyone",
	summary: "A page to read this description, and to try it",
	reply: { contentType: "text/html; charset=utf-8", description: "The page." },
	file: "docs.txt",
	// The page holds a key in its memory: no page that it opens, or that opens it, gets hold of its window.
	headers: (nonce) => ({ "content-security-policy": pagePolicy(nonce), "cross-origin-opener-policy": "same-origin" }),
});
