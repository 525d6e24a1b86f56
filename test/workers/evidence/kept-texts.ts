import type { AuditedText } from "../../../src/core/evidence/audited-text.ts";
import type { GuaranteeTerms } from "../../../src/core/evidence/evidence-ports.ts";
import { OPERATOR, valueOf } from "../ledger/ledgers.ts";
import { evidenceWorld, TERMS, type EvidenceWorld, type TestEvidence } from "./evidence-world.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** Texts are kept for a day. */
export const KEEPING: GuaranteeTerms = { ...TERMS, retainTextHours: 24 };

/** The world late in the day, when all of its share of texts may be taken; call in `beforeEach`. */
export function lateInTheDay(): EvidenceWorld {
	const world = evidenceWorld();
	world.now += DAY_MS - 1;
	return world;
}

/** Keeps and reads texts of one test, whose ids count from `req_1`. */
export function textKeeper(world: EvidenceWorld) {
	let last = 0;
	const textOf = (fields: Partial<AuditedText> = {}): AuditedText => {
		last += 1;
		return {
			requestId: `req_${last}`,
			at: world.now,
			policyRevision: 1,
			epoch: 1,
			phase: 1,
			confidence: 0.9,
			served: "accepted",
			verdict: "right",
			expiresAt: world.now + DAY_MS,
			text: {
				messages: [{ role: "user", content: `question ${last}` }],
				edge: `answer ${last}`,
				reference: "reference",
			},
			...fields,
		};
	};
	const keep = async ({ ledger, address }: TestEvidence, text = textOf()) =>
		(await ledger.keepText({ address, text })).kept;
	return {
		textOf,
		keep,
		/** Keeps so many texts, the labeller's verdicts in turn; true where each was kept. */
		async keepAll(made: TestEvidence, ...verdicts: readonly AuditedText["verdict"][]): Promise<boolean> {
			let isKept = true;
			for (const verdict of verdicts) isKept = (await keep(made, textOf({ verdict }))) && isKept;
			return isKept;
		},
	};
}

/** A page of what is kept. */
export async function pageOf({ ledger }: TestEvidence, after = 0, limit = 50) {
	return valueOf(await ledger.keptTexts({ after, limit }));
}

/** A person's verdict on these requests. */
export async function label({ ledger }: TestEvidence, wrong: boolean, ...ids: readonly string[]) {
	const labels = ids.map((requestId) => ({ requestId, wrong }));
	return valueOf(await ledger.addHumanLabels({ labels, actor: OPERATOR }));
}
