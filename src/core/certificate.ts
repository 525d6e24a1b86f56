/** Which risk a certificate bounds; `src/tuning/selection/risk.ts` has the definitions. */
type CertifiedRisk = "selective" | "joint" | "regret";

/**
 * What was shown about a cascade, and on what: enough for anybody with the rows to compute it again. A claim about the
 * labeller's verdict, not about truth, and about rows drawn as the calibration rows were.
 */
export interface Certificate {
	readonly version: 1;
	/** Null where it was made from a file and for no tenant. */
	readonly tenant: string | null;
	readonly cascade: string | null;
	/** Models in the order asked; the last one answers what no other does. */
	readonly models: readonly string[];
	/** One for each stage but the last: the least confidence accepted there; 2 accepts nothing at a stage. */
	readonly thresholds: readonly number[];
	readonly risk: CertifiedRisk;
	readonly targetRisk: number;
	/** The chance, at most, that the claim is false: what was asked for, and what this attempt could spend of it. */
	readonly delta: number;
	readonly deltaSpent: number;
	/** The claim is about accepted answers with this label alone; null: about all. */
	readonly onLabel: string | null;
	/** The test, such as `fixed-sequence-binomial`; and the score whose threshold it is. */
	readonly method: string;
	readonly score: string;
	/** Rows that the test saw, those accepted at the thresholds, and the wrong ones among them. */
	readonly rows: number;
	readonly n: number;
	readonly wrong: number;
	readonly pValue: number;
	/** Upper bound of the risk at confidence 1 − `deltaSpent`, at these thresholds alone. */
	readonly upperBound: number;
	/** The thresholds that were to be tested in order, and how many of them passed. */
	readonly path: readonly (readonly number[])[];
	/** First position of the path that was tested. */
	readonly start: number;
	readonly seed: number;
	/** What decided "wrong". */
	readonly labeller: string;
	/** SHA-256, in hex, of the rows that the test saw. */
	readonly rowsDigest: string;
	/** SHA-256, in hex, of everything that would make this another claim: models, score, risk, target, path, labeller. */
	readonly configHash: string;
	/** Which attempt on these rows this was, from 1. */
	readonly attempts: number;
	/** ISO 8601. */
	readonly issuedAt: string;
	readonly expiresAt: string | null;
}
