import type { Page, Route } from "playwright-core";
import { evidenceReport } from "./dashboard-evidence.ts";
import { policy, recentRequests, TENANT, tenantState, usageRows } from "./dashboard-replies.ts";

/** A key that the fake takes. */
export const FAKE_KEY = "operator-key-of-the-browser-tests";

/** What a test wants answered otherwise, by method and path below `/admin/v1`. */
export type Overrides = Readonly<
	Record<string, (body: unknown) => { readonly status?: number; readonly body: unknown }>
>;

/** A request that the fake was sent. */
export interface Sent {
	readonly method: string;
	readonly path: string;
	readonly body: unknown;
	readonly headers: Readonly<Record<string, string>>;
}

/** Answers a page's requests to the admin API, in the forms that the API has; the dashboard itself comes from the real Worker. */
export async function fakeAdmin(page: Page, overrides: Overrides = {}): Promise<readonly Sent[]> {
	const sent: Sent[] = [];
	await page.route("**/admin/v1/**", async (route: Route) => {
		const request = route.request();
		const url = new URL(request.url());
		const path = decodeURIComponent(url.pathname.replace("/admin/v1", ""));
		const method = request.method();
		const body: unknown = request.postDataJSON();
		sent.push({ method, path, body, headers: request.headers() });
		if (request.headers()["authorization"] !== `Bearer ${FAKE_KEY}`)
			return answer(route, 401, refusal("unauthorized", "No key that the admin API knows."));
		const override = overrides[`${method} ${path}`];
		if (override !== undefined) {
			const { status = 200, body: reply } = override(body);
			return answer(route, status, reply);
		}
		const reply = replyTo(`${method} ${path}`, url.searchParams);
		return reply === undefined
			? answer(route, 404, refusal("not_found", `Nothing at ${path}.`))
			: answer(route, 200, reply, path.endsWith("/policy") ? { etag: `"${tenantState.revision}"` } : {});
	});
	return sent;
}

function replyTo(request: string, query: URLSearchParams): unknown {
	const now = Date.now();
	const below = `/tenants/${TENANT}`;
	switch (request) {
		case "GET /tenants":
			return { items: [{ tenant: TENANT, name: "Acme", createdAt: tenantState.createdAt }], next: null };
		case `GET ${below}`:
			return tenantState;
		case `GET ${below}/policy`:
			return policy;
		case `GET ${below}/usage`: {
			const [from, to] = [Date.parse(query.get("from") ?? ""), Date.parse(query.get("to") ?? "")];
			const by = query.get("by") === "hour" ? "hour" : "day";
			return { from, to, by, rows: usageRows(from, to, by) };
		}
		case `GET ${below}/requests`: {
			const all = query.get("cascade") === "chat" ? recentRequests(now, 80) : [];
			const first = Number(query.get("before") ?? "0");
			const limit = Number(query.get("limit") ?? "50");
			const next = first + limit < all.length ? String(first + limit) : null;
			return { items: all.slice(first, first + limit), next };
		}
		case `GET ${below}/cascades/chat/evidence`:
			return evidenceReport(now);
		default: {
			const requestId = new RegExp(`^GET ${below}/requests/(?<id>[^/]+)$`, "u").exec(request)?.groups?.["id"];
			return recentRequests(now, 80).find((item) => item.requestId === requestId);
		}
	}
}

/** A refusal in the admin API's form. */
export function refusal(code: string, message: string) {
	return { error: { message, type: "invalid_request_error", param: null, code } };
}

function answer(route: Route, status: number, body: unknown, headers: Record<string, string> = {}): Promise<void> {
	return route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body), headers });
}
