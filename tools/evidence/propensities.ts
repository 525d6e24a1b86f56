import { CERTAIN } from "../../src/core/evidence/guarantee.ts";
import { addCounts, countOf, type EvidenceCount, type EvidenceRow } from "../../src/tuning/evidence/evidence-table.ts";
import { logWealth } from "../../src/tuning/evidence/log-wealth.ts";
import { estimateRisk } from "../../src/tuning/evidence/risk-estimate.ts";
import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { INFORMATIVE } from "../guarantee/scenarios.ts";
import { promised, type Finding, type Outcome } from "./finding.ts";
import { countAt, DELTA, epochOver, phaseOf } from "./labels.ts";

const AUDITS = 50_000;

/** Escalated requests have labels for nothing; they are the difficult ones. */
export function selectiveLabels(rows: number): Finding {
	const random = seededRandom(3);
	const epoch = epochOver([0.5, 0]);
	const phases = [phaseOf(1, 0, AUDITS)];
	let [accepted, acceptedWrong, escalated, escalatedWrong, wrong] = [0, 0, 0, 0, 0];
	for (let row = 0; row < rows; row++) {
		const score = random();
		const isWrong = random() < INFORMATIVE.riskAt(score);
		if (isWrong) wrong++;
		if (score < 0.5) {
			escalated++;
			if (isWrong) escalatedWrong++;
		} else if (random() < AUDITS / CERTAIN) {
			accepted++;
			if (isWrong) acceptedWrong++;
		}
	}
	const counts = [
		countAt({ propensity: AUDITS, n: accepted, wrong: acceptedWrong }),
		countAt({ cell: 1, n: escalated, wrong: escalatedWrong }),
	];
	const weighted = estimateRisk({ counts, phases, epoch, candidate: 1, delta: DELTA });
	const outcome = (name: string, value: number, recorded: string): Outcome => {
		return { name, kind: "measurement", measured: value.toFixed(3), recorded };
	};
	return {
		title: "Labels that come with escalation",
		text: `${rows.toLocaleString("en")} requests, half of them accepted, of which 5% are audited. What is the small model's risk on all requests?`,
		outcomes: [
			outcome("the truth", wrong / rows, "0.160"),
			outcome("all labels pooled", (acceptedWrong + escalatedWrong) / (accepted + escalated), "0.253"),
			outcome("weighted by the inverse of their chance", weighted?.estimate ?? Number.NaN, "0.161"),
			{
				name: "interval, anytime-valid at 90%",
				kind: "measurement",
				measured: `${(weighted?.lower ?? Number.NaN).toFixed(3)} to ${(weighted?.upper ?? Number.NaN).toFixed(3)}`,
			},
		],
	};
}

/** An audition ends, and for a minute isolates go on with it. */
export function propagation(trials: number): Finding {
	const epoch = epochOver([0.5, 0]);
	const [audition, deployed] = [phaseOf(1, null), phaseOf(2, 0, AUDITS)];
	const count = (carries: boolean) => {
		const random = seededRandom(15);
		let broken = 0;
		for (let trial = 0; trial < trials; trial++) {
			const tally = new Map<string, EvidenceCount>();
			for (let row = 1; row <= 3_000; row++) {
				const confidence = random();
				const inAudition = row <= 300 || (row <= 900 && random() < 0.9);
				const isAccepted = !inAudition && confidence >= 0.5;
				const drawn = !isAccepted || random() < AUDITS / CERTAIN;
				const wrong = random() < (confidence >= 0.5 ? 0.02 : 0.2);
				// The ledger's present phase, or the one that the isolate drew by.
				const phase = (carries ? inAudition : row <= 300) ? audition : deployed;
				const evidence: EvidenceRow = {
					epoch: 1,
					phase: phase.phase,
					revision: 1,
					confidence,
					inScope: true,
					propensity: phase === audition || confidence < 0.5 ? CERTAIN : AUDITS,
					draw: drawn ? "labelled" : "not-drawn",
					wrong: drawn ? wrong : null,
				};
				const counted = countOf(evidence, epoch, phase);
				if (counted.ok) {
					const key = `${counted.value.phase} ${counted.value.cell}`;
					tally.set(
						key,
						addCounts([counted.value], tally.has(key) ? [tally.get(key) as EvidenceCount] : [])[0] as EvidenceCount,
					);
				}
				if (row % 100 !== 0) continue;
				const evidenceNow = { counts: [...tally.values()], phases: [audition, deployed], epoch, candidate: 1 };
				if (logWealth(evidenceNow) < -Math.log(DELTA)) continue;
				broken++;
				break;
			}
		}
		return { broken, trials, delta: DELTA };
	};
	return {
		title: "A change on its way",
		text: "After 300 requests an audition ends: the surer half is accepted now, 5% of it audited. For a minute (600 requests) nine of ten isolates still hold the old lease and label everything. The surer half is wrong in 2%, the other in 20%, both together in 11%: the looser threshold must not be certified.",
		outcomes: [
			promised("rows counted by the ledger's present phase", "trap", count(false)),
			promised("rows counted by the phase that they carry", "cure", count(true)),
		],
	};
}
