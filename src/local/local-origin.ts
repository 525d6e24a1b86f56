/**
 * A stand-in for the large model's server on a laptop: a Worker that speaks the
 * OpenAI API and answers with the larger models of this folder.
 */
import { answerChat } from "./answer-chat.ts";
import { eventStream, pause } from "./event-stream.ts";
import { unsupportedByModel } from "./generate-answer.ts";
import { type LocalModel, createCatalogue } from "./models/catalogue.ts";
import { type LocalChatRequest, parseChatBody } from "./parse-chat-body.ts";
import { streamChat } from "./stream-chat.ts";
import { bundledWeights } from "./weights/index.ts";

/** Bindings of the local origin. */
export interface LocalOriginEnv {
	/** The key clients must send as `authorization: Bearer <key>`. */
	readonly LOCAL_ORIGIN_KEY?: string;
	/** Simulated speed; as fast as possible when absent. */
	readonly TOKENS_PER_SECOND?: string | number;
}

/** The models served, in the order they are listed. */
const SERVED_MODELS: readonly string[] = ["mail-large", "prose-large"];

/** Unix time reported for every model: the day the weights were made. */
const MODELS_CREATED = Date.UTC(2026, 10, 24) / 1_000;

/** Larger bodies are refused unread where the client declares their length. */
const MAXIMUM_BODY_BYTES = 4_000_000;

const find = createCatalogue(bundledWeights);

export default {
	/** Serves `/v1/chat/completions`, `/v1/models` and `/v1/models/{id}`. */
	async fetch(request: Request, env: LocalOriginEnv): Promise<Response> {
		const requestId = crypto.randomUUID();
		const response = isAuthorised(request, env) ? await route(request, env, requestId) : invalidKey();
		response.headers.set("x-request-id", requestId);
		return response;
	},
};

function isAuthorised(request: Request, env: LocalOriginEnv): boolean {
	// Without a configured key nobody is let in: an open server must be a choice, not an oversight.
	const key = env.LOCAL_ORIGIN_KEY ?? "";
	return key !== "" && request.headers.get("authorization") === `Bearer ${key}`;
}

async function route(request: Request, env: LocalOriginEnv, requestId: string): Promise<Response> {
	const { pathname } = new URL(request.url);
	if (pathname === "/v1/chat/completions") {
		return request.method === "POST" ? completeChat(request, env, requestId) : methodNotAllowed("POST");
	}
	if (pathname !== "/v1/models" && !pathname.startsWith("/v1/models/")) {
		return errorResponse(404, `Unknown request URL: ${request.method} ${pathname}`, null, "unknown_url");
	}
	if (request.method !== "GET") return methodNotAllowed("GET");
	if (pathname === "/v1/models") return Response.json({ object: "list", data: SERVED_MODELS.map(describeModel) });
	const name = pathname.slice("/v1/models/".length);
	return SERVED_MODELS.includes(name) ? Response.json(describeModel(name)) : modelNotFound(name);
}

async function completeChat(request: Request, env: LocalOriginEnv, requestId: string): Promise<Response> {
	if (Number(request.headers.get("content-length") ?? 0) > MAXIMUM_BODY_BYTES) {
		return errorResponse(413, `The body may have at most ${MAXIMUM_BODY_BYTES} bytes`, null, "request_too_large");
	}
	const body = await readJson(request);
	if (!body.ok) return errorResponse(400, "The body is not valid JSON", null, null);
	const parsed = parseChatBody(body.value);
	if (!parsed.ok) return errorResponse(400, parsed.problem.message, parsed.problem.param, null);
	const chat = parsed.request;
	const model = SERVED_MODELS.includes(chat.model) ? find(chat.model) : undefined;
	if (model === undefined) return modelNotFound(chat.model);
	const unsupported = unsupportedByModel(model, chat);
	if (unsupported !== undefined) return errorResponse(400, unsupported.message, unsupported.param, null);
	return answer(model, chat, requestId, tokensPerSecond(env), request.signal);
}

async function answer(
	model: LocalModel,
	chat: LocalChatRequest,
	requestId: string,
	speed: number | undefined,
	signal: AbortSignal,
): Promise<Response> {
	const identity = { id: `chatcmpl-${requestId}`, created: Math.floor(Date.now() / 1_000), model: chat.model };
	if (chat.isStream) {
		return new Response(eventStream(streamChat(model, chat, Math.random, identity), speed, signal), {
			headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
		});
	}
	const completion = answerChat(model, chat, Math.random, identity);
	if (speed !== undefined) await pause((1_000 * completion.usage.completion_tokens) / speed, signal);
	return Response.json(completion);
}

async function readJson(request: Request): Promise<{ ok: true; value: unknown } | { ok: false }> {
	try {
		return { ok: true, value: await request.json() };
	} catch {
		return { ok: false };
	}
}

/** The configured speed; undefined when absent or not a positive number. */
function tokensPerSecond(env: LocalOriginEnv): number | undefined {
	const speed = Number(env.TOKENS_PER_SECOND ?? "");
	return Number.isFinite(speed) && speed > 0 ? speed : undefined;
}

function describeModel(id: string): { id: string; object: "model"; created: number; owned_by: string } {
	return { id, object: "model", created: MODELS_CREATED, owned_by: "edge-cascade" };
}

function invalidKey(): Response {
	return errorResponse(401, "Incorrect API key provided", null, "invalid_api_key");
}

function modelNotFound(name: string): Response {
	return errorResponse(404, `The model \`${name}\` does not exist`, "model", "model_not_found");
}

function methodNotAllowed(allowed: string): Response {
	const response = errorResponse(405, `Use ${allowed}`, null, "method_not_allowed");
	response.headers.set("allow", allowed);
	return response;
}

/** An error in OpenAI's shape. */
function errorResponse(status: number, message: string, param: string | null, code: string | null): Response {
	return Response.json({ error: { message, type: "invalid_request_error", param, code } }, { status });
}
