/** Where in the dashboard one is: `#/acme/chat/requests/req_1?outcome=failed`. */
export interface Route {
	readonly tenant: string | null;
	readonly cascade: string | null;
	readonly view: string | null;
	/** What follows the view, for the view to read. */
	readonly rest: readonly string[];
	/** What a view keeps of its filters, so that an address shows the same again. */
	readonly query: Readonly<Record<string, string>>;
}

/** Reads an address's fragment; what is missing or malformed is null or empty. */
export function parseRoute(hash: string): Route {
	const [path = "", query = ""] = hash.replace(/^#/u, "").split("?", 2);
	const [tenant, cascade, view, ...rest] = path.split("/").filter(Boolean).map(decoded);
	return {
		tenant: tenant ?? null,
		cascade: cascade ?? null,
		view: view ?? null,
		rest,
		query: Object.fromEntries(new URLSearchParams(query)),
	};
}

/** The fragment of a route, `#` included; empty values of the query are left out. */
export function routeHash(
	tenant: string,
	cascade: string,
	view: string,
	rest: readonly string[] = [],
	query: Readonly<Record<string, string>> = {},
): string {
	const path = [tenant, cascade, view, ...rest].map(encodeURIComponent).join("/");
	const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString();
	return `#/${path}${given === "" ? "" : `?${given}`}`;
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}
