import { CERTAIN } from "../../src/core/evidence/guarantee.ts";
import { logMixtureEValue } from "../../src/tuning/bounds/mixture.ts";
import { mergeTables } from "../../src/tuning/evidence/evidence-table.ts";
import { logWealth } from "../../src/tuning/evidence/log-wealth.ts";
import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { promised, type Finding } from "./finding.ts";
import { countAt, DELTA, epochOver, phaseOf, TARGET } from "./labels.ts";

const NEEDED = -Math.log(DELTA);
const ROWS = 4_000;
const BUCKET = 50;

interface Row {
	readonly wrong: boolean;
	/** When its label is there, in rows that have arrived by then. */
	readonly resolvedAt: number;
}

/** Wrong answers are judged twenty times as slowly. */
function draw(random: () => number, risk: number): Row[] {
	return Array.from({ length: ROWS }, (_, at) => {
		const wrong = random() < risk;
		return { wrong, resolvedAt: at - (wrong ? 400 : 20) * Math.log(1 - random()) };
	});
}

/**
 * What is counted of the rows at a moment.
 * - `live`: all labels that are there
 * - `prefix`: every row of the buckets that are closed; one closes when all its rows are resolved or `patience` rows after its
 *   end, and what is unresolved counts as wrong
 * - `unregistered`: buckets close as before, but a row whose label was late was not known of; it counts as wrong when it comes
 */
type Counting = "live" | "prefix" | "unregistered";

function isEverCertified(rows: readonly Row[], counting: Counting, patience: number): boolean {
	let closed = 0;
	let [wrong, n] = [0, 0];
	let late: number[] = [];
	for (let now = BUCKET; now <= ROWS; now += BUCKET) {
		if (counting === "live") {
			[wrong, n] = [0, 0];
			for (const row of rows)
				if (row.resolvedAt <= now) {
					n++;
					if (row.wrong) wrong++;
				}
		} else
			for (; closed < now; closed += BUCKET) {
				const bucket = rows.slice(closed, closed + BUCKET);
				const end = closed + BUCKET;
				const isOver = end + patience <= now;
				if (!isOver && bucket.some(({ resolvedAt }) => resolvedAt > now)) break;
				for (const { wrong: isWrong, resolvedAt } of bucket) {
					const resolved = resolvedAt <= end + patience;
					if (!resolved && counting === "unregistered") {
						late.push(resolvedAt);
						continue;
					}
					n++;
					if (isWrong || !resolved) wrong++;
				}
			}
		const arrived = late.filter((at) => at <= now);
		late = late.filter((at) => at > now);
		n += arrived.length;
		wrong += arrived.length;
		if (n > 0 && logMixtureEValue(wrong, n, TARGET) >= NEEDED) return true;
	}
	return false;
}

/** Labels whose lateness depends on what they say. */
export function lateLabels(trials: number): Finding {
	const count = (counting: Counting, patience: number, risk: number) => {
		const random = seededRandom(5);
		let broken = 0;
		for (let trial = 0; trial < trials; trial++) if (isEverCertified(draw(random, risk), counting, patience)) broken++;
		return { broken, trials, delta: DELTA };
	};
	return {
		title: "Late labels",
		text: "The risk is 0.11, and labels of wrong answers take twenty times as long as others (on average 400 rows). Looked at every 50 rows, up to 4,000.",
		outcomes: [
			promised("counting what has arrived", "trap", { ...count("live", 0, 0.11), recorded: "100.0%" }),
			promised("closed buckets only; unresolved after 1,000 rows is wrong", "cure", {
				...count("prefix", 1_000, 0.11),
				recorded: "3.8%",
			}),
			promised(
				"closed buckets, but rows are made known with their label, and are wrong if late",
				"trap",
				count("unregistered", 300, 0.11),
			),
			promised(
				"closed buckets, every row made known before its label; unresolved after 300 rows is wrong",
				"cure",
				count("prefix", 300, 0.11),
			),
		],
	};
}

const AUDITS = 200_000;

/** What is done about accepted answers while no audit can be made. */
const UNOBSERVED_RULES = {
	/** Nothing. */
	leftOut: { frozen: false, drawnOnly: true, propensity: null },
	frozen: { frozen: true, drawnOnly: true, propensity: null },
	/** The coin is tossed all the same, and what it drew counts as wrong with the weight of a row that was certain to be drawn. */
	drawnAtCertainty: { frozen: false, drawnOnly: true, propensity: CERTAIN },
	drawnAtOwnChance: { frozen: false, drawnOnly: true, propensity: AUDITS },
	allAtCertainty: { frozen: false, drawnOnly: false, propensity: CERTAIN },
} as const;

/** Accepted requests of which none could be audited, for a reason that goes with how difficult they are. */
export function unobservedRows(trials: number): Finding {
	const epoch = epochOver([0]);
	const phases = [phaseOf(1, 0, AUDITS)];
	const count = (rule: keyof typeof UNOBSERVED_RULES) => {
		const { frozen, drawnOnly, propensity } = UNOBSERVED_RULES[rule];
		const random = seededRandom(14);
		let broken = 0;
		for (let trial = 0; trial < trials; trial++) {
			let [n, wrong, unobserved] = [0, 0, 0];
			for (let row = 1; row <= 20_000; row++) {
				// A tenth of the time the large model is down, and what is asked then is more difficult.
				const isDown = row % 2_000 < 200;
				const isDrawn = random() < AUDITS / CERTAIN;
				if (isDown && (isDrawn || !drawnOnly)) unobserved++;
				if (!isDown && isDrawn) {
					n++;
					if (random() < 0.06) wrong++;
				}
				if (row % 200 !== 0 || (isDown && frozen)) continue;
				const counts = [countAt({ propensity: AUDITS, n, wrong })];
				if (propensity !== null) counts.push(countAt({ propensity, n: unobserved, wrong: unobserved }));
				if (logWealth({ counts: mergeTables([counts]), phases, epoch, candidate: 0 }) < NEEDED) continue;
				broken++;
				break;
			}
		}
		return { broken, trials, delta: DELTA };
	};
	return {
		title: "Moments without audits",
		text: "A fifth of the accepted answers are audited. For a tenth of the requests the large model is down and none can be: of these 60% are wrong, of the others 6%, of all 11.4%. 20,000 requests, looked at every 200.",
		outcomes: [
			promised("left out", "trap", count("leftOut")),
			promised("left out, nothing certified meanwhile", "trap", count("frozen")),
			promised("what the coin drew counts as wrong, as if drawn for certain", "trap", count("drawnAtCertainty")),
			promised("what the coin drew counts as wrong, at its own chance", "cure", count("drawnAtOwnChance")),
			promised("no coin is tossed, and each counts as wrong for certain", "cure", count("allAtCertainty")),
		],
	};
}
