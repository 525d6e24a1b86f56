import { describe, expect, inject, it, vi } from "vitest";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import { LOCAL_OPERATOR_KEY } from "../../src/local/seed-demo.ts";
import { parsePrometheus, sampleOf } from "../support/parse-prometheus.ts";
import { client, factsOf } from "./client.ts";
import { SURE_MAIL } from "./mails.ts";

const get = (path: string) =>
	fetch(`${inject("stackUrl")}${path}`, { headers: { authorization: `Bearer ${LOCAL_OPERATOR_KEY}` } });

interface FeedbackRow {
	readonly stage: string;
	readonly wrong: number;
}

describe("a request to the local stack", () => {
	it("is in the metrics, and what its client says of it is with its stage", { timeout: 60_000 }, async () => {
		const { data, response } = await client.chat.completions
			.create({ model: "cascade", messages: SURE_MAIL.messages, temperature: 0 })
			.withResponse();
		const said = await fetch(`${inject("stackUrl")}/v1/feedback`, {
			method: "POST",
			headers: { authorization: `Bearer ${DEMO_KEY}` },
			body: JSON.stringify({ request_id: response.headers.get("x-request-id"), correct: false }),
		});
		expect([said.status, await said.json()]).toMatchObject([200, { object: "feedback", changed: true }]);

		const { stage, reason } = factsOf(data);
		const labels = { endpoint: "chat.completions", outcome: "answered", reason };
		await vi.waitUntil(
			async () => {
				const metrics = parsePrometheus(await (await get("/metrics")).text());
				const counted = sampleOf(metrics, "edge_cascade_requests_total", labels) ?? 0;
				const { rows } = (await (await get("/admin/v1/tenants/demo/feedback")).json()) as { rows: FeedbackRow[] };
				return counted > 0 && rows.some((row) => row.stage === stage && row.wrong > 0);
			},
			{ timeout: 30_000, interval: 250 },
		);
	});

	it("for the metrics without an operator's key is refused", async () => {
		const headers = { authorization: `Bearer ${DEMO_KEY}` };
		expect((await fetch(`${inject("stackUrl")}/metrics`, { headers })).status).toBe(401);
		expect((await fetch(`${inject("stackUrl")}/metrics`)).status).toBe(401);
	});
});
