/**
 * Cloudflare's REST API for Workers AI, `POST /client/v4/accounts/{account}/ai/run/{model}`, over the edge models: what
 * asks real models by that API can be tried on a laptop.
 */
import { eventStream, pause } from "../event-stream.ts";
import type { FindLocalModel } from "../models/catalogue.ts";
import { runLocalModel } from "../run-local-model.ts";

/** The path of every model; the account is always `local`. */
const RUN_PATH = "/client/v4/accounts/local/ai/run/";

/** Everything under here is answered in the API's envelope, errors included. */
export const REST_PREFIX = "/client/v4/";

/** Runs the model that the path names. */
export async function answerRestRun(
	find: FindLocalModel,
	request: Request,
	requestId: string,
	speed: number | undefined,
): Promise<Response> {
	const { pathname } = new URL(request.url);
	const name = pathname.startsWith(RUN_PATH) ? decodedName(pathname.slice(RUN_PATH.length)) : "";
	if (name === "") return restError(404, 7000, "No route for that URI");
	if (request.method !== "POST") return restError(405, 7001, `Method ${request.method} not available for that URI.`);
	let inputs: unknown;
	try {
		inputs = await request.json();
	} catch {
		return restError(400, 5004, "The body is not valid JSON");
	}
	const identity = { id: `chatcmpl-${requestId}`, created: Math.floor(Date.now() / 1_000) };
	const result = runLocalModel(find, name, inputs, Math.random, identity);
	switch (result.kind) {
		case "answer":
			if (speed !== undefined) await pause((1_000 * result.completionTokens) / speed, request.signal);
			return Response.json({ result: result.answer, success: true, errors: [], messages: [] });
		case "stream":
			return new Response(eventStream(result.events, speed, request.signal), {
				headers: { "content-type": "text/event-stream" },
			});
		case "problem":
			return restError(result.problem.status, result.problem.internalCode, result.problem.description);
	}
}

/** An error in the API's envelope. */
export function restError(status: number, code: number, message: string): Response {
	return Response.json({ result: null, success: false, errors: [{ code, message }], messages: [] }, { status });
}

/** Clients may write `@` as it is or encoded; a broken encoding names nothing. */
function decodedName(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		return "";
	}
}
