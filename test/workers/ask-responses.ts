import { env, exports } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { ErrorObject } from "../../src/openai/error-body.ts";
import type { appWithTimes } from "./app-with-times.ts";
import type { TestTenant } from "./tenant.ts";

/** The parts of a Response, or of an error, that tests look at. */
export interface ResponseBody {
	readonly id: string;
	readonly status: string;
	readonly output: readonly JsonObject[];
	readonly cascade: CascadeFacts;
	readonly error: ErrorObject;
	readonly [field: string]: unknown;
}

/** One event of a Responses stream. */
export interface ResponseEvent extends JsonObject {
	readonly type: string;
	readonly sequence_number: number;
	readonly response?: ResponseBody;
}

type Fields = Readonly<Record<string, unknown>>;

function requestFor(tenant: TestTenant, fields: Fields, headers: Readonly<Record<string, string>>): Request {
	return new Request("https://edge.example/v1/responses", {
		method: "POST",
		headers: { authorization: `Bearer ${tenant.key}`, "content-type": "application/json", ...headers },
		body: JSON.stringify({ model: "cascade", input: "Is this spam?", ...fields }),
	});
}

/** Sends a Responses request to the Worker as production composes it. */
export function respond(
	tenant: TestTenant,
	fields: Fields = {},
	headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
	return exports.default.fetch(requestFor(tenant, fields, headers));
}

/** Sends a Responses request to the routes with times of our own, by default for a stream. */
export async function respondWith(
	{ app }: Pick<ReturnType<typeof appWithTimes>, "app">,
	tenant: TestTenant,
	fields: Fields = {},
	route = "auto",
): Promise<Response> {
	const request = requestFor(tenant, { stream: true, ...fields }, { "x-cascade-route": route });
	return app.fetch(request, env, createExecutionContext());
}

/**
 * Reads a Responses stream of ours to its end: comments, and events whose name is their type, numbered without a gap.
 * There is no end marker.
 */
export async function readResponseEvents(response: Response) {
	const blocks = (await response.text()).split("\n\n");
	if (blocks.pop() !== "") throw new Error("the stream does not end with an empty line");
	const named = blocks.filter((block) => !block.startsWith(":"));
	const events = named.map((block, index) => {
		const [, name, data] = /^event: (\S+)\ndata: (.*)$/u.exec(block) ?? [];
		const event = JSON.parse(data ?? "null") as ResponseEvent | null;
		if (event === null || event.type !== name || event.sequence_number !== index)
			throw new Error(`not event ${index} of ours: ${block}`);
		return event;
	});
	return {
		status: response.status,
		headers: response.headers,
		comments: blocks.length - named.length,
		events,
		types: events.map(({ type }) => type.replace(/^response\./u, "")),
		text: events
			.filter(({ type }) => type === "response.output_text.delta")
			.map(({ delta }) => delta)
			.join(""),
		/** The Response of the last event. */
		final: events.at(-1)?.response,
	};
}
