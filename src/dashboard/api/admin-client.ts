import type {
	AdminBody,
	AdminError,
	AdminOperation,
	AdminParameters,
	AdminQuery,
	AdminReply,
} from "../../admin/client-types.ts";
import { isJsonObject, parseJson } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { REQUESTS, type DashboardOperation } from "./requests.ts";

/** A successful reply. */
interface AdminAnswer<Body> {
	readonly body: Body;
	/** Of the `ETag`; null where there is none. */
	readonly revision: number | null;
}

/** Why there is no such reply. */
export type AdminFailure =
	| { readonly kind: "unreachable" }
	/** What answers is not the admin API, such as a login page in front of it. */
	| { readonly kind: "not-the-api"; readonly status: number }
	| { readonly kind: "refused"; readonly status: number; readonly body: AdminError };

/** What an operation is given: of each part what it has, and nothing else. */
interface AdminInput<Operation extends AdminOperation> {
	readonly parameters?: { readonly [Name in keyof AdminParameters<Operation>]: string | number };
	readonly query?: AdminQuery<Operation>;
	readonly body?: AdminBody<Operation>;
	/** The policy's revision that the writer has seen; null: that there is none. */
	readonly seen?: number | null;
}

/** A request by its path, for what the table of operations does not have. */
interface PathInput {
	readonly method?: string;
	readonly query?: object | undefined;
	readonly body?: unknown;
	readonly seen?: number | null | undefined;
	readonly contentType?: string;
}

/** The admin API as the dashboard asks it. A failure of any kind is a value; nothing is tried twice. */
export interface AdminClient {
	readonly call: <Operation extends DashboardOperation>(
		operation: Operation,
		input: AdminInput<Operation>,
	) => Promise<Result<AdminAnswer<AdminReply<Operation>>, AdminFailure>>;
	/** `path` is below `/admin/v1`, its parts encoded (`pathOf`). */
	readonly send: <Body>(path: string, input?: PathInput) => Promise<Result<AdminAnswer<Body>, AdminFailure>>;
}

const TIMEOUT_MS = 30_000;

/**
 * `key` null asks without one, which succeeds where Cloudflare Access has let the browser in. `onSignedOut` is told of every
 * 401, since no later request can succeed either.
 */
export function createAdminClient(key: string | null, onSignedOut: () => void = () => {}): AdminClient {
	const send: AdminClient["send"] = async <Body>(path: string, input: PathInput = {}) => {
		const { method = "GET", query, body, seen, contentType = "application/json" } = input;
		let response: Response;
		let text: string;
		try {
			response = await fetch(`/admin/v1${path}${queryText(query)}`, {
				method,
				headers: {
					accept: "application/json",
					...(key === null ? {} : { authorization: `Bearer ${key}` }),
					// Also without a body: a request that Access lets in must be one that no form could send.
					...(method === "GET" ? {} : { "content-type": contentType }),
					...precondition(seen),
				},
				body: body === undefined ? null : JSON.stringify(body),
				// It would lead to a page that asks for a login, and the key is not for others.
				redirect: "manual",
				cache: "no-store",
				signal: AbortSignal.timeout(TIMEOUT_MS),
			});
			text = await response.text();
		} catch {
			return err({ kind: "unreachable" } as const);
		}
		const { status } = response;
		const json = parseJson(text);
		if (response.ok && isJsonObject(json)) {
			const revision = /^(?:W\/)?"(\d+)"$/u.exec(response.headers.get("etag") ?? "")?.[1];
			return ok({ body: json as Body, revision: revision === undefined ? null : Number(revision) });
		}
		if (status === 401) onSignedOut();
		return err(isRefusal(json) ? { kind: "refused", status, body: json } : { kind: "not-the-api", status });
	};
	return {
		send,
		async call(operation, { parameters = {}, query, body, seen }) {
			const [method = "", pattern = ""] = REQUESTS[operation].split(" ");
			return send(pathOf(pattern, parameters), {
				method,
				query,
				body,
				seen,
				contentType: method === "PATCH" ? "application/merge-patch+json" : "application/json",
			});
		},
	};
}

/** `/tenants/{tenant}` with its parameters' values, each encoded. */
export function pathOf(pattern: string, parameters: Readonly<Record<string, string | number>>): string {
	return pattern.replaceAll(/\{(\w+)\}/gu, (_, name: string) => encodeURIComponent(parameters[name] ?? ""));
}

function queryText(query: object | undefined): string {
	const given = Object.entries(query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined);
	return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

function precondition(seen: number | null | undefined): Record<string, string> {
	if (seen === undefined) return {};
	return seen === null ? { "if-none-match": "*" } : { "if-match": `"${seen}"` };
}

function isRefusal(json: unknown): json is AdminError {
	return isJsonObject(json) && isJsonObject(json["error"]) && typeof json["error"]["message"] === "string";
}
