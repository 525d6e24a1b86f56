import { CERTAIN } from "../../src/core/evidence/guarantee.ts";
import { binomialCdf } from "../../src/tuning/bounds/binomial.ts";
import { logMixtureEValue } from "../../src/tuning/bounds/mixture.ts";
import { deltaOfEpoch } from "../../src/tuning/evidence/epoch-delta.ts";
import { selectByEValues } from "../../src/tuning/evidence/ebh.ts";
import type { EpochRecord, EvidenceCount, PhaseRecord } from "../../src/tuning/evidence/evidence-table.ts";
import { logWealth } from "../../src/tuning/evidence/log-wealth.ts";
import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { medianOf, meanOf, percent, promised, type Finding, type Outcome } from "./finding.ts";

/** The claim of every experiment: a risk of at most a tenth, with confidence nine tenths. */
export const TARGET = 0.1;
export const DELTA = 0.1;
const NEEDED = -Math.log(DELTA);

/** An epoch over a path, at `TARGET`, with all of `DELTA` to itself so that figures compare. */
export function epochOver(path: readonly number[]): EpochRecord {
	return {
		epoch: 1,
		configHash: "simulation",
		labeller: "simulation/1",
		risk: "selective",
		targetRisk: TARGET,
		delta: DELTA,
		path,
		start: 0,
		openedAt: 0,
		cause: "first",
	};
}

/** A phase of such an epoch. */
export function phaseOf(phase: number, deployed: number | null, auditPropensity = CERTAIN): PhaseRecord {
	return { epoch: 1, phase, deployed, auditPropensity, openedAt: 0 };
}

/** Counts of such an epoch. */
export function countAt(given: Partial<EvidenceCount>): EvidenceCount {
	return { epoch: 1, phase: 1, revision: 1, cell: 0, propensity: CERTAIN, n: 0, wrong: 0, unlabelled: 0, ...given };
}

const ONE_CELL = epochOver([0]);
const AUDITION = [phaseOf(1, null)];

function ledgerWealth(wrong: number, n: number): number {
	return logWealth({ counts: [countAt({ n, wrong })], phases: AUDITION, epoch: ONE_CELL, candidate: 0 });
}

/** The first label at which a stream of a risk is certified; null: not within `most`. */
function labelsUntil(
	isCertified: (wrong: number, n: number) => boolean,
	stream: { readonly risk: number; readonly most: number; readonly every: number; readonly random: () => number },
): number | null {
	let wrong = 0;
	for (let n = 1; n <= stream.most; n++) {
		if (stream.random() < stream.risk) wrong++;
		if (n % stream.every === 0 && isCertified(wrong, n)) return n;
	}
	return null;
}

const byClopperPearson = (wrong: number, n: number) => binomialCdf(wrong, n, TARGET) <= DELTA;
const byMixture = (wrong: number, n: number) => logMixtureEValue(wrong, n, TARGET) >= NEEDED;
const byLedger = (wrong: number, n: number) => ledgerWealth(wrong, n) >= NEEDED;

/** Looking again and again at labels of a risk just above the target. */
export function repeatedLooks(trials: number): Finding {
	const count = (isCertified: typeof byMixture, every: number) => {
		const random = seededRandom(2);
		let broken = 0;
		for (let trial = 0; trial < trials; trial++)
			if (labelsUntil(isCertified, { risk: 0.1001, most: 4_000, every, random }) !== null) broken++;
		return { broken, trials, delta: DELTA };
	};
	const price = [0.025, 0.05, 0.075].map((risk, index): Outcome => {
		const random = seededRandom(20 + index);
		const runs = Math.max(20, Math.round(trials / 10));
		const needed = (isCertified: typeof byMixture) =>
			medianOf(
				Array.from(
					{ length: runs },
					() => labelsUntil(isCertified, { risk, most: 10_000, every: 1, random }) ?? Number.POSITIVE_INFINITY,
				),
			);
		return {
			name: `labels to certify a risk of ${risk}, median: mixture; the ledger's bets`,
			kind: "measurement",
			measured: `${needed(byMixture)}; ${needed(byLedger)}`,
			recorded: ["57", "125", "587"][index] ?? "",
		};
	});
	return {
		title: "Looking again",
		text: "A threshold whose risk is 0.1001 gets 4,000 labels. How often is it ever certified?",
		outcomes: [
			promised("Clopper-Pearson, run again every 50 labels", "trap", {
				...count(byClopperPearson, 50),
				recorded: "40.7%",
			}),
			promised("mixture e-process, at every label", "cure", { ...count(byMixture, 1), recorded: "8.6%" }),
			promised("the ledger's bets, every 10 labels", "cure", count(byLedger, 10)),
			...price,
		],
	};
}

/** A judge that fails on four of ten wrong answers. */
export function droppedFailures(trials: number): Finding {
	const count = (dropped: boolean) => {
		const random = seededRandom(11);
		let broken = 0;
		for (let trial = 0; trial < trials; trial++) {
			let [wrong, n] = [0, 0];
			for (let row = 1; row <= 1_000; row++) {
				const isWrong = random() < 0.13;
				const failed = isWrong && random() < 0.4;
				if (!(failed && dropped)) {
					n++;
					if (isWrong) wrong++;
				}
				if (row % 10 === 0 && byLedger(wrong, n)) {
					broken++;
					break;
				}
			}
		}
		return { broken, trials, delta: DELTA };
	};
	return {
		title: "A judge that fails",
		text: "The risk is 0.13, and the judge fails on 40% of the wrong answers: of those it judges 8.2% are wrong. 1,000 answers, looked at every 10.",
		outcomes: [
			promised("failures dropped", "trap", { ...count(true), recorded: "43.6%" }),
			promised("failures counted as wrong", "cure", { ...count(false), recorded: "0.7%" }),
		],
	};
}

/** Two hundred tenants, each just above its target. */
export function manyTenants(trials: number): Finding {
	const [tenants, labels] = [200, 4_000];
	const random = seededRandom(6);
	const falseCertificates: number[] = [];
	let [any, anyDivided, anySelected] = [0, 0, 0];
	let share = 0;
	for (let trial = 0; trial < trials; trial++) {
		let certified = 0;
		let divided = false;
		const present: number[] = [];
		for (let tenant = 0; tenant < tenants; tenant++) {
			let [wrong, greatest] = [0, Number.NEGATIVE_INFINITY];
			for (let n = 1; n <= labels; n++) {
				if (random() < 0.101) wrong++;
				if (n % 10 === 0) greatest = Math.max(greatest, logMixtureEValue(wrong, n, TARGET));
			}
			if (greatest >= NEEDED) certified++;
			if (greatest >= NEEDED + Math.log(tenants)) divided = true;
			present.push(Math.exp(logMixtureEValue(wrong, labels, TARGET)));
		}
		falseCertificates.push(certified);
		if (certified > 0) any++;
		if (divided) anyDivided++;
		if (selectByEValues(present, DELTA).length > 0) {
			anySelected++;
			share++;
		}
	}
	return {
		title: "Many tenants",
		text: `${tenants} tenants whose risk is 0.101 get ${labels.toLocaleString("en")} labels each, looked at every 10. A promise to each is none to all.`,
		outcomes: [
			{
				name: "false certificates at delta 0.1 for each, mean",
				kind: "measurement",
				measured: meanOf(falseCertificates).toFixed(1),
				recorded: "14.6",
			},
			promised("any false one, delta 0.1 for each", "trap", { broken: any, trials, delta: DELTA, recorded: "100.0%" }),
			promised("any false one, delta / 200 for each", "cure", {
				broken: anyDivided,
				trials,
				delta: DELTA,
				recorded: "2.7%",
			}),
			promised("any false one, e-Benjamini-Hochberg at the end", "cure", { broken: anySelected, trials, delta: DELTA }),
			{
				name: "share of false ones among those published, e-Benjamini-Hochberg, mean",
				kind: "measurement",
				measured: percent(share / trials),
			},
		],
	};
}

/** Eight epochs, one after the other, each with evidence of its own. */
export function manyEpochs(trials: number): Finding {
	const count = (deltaOf: (epoch: number) => number) => {
		const random = seededRandom(13);
		let broken = 0;
		for (let trial = 0; trial < trials; trial++) {
			let isFalse = false;
			for (let epoch = 1; epoch <= 8; epoch++) {
				const isCertified = (wrong: number, n: number) => ledgerWealth(wrong, n) >= -Math.log(deltaOf(epoch));
				if (labelsUntil(isCertified, { risk: 0.1001, most: 1_500, every: 10, random }) !== null) isFalse = true;
			}
			if (isFalse) broken++;
		}
		return { broken, trials, delta: DELTA };
	};
	return {
		title: "Epoch after epoch",
		text: "Seven alarms in the life of a cascade whose risk is 0.1001: eight epochs of 1,500 labels. How often is any of them ever certified?",
		outcomes: [
			promised(
				"delta 0.1 for each epoch",
				"trap",
				count(() => DELTA),
			),
			promised(
				"6 delta / (π² e²) for the e-th",
				"cure",
				count((epoch) => deltaOfEpoch(DELTA, epoch)),
			),
		],
	};
}
