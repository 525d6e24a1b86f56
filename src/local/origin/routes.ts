/** The routes of the local origin: OpenAI's API under `/v1`, and Cloudflare's REST API for the edge models. */
import { tokensPerSecond } from "../event-stream.ts";
import type { FindLocalModel } from "../models/catalogue.ts";
import { findServedModel } from "../models/served-models.ts";
import { completeChat } from "./chat-completions.ts";
import { createEmbeddings } from "./embeddings.ts";
import { createModeration } from "./moderations.ts";
import { errorResponse, modelNotFound, readJson } from "./replies.ts";
import { REST_PREFIX, answerRestRun, restError } from "./rest-run.ts";

/** Bindings of the local origin. */
export interface LocalOriginEnv {
	/** The key clients must send as `authorization: Bearer <key>`. */
	readonly LOCAL_ORIGIN_KEY?: string;
	/** Simulated speed of the origin's models; as fast as possible when absent. */
	readonly TOKENS_PER_SECOND?: string | number;
	/** The same of the edge models. */
	readonly EDGE_TOKENS_PER_SECOND?: string | number;
}

/** The models served under `/v1`, in the order they are listed. */
const SERVED_MODELS: readonly string[] = ["mail-large", "prose-large", "mail-moderation", "hash-embedding"];

/** Unix time reported for every model: the day the weights were made. */
const MODELS_CREATED = Date.UTC(2026, 10, 24) / 1_000;

/**
 * Serves `/v1/chat/completions`, `/v1/embeddings`, `/v1/moderations`, `/v1/models`, `/v1/models/{id}` and
 * `/client/v4/accounts/local/ai/run/{model}`.
 */
export async function serveLocalOrigin(find: FindLocalModel, request: Request, env: LocalOriginEnv): Promise<Response> {
	const requestId = crypto.randomUUID();
	const response = await route(find, request, env, requestId);
	response.headers.set("x-request-id", requestId);
	return response;
}

function isAuthorised(request: Request, env: LocalOriginEnv): boolean {
	// Without a configured key nobody is let in: an open server must be a choice, not an oversight.
	const key = env.LOCAL_ORIGIN_KEY ?? "";
	return key !== "" && request.headers.get("authorization") === `Bearer ${key}`;
}

async function route(
	find: FindLocalModel,
	request: Request,
	env: LocalOriginEnv,
	requestId: string,
): Promise<Response> {
	const { pathname } = new URL(request.url);
	if (pathname.startsWith(REST_PREFIX)) {
		if (!isAuthorised(request, env)) return restError(401, 10_000, "Authentication error");
		return answerRestRun(find, request, requestId, tokensPerSecond(env.EDGE_TOKENS_PER_SECOND));
	}
	if (!isAuthorised(request, env)) return errorResponse(401, "Incorrect API key provided", null, "invalid_api_key");
	// Edge models are in the same catalogue, and not served under `/v1`.
	const findServed = (name: string) => (SERVED_MODELS.includes(name) ? findServedModel(find, name) : undefined);
	switch (pathname) {
		case "/v1/chat/completions":
			return withBody(request, (body) =>
				completeChat(findServed, body, requestId, tokensPerSecond(env.TOKENS_PER_SECOND), request.signal),
			);
		case "/v1/embeddings":
			return withBody(request, (body) => createEmbeddings(findServed, body));
		case "/v1/moderations":
			return withBody(request, (body) => createModeration(findServed, body, requestId));
		default:
			return describeModels(request, pathname);
	}
}

async function withBody(request: Request, answer: (body: unknown) => Response | Promise<Response>): Promise<Response> {
	if (request.method !== "POST") return methodNotAllowed("POST");
	const body = await readJson(request);
	return body.ok ? answer(body.value) : body.response;
}

function describeModels(request: Request, pathname: string): Response {
	if (pathname !== "/v1/models" && !pathname.startsWith("/v1/models/")) {
		return errorResponse(404, `Unknown request URL: ${request.method} ${pathname}`, null, "unknown_url");
	}
	if (request.method !== "GET") return methodNotAllowed("GET");
	if (pathname === "/v1/models") return Response.json({ object: "list", data: SERVED_MODELS.map(describeModel) });
	const name = pathname.slice("/v1/models/".length);
	return SERVED_MODELS.includes(name) ? Response.json(describeModel(name)) : modelNotFound(name);
}

function describeModel(id: string): { id: string; object: "model"; created: number; owned_by: string } {
	return { id, object: "model", created: MODELS_CREATED, owned_by: "edge-cascade" };
}

function methodNotAllowed(allowed: string): Response {
	const response = errorResponse(405, `Use ${allowed}`, null, "method_not_allowed");
	response.headers.set("allow", allowed);
	return response;
}
