/**
 * Fits logistic regression by stochastic gradient descent with AdaGrad steps and
 * L2 regularisation, rounds the weights to int8, then fits one temperature.
 */
import { type FeatureSetName, mailFeatures } from "../../src/local/models/feature-sets.ts";
import { type SparseVector, hashFeatures, hashText } from "../../src/local/models/hash-features.ts";
import { MAXIMUM_BODY_CHARACTERS } from "../../src/local/models/mail-prompt.ts";
import { encodeWeightFile } from "./encode-weight-file.ts";
import type { LabelledMail } from "./prepare-corpus.ts";

/** Everything that distinguishes one label model from another. */
export interface LabelModelRecipe {
	readonly name: string;
	readonly features: FeatureSetName;
	readonly bucketCount: number;
	readonly epochs: number;
	/** L2 penalty per example, on weights of unit-length feature vectors. */
	readonly penalty: number;
}

interface Example {
	readonly vector: SparseVector;
	/** 1 for spam, 0 for ham. */
	readonly target: number;
}

/** Share of the training mails kept back to fit the temperature on. */
const VALIDATION_SHARE = 0.2;
const LEARNING_RATE = 1;

/**
 * Fits a model and returns its weight file. The temperature comes from a model
 * fitted without the validation mails; the weights shipped are then fitted on all
 * mails, since a fifth of them is too much to give up. The same mails in the same
 * order give the same bytes.
 */
export function fitLabelModel(recipe: LabelModelRecipe, mails: readonly LabelledMail[]): Uint8Array {
	const examples = mails.map((mail) => exampleOf(recipe, mail));
	const validates = mails.map(isForValidation);
	const validation = examples.filter((_example, position) => validates[position]);
	const trial = roundWeights(
		descend(
			recipe,
			examples.filter((_example, position) => !validates[position]),
		),
	);
	const temperature = fitTemperature(
		validation.map((example) => score(trial, example.vector)),
		validation,
	);
	const { weights, scale, bias } = roundWeights(descend(recipe, examples));
	return encodeWeightFile(
		{
			kind: "label-model",
			name: recipe.name,
			features: recipe.features,
			// Six digits are more than int8 weights deserve, and keep the header free of rounding noise.
			scale: Number((scale / temperature).toPrecision(6)),
			bias: Number((bias / temperature).toPrecision(6)),
		},
		{ weights },
	);
}

interface RoundedWeights {
	readonly weights: Int8Array;
	readonly scale: number;
	readonly bias: number;
}

function roundWeights({ weights, bias }: { weights: Float64Array; bias: number }): RoundedWeights {
	const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-9);
	const scale = largest / 127;
	return { weights: Int8Array.from(weights, (weight) => Math.round(weight / scale)), scale, bias };
}

function isForValidation(mail: LabelledMail): boolean {
	return hashText(`validation ${mail.id}`) / 2 ** 32 < VALIDATION_SHARE;
}

function exampleOf(recipe: LabelModelRecipe, mail: LabelledMail): Example {
	// Cut as a prompt would be, so that the model is fitted on what it will be given.
	const shown = { subject: mail.subject, body: mail.body.slice(0, MAXIMUM_BODY_CHARACTERS) };
	return {
		vector: hashFeatures(mailFeatures(recipe.features, shown), recipe.bucketCount),
		target: mail.label === "spam" ? 1 : 0,
	};
}

function descend(recipe: LabelModelRecipe, examples: readonly Example[]): { weights: Float64Array; bias: number } {
	const weights = new Float64Array(recipe.bucketCount);
	const squares = new Float64Array(recipe.bucketCount).fill(1e-3);
	let bias = 0;
	let biasSquares = 1e-3;
	for (let epoch = 0; epoch < recipe.epochs; epoch += 1) {
		for (const { vector, target } of shuffled(examples, epoch)) {
			let sum = bias;
			for (const bucket of vector.buckets) sum += (weights[bucket] ?? 0) * vector.value;
			const error = sigmoid(sum) - target;
			biasSquares += error * error;
			bias -= (LEARNING_RATE * error) / Math.sqrt(biasSquares);
			for (const bucket of vector.buckets) {
				const weight = weights[bucket] ?? 0;
				const gradient = error * vector.value + recipe.penalty * weight;
				const square = (squares[bucket] ?? 0) + gradient * gradient;
				squares[bucket] = square;
				weights[bucket] = weight - (LEARNING_RATE * gradient) / Math.sqrt(square);
			}
		}
	}
	return { weights, bias };
}

/** Fisher-Yates with a multiplicative congruential generator: a fixed order for each epoch. */
function shuffled<Item>(items: readonly Item[], epoch: number): Item[] {
	const order = [...items];
	let state = epoch + 1;
	for (let last = order.length - 1; last > 0; last -= 1) {
		state = (state * 48_271) % 2_147_483_647;
		const other = state % (last + 1);
		const held = order[last] as Item;
		order[last] = order[other] as Item;
		order[other] = held;
	}
	return order;
}

function score({ weights, scale, bias }: RoundedWeights, vector: SparseVector): number {
	let sum = 0;
	for (const bucket of vector.buckets) sum += weights[bucket] ?? 0;
	return sum * vector.value * scale + bias;
}

/** The temperature of least mean log loss on a grid of ratios 2 percent apart, 0.3 to about 6. */
function fitTemperature(scores: readonly number[], examples: readonly Example[]): number {
	let best = { temperature: 1, loss: Number.POSITIVE_INFINITY };
	for (let temperature = 0.3; temperature < 6; temperature *= 1.02) {
		let loss = 0;
		for (const [position, value] of scores.entries()) {
			const signed = (examples[position]?.target === 1 ? value : -value) / temperature;
			loss += Math.max(0, -signed) + Math.log1p(Math.exp(-Math.abs(signed)));
		}
		if (loss < best.loss) best = { temperature, loss };
	}
	return best.temperature;
}

function sigmoid(x: number): number {
	return 1 / (1 + Math.exp(-x));
}
