/**
 * Fits every local model and writes its weights to `src/local/weights/`, with a
 * README of sources and figures. Same packages, same bytes: nothing is random.
 *
 * Run from the repository: `npm run train`.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { WEIGHT_FILE_NAMES, createCatalogue } from "../../src/local/models/catalogue.ts";
import { readWeightsFromDisk } from "../../src/local/models/load-from-disk.ts";
import { type LabelModelRecipe, fitLabelModel } from "./fit-label-model.ts";
import { type LanguageModelRecipe, fitLanguageModel } from "./fit-language-model.ts";
import { trainingMails } from "./prepare-corpus.ts";
import { readProse } from "./prepare-prose.ts";
import { writeReport } from "./write-report.ts";

const LABEL_MODELS: Readonly<Record<string, LabelModelRecipe>> = {
	// The small model's many buckets but few epochs leave it honest: further epochs memorise subjects.
	"mail-small.bin": { name: "mail-small", features: "subject-words", bucketCount: 8_192, epochs: 6, penalty: 1e-4 },
	"mail-medium.bin": {
		name: "mail-medium",
		features: "subject-and-opening",
		bucketCount: 2_048,
		epochs: 12,
		penalty: 1e-4,
	},
	"mail-checker.bin": {
		name: "mail-checker",
		features: "body-characters",
		bucketCount: 1_024,
		epochs: 12,
		penalty: 1e-4,
	},
	"mail-large.bin": {
		name: "mail-large",
		features: "subject-and-body",
		bucketCount: 131_072,
		epochs: 12,
		penalty: 1e-6,
	},
};

const LANGUAGE_MODELS: Readonly<Record<string, LanguageModelRecipe>> = {
	"prose-small.bin": { name: "prose-small", order: 2, vocabularySize: 2_000, leastPairCount: 2, leastTripleCount: 1 },
	"prose-large.bin": { name: "prose-large", order: 3, vocabularySize: 8_000, leastPairCount: 1, leastTripleCount: 2 },
};

const weightsFolder = new URL("../../src/local/weights/", import.meta.url);
await mkdir(weightsFolder, { recursive: true });

const mails = trainingMails();
for (const [fileName, recipe] of Object.entries(LABEL_MODELS)) {
	await writeFile(new URL(fileName, weightsFolder), fitLabelModel(recipe, mails));
}
const prose = readProse();
for (const [fileName, recipe] of Object.entries(LANGUAGE_MODELS)) {
	await writeFile(new URL(fileName, weightsFolder), fitLanguageModel(recipe, prose.training));
}

// Measured from the files just written, so the figures are those of the shipped weights.
const weights = await readWeightsFromDisk();
const sizes = Object.entries(WEIGHT_FILE_NAMES).map(([name, fileName]) => ({
	fileName,
	bytes: weights[name as keyof typeof WEIGHT_FILE_NAMES].byteLength,
}));
const report = writeReport(createCatalogue(weights), sizes, prose.heldOut);
await writeFile(new URL("README.md", weightsFolder), report);
process.stdout.write(report);
