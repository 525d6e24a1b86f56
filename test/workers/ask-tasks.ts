import { exports } from "cloudflare:workers";
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import type { ErrorObject } from "../../src/openai/error-body.ts";
import type { TestTenant } from "./tenant.ts";

/** The parts of a reply that tests look at. */
export interface TaskReply {
	readonly status: number;
	readonly headers: Headers;
	readonly body: {
		readonly error: ErrorObject;
		/** Of classifications and embeddings. */
		readonly data: readonly {
			readonly index: number;
			readonly label: string;
			readonly score: number | null;
			readonly scores: readonly { readonly label: string; readonly score: number | null }[];
			readonly embedding: unknown;
			readonly cascade: CascadeFacts;
		}[];
		/** Of moderations. */
		readonly results: readonly {
			readonly flagged: boolean;
			readonly categories: Readonly<Record<string, boolean>>;
			readonly category_scores: Readonly<Record<string, number>>;
			readonly category_applied_input_types: Readonly<Record<string, readonly string[]>>;
			readonly cascade: CascadeFacts;
		}[];
		readonly [field: string]: unknown;
	};
}

/** Posts to one of the endpoints under `/v1/` of the Worker as production composes it. */
export async function post(
	tenant: Pick<TestTenant, "key">,
	endpoint: "classifications" | "moderations" | "embeddings",
	body: Readonly<Record<string, unknown>>,
	headers: Readonly<Record<string, string>> = {},
): Promise<TaskReply> {
	const response = await exports.default.fetch(`https://edge.example/v1/${endpoint}`, {
		method: "POST",
		headers: { authorization: `Bearer ${tenant.key}`, "content-type": "application/json", ...headers },
		body: JSON.stringify(body),
	});
	return { status: response.status, headers: response.headers, body: await response.json() };
}
