import { CERTAIN } from "../../src/core/evidence/guarantee.ts";
import { certifiedPrefix } from "../../src/tuning/evidence/certified-prefix.ts";
import {
	cellIsAccepted,
	cellOf,
	type EvidenceCount,
	type PhaseRecord,
} from "../../src/tuning/evidence/evidence-table.ts";
import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { INFORMATIVE, type Scenario } from "../guarantee/scenarios.ts";
import { meanOf, promised, type Finding, type Outcome } from "./finding.ts";
import { countAt, DELTA, epochOver, phaseOf, TARGET } from "./labels.ts";

/** Coverages 10% to 100%; testing begins at 20%. */
const PATH = Array.from({ length: 10 }, (_, step) => (9 - step) / 10);
const EPOCH = { ...epochOver(PATH), start: 1 };
const LOOK_EVERY = 50;
const FLAT: Scenario = { name: "flat", riskAt: () => 0.1001, selectiveRisk: () => 0.1001 };

/** How a loop begins. */
interface LoopPlan {
	readonly scenario: Scenario;
	readonly requests: number;
	readonly auditPropensity: number;
	/** Requests of which every one is labelled and none accepted. */
	readonly audition: number;
	/** Requests after which the certified coverage is noted. */
	readonly at: readonly number[];
}

interface LoopResult {
	readonly coverage: readonly number[];
	readonly violated: boolean;
	/** Calls of the large model a request: escalations and audits. */
	readonly largeCalls: number;
}

/** The whole loop: coin, label, table, prefix, and a new phase where it loosens. */
function runLoop(plan: LoopPlan, random: () => number): LoopResult {
	const phases: PhaseRecord[] = [phaseOf(1, null)];
	const table = new Map<number, { -readonly [Key in keyof EvidenceCount]: EvidenceCount[Key] }>();
	const coverage: number[] = [];
	let certified: readonly boolean[] = [];
	let [violated, largeCalls] = [false, 0];
	for (let request = 1; request <= plan.requests; request++) {
		const phase = phases.at(-1) as PhaseRecord;
		const score = random();
		const cell = cellOf(PATH, score);
		const propensity = cellIsAccepted(phase, cell) ? phase.auditPropensity : CERTAIN;
		const isWrong = random() < plan.scenario.riskAt(score);
		if (random() < propensity / CERTAIN) {
			largeCalls++;
			const key = phase.phase * 100 + cell;
			let count = table.get(key);
			if (count === undefined) table.set(key, (count = { ...countAt({ phase: phase.phase, cell, propensity }) }));
			count.n++;
			if (isWrong) count.wrong++;
		}
		if (request % LOOK_EVERY === 0 && request >= plan.audition) {
			const prefix = certifiedPrefix({
				counts: [...table.values()],
				phases,
				epoch: EPOCH,
				alreadyCertified: certified,
			});
			certified = prefix.certified;
			if (prefix.deploy !== null && prefix.deploy !== phase.deployed) {
				phases.push(phaseOf(phase.phase + 1, prefix.deploy, plan.auditPropensity));
				if (plan.scenario.selectiveRisk(PATH[prefix.deploy] as number) > TARGET) violated = true;
			}
		}
		if (plan.at.includes(request)) coverage.push(((phases.at(-1) as PhaseRecord).deployed ?? -1) / 10 + 0.1);
	}
	return { coverage, violated, largeCalls: largeCalls / plan.requests };
}

/** From nothing to a threshold, with labels that the threshold itself makes scarce. */
export function closedLoop(trials: number): Finding {
	const at = [1_000, 5_000, 20_000];
	const run = (seed: number, plan: Partial<LoopPlan>) => {
		const random = seededRandom(seed);
		const whole = { scenario: INFORMATIVE, requests: 20_000, auditPropensity: 50_000, audition: 0, at, ...plan };
		return Array.from({ length: trials }, () => runLoop(whole, random));
	};
	const outcomes = (
		name: string,
		results: readonly LoopResult[],
		recorded: { coverage?: string; broken?: string },
	): Outcome[] => [
		{
			name: `${name}: coverage at ${at.map((requests) => requests.toLocaleString("en")).join(", ")}; calls of the large model a request`,
			kind: "measurement",
			measured: `${at.map((_, index) => meanOf(results.map(({ coverage }) => coverage[index] ?? 0)).toFixed(3)).join(", ")}; ${meanOf(results.map(({ largeCalls }) => largeCalls)).toFixed(2)}`,
			...(recorded.coverage === undefined ? {} : { recorded: recorded.coverage }),
		},
		promised(`${name}: ever above the target`, "cure", {
			broken: results.filter(({ violated }) => violated).length,
			trials,
			delta: DELTA,
			...(recorded.broken === undefined ? {} : { recorded: recorded.broken }),
		}),
	];
	return {
		title: "The whole loop from a cold start",
		text: "Ten thresholds (70% could be accepted), 5% of accepted answers audited, 20,000 requests. The first certificate makes labels scarce, so an audition of 1,000 requests pays: it tests every threshold on full labels before the first is deployed.",
		outcomes: [
			...outcomes("no audition", run(12, {}), { coverage: "0.375, 0.486, 0.583; 0.51", broken: "2.0%" }),
			...outcomes("audition of 1,000", run(12, { audition: 1_000 }), { coverage: "0.555 at 1,000" }),
			...outcomes("10% audited, audition of 1,000", run(12, { audition: 1_000, auditPropensity: 100_000 }), {}),
			...outcomes("risk 0.1001 whatever the score", run(16, { scenario: FLAT }), { broken: "6.7%" }),
		],
	};
}

/** All candidates at delta in order, against each at its part of delta. */
export function sequenceAgainstBonferroni(trials: number): Finding {
	const at = [200, 500, 1_000, 2_000, 5_000];
	const random = seededRandom(8);
	const phases = [phaseOf(1, null)];
	const inOrder = at.map(() => [] as number[]);
	const divided = at.map(() => [] as number[]);
	let [brokenInOrder, brokenDivided] = [0, 0];
	for (let trial = 0; trial < trials; trial++) {
		const counts = PATH.map(
			(_, cell) => ({ ...countAt({ cell }) }) as { -readonly [Key in keyof EvidenceCount]: EvidenceCount[Key] },
		);
		let certified: readonly boolean[] = [];
		let [loosest, deploy] = [-1, -1];
		for (let request = 1; request <= 5_000; request++) {
			const score = random();
			const count = counts[cellOf(PATH, score)] as (typeof counts)[number];
			count.n++;
			if (random() < INFORMATIVE.riskAt(score)) count.wrong++;
			if (request % LOOK_EVERY === 0) {
				const prefix = certifiedPrefix({ counts, phases, epoch: EPOCH, alreadyCertified: certified });
				certified = prefix.certified;
				deploy = prefix.deploy ?? -1;
				const needed = prefix.logNeeded + Math.log(PATH.length);
				loosest = Math.max(
					loosest,
					prefix.logE.findLastIndex((log) => log >= needed),
				);
			}
			const index = at.indexOf(request);
			inOrder[index]?.push((deploy + 1) / 10);
			divided[index]?.push((loosest + 1) / 10);
		}
		const isBad = (candidate: number) =>
			candidate >= 0 && INFORMATIVE.selectiveRisk(PATH[candidate] as number) > TARGET;
		if (isBad(deploy)) brokenInOrder++;
		if (isBad(loosest)) brokenDivided++;
	}
	const shown = (values: readonly number[][]) => values.map((of) => meanOf(of).toFixed(3)).join(", ");
	return {
		title: "In order, or each at a tenth of delta",
		text: "Ten thresholds, every request labelled. Coverage certified after 200, 500, 1,000, 2,000 and 5,000 requests; 0.7 could be. The recorded figures are of a mixture, these of the ledger's bets.",
		outcomes: [
			{
				name: "in order: coverage",
				kind: "measurement",
				measured: shown(inOrder),
				recorded: "0.223, 0.471, 0.555, 0.593, 0.621",
			},
			promised("in order: ever above the target", "cure", {
				broken: brokenInOrder,
				trials,
				delta: DELTA,
				recorded: "1.9%",
			}),
			{
				name: "Bonferroni: coverage",
				kind: "measurement",
				measured: shown(divided),
				recorded: "0.081, 0.345, 0.478, 0.547, 0.597",
			},
			promised("Bonferroni: ever above the target", "cure", {
				broken: brokenDivided,
				trials,
				delta: DELTA,
				recorded: "0.1%",
			}),
		],
	};
}
