import type { Evidence, EvidenceExchange, GuaranteedRequest } from "../cascade/evidence-port.ts";
import type { TextEmbedder } from "../cascade/label-ports.ts";
import type { Clock } from "../cascade/ports.ts";
import type { AuditedText } from "../core/evidence/audited-text.ts";
import { completionOfStream } from "../openai/stream-completion.ts";
import { decodeBytes } from "../web/decode-bytes.ts";
import type { AuditedTexts } from "./audited-texts.ts";
import type { EvidenceLeases } from "./evidence-leases.ts";
import type { EvidenceSink } from "./evidence-queue.ts";
import type { UpstreamHealth } from "./upstream-health.ts";

/** What gathering evidence needs of its surroundings; all of it is the isolate's. */
export interface EvidenceExchangePorts {
	readonly leases: EvidenceLeases;
	readonly sink: EvidenceSink;
	readonly health: UpstreamHealth;
	readonly embedTexts: TextEmbedder;
	readonly texts: AuditedTexts;
	readonly random: () => number;
	readonly clock: Clock;
	/** Keeps the running request's invocation alive until the promise settles; the runtime's own. */
	readonly waitUntil: (promise: Promise<unknown>) => void;
	/** Puts work of that kind on the trace. Absent: nothing is traced. */
	readonly ledgerWork?: (kind: string, work: () => Promise<void>) => Promise<void>;
	readonly logFault: (fault: string, facts: Readonly<Record<string, string | number>>) => void;
}

/** Brief works that are done before the answer leaves, at most; of a batch there may be a hundred. */
const MOST_AT_ONCE = 4;

/** What waits for the answer. */
interface Work {
	readonly work: () => Promise<void>;
	readonly isBrief: boolean;
}

/** Makes the evidence port of one request after another. */
export function createEvidenceExchanges(
	ports: EvidenceExchangePorts,
): (request: GuaranteedRequest) => EvidenceExchange {
	const { leases, sink, health, embedTexts, texts, random, clock, waitUntil, logFault } = ports;
	const { ledgerWork = (_, work) => work() } = ports;

	return ({ tenant, cascade, configHash, terms, policyRevision, isCanary, at }) => {
		const address = { tenant, cascade, configHash };
		const { retainTextHours: hours } = terms;
		let waiting: Work[] | null = [];
		// One promise for all that holds the invocation: each that the runtime is given costs it some microseconds.
		let holds = 0;
		let letGo = () => {};
		const hold = () => {
			if (holds++ === 0) waitUntil(new Promise<void>((resolve) => (letGo = resolve)));
			let isHeld = true;
			return () => {
				if (!isHeld) return;
				isHeld = false;
				if (--holds === 0) letGo();
			};
		};
		// What waits for the answer is lost with the invocation, unless that is kept: a batch is long under way by then.
		let releaseWaiting = () => {};
		const done = async ({ work }: Work) => {
			try {
				await ledgerWork("evidence", work);
			} catch (error) {
				logFault("evidence-failed", { tenant, cascade, reason: String(error) });
			}
		};
		const begin = (works: readonly Work[]) => {
			// A turn of the event loop costs several times what brief work does; much of it is not brief any more.
			const isAtOnce = works.length <= MOST_AT_ONCE;
			const delayed: Work[] = [];
			for (const work of works) {
				if (isAtOnce && work.isBrief) void done(work);
				else delayed.push(work);
			}
			if (delayed.length === 0) return;
			const release = hold();
			// A turn in which the answer leaves.
			clock.setTimer(0, () => void Promise.all(delayed.map(done)).then(release));
		};
		const shared: Evidence = {
			at,
			policyRevision,
			configHash,
			terms,
			lease: () => leases.current({ address, terms, policyRevision, isCanary }),
			random,
			record: (entry) => sink.record(address, entry),
			draw: (entry) => sink.draw(address, entry),
			verdict: (verdict) => sink.verdict(address, verdict),
			later(work, isBrief = false) {
				if (waiting === null) begin([{ work, isBrief }]);
				else if (waiting.push({ work, isBrief }) === 1) releaseWaiting = hold();
			},
			hold,
			isDown: (stage) => health.isDown(tenant, stage),
			asked: (stage, failure) => health.note(tenant, stage, failure),
			readStream: (bytes) => completionOfStream(decodeBytes(bytes)),
			embedTexts,
			...(hours === null
				? {}
				: { chooseText: (served: AuditedText["served"]) => texts.choose(address, hours, served) }),
		};
		return {
			of: (item) => (item === undefined ? shared : { ...shared, item }),
			answered() {
				const works = waiting ?? [];
				waiting = null;
				begin(works);
				releaseWaiting();
			},
		};
	};
}
