import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { printable, showCount } from "../admin/show-values.ts";
import { percent } from "../tune/show-numbers.ts";
import type { EvidenceCertificate } from "../../tuning/evidence/evidence-certificate.ts";
import { issueEvidenceCertificate } from "./issue-evidence-certificate.ts";
import { readExportedEvidence } from "./read-exported-evidence.ts";

interface CertificateOptions {
	readonly out?: string;
	readonly epoch?: string;
	readonly delta?: string;
	readonly onLabel?: string;
	readonly expiresInDays: string;
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 3_650;

/** `cascade evidence certificate`, which asks no API: what it says is in the export. */
export function registerCertificateCommand(parent: Command): void {
	const command = parent
		.command("certificate")
		.description("write the certificate that an exported ledger supports, for `cascade verify`; asks no API")
		.argument("<ledger>", "what `cascade evidence export` wrote")
		.option("--out <file>", "write it there; default: standard output")
		.option("--epoch <number>", "of which epoch; default: the last")
		.option("--delta <delta>", "as the policy asks for it; default: as the epoch's share of it says")
		.option("--on-label <label>", "the label that the policy's guarantee is on, where it is on one")
		.option("--expires-in-days <days>", "when it ends", "30");
	command.action((file: string, options: CertificateOptions) => {
		const wrongUsage = (message: string): never => command.error(`error: ${message}`);
		const days = numberOf(options.expiresInDays);
		if (!(days > 0 && days <= MOST_DAYS))
			wrongUsage(`--expires-in-days: '${options.expiresInDays}' is no number of days up to ${MOST_DAYS}`);
		const epoch = options.epoch === undefined ? undefined : numberOf(options.epoch);
		if (epoch !== undefined && !(Number.isSafeInteger(epoch) && epoch >= 1))
			wrongUsage(`--epoch: '${options.epoch}' is no epoch`);
		const delta = options.delta === undefined ? undefined : numberOf(options.delta);
		if (delta !== undefined && !(delta > 0 && delta < 1))
			wrongUsage(`--delta: '${options.delta}' is not between 0 and 1`);
		process.exitCode = write(file, options, { days, epoch, delta });
	});
}

function write(
	file: string,
	{ out, onLabel = null }: { readonly out?: string; readonly onLabel?: string | null },
	{ days, epoch, delta }: { days: number; epoch: number | undefined; delta: number | undefined },
): 0 | 1 {
	const exported = readExportedEvidence(file);
	if (!exported.ok) return complain(exported.error);
	const issuedAt = new Date();
	const expiresAt = new Date(issuedAt.getTime() + days * DAY_MS);
	const issued = issueEvidenceCertificate(exported.value, { epoch, delta, onLabel, issuedAt, expiresAt });
	if (!issued.ok) return complain(`${file}: ${issued.error}`);
	const text = `${JSON.stringify(issued.value, null, "\t")}\n`;
	if (out === undefined) {
		process.stdout.write(text);
		return 0;
	}
	try {
		writeFileSync(out, text);
	} catch (error) {
		return complain(`${out}: cannot be written${error instanceof Error ? `: ${error.message}` : ""}`);
	}
	process.stdout.write(`${out}: ${describeClaim(issued.value)}\n`);
	return 0;
}

/** What a certificate claims, as one sentence without its end. */
export function describeClaim(certificate: EvidenceCertificate): string {
	const { tenant, cascade, stage, threshold, risk, targetRisk, delta, onLabel, n, wrong, labeller, epoch } =
		certificate;
	const scope = onLabel === null ? "" : ` with the label '${onLabel}'`;
	return printable(
		`${tenant}/${cascade}, stage ${stage}, epoch ${epoch}: answers${scope} accepted at ${threshold} have ${risk} risk at most ${percent(targetRisk)} with confidence ${percent(1 - delta)}; ${showCount(n)} labels by ${labeller}, ${showCount(wrong)} wrong, unweighted`,
	);
}

function numberOf(text: string): number {
	return /^\d*\.?\d+(?:e-?\d+)?$/iu.test(text) ? Number(text) : Number.NaN;
}

function complain(message: string): 1 {
	process.stderr.write(`${printable(message)}\n`);
	return 1;
}
