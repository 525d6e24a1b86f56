/** What the examples show of the `cascade` object that the Worker adds to every answer; docs/endpoints.md has the rest. */
interface Cascade {
	readonly stage: string;
	readonly reason: string;
	/** The last reading and what it had to reach, both from 0 to 1; null where no stage was judged. */
	readonly confidence: number | null;
	readonly threshold: number | null;
	/** In US dollars; what was saved is against asking the last stage alone, and negative where both were paid. */
	readonly costUsd: number | null;
	readonly savedUsd: number | null;
}

/**
 * Says in one line which stage answered, how sure the small model was, and what that cost and saved. `answer` is an
 * answer's body, a stream's last event or one result of several: whatever has the `cascade` object. The clients' types
 * do not know it, and pass it on.
 */
export function answeredBy(answer: unknown): string {
	const { cascade } = (answer ?? {}) as { cascade?: Cascade };
	if (cascade === undefined) throw new Error("The answer has no cascade object: is BASE_URL the Worker's?");
	const { stage, reason, confidence, threshold, costUsd, savedUsd } = cascade;
	const reading = `confidence ${confidence?.toFixed(3) ?? "unknown"}, threshold ${threshold ?? "none"}`;
	return `stage ${stage} (${reason}), ${reading}, cost ${dollars(costUsd)}, saved ${dollars(savedUsd)}`;
}

function dollars(amount: number | null): string {
	if (amount === null) return "unknown";
	return `${amount < 0 ? "-" : ""}$${Math.abs(amount).toFixed(7)}`;
}
