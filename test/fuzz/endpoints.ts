import * as v from "valibot";
import { classificationBody } from "../../src/openai/classifications/parse-classification-request.ts";
import { feedbackBody } from "../../src/openai/feedback/parse-feedback-request.ts";
import { moderationBody } from "../../src/openai/moderations/parse-moderation-request.ts";
import { chatBody } from "../../src/openai/parse-chat-request.ts";
import type { RandomSource } from "./random-source.ts";
import type { KnownValues } from "./valid-value.ts";

/** An endpoint that takes a body, and what bodies are made from. */
export interface FuzzedEndpoint {
	readonly method: string;
	readonly path: string;
	readonly schema: v.GenericSchema;
	/** What the schema leaves open. */
	readonly known: KnownValues;
	readonly headers?: Readonly<Record<string, string>>;
}

/** The cascades and embeddings of both tenants; each has all of them, with stages of its own. */
const CASCADES = ["shared", "samples", "edge-only", "moderate", "parallel"] as const;
const VECTORS = ["vectors", "edge-vectors"] as const;

const aCascade = (random: RandomSource) => random.pick(CASCADES);
const texts = (random: RandomSource) =>
	random.pick<unknown>(["Is this spam?", ["Buy now!"], ["Buy now!", "See you on Thursday", "été 👋"]]);

const TOOL = {
	type: "function",
	function: {
		name: "label_mail",
		description: "Labels a mail.",
		parameters: { type: "object", properties: { label: { enum: ["spam", "ham"] } }, required: ["label"] },
	},
};
const { function: CALLED } = TOOL;
const RESPONSES_TOOL = { type: "function", ...CALLED, strict: false };

/** Schemas of a client's own that take a validator long, or round in circles; each is checked against an answer. */
const HOSTILE_SCHEMAS: readonly unknown[] = [
	{ type: "object", properties: { text: { type: "string" } } },
	{ $ref: "#" },
	{ allOf: [{ $ref: "#" }, { $ref: "#" }] },
	{ properties: { text: { pattern: "^(a+)+$" } } },
	{ properties: { text: { pattern: "[" } } },
	{ properties: { text: { format: "url" } } },
	{ patternProperties: { "(": {} } },
	{ $id: "a", $defs: { a: { $id: "b", $ref: "#/$defs/a" } }, $ref: "#/$defs/a" },
	{ $ref: "https://evil.example/schema.json" },
	{ enum: [] },
	{ type: "nonsense" },
	{ required: "text" },
	{ properties: [] },
	JSON.parse('{"properties": {"__proto__": {"type": "number"}}, "required": ["__proto__"]}'),
	{ minLength: -1, maxLength: 1e308, multipleOf: 0 },
];

const chatFormat = (random: RandomSource) =>
	random.pick<unknown>([
		{ type: "text" },
		{ type: "json_object" },
		{ type: "json_schema", json_schema: { name: "answer", schema: random.pick(HOSTILE_SCHEMAS) } },
	]);

/** `CreateResponse` as `parseResponsesRequest` has it, which checks field by field without a schema. */
const responsesBody = v.looseObject({
	model: v.string(),
	input: v.unknown(),
	stream: v.optional(v.boolean()),
	temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(2))),
	top_p: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
	max_output_tokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(500))),
	top_logprobs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20))),
	tools: v.optional(v.unknown()),
	instructions: v.nullish(v.string()),
	text: v.optional(v.unknown()),
	reasoning: v.optional(v.strictObject({ effort: v.picklist(["low", "high"]), summary: v.literal("auto") })),
	include: v.optional(v.array(v.picklist(["message.output_text.logprobs", "reasoning.encrypted_content"]))),
	parallel_tool_calls: v.optional(v.boolean()),
	max_tool_calls: v.optional(v.pipe(v.number(), v.integer())),
	metadata: v.optional(v.record(v.string(), v.string())),
	user: v.optional(v.string()),
	safety_identifier: v.optional(v.string()),
	prompt_cache_key: v.optional(v.string()),
	prompt_cache_retention: v.optional(v.string()),
	service_tier: v.optional(v.string()),
	store: v.optional(v.literal(false)),
	background: v.optional(v.literal(false)),
	truncation: v.optional(v.literal("disabled")),
	stream_options: v.optional(v.strictObject({ include_obfuscation: v.boolean() })),
	prompt_cache_options: v.optional(v.strictObject({ mode: v.string(), ttl: v.string() })),
});

const CALL_AND_OUTPUT = [
	{ role: "user", content: "Label this." },
	{ type: "function_call", call_id: "call_1", name: "label_mail", arguments: '{"label":"spam"}' },
	{ type: "function_call_output", call_id: "call_1", output: "done" },
	{ type: "reasoning", summary: [{ type: "summary_text", text: "Hm." }] },
	{ role: "user", content: [{ type: "input_text", text: "And now?" }] },
];

const PICTURE = { type: "input_image", image_url: "data:image/png;base64,AAAA", detail: "low" };

const embeddingsBody = v.looseObject({
	model: v.string(),
	input: v.unknown(),
	encoding_format: v.nullish(v.picklist(["float", "base64"])),
	dimensions: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1))),
	user: v.nullish(v.string()),
});

/** Every endpoint under `/v1` that takes a body. */
export const INFERENCE_ENDPOINTS: readonly FuzzedEndpoint[] = [
	{
		method: "POST",
		path: "/v1/chat/completions",
		schema: v.looseObject({
			...chatBody.entries,
			tool_choice: v.optional(v.unknown()),
			metadata: v.optional(v.unknown()),
		}),
		known: {
			model: aCascade,
			messages: (random) =>
				random.pick<unknown>([
					[{ role: "user", content: "Is this spam?" }],
					[
						{ role: "system", content: "Be brief." },
						{ role: "user", content: [{ type: "text", text: "Is this spam?" }] },
					],
					[
						{ role: "user", content: "Label this." },
						{
							role: "assistant",
							content: null,
							tool_calls: [{ id: "call_1", type: "function", function: { name: "label_mail", arguments: "{}" } }],
						},
						{ role: "tool", tool_call_id: "call_1", content: "done" },
					],
				]),
			stream_options: () => null,
			response_format: chatFormat,
			tools: () => [TOOL],
			tool_choice: (random) => random.pick<unknown>(["auto", "none"]),
			functions: () => null,
			top_logprobs: () => null,
			max_tokens: (random) => random.whole(1, 500),
			max_completion_tokens: (random) => random.whole(1, 500),
			metadata: () => ({ topic: "mail" }),
		},
	},
	{
		method: "POST",
		path: "/v1/responses",
		schema: responsesBody,
		known: {
			model: aCascade,
			input: (random) =>
				random.pick<unknown>([
					"Is this spam?",
					[{ role: "user", content: "Is this spam?" }],
					CALL_AND_OUTPUT,
					[{ role: "user", content: [{ type: "input_text", text: "What is this?" }, PICTURE] }],
				]),
			tools: () => [RESPONSES_TOOL],
			text: (random) =>
				random.pick<unknown>([
					{ verbosity: "low" },
					{ format: { type: "json_object" } },
					{ format: { type: "json_schema", name: "answer", schema: random.pick(HOSTILE_SCHEMAS.filter(isObject)) } },
				]),
		},
	},
	{
		method: "POST",
		path: "/v1/classifications",
		schema: classificationBody,
		known: {
			model: (random) => random.pick(["shared", "samples", "edge-only"]),
			input: texts,
			labels: (random) =>
				random.pick<unknown>([
					["spam", "ham"],
					[{ label: "spam", description: "Unwanted." }, "ham"],
				]),
		},
	},
	{
		method: "POST",
		path: "/v1/moderations",
		schema: moderationBody,
		known: {
			model: () => "moderate",
			input: (random) =>
				random.chance(0.7)
					? texts(random)
					: [
							{ type: "text", text: "Look" },
							{ type: "image_url", image_url: { url: "https://pictures.example/1.png" } },
						],
		},
	},
	{
		method: "POST",
		path: "/v1/embeddings",
		schema: embeddingsBody,
		known: {
			model: (random) => random.pick(VECTORS),
			input: (random) =>
				random.chance(0.8)
					? texts(random)
					: random.pick<unknown>([
							[1, 2, 3],
							[[1], [2, 3]],
						]),
		},
	},
	{
		method: "POST",
		path: "/v1/feedback",
		schema: feedbackBody,
		known: {},
	},
];

function isObject(value: unknown): boolean {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
