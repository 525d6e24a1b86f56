import { env } from "cloudflare:workers";
import { createExecutionContext, createMessageBatch, runInDurableObject } from "cloudflare:test";
import type { QueueMessage } from "../../../src/core/ledger/observation-message.ts";
import { createWorker, type WholeBindings } from "../whole-worker.ts";

/** What is charged for, as it was done. */
export interface Done {
	kvReads: number;
	/** Calls of objects by the isolate, by class. */
	calls: Record<string, number>;
	messages: QueueMessage[];
	aiCalls: number;
}

/** An isolate that has just begun: the Worker as production composes it, with what it does counted. */
export function countedIsolate() {
	const done: Done = { kvReads: 0, calls: {}, messages: [], aiCalls: 0 };
	const namespace = (name: string, real: DurableObjectNamespace<never>) => ({
		getByName(object: string) {
			const stub = real.getByName(object) as unknown as Record<string, (...input: unknown[]) => unknown>;
			return new Proxy(stub, {
				get: (target, method) => {
					if (typeof method !== "string") return undefined;
					return (...input: unknown[]) => {
						const called = `${name}.${method}`;
						done.calls[called] = (done.calls[called] ?? 0) + 1;
						return target[method]?.(...input);
					};
				},
			});
		},
	});
	const bindings = {
		AI: {
			run: (...input: Parameters<typeof env.AI.run>) => {
				done.aiCalls += 1;
				return env.AI.run(...input);
			},
		},
		CONFIG: {
			get: (...input: [string, KVNamespaceGetOptions<"text">]) => {
				done.kvReads += 1;
				return env.CONFIG.get(...input);
			},
		},
		OBSERVATIONS: { send: async (message: QueueMessage) => void done.messages.push(structuredClone(message)) },
		TENANT_LEDGER: namespace("TenantLedger", env.TENANT_LEDGER as never),
		EVIDENCE_LEDGER: namespace("EvidenceLedger", env.EVIDENCE_LEDGER as never),
		METRIC_SHARD: namespace("MetricShard", env.METRIC_SHARD as never),
		UPSTREAM_OUTAGE: namespace("UpstreamOutage", env.UPSTREAM_OUTAGE as never),
		ALLOW_LOOPBACK_ORIGINS: env.ALLOW_LOOPBACK_ORIGINS,
		ORIGIN_FAKE_KEY: env.ORIGIN_FAKE_KEY,
	} as unknown as WholeBindings;
	const worker = createWorker();
	return {
		/** What it has done since this was asked last. */
		take(): Done {
			const taken = structuredClone(done);
			Object.assign(done, { kvReads: 0, calls: {}, messages: [], aiCalls: 0 });
			return taken;
		},
		fetch: async (request: Request) => worker.fetch(request, bindings, createExecutionContext()),
		/** Delivers messages as one batch; what calls of ledgers come of it is counted too. */
		async deliver(messages: readonly QueueMessage[]): Promise<void> {
			const batch = createMessageBatch(
				"edge-cascade-observations",
				messages.map((body, index) => ({
					id: `${crypto.randomUUID()}-${index}`,
					timestamp: new Date(),
					attempts: 1,
					body,
				})),
			);
			await worker.queue(batch, bindings);
		},
	};
}

/** Rows that an object has written and read since, an alarm that is set being a row written. */
export interface Rows {
	written: number;
	read: number;
}

/** Counts an object's rows from now on; it must not be evicted meanwhile. */
export async function countRows(stub: DurableObjectStub<never>): Promise<{ readonly take: () => Rows }> {
	let cursors: Pick<SqlStorageCursor<never>, "rowsRead" | "rowsWritten">[] = [];
	let alarms = 0;
	await runInDurableObject(stub, (_instance: unknown, { storage }: DurableObjectState) => {
		const { sql } = storage;
		const exec = sql.exec.bind(sql);
		sql.exec = ((query: string, ...bindings: SqlStorageValue[]) => {
			const cursor = exec(query, ...bindings);
			cursors.push(cursor as never);
			return cursor;
		}) as typeof sql.exec;
		const setAlarm = storage.setAlarm.bind(storage);
		storage.setAlarm = (...input: Parameters<typeof setAlarm>) => {
			alarms += 1;
			return setAlarm(...input);
		};
	});
	return {
		take() {
			const rows = { written: alarms, read: 0 };
			for (const { rowsRead, rowsWritten } of cursors) {
				rows.read += rowsRead;
				rows.written += rowsWritten;
			}
			cursors = [];
			alarms = 0;
			return rows;
		},
	};
}
