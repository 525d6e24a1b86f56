import { env, exports } from "cloudflare:workers";
import { inject } from "vitest";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sha256Hex } from "../../../src/adapters/kv-key-store.ts";
import { formatApiKey } from "../../../src/core/api-key.ts";
import { keyRecordName, originRecordName, policyRecordName } from "../../../src/core/published-records.ts";
import { commonProblems, blameProblems, MOST_ERROR_CHARACTERS } from "../../fuzz/check-answer.ts";
import { INFERENCE_ENDPOINTS, type FuzzedEndpoint } from "../../fuzz/endpoints.ts";
import { fuzzCase } from "../../fuzz/fuzz-case.ts";
import { fuzzedPolicy } from "../../fuzz/fuzzed-policy.ts";
import { prototypeNames } from "../../fuzz/prototypes.ts";
import { randomSource } from "../../fuzz/random-source.ts";
import { runAdminFuzz } from "../../fuzz/run-admin-fuzz.ts";
import { createWorkerWorld } from "../admin/worker-world.ts";

/** The same bodies as in test/fuzz, fewer of them: here they meet the runtime's own requests, KV, ledgers and `Ai` class. */
const SEED = 20_261_127;
const BODIES = 480;
const ADMIN_BODIES = 120;
const AT_ONCE = 8;

const MODELS = {
	chat: "@fake/choices",
	native: "@fake/native",
	guard: "@fake/guard",
	edgeVectors: "@fake/embeddings",
	origin: "plain",
	moderation: "moderation",
	vectors: "embedding",
};

interface Side {
	readonly key: string;
	readonly secret: string;
}

async function publishSide(name: string): Promise<Side> {
	const secret = `s${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
	const key = formatApiKey(crypto.getRandomValues(new Uint8Array(32)));
	const id = `${name}-${crypto.randomUUID()}`;
	const put = (record: string, fields: object) => env.CONFIG.put(record, JSON.stringify({ version: 1, ...fields }));
	await Promise.all([
		put(keyRecordName(await sha256Hex(key)), { tenant: id, scopes: ["inference"] }),
		put(originRecordName("fake"), { baseUrl: `${inject("fakeOriginUrl")}/v1`, secret: "ORIGIN_FAKE_KEY" }),
		put(policyRecordName(id), {
			revision: 1,
			publishedAt: 1_790_000_000,
			policy: fuzzedPolicy(secret, "fake", MODELS),
		}),
	]);
	return { key, secret };
}

describe(`in the Workers runtime, by seed ${SEED}`, () => {
	afterEach(() => vi.restoreAllMocks());

	it(`${BODIES} bodies of two tenants side by side are answered or refused by name, each to its own`, async () => {
		const sides = [await publishSide("a"), await publishSide("b")] as const;
		const random = randomSource(SEED);
		const before = prototypeNames();
		const problems: string[] = [];
		const statuses: Record<number, number> = {};
		for (let sent = 0; sent < BODIES; sent += AT_ONCE) {
			const batch = Array.from({ length: AT_ONCE }, (_, index) => {
				const endpoint = INFERENCE_ENDPOINTS[(sent + index) % INFERENCE_ENDPOINTS.length] as FuzzedEndpoint;
				return { fuzzed: fuzzCase(endpoint, random), turn: random.whole(0, 1) as 0 | 1, marker: sent + index };
			});
			await Promise.all(
				batch.map(async ({ fuzzed, turn, marker }) => {
					const { endpoint, bytes, headers, mutations } = fuzzed;
					const own = sides[turn];
					const response = await exports.default.fetch(`https://edge.example${endpoint.path}`, {
						method: endpoint.method,
						headers: { authorization: `Bearer ${own.key}`, "content-type": "application/json", ...headers },
						body: bytes,
					});
					const { status } = response;
					const text = await response.text();
					statuses[status] = (statuses[status] ?? 0) + 1;
					const { secret } = own;
					const answer = { fuzzed, status, headers: response.headers, text, marker, secret };
					// This far side knows no label but its own, so what it says may be none of the client's.
					const allowed = [200, 400, 403, 404, 413, ...(endpoint.path === "/v1/classifications" ? [502] : [])];
					const found = [
						...commonProblems({ ...answer, otherSecrets: [sides[1 - turn]!.secret] }, allowed, MOST_ERROR_CHARACTERS),
						...blameProblems({ ...answer, otherSecrets: [] }),
					];
					const isOwn = (text + JSON.stringify([...response.headers])).includes(secret);
					if (status === 200 && !isOwn && !/embeddings|feedback/u.test(endpoint.path))
						found.push("the answer is not its own");
					for (const problem of found)
						problems.push(
							`${endpoint.path} #${marker}: ${problem}; ${JSON.stringify(mutations)}; ${text.slice(0, 200)}`,
						);
				}),
			);
			expect(prototypeNames()).toBe(before);
		}
		console.log(`seed ${SEED}, ${BODIES} bodies: ${JSON.stringify(statuses)}`);
		expect(problems).toEqual([]);
		expect(statuses[200]).toBeGreaterThan(BODIES / 10);
	}, 60_000);

	it(`${ADMIN_BODIES} bodies to the admin API over the real ledgers are taken or refused by name`, async () => {
		const { problems, statuses } = await runAdminFuzz(await createWorkerWorld(), SEED, ADMIN_BODIES);
		console.log(`seed ${SEED}, ${ADMIN_BODIES} bodies: ${JSON.stringify(statuses)}`);
		expect(problems).toEqual([]);
	}, 60_000);
});
