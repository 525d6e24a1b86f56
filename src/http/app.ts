import type { Context } from "hono";
import { HonoBase } from "hono/hono-base";
import { errorReply, type ErrorReply } from "../openai/error-body.ts";
import { newRequestId } from "../web/request-id.ts";
import type { AppPorts } from "./app-ports.ts";
import { chatCompletions } from "./chat-completions.ts";
import { classifications } from "./classifications.ts";
import { embeddings } from "./embeddings.ts";
import { ExactRouter } from "./exact-router.ts";
import { feedback } from "./feedback.ts";
import { neverReplayed } from "./hold-key.ts";
import { listModels, showModel } from "./models.ts";
import { moderations } from "./moderations.ts";
import { tooManyWaiting } from "./read-tenant.ts";
import { commonHeaders, errorResponse, jsonReply } from "./reply.ts";
import { responses } from "./responses.ts";

interface Environment<Bindings> {
	readonly Bindings: Bindings & object;
}

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

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** What answers requests for inference. `portsOf` is called once a request and should remember what it built. */
export function createApp<Bindings>(
	portsOf: (bindings: Bindings) => AppPorts,
	logFault: (fault: string, facts: Readonly<Record<string, string>>) => void,
) {
	const app = new HonoBase<Environment<Bindings>>({ router: new ExactRouter() });
	// No middleware, and one handler for each method and path: Hono then calls it at once, without composing a chain.
	app.get(HEALTH_PATH, () => jsonReply(200, { status: "ok" }, commonHeaders(newRequestId())));
	for (const { method, path, handle } of ROUTES) {
		const answer = async (context: Context<Environment<Bindings>>) => {
			const requestId = newRequestId();
			try {
				return await admitted(context, portsOf(context.env), requestId, handle);
			} catch (error) {
				return errorResponse(unexpected(error, requestId, logFault), requestId);
			}
		};
		app.on(method, path, answer);
		const otherMethods = METHODS.filter((other) => other !== method);
		app.on(otherMethods, path, () => errorResponse(otherMethod(method), newRequestId()));
	}
	app.notFound((context) => {
		const message = `There is no ${context.req.method} ${shortened(context.req.path)} here; chat requests go to POST /v1/chat/completions.`;
		return errorResponse(errorReply({ status: 404, code: "unknown_url", message }), newRequestId());
	});
	return app;
}

async function admitted(context: Context, ports: AppPorts, requestId: string, handle: Handler): Promise<Response> {
	const { admission } = ports;
	if (admission === undefined) return handle(context, ports, requestId);
	const { raw } = context.req;
	if (!admission.enter(raw, ports.clock.now())) return errorResponse(tooManyWaiting("requests"), requestId);
	try {
		return await handle(context, ports, requestId);
	} finally {
		admission.leave(raw);
	}
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
