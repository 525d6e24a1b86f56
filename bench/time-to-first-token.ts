import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import OpenAI from "openai";
import type { CascadeFacts } from "../src/core/cascade-facts.ts";
import { DEMO_KEY } from "../src/local/demo-records.ts";
import { buildLocalWorkers, startLocalStack } from "../src/local/stack.ts";
import { seededPrompts, type SeededPrompt } from "./stream-prompts.ts";
import { spreadOf } from "./statistics.ts";
import { ratioTable, timingTable } from "./stream-report.ts";
import {
	type CALIBRATION,
	calibrationPolicy,
	measuredPolicy,
	VARIANTS,
	type StreamVariant,
	type Thresholds,
} from "./stream-variants.ts";
import { proseRequest, timeStream, type StreamTiming } from "./time-stream.ts";

// How long a reader waits for the first word of a stream: decided on its beginning, on the whole answer, or not at all.
// Models write at a speed that is set, so this measures when the cascade decides and not how fast a model is. A prompt
// goes through every variant in turn with the same seed, each prompt beginning with another variant.

const TOKENS_PER_SECOND = 40;
/** Prompts under way at once: the models sleep most of the time. */
const LANES = 3;

const { values } = parseArgs({ options: { prompts: { type: "string", default: "60" } } });
const wanted = Number(values.prompts);
const builtDirectory = await mkdtemp(join(tmpdir(), "edge-cascade-streams-"));
try {
	await buildLocalWorkers(builtDirectory);
	const { prompts, thresholds } = await calibrate();
	const loadBefore = loadavg()[0] ?? 0;
	const startedAt = performance.now();
	const timings = await measureAll(prompts, thresholds);
	print(
		`${prompts.length} prompts, ${((performance.now() - startedAt) / 1000).toFixed(0)} s; load average ${loadBefore.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after.\n`,
	);
	const results = VARIANTS.map((variant) => ({
		variant,
		threshold: variant.lastStageAlone === true ? null : thresholdOf(variant, thresholds),
		timings: timings.get(variant) ?? [],
	}));
	print(`${timingTable(results)}\n\n${ratioTable(results)}`);
} finally {
	await rm(builtDirectory, { recursive: true });
}

/**
 * Prompts, and the median of each reading over them, so that about half are accepted. They are those to which the small
 * model's answer ends by itself: one that is cut off is never accepted whole, and its beginning would be all the same.
 */
async function calibrate(): Promise<{ readonly prompts: SeededPrompt[]; readonly thresholds: Thresholds }> {
	const stack = await startLocalStack({ port: 0, originPort: 0, policy: calibrationPolicy(), builtDirectory });
	try {
		const client = clientOf(stack.url);
		const read = async (alias: string, prompt: SeededPrompt): Promise<number | null> => {
			const answer = await client.chat.completions.create(proseRequest(alias, prompt));
			return (answer as unknown as { cascade: CascadeFacts }).cascade.confidence;
		};
		const prompts: SeededPrompt[] = [];
		for (const prompt of seededPrompts()) {
			if (prompts.length === wanted) break;
			if ((await read("whole", prompt)) !== null) prompts.push(prompt);
		}
		const medianOf = async (alias: keyof typeof CALIBRATION): Promise<number> => {
			const readings: number[] = [];
			for (const prompt of prompts) readings.push((await read(alias, prompt)) ?? 0);
			return spreadOf(readings).median;
		};
		return {
			prompts,
			thresholds: { whole: await medianOf("whole"), tokens: await medianOf("tokens"), ms: await medianOf("ms") },
		};
	} finally {
		await stack.stop();
	}
}

async function measureAll(
	prompts: readonly SeededPrompt[],
	thresholds: Thresholds,
): Promise<Map<StreamVariant, StreamTiming[]>> {
	const stack = await startLocalStack({
		port: 0,
		originPort: 0,
		policy: measuredPolicy(thresholds),
		builtDirectory,
		tokensPerSecond: TOKENS_PER_SECOND,
		edgeTokensPerSecond: TOKENS_PER_SECOND,
	});
	try {
		const client = clientOf(stack.url);
		const timings = new Map(VARIANTS.map((variant) => [variant, [] as StreamTiming[]]));
		// The first request to each model reads its weights.
		for (const variant of VARIANTS) await timeStream(client, variant, { text: "Call me", seed: 0 });
		let next = 0;
		const lane = async (): Promise<void> => {
			for (let index = next++; index < prompts.length; index = next++) {
				for (const variant of rotated(VARIANTS, index)) {
					const list = timings.get(variant) ?? [];
					list[index] = await timeStream(client, variant, prompts[index] as SeededPrompt);
				}
			}
		};
		await Promise.all(Array.from({ length: LANES }, lane));
		return timings;
	} finally {
		await stack.stop();
	}
}

function thresholdOf({ alias }: StreamVariant, thresholds: Thresholds): number {
	return alias === "tokens" || alias === "ms" ? thresholds[alias] : thresholds.whole;
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
	const from = by % items.length;
	return [...items.slice(from), ...items.slice(0, from)];
}

function clientOf(url: string): OpenAI {
	return new OpenAI({ baseURL: `${url}/v1`, apiKey: DEMO_KEY, maxRetries: 0 });
}

function print(text: string): void {
	process.stdout.write(`${text}\n`);
}
