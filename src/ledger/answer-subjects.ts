import type { AnswerSubject } from "../core/ledger/feedback.ts";

/** What stands for no stage; a stage's name is not empty. */
const NO_STAGE = "";

/**
 * What requests were answered by, each kind under a number, so that the identity of a counted observation can say it in a
 * byte or two. In SQL: the table `usage_subjects` of `USAGE_MIGRATIONS`.
 */
export interface AnswerSubjects {
	/** Its number; a new one where it has none. To be called within a transaction. */
	readonly numberOf: (subject: AnswerSubject) => number;
	/** Null where there is no such number. */
	readonly read: (number: number) => AnswerSubject | null;
}

type StoredSubject = { readonly cascade: string; readonly revision: number; readonly stage: string };

export function createAnswerSubjects(sql: SqlStorage): AnswerSubjects {
	return {
		numberOf({ cascade, policyRevision, stage }) {
			const key = [cascade, policyRevision, stage ?? NO_STAGE] as const;
			const [known] = sql
				.exec<{ number: number }>(
					"SELECT number FROM usage_subjects WHERE cascade = ? AND revision = ? AND stage = ?",
					...key,
				)
				.toArray();
			if (known !== undefined) return known.number;
			const [last] = sql.exec<{ number: number | null }>("SELECT MAX(number) AS number FROM usage_subjects").toArray();
			const number = (last?.number ?? 0) + 1;
			sql.exec("INSERT INTO usage_subjects (cascade, revision, stage, number) VALUES (?, ?, ?, ?)", ...key, number);
			return number;
		},
		read(number) {
			const [found] = sql
				.exec<StoredSubject>("SELECT cascade, revision, stage FROM usage_subjects WHERE number = ?", number)
				.toArray();
			if (found === undefined) return null;
			const { cascade, revision: policyRevision, stage } = found;
			return { cascade, policyRevision, stage: stage === NO_STAGE ? null : stage };
		},
	};
}
