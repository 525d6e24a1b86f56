import { describe, expect, it } from "vitest";
import { createTracers, type PlatformTracing } from "../../src/adapters/platform-tracer.ts";

const RUN = { requestId: "req_1", tenant: "acme", cascade: "mails", policyRevision: 7 };

interface FakeSpan {
	readonly name: string;
	attributes: Record<string, unknown>;
	status: string | null;
	ends: number;
}

function fakeTracing(isTraced: boolean) {
	const spans: FakeSpan[] = [];
	const open = (name: string) => {
		const span: FakeSpan = { name, attributes: {}, status: null, ends: 0 };
		spans.push(span);
		return {
			isTraced,
			setAttributes: (given: Record<string, unknown>) => void Object.assign(span.attributes, given),
			setStatus: ({ code }: { readonly code: string }) => void (span.status = code),
			end: () => void (span.ends += 1),
		};
	};
	const root = { isTraced, setAttributes() {}, setStatus() {}, end() {} };
	const tracing: PlatformTracing = {
		getActiveSpan: () => root,
		startSpan: open,
		startActiveSpan: (name, work) => work(open(name)),
	};
	return { tracing, spans };
}

describe("tracing by the platform", () => {
	it.each([
		["the runtime has no such API", undefined],
		["the runtime has an older one", {} as PlatformTracing],
		["the invocation is not sampled", fakeTracing(false).tracing],
		["there is no invocation", { ...fakeTracing(true).tracing, getActiveSpan: () => undefined }],
	])("is none where %s, and the work is done all the same", async (_where, tracing) => {
		const { tracerOf, ledgerWork, behind } = createTracers(tracing);
		expect(tracerOf(RUN)).toBeUndefined();
		const done: string[] = [];
		await ledgerWork("evidence", async () => void done.push("work"));
		behind("observations", (promise) => void done.push(typeof promise.then))(Promise.resolve());
		expect(done).toEqual(["work", "function"]);
	});

	it("opens no span where the invocation is not sampled", async () => {
		const { tracing, spans } = fakeTracing(false);
		const { tracerOf, ledgerWork, behind } = createTracers(tracing);
		tracerOf(RUN);
		await ledgerWork("evidence", async () => {});
		behind("observations", () => {})(Promise.resolve());
		expect(spans).toEqual([]);
	});

	it("says on every span whose run it is of", () => {
		const { tracing, spans } = fakeTracing(true);
		const tracer = createTracers(tracing).tracerOf({ ...RUN, item: 3 });
		tracer?.begin("gate", { "cascade.gate.skipped": false }).end({ "cascade.gate.score": 0.5 });
		expect(spans).toEqual([
			{
				name: "gate",
				attributes: {
					"cascade.request.id": "req_1",
					"cascade.tenant.id": "acme",
					"cascade.name": "mails",
					"cascade.config.version": 7,
					"cascade.item": 3,
					"cascade.gate.skipped": false,
					"cascade.gate.score": 0.5,
				},
				status: null,
				ends: 1,
			},
		]);
	});

	it("ends a span once, whoever ends it first, and marks it failed only by the error of that end", () => {
		const { tracing, spans } = fakeTracing(true);
		const tracer = createTracers(tracing).tracerOf(RUN);
		const result = tracer?.within("chat m", {}, (span) => {
			span.end({ "error.type": "timeout" });
			span.end({ "gen_ai.response.id": "late" });
			return "value";
		});
		expect(result).toBe("value");
		const stopped = tracer?.begin("chat n");
		stopped?.end();
		stopped?.end({ "error.type": "late" });
		expect(spans.map(({ status, ends }) => [status, ends])).toEqual([
			["error", 1],
			[null, 1],
		]);
		expect(spans[0]?.attributes).not.toHaveProperty("gen_ai.response.id");
	});

	it.each([
		["succeeds", () => Promise.resolve()],
		["fails", () => Promise.reject(new Error("fault"))],
	])("ends the span of work for a ledger when it %s, and hides nothing of that", async (_how, work) => {
		const { tracing, spans } = fakeTracing(true);
		const { ledgerWork, behind } = createTracers(tracing);
		const [plain, traced] = await Promise.allSettled([work(), ledgerWork("evidence", work)]);
		expect(traced.status).toBe(plain.status);
		const kept: Promise<unknown>[] = [];
		behind("observations", (promise) => void kept.push(promise))(work());
		await Promise.allSettled(kept);
		await Promise.resolve();
		expect(spans).toMatchObject([
			{ name: "ledger", attributes: { "cascade.ledger.work": "evidence" }, ends: 1 },
			{ name: "ledger", attributes: { "cascade.ledger.work": "observations" }, ends: 1 },
		]);
	});
});
