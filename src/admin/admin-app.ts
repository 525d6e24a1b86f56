import { HonoBase } from "hono/hono-base";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { isJsonObject } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { PolicyProblem } from "../core/tenant-policy.ts";
import type { AdminPorts } from "./admin-ports.ts";
import { etagOf, problemsRefusal, refuse, toResponse, unknownTenant, type AdminRefusal } from "./admin-reply.ts";
import { authorise, holdsKey } from "./authorise.ts";
import { ADMIN_PATH } from "./control-paths.ts";
import type { AdminSuccess, AnyGuardedRoute, AnyRoute } from "./define-route.ts";
import { NONCE_MARK, type ReadDocument } from "./document-files.ts";
import { readPrecondition } from "./preconditions.ts";
import { readAdminBody } from "./read-admin-body.ts";
import { readQuery, readValue } from "./read-fields.ts";
import { ADMIN_ROUTES } from "./routes.ts";
import { PARAMETERS, tenantName } from "./schemas/parameters.ts";
import * as v from "valibot";
import { newRequestId } from "../web/request-id.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * The admin API, made of the list of routes. `portsOf` is called once a request and should remember what it built; its
 * error says what is not configured, and is logged and not shown. `documentsOf` reads what anyone may see. `routes` takes the
 * place of the list in tests.
 */
export function createAdminApp<Bindings>(
	portsOf: (bindings: Bindings) => Result<AdminPorts, string>,
	documentsOf: (bindings: Bindings) => ReadDocument,
	logFault: (fault: string, facts: Readonly<Record<string, string>>) => void,
	routes: readonly AnyRoute[] = ADMIN_ROUTES,
) {
	const app = new HonoBase<{ Bindings: Bindings & object; Variables: { requestId: string } }>({
		router: new RegExpRouter(),
	}).basePath(ADMIN_PATH);
	const paths = Map.groupBy(routes, ({ path }) => path);

	app.use(async (context, next) => {
		context.set("requestId", newRequestId());
		await next();
	});
	for (const [path, ofPath] of paths) {
		const pattern = path.replaceAll(/\{(\w+)\}/gu, ":$1");
		for (const route of ofPath) {
			app.on(route.method, pattern, async (context) => {
				const requestId = context.get("requestId");
				if (route.roles === "anyone") {
					const reply = await openReply(route, documentsOf(context.env));
					if (reply === null) {
						logFault("admin-documents-missing", { requestId, what: route.file });
						const message =
							"This description was not deployed with the Worker; `npm run deploy` builds and uploads it.";
						return toResponse(refuse({ status: 503, code: "documents_missing", message }), requestId);
					}
					return toResponse(reply, requestId);
				}
				const ports = portsOf(context.env);
				if (!ports.ok) {
					logFault("admin-not-configured", { requestId, what: ports.error });
					const message = "The admin API is not configured here; the control Worker's log says what is missing.";
					return toResponse(refuse({ status: 503, code: "admin_not_configured", message }), requestId);
				}
				const reply = await answer(route, context.req.raw, context.req.param(), ports.value);
				return toResponse(reply.ok ? successReply(route, reply.value) : reply.error, requestId);
			});
		}
		const allowed = ofPath.map(({ method }) => method);
		const others = METHODS.filter((method) => !allowed.some((each) => each === method));
		app.on(others, pattern, (context) => {
			const allow = allowed.join(", ");
			const message = `Use ${allow} on this path.`;
			return toResponse(
				refuse({ status: 405, code: "method_not_allowed", message, headers: { allow } }),
				context.get("requestId"),
			);
		});
	}
	app.all("*", (context) => {
		const message = `There is no such path here; ${ADMIN_PATH}/docs lists them.`;
		return toResponse(refuse({ status: 404, code: "unknown_url", message }), context.get("requestId"));
	});
	app.onError((error, context) => {
		const requestId = context.get("requestId");
		if (isPassing(error)) {
			logFault("ledger-unavailable", { requestId, error: error.name });
			const message = "The ledger cannot be reached at the moment.";
			return toResponse(refuse({ status: 503, code: "ledger_unavailable", message, retryAfterSeconds: 2 }), requestId);
		}
		// A throw is a bug: named in the log by its kind and place, with no text that could hold a secret, and not shown.
		logFault("unexpected-error", { requestId, error: error.name, what: firstFrame(error) });
		const message = `Something went wrong on our side; quote ${requestId}.`;
		return toResponse(refuse({ status: 500, code: "internal_error", message }), requestId);
	});
	return app;
}

/** Reads a request in the order in which it may be refused: who, what, whether still, and only then the body. */
async function answer(
	route: AnyGuardedRoute,
	request: Request,
	inPath: Readonly<Record<string, string>>,
	ports: AdminPorts,
): Promise<Result<AdminSuccess<unknown>, AdminRefusal>> {
	const query = new URL(request.url).searchParams;
	if (holdsKey(query)) {
		const message = "The address holds a key, and addresses are logged: revoke it, and send keys in 'Authorization'.";
		return err(refuse({ status: 400, code: "key_in_query", message }));
	}
	const { operationId, method, roles } = route;
	const tenant = inPath["tenant"];
	const ledger = tenant === undefined ? "none" : v.is(tenantName, tenant) ? ports.ledgerOf(tenant) : null;
	const requester = await authorise(request, { operationId, method, roles, ledger }, ports);
	if (!requester.ok) return requester;
	if (ledger === null) return err(unknownTenant());

	const problems: PolicyProblem[] = [];
	const parameters: Record<string, unknown> = {};
	for (const [name, text] of Object.entries(inPath)) {
		const value = readValue(PARAMETERS[name as keyof typeof PARAMETERS], text, name);
		if (value.ok) parameters[name] = value.value;
		else problems.push(...value.error);
	}
	const asked = readQuery(route.query, query);
	if (!asked.ok) problems.push(...asked.error);
	if (!asked.ok || problems.length > 0) return err(problemsRefusal(400, "invalid_request", problems));

	const expected =
		route.precondition === undefined ? ok(undefined) : readPrecondition(request.headers, route.precondition);
	if (!expected.ok) return expected;
	const body = await readBody(route, request);
	if (!body.ok) return body;

	const call = {
		ports,
		requester: requester.value,
		parameters,
		query: asked.value,
		body: body.value,
		expected: expected.value,
		header: (name: string) => request.headers.get(name),
		ledger: ledger === "none" ? undefined : ledger,
	};
	// The types of the call are the route's own; `guarded` has checked that its handler takes them.
	return route.handle(call as never);
}

async function readBody(route: AnyGuardedRoute, request: Request): Promise<Result<unknown, AdminRefusal>> {
	if (route.body === undefined) return ok(undefined);
	const json = await readAdminBody(request, route.contentTypes ?? ["application/json"]);
	if (!json.ok) return json;
	// The schema library takes a list for an object whose names are numbers.
	const body = isJsonObject(json.value)
		? readValue(route.body, json.value, "body")
		: err([{ path: "body", message: "must be a JSON object" }]);
	return body.ok ? body : err(problemsRefusal(422, "invalid_request", body.error));
}

function successReply({ reply }: AnyGuardedRoute, { status, body, revision }: AdminSuccess<unknown>) {
	const headers = revision === undefined ? {} : { etag: etagOf(revision) };
	return { status: status ?? reply.statuses?.[0] ?? 200, body, headers };
}

/** Null where the file has not been deployed. */
async function openReply({ file, headers, reply }: Extract<AnyRoute, { roles: "anyone" }>, read: ReadDocument) {
	const text = await read(file);
	if (text === null) return null;
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	const nonce = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
	const body = text.replaceAll(NONCE_MARK, nonce);
	return { status: 200, body, headers: { "content-type": reply.contentType, ...headers(nonce) } };
}

/** What the runtime marks as worth another try: an object that moves, is overloaded, or was lost on the way. */
function isPassing(error: Error): boolean {
	const marks = error as { readonly retryable?: unknown; readonly overloaded?: unknown };
	return marks.retryable === true || marks.overloaded === true;
}

function firstFrame(error: Error): string {
	return (error.stack ?? "").split("\n")[1]?.trim() ?? "";
}
