import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { UsageReport } from "../../src/core/ledger/usage.ts";
import { evidenceLedgerName } from "../../src/core/published-records.ts";
import { mergeTables } from "../../src/tuning/evidence/evidence-table.ts";
import { divide } from "./divided.ts";
import { dayReport, dividedReport, fullReport, timesReport } from "./report.ts";
import { startHotTenant } from "./runtime.ts";
import { simulate, START, TENANT } from "./simulate.ts";

// A hot tenant: one tenant's traffic of so many requests a second, brought by the product's own consumer to the product's own
// ledgers in the Workers runtime, by a clock that the simulation sets. Then the same evidence again, divided over several
// ledgers by request, and the same on a ledger whose day is nearly full. Ends with status 1 where a count is not what was sent.

const { values } = parseArgs({
	options: {
		rate: { type: "string", default: "1000" },
		minutes: { type: "string", default: "10" },
		/** Ledgers that the evidence is divided over. */
		ledgers: { type: "string", default: "1,2,4,8" },
		/** Identities that the ledger has of its day before the last measurement; 0 leaves that out. */
		identities: { type: "string", default: "86400000" },
	},
});
const rate = Number(values.rate);
const seconds = Number(values.minutes) * 60;
const identities = Number(values.identities);
const loadBefore = loadavg()[0] ?? Number.NaN;
const directory = await mkdtemp(join(tmpdir(), "edge-cascade-hot-tenant-"));
try {
	const runtime = await startHotTenant(directory);
	try {
		const run = await simulate(runtime, { rate, seconds });
		const { exported, expectation, counted } = run;
		const [epoch] = exported.epochs;
		assert.ok(epoch !== undefined && exported.epochs.length === 1, "one epoch");

		// Exactly once: the table is that of the rules, and usage has each request and each audit.
		const table = mergeTables([exported.counts]);
		assert.deepEqual(table, expectation.table(epoch, exported.phases));
		assert.equal(run.report.counts.requests, counted.requests);
		assert.equal(expectation.requests(), counted.requests);
		const usage = await runtime.ask<UsageReport>("usage", run.endsAt, { tenant: TENANT });
		assert.equal(
			usage.rows.reduce((sum, { requests }) => sum + requests, 0),
			counted.requests,
		);
		print(fullReport(run, { rate, seconds }));
		print(timesReport(run, await runtime.meters(), { rate, seconds }));

		const divided = [];
		for (const ledgers of values.ledgers.split(",").map(Number)) {
			const { tables, names, cpuMs } = await divide(runtime, run, ledgers);
			assert.deepEqual(mergeTables(tables), table, `the sum over ${ledgers} ledgers`);
			const { meters } = await runtime.meters();
			divided.push({ ledgers, cpuMs, meters: names.flatMap((name) => meters[name] ?? []) });
		}
		print(dividedReport(divided, { rate, seconds }));

		if (identities > 0) {
			const { names, fillMs, cpuMs } = await divide(runtime, run, 1, identities);
			const { meters } = await runtime.meters();
			const meter = meters[names[0] ?? evidenceLedgerName(run.address)];
			if (meter !== undefined)
				print(dayReport(meter, { identities, fillMs, cpuMs, requests: counted.requests, seconds }));
		}
	} finally {
		await runtime.stop();
	}
} finally {
	await rm(directory, { recursive: true });
}
print(
	`${cpus().length} cores; load average ${loadBefore.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after. Begun at ${new Date(START).toISOString()} by the simulation's clock.`,
);

function print(text: string): void {
	process.stdout.write(`${text}\n\n`);
}
