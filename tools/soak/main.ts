import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { soakReport, violationReport } from "./report.ts";
import { runSoak } from "./run-soak.ts";

/**
 * Load and soak: mixed traffic of seven tenants at the machine's limit, with faults, and every answer checked. Ends with 1 where
 * anything was lost, mixed up, counted wrongly, or grew.
 */
const { values: options } = parseArgs({
	options: {
		minutes: { type: "string", default: "10" },
		seed: { type: "string", default: "1" },
		/** Requests under way at once. */
		connections: { type: "string", default: "48" },
		/** Where the report goes, as a document. */
		write: { type: "string" },
	},
});

const FAULT_SHARE = 0.05;

const minutes = Number(options.minutes);
if (!(minutes > 0)) throw new Error("--minutes takes a number above 0");
const result = await runSoak({
	seconds: 60 * minutes,
	seed: Number(options.seed),
	connections: Number(options.connections),
	faultShare: FAULT_SHARE,
	onProgress: (line) => process.stdout.write(`${line}\n`),
});
const report = soakReport(result);
process.stdout.write(`\n${report}\n\n${violationReport(result.violations)}`);
if (options.write !== undefined) await writeFile(options.write, document(report));
process.exitCode = result.violations.length === 0 ? 0 : 1;

function document(figures: string): string {
	const processor = cpus();
	return `# Load and soak

Written by \`node tools/soak/main.ts --minutes ${options.minutes} --seed ${options.seed} --connections ${options.connections} --write ${options.write}\` on ${new Date().toISOString().slice(0, 10)}, with
${processor.length} cores of ${processor[0]?.model ?? "an unknown kind"}, which the Worker, its clients and the far side share.

Production's own Workers in the Workers runtime, with KV, queue and Durable Objects. Workers AI and two origins are a process that answers with
the marker of the request it was asked for, and fails in ${100 * FAULT_SHARE}% of calls. ${options.connections} clients send their next request when they have the answer to their
last: seven tenants with sequential and parallel cascades, three stages, decisions on a prefix, a guarantee with audits, a budget, a second
origin, and idempotency keys; chats and responses, plain and as streams, classifications, moderations and feedback. One client in a hundred leaves, one
reads slowly.

Of each answer: one well-formed ending, its own marker and no other in body and headers, usage, an \`x-request-id\` that no other has, and where it
failed the status of a fault that befell this very request. A short run, and what the checks find in answers that are spoilt on purpose, is
\`test/end-to-end/soak.test.ts\`.

${figures}
`;
}
