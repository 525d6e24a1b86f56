import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { err, ok, type Result } from "../../core/result.ts";
import type { JsonObject } from "../../core/json.ts";
import { TENANT_NAME } from "../create-key.ts";
import type { AdminFailure } from "./admin-client.ts";
import { allItems } from "./all-pages.ts";
import { ORIGIN_NAME } from "./desired-state.ts";
import { originBody } from "./origin-body.ts";
import { writtenDocument } from "./read-document.ts";
import { adminCommand, withSession, type ExitCode, type Session } from "./session.ts";
import { printable } from "./show-values.ts";
import { currentPolicy } from "./write-policy.ts";

/** A file of the export, by its path in the directory. */
interface ExportedFile {
	readonly path: string;
	readonly document: JsonObject;
}

/** `cascade export`. */
export function registerExportCommand(program: Command): void {
	adminCommand(program, "export", "write the current policies and origins as the files that apply reads")
		.argument("<directory>", "gets tenants/<tenant>.json and origins/<name>.json; with --tenant, that tenant alone")
		.option("--overwrite", "write over files that say something else")
		.action(
			withSession<{ overwrite?: boolean }>((session, { overwrite = false }, [directory = ""]) =>
				exportTo(session, directory, overwrite),
			),
		);
}

async function exportTo(session: Session, directory: string, overwrite: boolean): Promise<ExitCode> {
	const files = await collect(session);
	if (!files.ok) return session.refuse(files.error);
	const texts = files.value.map(({ path, document }) => ({
		path: join(directory, path),
		text: writtenDocument(document),
	}));
	const inTheWay = texts.filter(({ path, text }) => ![null, text].includes(contentOf(path)));
	if (inTheWay.length > 0 && !overwrite)
		return session.complain(
			`Nothing was written: these say something else, and --overwrite writes over them.\n${inTheWay.map(({ path }) => `  ${path}\n`).join("")}`,
		);
	try {
		for (const part of ["tenants", "origins"]) mkdirSync(join(directory, part), { recursive: true });
		for (const { path, text } of texts) writeFileSync(path, text);
	} catch (error) {
		return session.complain(`${directory}: cannot be written${error instanceof Error ? `: ${error.message}` : ""}\n`);
	}
	const written = texts.map(({ path }) => path);
	process.stdout.write(
		session.json
			? `${JSON.stringify({ files: written })}\n`
			: `${written.length} ${written.length === 1 ? "file" : "files"} in ${directory}.\n`,
	);
	return 0;
}

async function collect(session: Session): Promise<Result<readonly ExportedFile[], AdminFailure>> {
	const only = session.tenantIfNamed();
	const files: ExportedFile[] = [];
	const tenants = only === undefined ? await allItems(session, "tenants.list") : ok([{ tenant: only }]);
	if (!tenants.ok) return tenants;
	for (const { tenant } of tenants.value) {
		// These names become paths here, so what the Worker promises of them is checked.
		if (!TENANT_NAME.test(tenant)) return err(strangeAnswer(session));
		const policy = await currentPolicy(session, tenant);
		if (!policy.ok) return policy;
		if (policy.value === null) session.note(`${printable(tenant)} has no policy yet, and so no file.\n`);
		else files.push({ path: join("tenants", `${tenant}.json`), document: policy.value.document });
	}
	if (only !== undefined) {
		session.note(`Only ${printable(only)}, since it is named; origins are left out.\n`);
		return ok(files);
	}
	const origins = await allItems(session, "origins.list");
	if (!origins.ok) return origins;
	for (const { name, ...origin } of origins.value) {
		if (!ORIGIN_NAME.test(name)) return err(strangeAnswer(session));
		const { secret, ...others } = originBody(origin);
		const document = { ...others, ...(secret === null ? {} : { secret }) };
		files.push({ path: join("origins", `${name}.json`), document });
	}
	return ok(files);
}

function strangeAnswer(session: Session): AdminFailure {
	return { kind: "not-the-api", url: session.connection.url, status: 200, location: null };
}

function contentOf(path: string): string | null {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
}
