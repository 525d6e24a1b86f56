import { describe, expect, it } from "vitest";
import { embedOnWorkersAi } from "../../src/adapters/embeddings-on-workers-ai.ts";
import type { EmbeddingEncoding } from "../../src/openai/embeddings/parse-embeddings-request.ts";

/** Embeds so many texts with vectors so long; `replies` take the place of the first answers. */
async function embed(
	count: number,
	{
		dimensions = 2,
		encoding = "float",
		replies = [],
	}: {
		readonly dimensions?: number;
		readonly encoding?: EmbeddingEncoding;
		readonly replies?: readonly (Response | undefined)[];
	} = {},
) {
	const vector = Array.from({ length: dimensions }, () => 1);
	const sizes: number[] = [];
	const run = async (_model: string, inputs: Readonly<Record<string, unknown>>) => {
		const { length } = inputs["text"] as string[];
		sizes.push(length);
		return replies[sizes.length - 1] ?? Response.json({ data: Array.from({ length }, () => vector) });
	};
	const texts = Array.from({ length: count }, () => "t");
	const result = await embedOnWorkersAi(
		{ run },
		{
			policy: {
				adapter: "workers-ai",
				model: "@cf/embed",
				price: { inputUsdPerMillion: 1, outputUsdPerMillion: 0 },
				timeoutMs: 1_000,
			},
			request: { model: "e", texts, count, encoding, body: { model: "e", input: texts } },
			requestId: "req_1",
			signal: new AbortController().signal,
		},
	);
	return { result, sizes };
}

const busy = () => new Response('{"internalCode":3040}', { status: 429 });

describe("a list of several calls", () => {
	it("whose first call fails was refused, and nothing is paid for", async () => {
		const { result } = await embed(150, { replies: [busy()] });
		expect(result).toEqual({ ok: false, error: { kind: "overloaded", retryAfterSeconds: null } });
	});

	it("whose later call fails says so for that call's reason, and that texts were embedded before", async () => {
		const { result, sizes } = await embed(250, { replies: [undefined, busy()] });
		expect(result).toEqual({
			ok: false,
			error: { kind: "overloaded", retryAfterSeconds: null, partlyAnswered: true },
		});
		expect(sizes).toEqual([100, 100]);
	});
});

describe("vectors that are more than is held", () => {
	it.each([
		// 32 MiB ÷ (20 bytes × 1,024 numbers) = 1,638.4
		["float", 1_024, 1_638],
		// 32 MiB ÷ (14 bytes × 1,280 numbers) = 1,872.4
		["base64", 1_280, 1_872],
	] as const)("are refused after the first call: %s, %i numbers, %i texts", async (encoding, dimensions, most) => {
		const { result, sizes } = await embed(most + 1, { dimensions, encoding });
		expect(sizes).toEqual([100]);
		expect(result).toMatchObject({
			ok: false,
			error: {
				kind: "bad-request",
				param: "input",
				message: expect.stringContaining(`at most ${most} texts`),
				partlyAnswered: true,
			},
		});
	});

	it("are served up to that", async () => {
		const { result, sizes } = await embed(409, { dimensions: 4_096 });
		expect(result).toMatchObject({ ok: true });
		expect(sizes).toEqual([100, 100, 100, 100, 9]);
	});

	it("are as few as one call takes, however long they are", async () => {
		expect((await embed(100, { dimensions: 20_000 })).result).toMatchObject({ ok: true });
	});
});
