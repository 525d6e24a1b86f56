import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import {
	kindTable,
	limitTable,
	LOADS,
	meterTable,
	modelTable,
	monthTable,
	priceTable,
	sensitivityTable,
} from "./cost-tables.ts";
import { readQueueSettings } from "./queue-settings.ts";
import { alarmTable, budgetTable, loadTable, policyTable, silenceTable } from "./simulation-tables.ts";

// What requests cost on Cloudflare's price list, and a simulation of the whole with tenants, isolates, queue, ledgers and KV. The
// same seed gives the same tables, whatever the machine does; under a minute.

const { values } = parseArgs({
	options: {
		seed: { type: "string", default: "20261125" },
		/** A share of the simulated time, for a quick look. */
		share: { type: "string", default: "1" },
	},
});
const seed = Number(values.seed);
const share = Number(values.share);
const queue = readQueueSettings(await readFile(new URL("../../wrangler.control.toml", import.meta.url), "utf8"));
const began = performance.now();

print("Prices", priceTable());
print("What requests cost", kindTable(queue));
print("By what it is for, steady", meterTable(queue, LOADS["steady"] ?? failed()));
print("By what it is for, busy", meterTable(queue, LOADS["busy"] ?? failed()));
print("Models, beside that", modelTable({ input: 300, output: 60 }));
print("Months", monthTable(queue));
print("If it were otherwise", sensitivityTable(queue, 1));
print("If it were otherwise, many tenants", sensitivityTable(queue, 10_000));
print("Limits", limitTable(queue, 0.026));
print("Ledgers of a hot tenant", loadTable(queue, { seed, share }));
print("A hot tenant's ledgers are silent for half a minute", silenceTable(queue, { seed, share }));
print("An alarm", await alarmTable({ seed, share }));
print("A new policy", await policyTable({ seed, share }));
print("A budget", await budgetTable({ seed, share }));
process.stderr.write(`seed ${seed}, ${((performance.now() - began) / 1_000).toFixed(0)} s\n`);

function print(title: string, table: string): void {
	process.stdout.write(`## ${title}\n\n${table}\n\n`);
}

function failed(): never {
	throw new Error("the load is not there");
}
