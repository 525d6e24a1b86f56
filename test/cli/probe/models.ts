import type { ServerResponse } from "node:http";
import { parseTenantPolicy } from "../../../src/core/parse-tenant-policy.ts";
import type { TenantPolicy } from "../../../src/core/tenant-policy.ts";
import { loadCatalogueFromDisk } from "../../../src/local/models/load-from-disk.ts";
import { serveLocalOrigin } from "../../../src/local/origin/routes.ts";
import { type FakeServer, readText, startFakeServer } from "../../support/fake-server.ts";

const find = await loadCatalogueFromDisk();

/** The key that the servers of these tests know. */
export const KEY = "sk-very-secret";

/** The real local origin, with its models and Cloudflare's REST API, behind a server of Node. */
export function startLocalModels(): Promise<FakeServer> {
	return startFakeServer(async (request, response) => {
		const body = await readText(request);
		const answer = await serveLocalOrigin(
			find,
			new Request(`http://127.0.0.1${request.url ?? "/"}`, {
				method: request.method ?? "GET",
				headers: { authorization: request.headers.authorization ?? "" },
				...(body === "" ? {} : { body }),
			}),
			{ LOCAL_ORIGIN_KEY: KEY },
		);
		response.writeHead(answer.status, Object.fromEntries(answer.headers));
		response.end(await answer.text());
	});
}

/** A chat request's inputs as a fake model sees them. */
export interface FakeInputs {
	readonly model?: string;
	readonly messages?: { readonly role: string; readonly content: string }[];
	readonly text?: string;
	readonly stream?: boolean;
	readonly stop?: string[];
	readonly max_tokens?: number;
	readonly [name: string]: unknown;
}

/** A server of one model: what it answers is a status and a body, text or JSON; undefined hangs. */
export function startFakeModel(
	answer: (inputs: FakeInputs, path: string) => { status?: number; body: unknown } | undefined,
): Promise<FakeServer> {
	return startFakeServer(async (request, response) => {
		const text = await readText(request);
		const given = answer(JSON.parse(text === "" ? "{}" : text) as FakeInputs, request.url ?? "");
		if (given !== undefined) send(response, given.status ?? 200, given.body);
	});
}

function send(response: ServerResponse, status: number, body: unknown): void {
	const isText = typeof body === "string";
	const type = isText && body.startsWith("data:") ? "text/event-stream" : isText ? "text/html" : "application/json";
	response.writeHead(status, { "content-type": type });
	response.end(isText ? body : JSON.stringify(body));
}

/** A chat completion of one text. */
export function chat(content: string | null, more: { finish?: string; logprobs?: unknown; tokens?: number } = {}) {
	return {
		body: {
			object: "chat.completion",
			choices: [
				{
					index: 0,
					message: { role: "assistant", content },
					finish_reason: more.finish ?? "stop",
					...(more.logprobs === undefined ? {} : { logprobs: { content: more.logprobs } }),
				},
			],
			usage: { prompt_tokens: 20, completion_tokens: more.tokens ?? 1 },
		},
	};
}

/** A policy of cascades, each a list of stages without what a probe does not read. */
export function policyOf(cascades: Readonly<Record<string, readonly object[]>>): TenantPolicy {
	const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
	const document = {
		version: 1,
		cascades: Object.fromEntries(
			Object.entries(cascades).map(([alias, stages]) => [
				alias,
				{
					stages: stages.map((stage, index) => ({
						name: `stage-${index}`,
						price,
						...(index < stages.length - 1 ? { confidence: { method: "mean-logprob" }, threshold: 0.5 } : {}),
						...stage,
					})),
				},
			]),
		),
	};
	const policy = parseTenantPolicy(document);
	if (!policy.ok) throw new Error(JSON.stringify(policy.error));
	return policy.value;
}
