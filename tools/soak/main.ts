import { runSoak } from "./run-soak.ts";
const { tally, violations, farSide, explained, ledgers, closedSeconds, faults, memory, cores, seconds } = await runSoak({ seconds: Number(process.argv[2] ?? 10), seed: 1, connections: 48, faultShare: 0.05, onProgress: (l) => console.log(l) });
console.log(JSON.stringify({ totals: tally.totals, explained: [...explained], ledgers, closedSeconds, faults: [...faults], memory, cores, seconds, calls: farSide.callsBy, f: farSide.faultsBy }, null, 1));
for (const [k, v] of tally.kinds) console.log(k, v.outcomes);
const by = Map.groupBy(violations, (v) => v.what.replaceAll(/[0-9a-f-]{6,}/g, "#"));
for (const [k, v] of by) { console.log(k, v.length); }
for (const v of violations.slice(0, 3)) console.log(JSON.stringify(v).slice(0, 3000));
process.exit(0);
