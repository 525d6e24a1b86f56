import type { Clock } from "../cascade/ports.ts";
import type { HeldRecord, ReplayRecordPort, ReplayRequest, Replays } from "../core/ledger/replay-ports.ts";
import { settledWithin } from "../web/settled-within.ts";
import { sha256Hex } from "./kv-key-store.ts";
import type { ObjectNamespace } from "./ledger-stubs.ts";

/** A client waits for a claim, and its request does not run without one. */
const MOST_CLAIM_MS = 2_000;

/** Nobody waits for the rest. */
const MOST_KEEPING_MS = 20_000;

/** The record of this name; that the class behind the binding implements the port is checked where the class is. */
export function replayRecordOf(namespace: ObjectNamespace, name: string): ReplayRecordPort {
	return namespace.getByName(name) as ReplayRecordPort;
}

/** What replays need of the outside. */
export interface ReplayPorts {
	/** The record of this name. */
	readonly recordOf: (name: string) => ReplayRecordPort;
	readonly clock: Pick<Clock, "setTimer">;
	/** Keeps the isolate at work after the answer. */
	readonly waitUntil: (work: Promise<unknown>) => void;
	readonly logFault: (fault: string, facts: Readonly<Record<string, string>>) => void;
	readonly logReplay: (facts: {
		readonly tenant: string;
		readonly requestId: string;
		readonly replayedRequest: string;
	}) => void;
}

/**
 * Answers kept in one record for each idempotency key. A record is named by the tenant, as the API key's record has it,
 * and by the SHA-256 of the API key together with the idempotency key, so that
 *
 * - no tenant can name another's, nor one API key another's of the same tenant;
 * - a tenant that is made anew under a former one's name, whose API keys are new, finds nothing of the former one's;
 * - neither key can be read from the name.
 */
export function createReplays(ports: ReplayPorts): Replays {
	const { recordOf, clock, waitUntil, logFault, logReplay } = ports;
	return {
		async claim(request) {
			const { tenant, requestId, leaseMs } = request;
			const failed = (reason: string) => {
				logFault("idempotency-record-unavailable", { tenant, requestId, reason });
				return { kind: "unavailable" } as const;
			};
			const [name, fingerprint] = await Promise.all([recordName(request), sha256Hex(request.asked)]);
			let claiming: Promise<unknown> | undefined;
			try {
				const record = recordOf(name);
				const asked = record.claim({ fingerprint, requestId, leaseMs });
				claiming = asked;
				const claim = await settledWithin(asked, MOST_CLAIM_MS, clock);
				if (claim === undefined) {
					// It may still be granted, to a request that will not run.
					waitUntil(releaseAfter(asked, () => record.release(requestId)));
					return failed(`no answer within ${MOST_CLAIM_MS} ms`);
				}
				if (claim.kind === "granted") return { kind: "granted", record: heldRecord(ports, name, request) };
				if (claim.kind === "replay") logReplay({ tenant, requestId, replayedRequest: claim.requestId });
				return claim;
			} catch (error) {
				// An error of the connection says nothing of what was done at its other end.
				if (claiming !== undefined) waitUntil(releaseAfter(claiming, () => recordOf(name).release(requestId)));
				return failed(String(error));
			}
		},
	};
}

/** A key of either kind has no line break. */
async function recordName({ tenant, apiKey, idempotencyKey }: ReplayRequest): Promise<string> {
	return `${tenant}/${await sha256Hex(`${apiKey}\n${idempotencyKey}`)}`;
}

/** Where that fails too, the lease ends by itself. */
async function releaseAfter(claiming: Promise<unknown>, release: () => Promise<void>): Promise<void> {
	await claiming.catch(() => {});
	await Promise.resolve()
		.then(release)
		.catch(() => {});
}

/** A stub for each use: one belongs to the request that made it, and is of no more use once a call on it has thrown. */
function heldRecord(
	{ recordOf, clock, waitUntil, logFault }: ReplayPorts,
	name: string,
	{ tenant, requestId, keepMs }: ReplayRequest,
): HeldRecord {
	/** `isOurs`: false where the record says that the request does not have the key any more. */
	const behind = (fault: string, call: (record: ReplayRecordPort) => Promise<boolean | void>) => {
		const work = async () => {
			try {
				const isOurs = await settledWithin(
					call(recordOf(name)).then((answered) => answered !== false),
					MOST_KEEPING_MS,
					clock,
				);
				if (isOurs === true) return;
				const reason = isOurs === false ? "the lease had ended" : `no answer within ${MOST_KEEPING_MS} ms`;
				logFault(fault, { tenant, requestId, reason });
			} catch (error) {
				logFault(fault, { tenant, requestId, reason: String(error) });
			}
		};
		waitUntil(work());
	};
	return {
		renew: (leaseMs) => behind("idempotency-lease-not-renewed", (record) => record.renew(requestId, leaseMs)),
		finish: (answer) => behind("idempotent-answer-not-kept", (record) => record.finish(requestId, answer, keepMs)),
		release: () => behind("idempotency-key-not-released", (record) => record.release(requestId)),
	};
}

/** Writes that an answer was given again; it makes no record of a request, since no model was asked. */
export const logReplay: ReplayPorts["logReplay"] = (facts) => {
	console.log(JSON.stringify({ event: "replayed", ...facts }));
};
