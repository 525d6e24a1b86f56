import type { Route } from "../cascade/run-cascade.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Cascade, TenantPolicy } from "../core/tenant-policy.ts";
import { errorReply, type ErrorReply } from "../openai/error-body.ts";
import { modelNotFound } from "./read-tenant.ts";

/** Name of the header by which a client insists on the first or the last stage, where the policy lets it. */
const ROUTE_HEADER = "x-cascade-route";

/** Reads that header; absent, the cascade decides. */
function readRoute(header: string | null, cascade: Cascade): Result<Route, ErrorReply> {
	if (header === null || header === "auto") return ok("auto");
	if (header !== "edge" && header !== "origin") {
		const message = `'${ROUTE_HEADER}' must be auto, edge or origin.`;
		return err(errorReply({ status: 400, code: "invalid_route", param: ROUTE_HEADER, message }));
	}
	if (!cascade.allowRouteHeader) {
		const message = `This cascade's policy does not allow '${ROUTE_HEADER}'.`;
		return err(errorReply({ status: 403, code: "route_not_allowed", param: ROUTE_HEADER, message }));
	}
	return ok(header);
}

/** A cascade, and which of its stages may answer. */
interface RoutedCascade {
	readonly cascade: Cascade;
	readonly route: Route;
}

/** The cascade that a request names, by the route that its header asks for. */
export function readCascade(
	raw: Request,
	{ cascades }: TenantPolicy,
	alias: string,
): Result<RoutedCascade, ErrorReply> {
	const cascade = Object.hasOwn(cascades, alias) ? cascades[alias] : undefined;
	if (cascade === undefined) return err(modelNotFound(alias));
	const route = readRoute(raw.headers.get(ROUTE_HEADER), cascade);
	return route.ok ? ok({ cascade, route: route.value }) : route;
}
