/** Reads the committed weight files in Node, for tools and tests. */
import { readFile } from "node:fs/promises";
import {
	type FindLocalModel,
	type LocalModelName,
	type LocalWeights,
	WEIGHT_FILE_NAMES,
	createCatalogue,
} from "./catalogue.ts";

/**
 * The catalogue over `src/local/weights/`.
 *
 * @throws Error when a weight file cannot be read.
 */
export async function loadCatalogueFromDisk(): Promise<FindLocalModel> {
	return createCatalogue(await readWeightsFromDisk());
}

/** The bytes of every committed weight file, by model name. */
export async function readWeightsFromDisk(): Promise<LocalWeights> {
	const entries = await Promise.all(
		Object.entries(WEIGHT_FILE_NAMES).map(async ([name, fileName]): Promise<[string, ArrayBuffer]> => {
			const bytes = await readFile(new URL(`../weights/${fileName}`, import.meta.url));
			// A copy of its own, because Node may hand out a view into a shared pool.
			return [name, new Uint8Array(bytes).buffer];
		}),
	);
	return Object.fromEntries(entries) as Record<LocalModelName, ArrayBuffer>;
}
