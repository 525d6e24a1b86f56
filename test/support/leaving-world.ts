import { createHash, randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { formatApiKey } from "../../src/core/api-key.ts";
import { guaranteeConfigText } from "../../src/core/evidence/config-text.ts";
import type { AuditVerdict, EvidenceEntry } from "../../src/core/evidence/evidence-entry.ts";
import type { EvidenceLease } from "../../src/core/evidence/evidence-ports.ts";
import { CERTAIN } from "../../src/core/evidence/guarantee.ts";
import type { EvidenceMessage } from "../../src/core/ledger/observation-message.ts";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import {
	evidenceRecordName,
	keyRecordName,
	originRecordName,
	policyRecordName,
} from "../../src/core/published-records.ts";
import { startLeavingUpstream } from "./leaving-upstream.ts";

const PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
const GUARANTEE = { risk: "selective", targetRisk: 0.05, delta: 0.1 };

/** Takes what the Worker sends to its queue, and shows it to the test. */
const CONSUMER = `export default {
	async queue({ messages }, { SINK }) {
		for (const { body } of messages) await fetch(SINK, { method: "POST", body: JSON.stringify(body) });
	},
};`;

/** A tenant with one guaranteed cascade, whose certificate accepts from 0.8 and has every accepted answer audited. */
export interface LeavingTenant {
	/** How often the first stage has been asked what keeps waiting, and the last. */
	readonly firstAsked: () => number;
	readonly lastAsked: () => number;
	/** Sends a request over a connection of its own. */
	readonly send: (body: object, path?: string) => Connection;
	/** What has come out of the queue about it. */
	readonly entries: () => readonly EvidenceEntry[];
	readonly verdicts: () => readonly AuditVerdict[];
}

/** A client's connection. */
export interface Connection {
	/** What has been received so far. */
	readonly received: () => string;
	/** Reads no more, so that what is sent backs up. */
	readonly pause: () => void;
	/** Resets it. The server of the runtime notices a mere closing when it writes, and this at once. */
	readonly leave: () => void;
	/** Closes it, as a client does that has gone without a word. */
	readonly close: () => void;
}

/** The product's Worker in the Workers runtime, on a socket of its own, with a far side that a test can hold up. */
export async function startLeavingWorld(builtDirectory: string) {
	const upstream = await startLeavingUpstream();
	const directory = join(builtDirectory, "worker");
	const files = await readdir(directory);
	const runtime = new Miniflare(
		convertV4MiniflareOptions({
			host: "127.0.0.1",
			port: 0,
			cf: false,
			logRequests: false,
			handleStructuredLogs: () => {},
			workers: [
				{
					name: "edge-cascade",
					modulesRoot: directory,
					modules: [
						...files.filter((file) => file.endsWith(".js")).map((file) => ({ type: "ESModule" as const, file })),
						...files.filter((file) => file.endsWith(".bin")).map((file) => ({ type: "Data" as const, file })),
					].map(({ type, file }) => ({ type, path: join(directory, file) })),
					compatibilityDate: "2026-11-01",
					compatibilityFlags: ["enable_request_signal"],
					kvNamespaces: { CONFIG: "config" },
					durableObjects: {
						TENANT_LEDGER: { className: "TenantLedger", useSQLite: true },
						OPERATOR_REGISTRY: { className: "OperatorRegistry", useSQLite: true },
						EVIDENCE_LEDGER: { className: "EvidenceLedger", useSQLite: true },
					},
					queueProducers: { OBSERVATIONS: { queueName: "observations" } },
					serviceBindings: { AI: { name: "edge-cascade", entrypoint: "LocalAI" } },
					bindings: { ALLOW_LOOPBACK_ORIGINS: "true" },
					// Nothing stands between the client's socket and the Worker.
					unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
				},
				{
					name: "consumer",
					modules: [{ type: "ESModule" as const, path: "consumer.js", contents: CONSUMER }],
					compatibilityDate: "2026-11-01",
					queueConsumers: { observations: { maxBatchSize: 100, maxBatchTimeout: 0 } },
					bindings: { SINK: `${upstream.url}/queue` },
				},
			],
		}),
	);
	await runtime.ready;
	const url = await runtime.unsafeGetDirectURL("edge-cascade");
	const kv = await runtime.getKVNamespace("CONFIG", "edge-cascade");
	const put = (name: string, fields: object) => kv.put(name, JSON.stringify({ version: 1, ...fields }));
	await put(originRecordName("upstream"), { baseUrl: `${upstream.url}/v1` });

	async function tenant(first: string, last: string, changes: object = {}): Promise<LeavingTenant> {
		const id = randomUUID();
		const key = formatApiKey(crypto.getRandomValues(new Uint8Array(32)));
		const stage = { adapter: "openai", origin: "upstream", price: PRICE };
		const models = { first: `${first}~${id}`, last: `${last}~${id}-last` };
		const stages = [
			{ ...stage, name: "edge", model: models.first, confidence: { method: "mean-logprob" }, guarantee: GUARANTEE },
			{ ...stage, name: "origin", model: models.last },
		];
		const policy = { version: 1, cascades: { cascade: { stages, ...changes } } };
		const parsed = parseTenantPolicy(policy);
		const cascade = parsed.ok ? parsed.value.cascades["cascade"] : undefined;
		if (!parsed.ok || cascade === undefined) throw new Error(JSON.stringify(parsed));
		const configHash = sha256Hex(guaranteeConfigText(cascade, parsed.value));
		const now = Date.now();
		const lease: EvidenceLease = {
			version: 1,
			configHash,
			state: "certified",
			threshold: 0.8,
			epoch: 1,
			phase: 1,
			auditPropensity: CERTAIN,
			sequence: 1_000_000,
			issuedAt: now,
			expiresAt: now + 600_000,
		};
		await put(keyRecordName(sha256Hex(key)), { tenant: id, scopes: ["inference"] });
		await put(policyRecordName(id), { revision: 1, publishedAt: 1_790_000_000, policy });
		await put(evidenceRecordName({ tenant: id, cascade: "cascade", configHash }), lease);
		const evidence = () =>
			upstream.messages.flatMap((message) => {
				const told = (message as Partial<EvidenceMessage>).evidence;
				return told?.address.tenant === id ? [told] : [];
			});
		return {
			firstAsked: () => upstream.asked(models.first),
			lastAsked: () => upstream.asked(models.last),
			send: (body, path = "/v1/chat/completions") =>
				open(url, key, path, JSON.stringify({ model: "cascade", ...body })),
			entries: () => evidence().flatMap(({ entries }) => entries),
			verdicts: () => evidence().flatMap(({ verdicts }) => verdicts),
		};
	}

	return {
		tenant,
		async stop(): Promise<void> {
			await Promise.all([runtime.dispose(), upstream.stop()]);
		},
	};
}

function open({ hostname, port }: URL, key: string, path: string, body: string): Connection {
	const socket: Socket = connect(Number(port), hostname);
	let received = "";
	socket.setEncoding("utf8");
	socket.on("data", (text: string) => void (received += text));
	socket.on("error", () => {});
	const head = [
		`POST ${path} HTTP/1.1`,
		"host: edge.example",
		`authorization: Bearer ${key}`,
		"content-type: application/json",
		`content-length: ${Buffer.byteLength(body)}`,
	];
	socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
	return {
		received: () => received,
		pause: () => void socket.pause(),
		leave: () => void socket.resetAndDestroy(),
		close: () => void socket.destroy(),
	};
}

function sha256Hex(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}
