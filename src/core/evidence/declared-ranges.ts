import type { ChatRequest } from "../completion.ts";

/** The parameters of requests that a guarantee is meant for; an absent one is not looked at. */
export interface DeclaredRanges {
	readonly temperature?: { readonly most: number } | undefined;
	readonly maxOutputTokens?: { readonly most: number } | undefined;
}

/** What OpenAI's API samples at where a request does not say; origins that speak it do the same. */
const DEFAULT_TEMPERATURE = 1;

/**
 * The first parameter of a request that is outside the declared ranges, named as in the policy; null where none is. Such
 * a request goes past the small models, with the reason `outside-declared-ranges`, and is no part of the evidence: a
 * certificate that was earned at temperature 0 says nothing about answers at 2. A temperature that the client left to the
 * API counts as the API's default, 1. `maxOutputTokens` is what the request is asked with: the client's, or the policy's
 * where it set none.
 */
export function outsideDeclaredRanges(
	ranges: DeclaredRanges | undefined,
	request: ChatRequest,
	maxOutputTokens: number,
): keyof DeclaredRanges | null {
	const { temperature, maxOutputTokens: tokens } = ranges ?? {};
	const asked = request.body["temperature"] ?? DEFAULT_TEMPERATURE;
	// Not `asked > most`: what is no number is not in a range.
	if (temperature !== undefined && !(typeof asked === "number" && asked <= temperature.most)) return "temperature";
	return tokens !== undefined && !(maxOutputTokens <= tokens.most) ? "maxOutputTokens" : null;
}
