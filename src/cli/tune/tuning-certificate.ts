import type { Certificate } from "../../core/certificate.ts";
import type { LogFormat } from "../../tuning/log/detect-format.ts";
import { digestRows, digestSettings } from "./digests.ts";
import type { Score, TuningOutcome, TuningQuestion } from "./tuning-question.ts";

/** How the log was read and which rows were drawn: with the log, enough to compute a certificate again. */
export interface Procedure {
	/** SHA-256, in hex, of all rows of these models, drawn or not, tested or held out; written as `rowsDigest` is. */
	readonly logDigest: string;
	readonly calibrationShare: number;
	/** Null: as the method chooses. */
	readonly startCoverages: readonly number[] | null;
	/** How many attempts were planned; null: nobody knew. */
	readonly plannedAttempts: number | null;
	readonly format: LogFormat;
	/** Targets and their columns, where names did not say it. */
	readonly columns: Readonly<Record<string, string>>;
	readonly defaultModel: string;
	readonly group: string | null;
	/** Of a Worker's log: whose requests. */
	readonly cascade: string | null;
}

/** A certificate that `cascade tune` makes: with the procedure, so that `cascade verify` needs nothing but the log. */
export interface TuningCertificate extends Certificate {
	readonly score: Score;
	readonly procedure: Procedure;
	/** The fitted score; null for the log's own confidence. */
	readonly fitted: unknown;
}

/** What a certificate says beside what was computed. */
export interface CertificateFacts {
	readonly question: TuningQuestion;
	/** What was asked for; the question's delta is what this attempt could spend of it. */
	readonly delta: number;
	readonly attempt: number;
	readonly labeller: string;
	readonly procedure: Procedure;
	readonly tenant: string | null;
	readonly cascade: string | null;
	readonly issuedAt: string;
	readonly expiresAt: string | null;
}

/** Writes down what was certified; null where nothing was. */
export function certificateOf(outcome: TuningOutcome, facts: CertificateFacts): TuningCertificate | null {
	const { thresholds, counts, pValue, upperBound, path, start, method, tested, fitted } = outcome;
	if (thresholds === null || counts === null || pValue === null || upperBound === null) return null;
	const { question, delta, attempt, labeller, procedure } = facts;
	const claim = {
		version: 1,
		models: tested.stages.map(({ model }) => model),
		risk: question.risk,
		targetRisk: question.target,
		delta,
		deltaSpent: question.delta,
		onLabel: question.onLabel,
		method,
		score: question.score,
		path,
		start,
		seed: question.seed,
		labeller,
		attempts: attempt,
		procedure,
		fitted,
	} as const;
	return {
		...claim,
		tenant: facts.tenant,
		cascade: facts.cascade,
		thresholds,
		rows: counts.rows,
		n: counts.accepted,
		wrong: counts.wrong,
		pValue,
		upperBound,
		rowsDigest: digestRows(tested),
		configHash: digestSettings(claim),
		issuedAt: facts.issuedAt,
		expiresAt: facts.expiresAt,
	};
}
