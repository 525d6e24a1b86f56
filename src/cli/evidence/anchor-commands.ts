import { readFileSync } from "node:fs";
import type { Command } from "commander";
import type { AdminBody } from "../../admin/client-types.ts";
import type { AnchorReport } from "../../core/evidence/anchors.ts";
import { isJsonObject, parseJson } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { withSession, type ExitCode, type Session } from "../admin/session.ts";
import { printable, showCount, showMoment, showUsd } from "../admin/show-values.ts";
import { textTable, type Column } from "../admin/text-table.ts";
import { percent } from "../tune/show-numbers.ts";
import { evidenceCommand, readAddress, type AddressOptions } from "./evidence-address.ts";

type NewAnchors = AdminBody<"evidence.anchors.put">;

const DEFAULT_TARGET = "0.1";

/** `cascade evidence anchors …`. */
export function registerAnchorCommands(evidence: Command): void {
	const anchors = evidence
		.command("anchors")
		.description("answers that people have judged, which a labeller is held against");
	evidenceCommand(anchors, "put", "replace the anchors, and take back a freeze")
		.argument("<file>", "JSON lines: {messages, edge, reference, wrong}, at most 200; an empty file takes them away")
		.option("--target <share>", "on which the labeller may disagree", DEFAULT_TARGET)
		.action(
			withSession<AddressOptions & { target: string }>(
				async (session, { target, ...options }, [text = "", file = ""]) => {
					const targetDisagreement = Number(target);
					if (!(targetDisagreement > 0 && targetDisagreement < 1))
						session.wrongUsage(`--target: '${target}' is not a number above 0 and below 1`);
					const input = readAddress(session, text, options);
					const read = readAnchors(file);
					if (!read.ok) return session.complain(`${printable(read.error)}\n`);
					const body = { anchors: read.value, targetDisagreement };
					return session.show("evidence.anchors.put", { ...input, body }, describeAnchors);
				},
			),
		);
	evidenceCommand(anchors, "show", "how the labeller did on them").action(
		withSession<AddressOptions>((session, options, [text = ""]) =>
			session.show("evidence.anchors.get", readAddress(session, text, options), ({ report }) =>
				describeAnchors(report),
			),
		),
	);
	evidenceCommand(anchors, "check", "have the labeller judge them now; ends with 1 where it has drifted").action(
		withSession<AddressOptions>((session, options, [text = ""]) => check(session, text, options)),
	);
}

async function check(session: Session, text: string, options: AddressOptions): Promise<ExitCode> {
	const answer = await session.call("evidence.anchors.check", readAddress(session, text, options));
	if (!answer.ok) return session.refuse(answer.error);
	const { body } = answer.value;
	process.stdout.write(session.json ? `${JSON.stringify(body)}\n` : describeAnchors(body));
	return body.driftAt === null ? 0 : 1;
}

/** Reads anchors, one a line; what is in them is the API's to check. The error names the line. */
export function readAnchors(file: string): Result<NewAnchors["anchors"], string> {
	let text: string;
	try {
		text = readFileSync(file, "utf8");
	} catch {
		return err(`${file}: cannot be read`);
	}
	const anchors: NewAnchors["anchors"] = [];
	for (const [index, line] of text.split("\n").entries()) {
		if (line.trim() === "") continue;
		const anchor = parseJson(line);
		if (!isJsonObject(anchor)) return err(`${file}, line ${index + 1}: is not a JSON object`);
		anchors.push(anchor as NewAnchors["anchors"][number]);
	}
	return ok(anchors);
}

const right = (heading: string): Column => ({ heading, right: true });
const COLUMNS: readonly Column[] = [
	{ heading: "checked" },
	...["anchors", "disagreed", "missed", "no verdict", "cost"].map(right),
];

/** How the labeller did on the anchors, check by check, and what follows. */
export function describeAnchors({ anchors, targetDisagreement, checks, driftAt, missed }: AnchorReport): string {
	if (anchors === 0 || targetDisagreement === null) return "There are no anchors.\n";
	const head = `${showCount(anchors)} anchors; the labeller may disagree on ${percent(targetDisagreement)} of them.\n`;
	if (checks.length === 0) return `${head}Not checked yet: \`cascade evidence anchors check\`.\n`;
	const table = textTable(
		COLUMNS,
		checks.map((each) => [
			showMoment(each.at),
			showCount(each.n),
			`${showCount(each.disagreements)} (${percent(each.disagreements / each.n)})`,
			showCount(each.missed),
			showCount(each.failed),
			each.costUsd === null ? "unknown" : showUsd(each.costUsd),
		]),
	);
	const drift =
		driftAt === null
			? "It has not drifted.\n"
			: `IT HAS DRIFTED, by ${showMoment(driftAt)}: certification is frozen until anchors are put anew.\n`;
	const bound =
		missed === null
			? ""
			: `It finds right what is wrong in at most ${percent(missed.atMost)} of answers like these, with confidence ${percent(1 - missed.delta)}: the true risk is at most so much above the certified one.\n`;
	return `${head}${table}${drift}${bound}`;
}
