import type { EmbeddingsRequest } from "./parse-embeddings-request.ts";

/** Fields that are served, or that change nothing about the vectors. */
const SERVED: ReadonlySet<string> = new Set(["model", "input", "encoding_format", "user"]);

/**
 * The first thing in this request that an embeddings model on Workers AI cannot serve, named as the client named it;
 * null where it can. It takes text alone, and its vectors have the length they have.
 */
export function unsupportedByWorkersAi({ texts, body }: EmbeddingsRequest): string | null {
	if (texts === undefined) return "input";
	return Object.entries(body).find(([field, value]) => value != null && !SERVED.has(field))?.[0] ?? null;
}
