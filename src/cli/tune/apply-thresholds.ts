import { Command } from "commander";
import type { PolicyDocument } from "../../admin/client-types.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { confirmInTerminal } from "../admin/ask-in-terminal.ts";
import { describeChanges } from "../admin/describe-changes.ts";
import { explainFailure } from "../admin/explain-failure.ts";
import { Session } from "../admin/session.ts";
import { printable } from "../admin/show-values.ts";
import { currentPolicy } from "../admin/write-policy.ts";

/** Where thresholds go, and which they are. */
export interface Application {
	/** `TENANT/CASCADE`. */
	readonly to: string;
	/** In the order asked; the last one has no threshold. */
	readonly models: readonly string[];
	readonly thresholds: readonly number[];
	/** The policy's stages that these models are, in their order, where they have other names there. */
	readonly stages: readonly string[] | undefined;
	readonly reason: string;
	/** Write without asking. */
	readonly yes: boolean;
}

/** What was written. */
export interface Applied {
	readonly tenant: string;
	readonly cascade: string;
	readonly revision: number;
	readonly changed: boolean;
}

/** A session of the admin API whose output is words on standard error, whatever the command around it prints. */
export function quietSession(connection: { readonly url?: string; readonly key?: string }): Session {
	const command = new Command("tune").exitOverride();
	for (const [name, value] of Object.entries(connection)) command.setOptionValue(name, value);
	return new Session(command);
}

/** Reads `TENANT/CASCADE`. */
export function readTarget(text: string): Result<{ readonly tenant: string; readonly cascade: string }, string> {
	const parts = /^([^/]+)\/([^/]+)$/u.exec(text);
	return parts === null
		? err(`--apply: '${text}' is not TENANT/CASCADE, such as acme/chat`)
		: ok({ tenant: parts[1] ?? "", cascade: parts[2] ?? "" });
}

/**
 * Writes the thresholds into a tenant's policy, over the revision that it read: shows what changes on standard error,
 * asks, and writes. Fails, and writes nothing, where the policy's cascade is another than the one that was tuned.
 */
export async function applyThresholds(session: Session, application: Application): Promise<Result<Applied, string>> {
	const target = readTarget(application.to);
	if (!target.ok) return target;
	const { tenant, cascade } = target.value;
	const current = await currentPolicy(session, tenant);
	if (!current.ok) return err(explainFailure(current.error).trimEnd());
	if (current.value === null)
		return err(`${printable(tenant)} has no policy yet: \`cascade policy set\` writes the first`);
	const document = withThresholds(current.value.document, cascade, application);
	if (!document.ok) return document;
	const parameters = { tenant };
	const checked = await session.call("policy.validate", { parameters, body: document.value });
	if (!checked.ok) return err(explainFailure(checked.error).trimEnd());
	const { valid, problems, changes } = checked.value.body;
	if (!valid)
		return err(
			problems.map(({ path, message }) => printable(`the policy would not be valid: ${path}: ${message}`)).join("\n"),
		);
	const { revision: seen } = current.value;
	if (changes.length === 0) return ok({ tenant, cascade, revision: seen, changed: false });
	process.stderr.write(`${printable(application.to)}, revision ${seen}:\n${describeChanges(changes)}`);
	if (!application.yes && !confirmInTerminal("Write it?")) return err("nothing was written");
	const written = await session.call("policy.put", {
		parameters,
		query: { reason: application.reason },
		body: document.value,
		seen,
	});
	if (written.ok) {
		const { revision, changed } = written.value.body;
		return ok({ tenant, cascade, revision, changed });
	}
	const isConflict = written.error.kind === "refused" && written.error.status === 412;
	return err(
		isConflict
			? `nothing was written: the policy was changed since revision ${seen}; look at \`cascade policy history --tenant ${tenant}\` and run this again`
			: explainFailure(written.error).trimEnd(),
	);
}

/** The policy with the thresholds in it; the policy's stages must be the tuned ones, all of them and in their order. */
export function withThresholds(
	document: JsonObject,
	cascade: string,
	{ models, thresholds, stages: names }: Pick<Application, "models" | "thresholds" | "stages">,
): Result<PolicyDocument, string> {
	const { cascades } = document;
	const found = isJsonObject(cascades) ? cascades[cascade] : undefined;
	if (!isJsonObject(cascades) || !isJsonObject(found) || !Array.isArray(found["stages"]))
		return err(
			`the policy has no cascade '${printable(cascade)}'; it has ${isJsonObject(cascades) ? Object.keys(cascades).map(printable).join(", ") : "none"}`,
		);
	const stages: readonly JsonObject[] = found["stages"].filter(isJsonObject);
	const expected = names ?? models;
	const isSame =
		stages.length === expected.length &&
		stages.every(({ name, model }, index) => name === expected[index] || model === expected[index]);
	if (!isSame) return err(otherStages(stages, expected, names !== undefined));
	const changed = stages.map((stage, index) =>
		index < thresholds.length ? { ...stage, threshold: thresholds[index] } : stage,
	);
	// Only thresholds changed, in a document that the API gave; it checks the whole before it is written.
	const whole = { ...document, cascades: { ...cascades, [cascade]: { ...found, stages: changed } } };
	return ok(whole as unknown as PolicyDocument);
}

function otherStages(stages: readonly JsonObject[], expected: readonly string[], isNamed: boolean): string {
	const has = stages.map(({ name, model }) => printable(`${String(name)} (${String(model)})`)).join(" → ");
	const hint = isNamed ? "" : "; if these are the same models by other names, say which: --stages NAME,NAME";
	return `the policy's cascade is ${has}, and what was tuned is ${expected.map(printable).join(" → ")}; what holds for one says nothing of the other${hint}`;
}
