import * as v from "valibot";
import type { AnyRoute } from "../../src/admin/define-route.ts";
import { ADMIN_ROUTES } from "../../src/admin/routes.ts";
import { parseClassificationRequest } from "../../src/openai/classifications/parse-classification-request.ts";
import { parseEmbeddingsRequest } from "../../src/openai/embeddings/parse-embeddings-request.ts";
import { parseFeedbackRequest } from "../../src/openai/feedback/parse-feedback-request.ts";
import { parseModerationRequest } from "../../src/openai/moderations/parse-moderation-request.ts";
import { parseChatRequest } from "../../src/openai/parse-chat-request.ts";
import { parseResponsesRequest } from "../../src/openai/responses/parse-responses-request.ts";

/** What answers `POST` to each path of the inference API, as `createApp` has them. */
const PARSERS = {
	"/v1/chat/completions": parseChatRequest,
	"/v1/responses": parseResponsesRequest,
	"/v1/classifications": parseClassificationRequest,
	"/v1/moderations": parseModerationRequest,
	"/v1/embeddings": parseEmbeddingsRequest,
	"/v1/feedback": parseFeedbackRequest,
} as const;
const READABLE = [/^\/v1\/models(?:\/[^/]+)?$/u, /^\/healthz$/u, /^\/metrics$/u];
const WITH_VALUE = new Set(["-H", "--header", "-X", "--request", "-d", "--data", "--data-binary", "-o", "--output"]);

/** What a curl command sends. */
interface CurlRequest {
	readonly method: string;
	readonly url: string;
	readonly body: string | null;
	readonly headers: readonly string[];
}

/** What is wrong with a curl command of a document, a sentence each: no such route, a body that our parser refuses. */
export function problemsOfCurl(command: readonly string[]): readonly string[] {
	const request = readCurl(command);
	if (request === null) return ["has no address"];
	const path = pathOf(request.url);
	const body = request.body === null ? undefined : parsed(request.body);
	if (body instanceof SyntaxError) return [`its body is no JSON: ${body.message}`];
	if (path.startsWith("/admin/v1")) return problemsOfAdmin(request.method, path.slice("/admin/v1".length), body);
	if (request.method === "GET") return READABLE.some((each) => each.test(path)) ? [] : [`there is no GET ${path}`];
	const parse = Object.hasOwn(PARSERS, path) ? PARSERS[path as keyof typeof PARSERS] : undefined;
	if (parse === undefined || request.method !== "POST") return [`there is no ${request.method} ${path}`];
	const result = parse(body);
	return result.ok ? [] : result.error.map((problem) => JSON.stringify(problem));
}

function readCurl([, ...words]: readonly string[]): CurlRequest | null {
	let method: string | null = null;
	let url: string | null = null;
	let body: string | null = null;
	const headers: string[] = [];
	for (let index = 0; index < words.length; index += 1) {
		const word = words[index] as string;
		const value = words[index + 1] ?? "";
		if (word === "-X" || word === "--request") method = value;
		if (word === "-d" || word.startsWith("--data")) body = value;
		if (word === "-H" || word === "--header") headers.push(value);
		if (WITH_VALUE.has(word)) index += 1;
		else if (!word.startsWith("-")) url = word;
	}
	return url === null ? null : { method: method ?? (body === null ? "GET" : "POST"), url, body, headers };
}

/** `$API` stands for the admin API, any other variable for the Worker's address. */
function pathOf(url: string): string {
	const path = url
		.replace(/^\$\{?API\}?/u, "/admin/v1")
		.replace(/^\$\{?\w+\}?/u, "")
		.replace(/^https?:\/\/[^/]+/u, "");
	return path.split("?")[0] ?? "";
}

function parsed(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch (error) {
		return error;
	}
}

function problemsOfAdmin(method: string, path: string, body: unknown): readonly string[] {
	const route = (ADMIN_ROUTES as readonly AnyRoute[]).find(
		(each) => each.method === method && new RegExp(`^${each.path.replaceAll(/\{\w+\}/gu, "[^/]+")}$`, "u").test(path),
	);
	if (route === undefined) return [`there is no ${method} /admin/v1${path}`];
	const schema = route.roles === "anyone" ? undefined : route.body;
	if (schema === undefined) return body === undefined ? [] : [`${method} ${path} takes no body`];
	const result = v.safeParse(schema, body);
	return result.success ? [] : result.issues.map(({ message }) => message);
}
