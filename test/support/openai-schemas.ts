import { existsSync, readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

/** JSON schemas cut from openai/openai-openapi; kept beside the repository, so they may be absent. */
const DIRECTORY = new URL("../../../shared/openai-schemas/", import.meta.url);

/** Whether the schemas are at hand. */
export const HAS_OPENAI_SCHEMAS: boolean = existsSync(DIRECTORY);

type SchemaName =
	| "moderations.request"
	| "moderations.response"
	| "embeddings.request"
	| "embeddings.response"
	| "chat.request"
	| "chat.response"
	| "chat.chunk"
	| "error.response"
	| "models.list"
	| "models.model"
	| "responses.response"
	| "responses.stream_event";

/** Each is compiled once: those of Responses are large. */
const validators = new Map<SchemaName, ValidateFunction>();

/** What is wrong with a value by OpenAI's own schema; empty where nothing is. */
export function schemaProblems(name: SchemaName, value: unknown): readonly string[] {
	const validate = validators.get(name) ?? compile(name);
	validators.set(name, validate);
	return validate(value)
		? []
		: (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}

function compile(name: SchemaName): ValidateFunction {
	const schema = JSON.parse(readFileSync(new URL(`${name}.schema.json`, DIRECTORY), "utf8")) as object;
	const ajv = new Ajv2020({ strict: false, allErrors: true });
	ajv.addFormat("unixtime", { type: "number", validate: Number.isInteger });
	// Addresses and times are nothing that we write.
	for (const format of ["uri", "date-time"]) ajv.addFormat(format, true);
	return ajv.compile(schema);
}
