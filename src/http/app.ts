import { errorReply, type ErrorReply } from "../openai/error-body.ts";
import type { AppPorts } from "./app-ports.ts";
import { chatCompletions } from "./chat-completions.ts";
import { classifications } from "./classifications.ts";
import { embeddings } from "./embeddings.ts";
import { feedback } from "./feedback.ts";
import { createRouteFinder, pathOf, type FoundRoute } from "./find-route.ts";
import { neverReplayed } from "./hold-key.ts";
import { listModels, showModel } from "./models.ts";
import { moderations } from "./moderations.ts";
import { tooManyWaiting } from "./read-tenant.ts";
import { commonHeaders, errorResponse, jsonReply } from "./reply.ts";
import { responses } from "./responses.ts";
import type { Context } from "./route-context.ts";

type Handler = (context: Context, ports: AppPorts, requestId: string) => Promise<Response>;

/** Every route that a handler answers, in one list. */
export const ROUTES: readonly { readonly method: "GET" | "POST"; readonly path: string; readonly handle: Handler }[] = [
	{ method: "POST", path: "/v1/chat/completions", handle: chatCompletions },
	{ method: "POST", path: "/v1/responses", handle: responses },
	{ method: "POST", path: "/v1/classifications", handle: classifications },
	{ method: "POST", path: "/v1/moderations", handle: moderations },
	{ method: "POST", path: "/v1/embeddings", handle: neverReplayed(embeddings) },
	{ method: "POST", path: "/v1/feedback", handle: feedback },
	{ method: "GET", path: "/v1/models", handle: listModels },
	{ method: "GET", path: "/v1/models/:id", handle: showModel },
];

/** Where anyone is told that the Worker is well. */
export const HEALTH_PATH = "/healthz";

const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** What answers requests for inference. `portsOf` is called once a request and should remember what it built. */
export function createApp<Bindings>(
	portsOf: (bindings: Bindings) => AppPorts,
	logFault: (fault: string, facts: Readonly<Record<string, string>>) => void,
) {
	const find = createRouteFinder(ROUTES);
	const answer = (raw: Request, method: string, bindings: Bindings): Response | Promise<Response> => {
		const requestId = `req_${crypto.randomUUID()}`;
		const path = pathOf(raw.url);
		const found = find(path);
		if (found !== undefined && found.route.method === method) return handled(found, raw, bindings, requestId);
		if (found !== undefined && METHODS.has(method)) return errorResponse(otherMethod(found.route.method), requestId);
		if (path === HEALTH_PATH && method === "GET") return jsonReply(200, { status: "ok" }, commonHeaders(requestId));
		const message = `There is no ${raw.method} ${shortened(path)} here; chat requests go to POST /v1/chat/completions.`;
		return errorResponse(errorReply({ status: 404, code: "unknown_url", message }), requestId);
	};
	const handled = async (
		{ route, name, value }: FoundRoute<(typeof ROUTES)[number]>,
		raw: Request,
		bindings: Bindings,
		requestId: string,
	): Promise<Response> => {
		const context: Context = { req: { raw, param: (asked) => (asked === name ? value : undefined) } };
		try {
			const ports = portsOf(bindings);
			const { admission } = ports;
			if (admission === undefined) return await route.handle(context, ports, requestId);
			if (!admission.enter(raw, ports.clock.now())) return errorResponse(tooManyWaiting("requests"), requestId);
			try {
				return await route.handle(context, ports, requestId);
			} finally {
				admission.leave(raw);
			}
		} catch (error) {
			return errorResponse(unexpected(error, requestId, logFault), requestId);
		}
	};
	return {
		/** As the runtime calls it. */
		fetch(request: Request, bindings: Bindings, _context?: unknown): Response | Promise<Response> {
			return request.method === "HEAD"
				? withoutBody(answer(request, "GET", bindings))
				: answer(request, request.method, bindings);
		},
	};
}

async function withoutBody(answered: Response | Promise<Response>): Promise<Response> {
	return new Response(null, await answered);
}

function otherMethod(method: string): ErrorReply {
	const reply = errorReply({ status: 405, code: "method_not_allowed", message: `Use ${method} on this path.` });
	return { ...reply, headers: { ...reply.headers, allow: method } };
}

/** A throw is a bug: named in the log by its kind, with no text that could hold a prompt, and not shown. */
function unexpected(
	thrown: unknown,
	requestId: string,
	logFault: (fault: string, facts: Readonly<Record<string, string>>) => void,
): ErrorReply {
	const error = thrown instanceof Error ? thrown : new Error("what was thrown is no error");
	const what = error.name === "ConfigurationError" ? error.message : firstFrame(error);
	logFault("unexpected-error", { requestId, error: error.name, what });
	const message = `Something went wrong on our side; quote ${requestId}.`;
	return errorReply({ status: 500, code: "internal_error", message });
}

function shortened(path: string): string {
	return path.length > 100 ? `${path.slice(0, 100)}…` : path;
}

function firstFrame(error: Error): string {
	return (error.stack ?? "").split("\n")[1]?.trim() ?? "";
}
