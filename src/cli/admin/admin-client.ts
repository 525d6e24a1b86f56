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
import { REQUESTS } from "./requests.ts";

/** Where the admin API is, and who asks. */
export interface Connection {
	/** Without a slash at its end. */
	readonly url: string;
	/** Null: whom Cloudflare Access lets in is an operator by that. */
	readonly key: string | null;
	/** What lets a request through Cloudflare Access. */
	readonly accessHeaders: Readonly<Record<string, string>>;
}

/** A successful reply. */
export interface AdminAnswer<Body> {
	readonly body: Body;
	/** The body as it was sent. */
	readonly text: string;
	/** Of the `ETag`; null where there is none. */
	readonly revision: number | null;
	/** The server's clock by its `Date`, in milliseconds since the Unix epoch; null where it does not say. */
	readonly date: number | null;
}

/** Why there is no such reply. */
export type AdminFailure =
	/** `cause`: the system's code, such as `ECONNREFUSED`. */
	| { readonly kind: "unreachable"; readonly url: string; readonly cause: string }
	/** What answers is not the admin API; `location`: where it sends its callers. */
	| { readonly kind: "not-the-api"; readonly url: string; readonly status: number; readonly location: string | null }
	| { readonly kind: "refused"; readonly status: number; readonly body: AdminError; readonly text: string };

/** What an operation is given: of each part what it has, and nothing else. */
export interface AdminInput<Operation extends AdminOperation> {
	readonly parameters?: { readonly [Name in keyof AdminParameters<Operation>]: string | number };
	readonly query?: AdminQuery<Operation>;
	readonly body?: AdminBody<Operation>;
	/** The revision that the caller has seen; null: that there is none. */
	readonly seen?: number | null;
	readonly headers?: Readonly<Record<string, string>>;
}

/** An answer takes at most this long; a ledger's own limit is shorter. */
const TIMEOUT_MS = 30_000;

/** Sends one request to the admin API. A failure of any kind is a value; nothing is tried twice. */
export async function callAdmin<Operation extends AdminOperation>(
	connection: Connection,
	operation: Operation,
	input: AdminInput<Operation>,
): Promise<Result<AdminAnswer<AdminReply<Operation>>, AdminFailure>> {
	const [method = "", pattern = ""] = REQUESTS[operation].split(" ");
	const parameters: Readonly<Record<string, string | number>> = input.parameters ?? {};
	const path = pattern.replaceAll(/\{(\w+)\}/gu, (_, name: string) => encodeURIComponent(parameters[name] ?? ""));
	const url = `${connection.url}/admin/v1${path}${queryText(input.query)}`;
	const headers = {
		...connection.accessHeaders,
		...(connection.key === null ? {} : { authorization: `Bearer ${connection.key}` }),
		accept: "application/json",
		// Also without a body: a request that Access lets in must be one that no form could send.
		...(method === "GET" ? {} : { "content-type": contentType(operation) }),
		...precondition(input.seen),
		...input.headers,
	};
	const body = input.body === undefined ? null : JSON.stringify(input.body);
	let response: Response;
	let text: string;
	try {
		// A redirect is not followed: it would lead to a page that asks for a login, and the key is not for others.
		const signal = AbortSignal.timeout(TIMEOUT_MS);
		response = await fetch(url, { method, headers, body, redirect: "manual", signal });
		text = await response.text();
	} catch (error) {
		return err({ kind: "unreachable", url: connection.url, cause: causeOf(error) });
	}
	const { status } = response;
	const json = parseJson(text);
	if (response.ok && isJsonObject(json)) {
		const revision = /^(?:W\/)?"(\d+)"$/u.exec(response.headers.get("etag") ?? "")?.[1];
		const date = Date.parse(response.headers.get("date") ?? "");
		return ok({
			body: json as AdminReply<Operation>,
			text,
			revision: revision === undefined ? null : Number(revision),
			date: Number.isNaN(date) ? null : date,
		});
	}
	if (!response.ok && isRefusal(json)) return err({ kind: "refused", status, body: json, text });
	return err({ kind: "not-the-api", url: connection.url, status, location: response.headers.get("location") });
}

function queryText(query: object | undefined): string {
	const given = Object.entries(query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined);
	return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

function contentType(operation: AdminOperation): string {
	return operation === "policy.patch" ? "application/merge-patch+json" : "application/json";
}

function precondition(seen: number | null | undefined): Record<string, string> {
	if (seen === undefined) return {};
	return seen === null ? { "if-none-match": "*" } : { "if-match": `"${seen}"` };
}

function isRefusal(json: unknown): json is AdminError {
	return isJsonObject(json) && isJsonObject(json["error"]) && typeof json["error"]["message"] === "string";
}

/** Why a `fetch` has failed, as the system's code: it throws one error for everything and hangs the reason on it. */
export function causeOf(error: unknown): string {
	if (!(error instanceof Error)) return "unknown";
	if (error.name === "TimeoutError") return "timeout";
	const cause: unknown = error.cause;
	if (!(cause instanceof Error)) return error.message;
	return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}
