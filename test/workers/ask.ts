import { exports } from "cloudflare:workers";
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import type { ErrorObject } from "../../src/openai/error-body.ts";
import type { CascadeChanges } from "../support/cascades.ts";
import { publishTenant, type TestTenant } from "./tenant.ts";

/** The parts of a reply that tests look at. */
export interface Reply {
	readonly status: number;
	readonly headers: Headers;
	readonly body: ReplyBody;
	readonly tenant: TestTenant;
}

/** A body of any kind, as far as tests read it. */
export interface ReplyBody {
	readonly error: ErrorObject;
	readonly cascade: CascadeFacts;
	readonly choices: readonly {
		readonly message: { readonly content: string | null; readonly refusal: unknown; readonly tool_calls?: unknown };
		readonly logprobs: unknown;
		readonly finish_reason: string;
	}[];
	readonly model: string;
	readonly [field: string]: unknown;
}

export const MESSAGES = [{ role: "user", content: "Is this spam?" }];

/** Sends a request with the tenant's key to the Worker as production composes it. */
export async function send(
	tenant: TestTenant,
	fields: Readonly<Record<string, unknown>> = {},
	headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
	return exports.default.fetch("https://edge.example/v1/chat/completions", {
		method: "POST",
		headers: { authorization: `Bearer ${tenant.key}`, "content-type": "application/json", ...headers },
		body: JSON.stringify({ model: "cascade", messages: MESSAGES, ...fields }),
	});
}

/** Publishes a cascade with these changes and asks it one thing. */
export async function ask(
	changes: CascadeChanges,
	fields: Readonly<Record<string, unknown>> = {},
	headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
	const tenant = await publishTenant(changes);
	const response = await send(tenant, fields, headers);
	return { status: response.status, headers: response.headers, body: await response.json(), tenant };
}

/** Asks the last stage alone, by the client's own wish. */
export function askOrigin(
	model: string,
	fields: Readonly<Record<string, unknown>> = {},
	changes: CascadeChanges = {},
): Promise<Reply> {
	return ask({ ...changes, origin: { model } }, fields, { "x-cascade-route": "origin" });
}

/** The first stage's entry on the trail. */
export function edgeEntry(reply: Reply) {
	return reply.body.cascade.trail[0];
}
