import { checkAnswer, type Checked } from "./check-answer.ts";
import type { FailedAnswer } from "./check-failures.ts";
import type { Received } from "./client.ts";
import type { SoakRequest } from "./requests.ts";
import { TENANTS, type TenantName } from "./tenants.ts";

/** Something that must not be. */
export interface Violation {
	readonly what: string;
	readonly request: Pick<SoakRequest, "tenant" | "path" | "stream" | "body" | "headers" | "behaviour"> | null;
	readonly received: Received | null;
}

/** What the Worker's records must say of an answered or failed request: so many of them. */
export interface ExpectedRecords {
	readonly tenant: TenantName;
	readonly least: number;
	readonly most: number;
}

type Outcome = Checked["outcome"];

/** Of one kind of requests. */
export interface KindTally {
	readonly outcomes: Record<Outcome, number>;
	/** Milliseconds to the end of those answered. */
	readonly times: number[];
}

/** Failures before the cascade is begun, of which there is no record. */
const UNRECORDED = new Set(["overloaded", "idempotency_in_progress", "idempotency_record_unavailable"]);
const MOST_KEPT_IDS = 200;

/** Keeps count of everything that was sent, and what is wrong. */
export function createTally() {
	const kinds = new Map<string, KindTally>();
	const violations: Violation[] = [];
	const expected = new Map<string, ExpectedRecords>();
	const failures: FailedAnswer[] = [];
	const answeredIds = new Map<TenantName, string[]>();
	/** Texts whose client left before it knew its request's id. */
	const leftUnknown = new Map<TenantName, number>(TENANTS.map((tenant) => [tenant, 0]));
	const totals = { sent: 0, replayed: 0 };

	const note = (what: string, sent: SoakRequest | null, received: Received | null) =>
		violations.push({ what, request: sent, received });

	const expectRecords = (sent: SoakRequest, received: Received, { outcome, code }: Checked, isReplay: boolean) => {
		const { tenant, endpoint, markers } = sent;
		const id = received.headers["x-request-id"];
		if (typeof id !== "string") {
			if (outcome === "left") leftUnknown.set(tenant, (leftUnknown.get(tenant) ?? 0) + markers.length);
			else if (outcome !== "lost") note("id: there is no x-request-id", sent, received);
			return;
		}
		if (expected.has(id)) note(`id: ${id} was another request's`, sent, received);
		const isRecorded = endpoint !== "feedback" && !isReplay && !UNRECORDED.has(code ?? "");
		const most = isRecorded ? markers.length : 0;
		const least = outcome === "answered" ? most : outcome === "failed" ? Math.min(1, most) : 0;
		expected.set(id, { tenant, least, most });
		if (outcome !== "answered" || !isRecorded) return;
		const ids = answeredIds.get(tenant) ?? [];
		answeredIds.set(tenant, ids);
		if (ids.push(id) > MOST_KEPT_IDS) ids.shift();
	};

	return {
		totals,
		kinds: kinds as ReadonlyMap<string, KindTally>,
		violations,
		expected: expected as ReadonlyMap<string, ExpectedRecords>,
		failures: failures as readonly FailedAnswer[],
		leftUnknown: leftUnknown as ReadonlyMap<TenantName, number>,
		note,
		sent: () => void totals.sent++,
		/** Judges what was received, and counts it. */
		received(sent: SoakRequest, received: Received): Checked {
			const isReplay = received.headers["x-cascade-replayed"] === "true";
			const checked = checkAnswer(sent, received);
			const kind = `${sent.endpoint}${sent.stream ? ", stream" : ""}`;
			const tally = kinds.get(kind) ?? { outcomes: { answered: 0, failed: 0, left: 0, lost: 0 }, times: [] };
			kinds.set(kind, tally);
			tally.outcomes[checked.outcome] += 1;
			if (checked.outcome === "answered" && sent.behaviour === "reads") tally.times.push(received.ms);
			if (isReplay) totals.replayed += 1;
			for (const what of checked.violations) note(what, sent, received);
			if (checked.outcome === "failed") {
				const { code } = checked;
				failures.push({ sent, received, code, wasResting: received.body.includes("is given a rest") });
			}
			expectRecords(sent, received, checked, isReplay);
			return checked;
		},
		/** The id of one of this tenant's latest answers. */
		answered: (random: () => number) => (tenant: TenantName) => {
			const ids = answeredIds.get(tenant) ?? [];
			return ids[Math.floor(random() * ids.length)];
		},
	};
}

export type Tally = ReturnType<typeof createTally>;
