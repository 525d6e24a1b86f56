import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { DATA_POINT_COLUMNS, type DataPoint } from "../../src/core/metrics/data-point.ts";
import { createWorker, type WholeBindings } from "./whole-worker.ts";
import { MESSAGES } from "./ask.ts";
import { publishTenant } from "./tenant.ts";

afterEach(() => {
	vi.restoreAllMocks();
});

const { OBSERVATIONS: _, ...WITHOUT_QUEUE } = env as unknown as WholeBindings;

/** Asks the Worker, as production composes it over these bindings, and waits for all that it does. */
async function askWith(bindings: WholeBindings, path: string, fields: Readonly<Record<string, unknown>>) {
	const tenant = await publishTenant();
	const context = createExecutionContext();
	const request = new Request(`https://edge.example${path}`, {
		method: "POST",
		headers: { authorization: `Bearer ${tenant.key}` },
		body: JSON.stringify({ model: "cascade", ...fields }),
	});
	const response = await createWorker().fetch(request, bindings, context);
	const text = await response.text();
	await waitOnExecutionContext(context);
	return { tenant, status: response.status, text };
}

function fakeDataset() {
	const points: DataPoint[] = [];
	return { points, dataset: { writeDataPoint: (point: DataPoint) => void points.push(point) } };
}

const valueOf = ({ blobs, doubles }: DataPoint, name: string) =>
	Object.fromEntries([
		...DATA_POINT_COLUMNS.blobs.map((column, index) => [column, blobs[index]]),
		...DATA_POINT_COLUMNS.doubles.map((column, index) => [column, doubles[index]]),
	])[name];

describe("a dataset of requests", () => {
	it.each([
		["whole", {}],
		["in a stream", { stream: true }],
	])("gets one data point of each request that is answered %s", async (_how, fields) => {
		const { points, dataset } = fakeDataset();
		const bindings = { ...WITHOUT_QUEUE, REQUESTS_DATASET: dataset };
		const { tenant, status } = await askWith(bindings, "/v1/chat/completions", { messages: MESSAGES, ...fields });
		expect(status).toBe(200);
		expect(points).toHaveLength(1);
		const [point] = points as [DataPoint];
		expect(point.indexes).toEqual([tenant.id]);
		expect(valueOf(point, "endpoint")).toBe("chat.completions");
		expect(valueOf(point, "outcome")).toBe("answered");
		expect(valueOf(point, "stage")).toBe("edge");
		expect(valueOf(point, "confidence")).toBeGreaterThan(0);
		expect(valueOf(point, "durationMs")).toBeGreaterThanOrEqual(0);
		expect(JSON.stringify(point)).not.toContain(MESSAGES[0]?.content);
	});

	it("gets one of each text of a batch", async () => {
		const { points, dataset } = fakeDataset();
		const bindings = { ...WITHOUT_QUEUE, REQUESTS_DATASET: dataset };
		const fields = { input: ["one", "two", "three"], labels: ["spam", "ham"] };
		await askWith(bindings, "/v1/classifications", fields);
		expect(points.map((point) => valueOf(point, "endpoint"))).toEqual(Array(3).fill("classifications"));
	});

	it("that throws changes nothing for the client, and is a fault in the log", async () => {
		const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
		const dataset = {
			writeDataPoint() {
				throw new Error("too many");
			},
		};
		const bindings = { ...WITHOUT_QUEUE, REQUESTS_DATASET: dataset };
		const { status } = await askWith(bindings, "/v1/chat/completions", { messages: MESSAGES });
		expect(status).toBe(200);
		expect(warn.mock.calls.map(([line]) => JSON.parse(String(line)))).toContainEqual(
			expect.objectContaining({ fault: "data-point-not-written", reason: "Error: too many" }),
		);
	});

	it("is not missed where there is none", async () => {
		const { status } = await askWith(WITHOUT_QUEUE, "/v1/chat/completions", { messages: MESSAGES });
		expect(status).toBe(200);
	});
});

describe("the line of a request in the log", () => {
	it.each([
		["is written", undefined, 1],
		["is not where the operator does without", "off", 0],
		["is where the setting says anything else", "on", 1],
	])("%s", async (_, setting, lines) => {
		const log = vi.spyOn(console, "log").mockImplementation(() => {});
		const { points, dataset } = fakeDataset();
		const bindings = { ...WITHOUT_QUEUE, REQUESTS_DATASET: dataset };
		await askWith(setting === undefined ? bindings : { ...bindings, REQUEST_LOG: setting }, "/v1/chat/completions", {
			messages: MESSAGES,
		});
		expect(log).toHaveBeenCalledTimes(lines);
		// What else is told of requests goes on.
		expect(points).toHaveLength(1);
	});
});
