import type { Context } from "hono";
import { HonoBase } from "hono/hono-base";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { errorReply } from "../openai/error-body.ts";
import type { AppPorts } from "./app-ports.ts";
import { chatCompletions } from "./chat-completions.ts";
import { classifications } from "./classifications.ts";
import { embeddings } from "./embeddings.ts";
import { feedback } from "./feedback.ts";
import { neverReplayed } from "./hold-key.ts";
import { listModels, showModel } from "./models.ts";
import { moderations } from "./moderations.ts";
import { tooManyWaiting } from "./read-tenant.ts";
import { commonHeaders, errorResponse, jsonReply } from "./reply.ts";
import { responses } from "./responses.ts";

interface AppEnvironment<Bindings> {
	readonly Bindings: Bindings & object;
	readonly Variables: { requestId: string };
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Every route of the Worker, in one list. `portsOf` is called once a request and should remember what it built. */
export function createApp<Bindings>(
	portsOf: (bindings: Bindings) => AppPorts,
	logFault: (fault: string, facts: Readonly<Record<string, string>>) => void,
) {
	const app = new HonoBase<AppEnvironment<Bindings>>({ router: new RegExpRouter() });
	const routes = [
		{ method: "POST", path: "/v1/chat/completions", handle: chatCompletions },
		{ method: "POST", path: "/v1/responses", handle: responses },
		{ method: "POST", path: "/v1/classifications", handle: classifications },
		{ method: "POST", path: "/v1/moderations", handle: moderations },
		{ method: "POST", path: "/v1/embeddings", handle: neverReplayed(embeddings) },
		{ method: "POST", path: "/v1/feedback", handle: feedback },
		{ method: "GET", path: "/v1/models", handle: listModels },
		{ method: "GET", path: "/v1/models/:id", handle: showModel },
	] as const;

	// No middleware, and one handler for each method and path: Hono then calls it at once, without composing a chain.
	const begin = (context: Context<AppEnvironment<Bindings>>): string => {
		const requestId = `req_${crypto.randomUUID()}`;
		context.set("requestId", requestId);
		return requestId;
	};
	app.get("/healthz", (context) => jsonReply(200, { status: "ok" }, commonHeaders(begin(context))));
	for (const { method, path, handle } of routes) {
		app.on(method, path, async (context) => {
			const requestId = begin(context);
			const ports = portsOf(context.env);
			const { admission } = ports;
			if (admission === undefined) return handle(context, ports, requestId);
			const { raw } = context.req;
			if (!admission.enter(raw, ports.clock.now())) return errorResponse(tooManyWaiting("requests"), requestId);
			try {
				return await handle(context, ports, requestId);
			} finally {
				admission.leave(raw);
			}
		});
		const otherMethods = METHODS.filter((other) => other !== method);
		app.on(otherMethods, path, (context) => {
			const reply = errorReply({ status: 405, code: "method_not_allowed", message: `Use ${method} on this path.` });
			return errorResponse({ ...reply, headers: { allow: method } }, begin(context));
		});
	}
	app.notFound((context) => {
		const message = `There is no ${context.req.method} ${shortened(context.req.path)} here; chat requests go to POST /v1/chat/completions.`;
		return errorResponse(errorReply({ status: 404, code: "unknown_url", message }), begin(context));
	});
	app.onError((error, context) => {
		// A throw is a bug: named in the log by its kind, with no text that could hold a prompt, and not shown.
		const requestId = context.get("requestId");
		const what = error.name === "ConfigurationError" ? error.message : firstFrame(error);
		logFault("unexpected-error", { requestId, error: error.name, what });
		return errorResponse(
			errorReply({
				status: 500,
				code: "internal_error",
				message: `Something went wrong on our side; quote ${requestId}.`,
			}),
			requestId,
		);
	});
	return app;
}

function shortened(path: string): string {
	return path.length > 100 ? `${path.slice(0, 100)}…` : path;
}

function firstFrame(error: Error): string {
	return (error.stack ?? "").split("\n")[1]?.trim() ?? "";
}
