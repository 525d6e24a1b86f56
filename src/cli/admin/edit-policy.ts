import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { JsonObject } from "../../core/json.ts";
import { confirmInTerminal } from "./ask-in-terminal.ts";
import { describeChanges } from "./describe-changes.ts";
import { parseDocument, writtenDocument } from "./read-document.ts";
import type { ExitCode, Session } from "./session.ts";
import { printable } from "./show-values.ts";
import { currentPolicy, writePolicy } from "./write-policy.ts";

/** What is edited where there is no policy yet: the outline, which does not pass as it is. */
const FIRST_POLICY: JsonObject = { version: 1, cascades: {} };

/**
 * `cascade policy edit`: the current policy in the user's editor, until it is valid; then what changes, and the question
 * whether to save. It is written over the revision that was opened and no other. Whatever goes wrong, the edited file
 * stays.
 */
export async function editPolicy(
	session: Session,
	{ yes = false, reason }: { readonly yes?: boolean; readonly reason?: string },
): Promise<ExitCode> {
	const tenant = session.tenant();
	if (editorOf() === undefined && !(process.stdin.isTTY && process.stdout.isTTY))
		return session.complain(
			"There is no terminal to edit in: set $EDITOR to a command that changes the file it is given, or use `cascade policy set`.\n",
		);
	const current = await currentPolicy(session, tenant);
	if (!current.ok) return session.refuse(current.error);
	const seen = current.value?.revision ?? null;
	const file = join(mkdtempSync(join(tmpdir(), "cascade-policy-")), `${tenant}.json`);
	const before = writtenDocument(current.value?.document ?? FIRST_POLICY);
	writeFileSync(file, before, { mode: 0o600 });
	const kept = (text: string): 1 => session.complain(`${text}Your changes are in ${file}\n`);
	for (;;) {
		const editor = runEditor(file);
		if (editor !== 0) return kept(`The editor ended with ${editor}; nothing was saved. `);
		const text = readFileSync(file, "utf8");
		if (text === before) {
			removeDirectoryOf(file);
			session.note("Nothing changed.\n");
			return 0;
		}
		const checked = await checkDocument(session, tenant, text);
		if (checked.kind === "failed") return kept("");
		if (checked.kind === "valid") {
			process.stderr.write(checked.summary);
			if (!yes && !confirmInTerminal("Save it?")) return kept("Nothing was saved. ");
			const written = await writePolicy(session, {
				operation: "policy.put",
				tenant,
				document: checked.document,
				seen,
				reason,
			});
			if (written !== 0) return kept("");
			removeDirectoryOf(file);
			return 0;
		}
		session.complain(checked.problems);
		if (yes || !confirmInTerminal("Edit it again?")) return kept("Nothing was saved. ");
	}
}

type Checked =
	| { readonly kind: "valid"; readonly document: JsonObject; readonly summary: string }
	| { readonly kind: "invalid"; readonly problems: string }
	| { readonly kind: "failed" };

async function checkDocument(session: Session, tenant: string, text: string): Promise<Checked> {
	const document = parseDocument(text, "the edited policy");
	if (!document.ok) return { kind: "invalid", problems: document.error };
	const answer = await session.call("policy.validate", { parameters: { tenant }, body: document.value });
	if (!answer.ok) {
		session.refuse(answer.error);
		return { kind: "failed" };
	}
	const { valid, problems, warnings, changes } = answer.value.body;
	const warned = warnings.map(({ path, message }) => `${printable(`${path}: ${message} (warning)`)}\n`).join("");
	if (valid) return { kind: "valid", document: document.value, summary: describeChanges(changes) + warned };
	const lines = problems.map(({ path, message }) => `  ${printable(path)}: ${printable(message)}\n`);
	return { kind: "invalid", problems: `The policy is not valid:\n${lines.join("")}` };
}

/** What the user has set; a script may set a command that needs no terminal. */
function editorOf(): string | undefined {
	return [process.env["VISUAL"], process.env["EDITOR"]].find((each) => each !== undefined && each !== "");
}

/** The editor's exit code. By the shell, since `$EDITOR` may be a command with options, as for git. */
function runEditor(file: string): number {
	const { status } = spawnSync("sh", ["-c", `${editorOf() ?? "vi"} "$1"`, "sh", file], { stdio: "inherit" });
	return status ?? 1;
}

function removeDirectoryOf(file: string): void {
	rmSync(dirname(file), { recursive: true, force: true });
}
