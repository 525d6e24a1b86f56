import { seededRandom } from "../../../src/tuning/seeded-random.ts";

/** A small model that is wrong the less the surer it is; the large one is nearly always right. */
export function exampleTrace(rows: number, seed: number, models = ["@cf/openai/gpt-oss-20b", "large"]): string {
	const random = seededRandom(seed);
	const lines = Array.from({ length: rows }, (_, row) => {
		const confidence = random();
		const small = { correct: random() < 0.4 * (1 - confidence) ** 1.5 ? 0 : 1, confidence, costUsd: 0.000_01 };
		const large = { correct: random() < 0.02 ? 0 : 1, confidence: null, costUsd: 0.000_1 };
		return JSON.stringify({ id: `q${row}`, user: row % 900, stages: [small, large] });
	});
	return `${[JSON.stringify({ models, labeller: "judge 3" }), ...lines].join("\n")}\n`;
}
