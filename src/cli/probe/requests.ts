/** Everything a probe sends, so that a report can show it. Any instructed model can answer these in a few tokens. */

const MAIL = {
	role: "user",
	content: "Subject: Lower your mortgage payments today\n\nNo obligation. Click here to save thousands, guaranteed!",
};

const LABEL_MESSAGES = [{ role: "system", content: "You label e-mail. Answer with one word: spam or ham." }, MAIL];

const JSON_MESSAGES = [
	{ role: "system", content: 'You label e-mail. Answer in JSON: {"label": "spam"} or {"label": "ham"}.' },
	MAIL,
];

const PROSE_MESSAGES = [{ role: "user", content: "Write one sentence about the sea." }];

/** The labels that schemas and the tool allow. */
export const LABELS: readonly string[] = ["spam", "ham"];

export const TOOL_NAME = "label_mail";
const TOOLS = [
	{
		type: "function",
		function: {
			name: TOOL_NAME,
			description: "Files the label of a mail.",
			parameters: {
				type: "object",
				properties: { label: { type: "string", enum: LABELS } },
				required: ["label"],
				additionalProperties: false,
			},
		},
	},
];

/** No prompt names this property, so an answer with it followed the schema. */
export const SCHEMA_PROPERTY = "category";
const SCHEMA = {
	type: "object",
	properties: { [SCHEMA_PROPERTY]: { type: "string", enum: LABELS } },
	required: [SCHEMA_PROPERTY],
	additionalProperties: false,
};

/** Most tokens of an answer; the second for models that think before they answer. */
export const ANSWER_TOKENS = { usual: 32, thinking: 512 } as const;

/** The inputs of each request; `max_tokens` is added to all but `short`. `stop` is a letter of the plain answer. */
export const REQUESTS = {
	plain: { messages: LABEL_MESSAGES, temperature: 0 },
	withoutSystem: { messages: [MAIL], temperature: 0 },
	text: { text: MAIL.content },
	moderation: { input: MAIL.content },
	logprobs: { messages: LABEL_MESSAGES, temperature: 0, logprobs: true, top_logprobs: 20 },
	fewerLogprobs: { messages: LABEL_MESSAGES, temperature: 0, logprobs: true, top_logprobs: 5 },
	forcedTool: {
		messages: LABEL_MESSAGES,
		temperature: 0,
		tools: TOOLS,
		tool_choice: { type: "function", function: { name: TOOL_NAME } },
	},
	offeredTool: { messages: LABEL_MESSAGES, temperature: 0, tools: TOOLS },
	forbiddenTool: { messages: LABEL_MESSAGES, temperature: 0, tools: TOOLS, tool_choice: "none" },
	jsonObject: { messages: JSON_MESSAGES, temperature: 0, response_format: { type: "json_object" } },
	guardJson: { messages: [MAIL], temperature: 0, response_format: { type: "json_object" } },
	jsonSchema: {
		messages: LABEL_MESSAGES,
		temperature: 0,
		response_format: { type: "json_schema", json_schema: { name: "mail", strict: true, schema: SCHEMA } },
	},
	nativeJsonSchema: {
		messages: LABEL_MESSAGES,
		temperature: 0,
		response_format: { type: "json_schema", json_schema: SCHEMA },
	},
	stream: { messages: LABEL_MESSAGES, temperature: 0, stream: true, stream_options: { include_usage: true } },
	choices: { messages: LABEL_MESSAGES, temperature: 1, n: 2 },
	stop: { messages: LABEL_MESSAGES, temperature: 0 },
	seed: { messages: PROSE_MESSAGES, temperature: 1, seed: 7 },
	otherSeed: { messages: PROSE_MESSAGES, temperature: 1, seed: 8 },
	short: { messages: PROSE_MESSAGES, max_tokens: 2 },
	shortJson: { messages: JSON_MESSAGES, response_format: { type: "json_object" }, max_tokens: 2 },
} as const;
