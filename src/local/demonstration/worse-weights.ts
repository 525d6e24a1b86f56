import { parseWeightFile, WEIGHT_FILE_PREFIX_BYTES } from "../models/weight-file.ts";

/** Of a model's weights, whose sign is lost. */
const SHARE = 0.3;
const SEED = 3;

/**
 * A label model's weight file with the sign of three in ten of its weights turned round, always the same ones: what a
 * conversion of weights that confuses signed and unsigned bytes may leave of a model. It answers in the same form and as
 * confidently as before, and is wrong more often.
 *
 * @throws Error when the bytes are not a weight file with int8 weights.
 */
export function worseWeights(bytes: ArrayBuffer): ArrayBuffer {
	const weights = parseWeightFile(bytes).sections.get("weights");
	if (!(weights instanceof Int8Array)) throw new Error("weight file has no section of int8 weights");
	const worse = bytes.slice(0);
	const headerLength = new DataView(worse).getUint32(4, true);
	const sections = (parseWeightFile(bytes).header["sections"] ?? {}) as Record<string, { readonly offset: number }>;
	const start = WEIGHT_FILE_PREFIX_BYTES + headerLength + (sections["weights"]?.offset ?? 0);
	const turned = new Int8Array(worse, start, weights.length);
	let state = SEED;
	for (let position = 0; position < turned.length; position++) {
		// A linear congruential generator (Numerical Recipes); its high bits are good enough to pick weights by.
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		if (state / 2 ** 32 < SHARE) turned[position] = -(turned[position] as number);
	}
	return worse;
}
