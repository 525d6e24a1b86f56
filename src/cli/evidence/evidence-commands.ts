import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { AdminReply } from "../../admin/client-types.ts";
import { confirmInTerminal } from "../admin/ask-in-terminal.ts";
import { withSession, type ExitCode, type Session } from "../admin/session.ts";
import { printable, showCount } from "../admin/show-values.ts";
import { registerAnchorCommands } from "./anchor-commands.ts";
import { registerCertificateCommand } from "./certificate-command.ts";
import { describeEvidence, showThreshold } from "./describe-evidence.ts";
import { evidenceCommand, readAddress, type AddressOptions, type EvidenceInput } from "./evidence-address.ts";
import { readHumanLabels } from "./read-human-labels.ts";
import { registerTextCommands } from "./text-commands.ts";

/** `cascade evidence …`. */
export function registerEvidenceCommands(program: Command): void {
	const evidence = program.command("evidence").description("what live traffic has shown about a cascade's guarantee");
	evidenceCommand(evidence, "show", "what is in force and why: thresholds, labels, epochs, what was counted").action(
		withSession<AddressOptions>((session, options, [text = ""]) =>
			session.show("evidence.get", readAddress(session, text, options), describeEvidence),
		),
	);
	evidenceCommand(evidence, "export", "all that certificates are computed from, as JSON")
		.option("--out <file>", "write it there; default: standard output")
		.action(
			withSession<AddressOptions & { out?: string }>((session, { out, ...options }, [text = ""]) =>
				exportEvidence(session, readAddress(session, text, options), out),
			),
		);
	evidenceCommand(
		evidence,
		"labels",
		"give people's verdicts on answers whose text is kept, or that were just drawn for an audit",
	)
		.argument(
			"<file>",
			"JSON lines or CSV with requestId, wrong (true or false) and perhaps item; lines of `texts` too",
		)
		.action(
			withSession<AddressOptions>((session, options, [text = "", file = ""]) =>
				giveLabels(session, readAddress(session, text, options), file),
			),
		);
	evidenceCommand(evidence, "restart", "open a new epoch: nothing is accepted until it has certified")
		.option("--reason <text>", "why; kept in the audit trail", "")
		.option("--yes", "without asking")
		.action(act("evidence.restart", "Whatever is certified ends, and evidence begins anew. Restart?"));
	evidenceCommand(evidence, "close", "accept nothing until it is restarted")
		.option("--reason <text>", "why; kept in the audit trail", "")
		.option("--yes", "without asking")
		.action(act("evidence.close", "Every request goes to the last stage until `restart`. Close?"));
	registerTextCommands(evidence);
	registerCertificateCommand(evidence);
	registerAnchorCommands(evidence);
}

async function exportEvidence(session: Session, input: EvidenceInput, out: string | undefined): Promise<ExitCode> {
	const answer = await session.call("evidence.export", input);
	if (!answer.ok) return session.refuse(answer.error);
	if (out === undefined) {
		process.stdout.write(`${answer.value.text}\n`);
		return 0;
	}
	try {
		writeFileSync(out, `${answer.value.text}\n`);
	} catch (error) {
		return session.complain(`${out}: cannot be written${error instanceof Error ? `: ${error.message}` : ""}\n`);
	}
	session.note(`${out}: \`cascade evidence certificate ${out}\` makes a certificate of it.\n`);
	return 0;
}

async function giveLabels(session: Session, input: EvidenceInput, file: string): Promise<ExitCode> {
	const read = await readHumanLabels(file);
	if (!read.ok) return session.complain(`${printable(read.error)}\n`);
	const { labels: all, leftOut } = read.value;
	let taken = 0;
	const refused: string[] = [];
	for (let first = 0; first < all.length; first += MOST_LABELS_AT_ONCE) {
		const labels = all.slice(first, first + MOST_LABELS_AT_ONCE);
		const answer = await session.call("evidence.labels", { ...input, body: { labels } });
		if (!answer.ok) {
			if (first > 0) session.note(`The first ${showCount(first)} had been given by then.\n`);
			return session.refuse(answer.error);
		}
		taken += answer.value.body.taken;
		refused.push(...answer.value.body.refused);
	}
	process.stdout.write(session.json ? `${JSON.stringify({ taken, refused })}\n` : describeLabels(taken, refused));
	if (leftOut > 0)
		session.note(
			`${showCount(leftOut)} of the texts have no verdict: they count as missed where the labeller said right.\n`,
		);
	return 0;
}

/** As many as one call takes. */
const MOST_LABELS_AT_ONCE = 1_000;
const MOST_NAMED = 10;

function describeLabels(taken: number, refused: readonly string[]): string {
	const named = refused.slice(0, MOST_NAMED).map(printable).join(", ");
	return `${showCount(taken)} taken, ${showCount(refused.length)} refused${refused.length === 0 ? "" : ", which are not kept, and were not drawn or are counted already"}.\n${named === "" ? "" : `Refused: ${named}${refused.length > MOST_NAMED ? ", …" : ""}\n`}`;
}

function act(operation: "evidence.restart" | "evidence.close", question: string) {
	return withSession<AddressOptions & { reason: string; yes?: boolean }>(
		async (session, { reason, yes = false, ...options }, [text = ""]) => {
			const input = readAddress(session, text, options);
			if (!yes && !confirmInTerminal(question)) return session.complain("Nothing was done.\n");
			return session.show(operation, { ...input, body: { reason } }, describeLease);
		},
	);
}

function describeLease({ state, threshold, epoch }: AdminReply<"evidence.restart">): string {
	return `Epoch ${epoch}, ${state}: accepts ${threshold === null ? "nothing" : `${showThreshold(threshold)} and above`}, at isolates with traffic within about ten seconds.\n`;
}
