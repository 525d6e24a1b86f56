import type { JsonObject } from "../../src/core/json.ts";

interface Schema {
	readonly $ref?: string;
	readonly type?: string | readonly string[];
	readonly enum?: readonly unknown[];
	readonly const?: unknown;
	readonly anyOf?: readonly Schema[];
	readonly oneOf?: readonly Schema[];
	readonly items?: Schema;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
	readonly description?: string;
}
interface Content {
	readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
interface Parameter {
	readonly name: string;
	readonly in: string;
	readonly required?: boolean;
	readonly description?: string;
	readonly schema: Schema;
}
interface Operation {
	readonly operationId: string;
	readonly summary: string;
	readonly description?: string;
	readonly tags?: readonly string[];
	readonly "x-roles"?: readonly string[];
	readonly parameters?: readonly Parameter[];
	readonly requestBody?: Content;
	readonly responses: Readonly<Record<string, Content & { readonly $ref?: string; readonly description?: string }>>;
}
interface Description {
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: {
		readonly responses: Readonly<Record<string, { readonly description: string }>>;
		readonly schemas: Readonly<Record<string, Schema>>;
	};
}

/** The page on the admin API's routes, made of its OpenAPI document (`openApiDocument`); Markdown, the same for the same document. */
export function adminReference(document: JsonObject): string {
	const { paths, components } = document as unknown as Description;
	const operations = Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
	);
	const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? "description"))];
	const sections = tags.map((tag) => {
		const ofTag = operations.filter(({ operation }) => (operation.tags?.[0] ?? "description") === tag);
		return `## ${tag}\n\n${ofTag.map(section).join("\n")}`;
	});
	const schemas = Object.entries(components.schemas).map(
		([name, schema]) => `| \`${name}\` | ${cell(fieldsOf(schema))} |`,
	);
	const refusals = Object.entries(components.responses).map(
		([name, { description }]) => `| ${name.replace("Refusal", "")} | ${cell(description)} |`,
	);
	return [
		INTRODUCTION,
		...sections,
		`## Schemas\n\n| name | is |\n| --- | --- |\n${schemas.join("\n")}\n`,
		`## Refusals\n\nAll are \`Error\`.\n\n| status | means |\n| --- | --- |\n${refusals.join("\n")}\n`,
	].join("\n");
}

const INTRODUCTION = `# Admin API reference

Written by \`npm run docs:reference\` from the OpenAPI document that the Worker itself serves at \`/admin/v1/openapi.json\`; a test keeps it so. Schemas in full, with
bounds, are there, and \`/admin/v1/docs\` is a page to try them. [admin-api.md](admin-api.md) explains what is done and why. Paths are below \`/admin/v1\`. A name ending in \`?\` may be left out.
`;

function section({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
	const roles = operation["x-roles"];
	const bodies = Object.values(operation.requestBody?.content ?? {});
	const lines = [
		`### ${operation.operationId}`,
		"",
		`\`${method} ${path}\`: ${operation.summary}.${operation.description === undefined ? "" : ` ${inline(operation.description)}`}`,
		"",
		`Who: ${roles === undefined ? "anyone" : roles.join(", ")}.`,
		"",
	];
	const parameters = operation.parameters ?? [];
	if (parameters.length > 0)
		lines.push(
			"| parameter | in | is |",
			"| --- | --- | --- |",
			...parameters.map(
				({ name, in: place, required, description, schema }) =>
					`| \`${name}${required === true ? "" : "?"}\` | ${place} | ${[cell(typeOf(schema)), cell(description ?? schema.description ?? "")].filter((text) => text !== "").join(": ")} |`,
			),
			"",
		);
	for (const { schema } of bodies.slice(0, 1)) lines.push(`Body: ${fieldsOf(schema)}`, "");
	lines.push(`Replies: ${replies(operation)}.`, "");
	return lines.join("\n");
}

function replies(operation: Operation): string {
	return Object.entries(operation.responses)
		.map(([status, { $ref, description, content }]) => {
			if ($ref !== undefined) return status;
			const [reply] = Object.values(content ?? {});
			const body = reply === undefined ? "" : typeOf(reply.schema);
			const about = description === undefined ? "" : `(${inline(description).replace(/\.$/u, "")})`;
			return [`**${status}**`, body, about].filter((text) => text !== "").join(" ");
		})
		.join(", ");
}

function fieldsOf(schema: Schema): string {
	if (schema.properties === undefined) return typeOf(schema);
	const required = new Set(schema.required ?? []);
	const fields = Object.entries(schema.properties).map(
		([name, value]) => `${name}${required.has(name) ? "" : "?"}: ${plainType(value)}`,
	);
	return `\`{${fields.join(", ")}}\``;
}

/** A schema in a few words, as code. */
function typeOf(schema: Schema): string {
	const words = plainType(schema);
	return words === "" ? "" : `\`${words}\``;
}

function plainType(schema: Schema): string {
	if (schema.$ref !== undefined) return schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
	if (schema.const !== undefined) return JSON.stringify(schema.const);
	if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
	const choices = schema.anyOf ?? schema.oneOf;
	if (choices !== undefined) return [...new Set(choices.map(plainType))].join(" or ");
	if (schema.type === "array") return schema.items === undefined ? "list" : `list of ${plainType(schema.items)}`;
	if (schema.type === "object" && schema.properties !== undefined) {
		const required = new Set(schema.required ?? []);
		return `{${Object.keys(schema.properties)
			.map((name) => `${name}${required.has(name) ? "" : "?"}`)
			.join(", ")}}`;
	}
	return typeof schema.type === "string" ? schema.type : (schema.type ?? []).join(" or ");
}

/** In a table's cell. */
function cell(text: string): string {
	return inline(text).replaceAll("|", "\\|");
}

/** On one line. */
function inline(text: string): string {
	return text.replaceAll(/\s+/gu, " ").trim();
}
